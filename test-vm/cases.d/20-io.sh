# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Bytes in and out of the guest.

guest()
{
    "$MKIMAGE" -o "$1.elf" "$ROOT/test-vm/guest/$1.c"
}

# 2 MB through the guest and back, every byte value among them. Input comes over
# the UART, which is what limits it.
case_io_2_mb_both_ways()
{
    guest stdin
    head -c 2000000 /dev/urandom > input
    "$MKIMAGE" run stdin.elf < input > out 2> err || fail "status $?: $(cat err)"
    expect_same input out
    expect_text err '^bytes=2000000 '
}

# 10 MB out, the host's sum against the guest's.
case_io_10_mb_out()
{
    local sum

    guest flood
    "$MKIMAGE" run flood.elf -- 10000000 > out 2> err || fail "status $?: $(cat err)"
    [ "$(wc -c < out)" = 10000000 ] || fail "$(wc -c < out) bytes came"
    sum=$(od -An -v -tu1 -w1000 out | awk '{for (i = 1; i <= NF; i++) s += $i} END {printf "%d", s}')
    expect_text err "^sum=$sum\$"
}

case_io_streams_apart()
{
    guest streams
    expect_status 0 "$MKIMAGE" run streams.elf
    seq -f 'line %g' 1 2 20 > wanted.out
    seq -f 'line %g' 2 2 20 > wanted.err
    expect_same out wanted.out
    grep -a '^line' err > err.lines
    expect_same err.lines wanted.err
}

case_io_streams_order()
{
    guest streams
    "$MKIMAGE" run streams.elf > both 2>&1
    grep -a '^line' both > lines
    seq -f 'line %g' 1 20 > wanted
    expect_same lines wanted
}

# The bytes of the console's own framing pass as data.
case_io_framing_bytes()
{
    guest streams
    "$MKIMAGE" run streams.elf -- all > out 2> err
    octal=$(printf '\\%03o' $(seq 0 255))
    { seq -f 'line %g' 1 2 20; printf "$octal"; printf '\020x00\020\020\020'; } > wanted.out
    { seq -f 'line %g' 2 2 20; printf "$octal"; printf 'e\020o'; } > wanted.err
    expect_same out wanted.out
    tail -c "$(wc -c < wanted.err)" err > err.tail
    expect_same err.tail wanted.err
}

# A reader that goes away ends the run instead of leaving it to write for ever.
case_io_reader_gone()
{
    printf '#include <stdio.h>\nint main(void){for(;;)puts("yes");}\n' > yes.c
    "$MKIMAGE" -o yes.elf yes.c
    "$MKIMAGE" run --timeout 30 yes.elf 2> err | head -n 3 > out
    local status=${PIPESTATUS[0]}
    [ "$(cat out)" = "$(printf 'yes\nyes\nyes')" ] || fail "the three lines did not come"
    [ "$status" != 124 ] || fail "went on writing to nobody"
}

# Both clocks pass the same time, within 5 %.
case_io_clock_rate()
{
    local host guest first_host first_guest

    guest clock_rate
    mkfifo to from
    "$MKIMAGE" run clock_rate.elf < to > from &
    exec 8> to 9< from
    echo >&8; read -r _ <&9 # the calibration may take place here
    echo >&8; read -r first_guest <&9; first_host=$(date +%s%N)
    sleep 2 # this is the measurement, not a wait
    echo >&8; read -r guest <&9; host=$(date +%s%N)
    exec 8>&- 9<&-
    wait $!
    guest=$((guest - first_guest)) host=$((host - first_host))
    echo "guest $guest ns, host $host ns"
    [ $((guest * 100)) -gt $((host * 95)) ] && [ $((guest * 100)) -lt $((host * 105)) ] ||
        fail "the guest passed $guest ns in $host ns"
}

# While one thread waits for input, another one goes on.
case_io_thread_reads()
{
    guest read_thread
    (sleep 1; echo hi) | "$MKIMAGE" run read_thread.elf > out 2> err || fail "status $?: $(cat err)"
    expect_text out '^SUCCESS$'
}

# Host processor time of a guest that sleeps for 6 s, in percent: below 1.
case_io_idle()
{
    local machine before after

    guest nap
    for machine in microvm q35; do
        "$MKIMAGE" run --machine $machine nap.elf -- 1 > /dev/null
        before=$(awk '{print $16 + $17}' /proc/$$/stat)
        "$MKIMAGE" run --machine $machine nap.elf -- 1 > /dev/null
        after=$(awk '{print $16 + $17}' /proc/$$/stat)
        local short=$((after - before))
        "$MKIMAGE" run --machine $machine nap.elf -- 7 > /dev/null
        before=$after
        after=$(awk '{print $16 + $17}' /proc/$$/stat)
        echo "$machine: $((after - before - short)) hundredths of a second of processor time in 6 s"
        [ $((after - before - short)) -le 6 ] || fail "a sleeping guest keeps $machine busy"
    done
}
