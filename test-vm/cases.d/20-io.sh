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

# The end of a program does not wait for a line that one of its threads waits for.
case_io_exit_while_reading()
{
    guest exit_twice
    mkfifo silence
    exec 8<> silence
    expect_status 7 "$MKIMAGE" run --timeout 20 exit_twice.elf <&8
    [ "$(grep -c farewell out)" = 1 ] || fail "it did not end once"
}

# clock_ask: the guest's clock into guest_ns, and the host's right before and after.
clock_ask()
{
    before_ns=${EPOCHREALTIME/./}000
    echo >&8
    read -r guest_ns <&9
    after_ns=${EPOCHREALTIME/./}000
}

# After one second, and after one more, the guest has passed that time, within 1 % on top
# of what asking took: a busy host makes this test weaker, not fail.
case_io_clock_rate()
{
    local machine first_guest_ns first_before_ns first_after_ns guest_ns before_ns after_ns

    guest clock_rate
    mkfifo to from
    for machine in microvm pc q35; do
        "$MKIMAGE" run --machine $machine clock_rate.elf < to > from &
        exec 8> to 9< from
        clock_ask # the calibration may take place here
        clock_ask
        first_guest_ns=$guest_ns first_before_ns=$before_ns first_after_ns=$after_ns
        for _ in 1 2; do
            sleep 1 # this is the measurement, not a wait
            clock_ask
            local passed_ns=$((guest_ns - first_guest_ns))
            local least_ns=$((before_ns - first_after_ns)) most_ns=$((after_ns - first_before_ns))
            echo "$machine: the guest passed $passed_ns ns, the host between $least_ns and $most_ns"
            [ $((passed_ns * 100)) -ge $((least_ns * 99)) ] &&
                [ $((passed_ns * 100)) -le $((most_ns * 101)) ] || fail "$machine: more than 1 % apart"
        done
        exec 8>&- 9<&-
        wait $!
    done
}

# While one thread waits for input, another one goes on.
case_io_thread_reads()
{
    guest read_thread
    (sleep 1; echo hi) | "$MKIMAGE" run read_thread.elf > out 2> err || fail "status $?: $(cat err)"
    expect_text out '^SUCCESS$'
}

# busy_ns PID: processor time of QEMU's threads.
busy_ns()
{
    cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%d\n", sum }'
}

# Guests that sleep take less than 0.1 % of a processor, over ten seconds.
case_io_idle()
{
    local machine pid before_ns took_ns

    guest nap
    for machine in microvm pc q35; do
        (
            "$MKIMAGE" run --machine $machine nap.elf -- 1000 > out.$machine &
            until grep -q asleep out.$machine; do sleep 0.1; done
            pid=$(tr -d ' ' < /proc/$!/task/$!/children)
            sleep 1
            before_ns=$(busy_ns "$pid")
            sleep 10 # this is the measurement
            took_ns=$(($(busy_ns "$pid") - before_ns))
            echo "$machine: $took_ns ns of processor time in 10 s"
            [ $took_ns -lt 10000000 ] && echo good > verdict.$machine
            kill $!
        ) &
    done
    wait
    for machine in microvm pc q35; do
        [ -e verdict.$machine ] || fail "a sleeping guest keeps $machine busy"
    done
}
