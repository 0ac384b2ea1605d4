# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# `mkimage run` as a user meets it.

guest()
{
    "$MKIMAGE" -o "$1.elf" "$ROOT/test-vm/guest/$1.c"
}

case_run_readme_line()
{
    printf '#include <stdio.h>\nint main(int c,char**v){for(int i=0;i<c;i++)puts(v[i]);return 7;}' > t.c
    expect_status 7 "$MKIMAGE" run t.c -- "a b" "c'd\"e" ünï
    tail -n +2 out > arguments
    printf '%s\n' "a b" "c'd\"e" ünï > wanted
    expect_same arguments wanted
    [ "$(wc -l < out)" = 4 ] || fail "argv[0] and three arguments make four lines"
    expect_files t.c arguments wanted # run leaves nothing behind
}

case_run_timeout()
{
    printf 'int main(void){for(;;);}' > spin.c
    expect_status 124 "$MKIMAGE" run --timeout 1 spin.c
    expect_complaint 'time|second'
    expect_no_qemu
}

# QEMU of this case would have this case's folder in its command line.
expect_no_qemu()
{
    local pid

    for pid in /proc/[0-9]*; do
        if [ "$(readlink "$pid/cwd" 2> /dev/null)" = "$PWD" ] &&
            grep -aq '^qemu-system' "$pid/comm" 2> /dev/null; then
            fail "QEMU is still there: ${pid#/proc/}"
        fi
    done
}

# signal_case SIGNAL STATUS: sent while the guest waits for input.
signal_case()
{
    local pid status=0

    guest lines
    mkfifo to from
    env --default-signal=INT "$MKIMAGE" run lines.elf < to > from 2> err &
    pid=$!
    exec 8> to 9< from
    read -r -n 8 _ <&9 # "tty 0 0 0": the guest is up
    expect_qemu
    kill -"$1" "$pid"
    wait "$pid" || status=$?
    exec 8>&- 9<&-
    [ "$status" = "$2" ] || fail "status $status instead of $2 after SIG$1"
    expect_no_qemu
}

# Proves that expect_no_qemu would see one.
expect_qemu()
{
    (expect_no_qemu > /dev/null) && fail "no QEMU is seen while the guest runs"
    return 0
}

case_run_sigint()
{
    signal_case INT 130
}

case_run_sigterm()
{
    signal_case TERM 143
}

# When mkimage is killed outright, QEMU goes with it.
case_run_sigkill()
{
    local pid tries=0

    guest lines
    mkfifo to from
    "$MKIMAGE" run lines.elf < to > from 2> err &
    pid=$!
    exec 8> to 9< from
    read -r -n 8 _ <&9
    expect_qemu
    kill -KILL "$pid"
    wait "$pid" || true
    cat <&9 > /dev/null # ends when the last writer has gone
    until (expect_no_qemu > /dev/null); do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || expect_no_qemu
        sleep 0.1
    done
}

# On a terminal: the program sees one, a dialogue works, settings stay as they were.
case_run_terminal()
{
    script -qec true /dev/null > /dev/null 2>&1 || skip "script(1) makes no terminal here"
    guest lines
    cat > session <<END
stty -a > before
"$MKIMAGE" run lines.elf; echo "status \$?"
stty -a > after
END
    printf '21\nbob\nquit\n' | script -qec "bash session" typescript > out
    expect_text out 'tty 1 1 1' 'twice is 42' '\[BOB\]' 'bye' 'status 0'
    expect_same before after
}

# Ctrl-C on the terminal stops the guest and nothing else of the session.
case_run_terminal_interrupt()
{
    script -qec true /dev/null > /dev/null 2>&1 || skip "script(1) makes no terminal here"
    guest lines
    cat > session <<END
trap : INT
stty -a > before
"$MKIMAGE" run lines.elf; echo "status \$?"
stty -a > after
END
    mkfifo keys
    # A background job starts with SIGINT ignored; the session must not.
    script -qec "env --default-signal=INT bash session" typescript < keys > out &
    exec 8> keys
    text_wait out 'number\?'
    printf '\003' >&8
    text_wait out 'status'
    exec 8>&-
    wait $!
    expect_text out 'status 130'
    expect_same before after
    expect_no_qemu
}

case_run_print()
{
    guest args
    expect_status 0 "$MKIMAGE" run --print -m 77M -e "K=a b" args.elf -- "x y"
    expect_text out 'qemu-system-x86_64' 'microvm' '77M' 'args\.elf' 'x y'
    expect_no_text out '^argc='
    expect_status 0 "$MKIMAGE" run --print --machine q35 args.elf
    expect_text out 'q35'
    expect_status 0 "$MKIMAGE" run --print --machine pc --gdb args.elf
    expect_text out ' -(s|gdb) '
}

# Whatever the host offers, auto finds an accelerator that works, and says so once at most.
case_run_accel()
{
    guest args
    expect_status 0 "$MKIMAGE" run --accel auto args.elf -- a
    expect_text out '^<a>$'
    [ "$(grep -c '^mkimage:' err)" -le 1 ] || fail "more than one remark"
    expect_status 0 "$MKIMAGE" run --accel auto args.elf -- b
    expect_status 0 "$MKIMAGE" run --accel tcg args.elf -- c
    [ ! -s err ] || fail "a remark although the accelerator was chosen"
    expect_status 2 "$MKIMAGE" run --accel warp args.elf
    expect_complaint warp
}

case_run_memory_words()
{
    guest args
    expect_status 0 "$MKIMAGE" run -m 8M args.elf
    expect_status 0 "$MKIMAGE" run -m 1G args.elf
    expect_status 2 "$MKIMAGE" run -m lots args.elf
    expect_complaint lots
    expect_status 2 "$MKIMAGE" run -m 0 args.elf
    expect_status 2 "$MKIMAGE" run --machine toaster args.elf
    expect_complaint toaster
}

# The least that a machine takes is the least that works: firmware wants more than a microvm.
case_run_memory_smallest()
{
    "$MKIMAGE" -q -o hello "$ROOT/apps/hello"
    expect_status 0 "$MKIMAGE" run -m 1536K hello.elf
    expect_status 2 "$MKIMAGE" run -m 1535K hello.elf
    expect_complaint '-m 1535K: the smallest machine has 1.5 MB'
    for machine in pc q35; do
        expect_status 2 "$MKIMAGE" run -m 1536K --machine $machine hello.elf
        expect_complaint "-m 1.5 MB: the BIOS of --machine $machine needs 2.0 MB .*microvm"
        expect_status 0 "$MKIMAGE" run -m 2M --machine $machine hello.elf
    done
    expect_status 2 "$MKIMAGE" run -m 1536K hello.img
    expect_complaint 'the BIOS of --machine pc needs 2.0 MB$'
    expect_status 0 "$MKIMAGE" run -m 2M hello.img
    [ ! -e /usr/share/OVMF/OVMF_CODE_4M.fd ] || {
        expect_status 2 "$MKIMAGE" run -m 32M --boot uefi hello.img
        expect_complaint 'UEFI firmware of --machine q35 needs 64.0 MB$'
    }
}

# Firmware and a hypervisor of its own: the image needs none of mkimage run's help.
case_run_plain_qemu()
{
    local status=0

    "$MKIMAGE" -o hello.elf "$ROOT/apps/hello"
    timeout 30 qemu-system-x86_64 -M microvm -accel tcg -m 64M -nodefaults -no-user-config \
        -display none -no-reboot -serial stdio -kernel hello.elf > out 2> err < /dev/null || status=$?
    cat out err
    [ $status = 0 ] || fail "QEMU ended with $status: no clean stop without the debug-exit device"
    expect_text out '^Hello, world'
}
