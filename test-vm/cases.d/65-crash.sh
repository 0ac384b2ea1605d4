# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Crashes that explain themselves, and the debugger.

crash_source()
{
    cp "$ROOT/test-vm/guest/crash.c" .
}

# line_of MARK: where crash.c must be said to be.
line_of()
{
    grep -n "here: $1 \*/" crash.c | cut -d: -f1
}

# crash_case HOW STATUS CAUSE REGEX...: cause in words, file and line, status.
crash_case()
{
    local how=$1 status=$2 cause=$3 mark=${1%% *}

    shift 3
    [ "$mark" != handler-full ] || mark=stack
    # shellcheck disable=SC2086 # how and perhaps `thread`
    expect_status "$status" "$MKIMAGE" run crash.c -- $how
    expect_text err "$cause" "crash\.c:$(line_of "$mark")\$" "$@"
    expect_no_text out SURVIVED
}

case_crash_lines()
{
    local regs='^  rip [0-9a-f]{16}  rsp' main='^  from [0-9a-f]{16}  main\+0x[0-9a-f]+  crash\.c:[0-9]+$'

    crash_source
    crash_case wild-write 139 '^thimble: write to an address without memory, address 7ead00000000$' "$regs" "$main" \
        "^  at   [0-9a-f]{16}  wild_write\+0x[0-9a-f]+  crash\.c:$(line_of wild-write)\$"
    crash_case impossible 139 '^thimble: access to an address that cannot exist: fd5a00000000, in r' "$regs" "$main"
    crash_case stack 139 '^thimble: stack overflow of the main thread, address ' "$regs" "$main" 'again and again'
    crash_case heap-jump 139 '^thimble: execution of data: a jump into the heap, address ' "$regs" "$main"
    crash_case fail 134 '^thimble: double free of 7ead00000000$' "$main"
    crash_case handler-fault 139 '^thimble: write to an address without memory, address 7ead0000000b$' 'handler_fault\+0x'
    crash_case handler-full 139 '^thimble: stack overflow of the main thread, address ' 'handler_full\+0x'
    crash_case assert 134 'assertion failed: zero == 1' "$main" 'SIGABRT'
    crash_case inlined 139 'write to an address' "$main" \
        "^  at   ([0-9a-f]{16})  inlined_write, inlined  crash\.c:$(line_of inlined)\$" \
        "^       [0-9a-f]{16}  around\+0x[0-9a-f]+  crash\.c:$(($(line_of 'inlined') + 5))\$"
    expect_files crash.c
}

# The thread's own name, the other threads with what they do, and what the kernel noted.
case_crash_threads()
{
    crash_source
    crash_case 'stack thread' 139 '^thimble: stack overflow of thread worker, address ' \
        '^  the kernel noted:$' '  interrupts: on' '^  thread 2, worker: running$' \
        '^  thread 1, patient: (waiting|sleeping|ready to run)$' '^  thread 0, main: ' \
        '  waiter\+0x[0-9a-f]+  crash\.c:[0-9]+$'
    crash_case 'heap-jump thread' 139 'a jump into the heap' '^  thread 2, worker: running$'
    crash_case 'fail thread' 134 'double free'
}

# What the report reads is not there: it goes on with the rest, and the status is the first one's.
case_crash_nested()
{
    crash_source
    expect_status 139 "$MKIMAGE" run crash.c -- nested thread
    expect_text err '^thimble: write to an address without memory, address 7ead' ', while saying this\)$' '^  from [0-9a-f]{16}$' \
        '^  at   [0-9a-f]{16}$' '^  the kernel noted:$' '^  thread 2, worker: running$'
}

# An image without debug information says what would help, once.
case_crash_hint()
{
    crash_source
    "$MKIMAGE" -q -f elf crash.c
    expect_status 139 "$MKIMAGE" run crash.elf -- wild-write
    expect_text err '^  at   [0-9a-f]{16}  wild_write\+0x[0-9a-f]+$' '^mkimage: crash\.elf: .*--debug-file'
    [ "$(grep -c '^mkimage:' err)" = 1 ] || fail "more than one remark"
    expect_status 134 "$MKIMAGE" run -g0 crash.c -- assert # the user's word wins
    expect_no_text err 'crash\.c:[0-9]+$'
}

# The images are what they are without it; the program id ties the file to them.
case_debug_file()
{
    local id

    crash_source
    mkdir plain
    "$MKIMAGE" -q -f elf,raw,iso -o plain/crash crash.c
    "$MKIMAGE" -q -f elf,raw,iso --debug-file crash.c
    expect_same plain/crash.elf crash.elf
    expect_same plain/crash.img crash.img
    id=$("$MKIMAGE" inspect crash.debug | sed -n 's/^program id *//p')
    [ ${#id} = 32 ] || fail "no program id: $id"
    for image in crash.elf crash.img crash.iso; do
        "$MKIMAGE" inspect --json $image | jq -e --arg id "$id" '.program_id == $id' || fail "$image: another id"
        expect_status 139 "$MKIMAGE" run --boot direct $image -- wild-write
        expect_text err "wild_write\+0x[0-9a-f]+  crash\.c:$(line_of wild-write)\$"
        expect_no_text err '^mkimage:'
    done
    "$MKIMAGE" -q -g -f elf -e K=V -o inside crash.c -- x
    "$MKIMAGE" inspect inside.elf | grep -q "^program id *$id\$" || fail "-g, -e and arguments change the id"
    "$MKIMAGE" -q -f elf -O1 -o less crash.c
    ! "$MKIMAGE" inspect less.elf | grep -q "^program id *$id\$" || fail "other code has the same id"
    "$MKIMAGE" config crash.elf --args wild-write > /dev/null # another build id, the same program
    expect_status 139 "$MKIMAGE" run crash.elf
    expect_text err "crash\.c:$(line_of wild-write)\$"
    "$MKIMAGE" -q -g -f elf --debug-file=elsewhere crash.c
    expect_same plain/crash.elf crash.elf
    [ -s elsewhere ] || fail "--debug-file=FILE left no FILE"
    expect_status 1 "$MKIMAGE" -q -f elf --debug-file=no/such/folder crash.c
    expect_complaint 'no/such/folder'
}

# crash_report OPTION...: a report as a serial port gives it, into ./report.
crash_report()
{
    local printed

    eval "printed=($("$MKIMAGE" run --accel tcg --print "$@"))"
    timeout 30 "${printed[@]}" > report < /dev/null || true
    expect_text report '^  image [0-9a-f]{32} moved by [0-9a-f]+'
    expect_no_text report 'crash\.c:[0-9]+$'
}

case_symbolize()
{
    crash_source
    "$MKIMAGE" -q -f elf,raw --debug-file crash.c
    crash_report crash.elf -- inlined
    expect_status 0 "$MKIMAGE" symbolize crash.elf report
    expect_text out "^  at   [0-9a-f]{16}  inlined_write, inlined  crash\.c:$(line_of inlined)\$" '^before' '^  rip '
    cp out wanted
    "$MKIMAGE" symbolize crash.img < report > out && expect_same out wanted
    "$MKIMAGE" symbolize crash.debug - < report > out && expect_same out wanted
    "$MKIMAGE" symbolize < report > out && expect_same out wanted # finds the image here
    "$MKIMAGE" symbolize wanted > out && expect_same out wanted   # nothing is left to do
    sed 's/^/host app[1]: /' report | "$MKIMAGE" symbolize crash.elf > out
    sed 's/^/host app[1]: /' wanted > prefixed
    expect_same out prefixed
    cat report report | "$MKIMAGE" symbolize crash.elf > out
    cat wanted wanted > twice
    expect_same out twice
    # the same program in another boot, and without a distance
    crash_report --no-aslr crash.elf -- inlined
    expect_text report ' moved by 0'
    "$MKIMAGE" symbolize crash.elf report > out
    expect_text out "inlined_write, inlined  crash\.c:$(line_of inlined)\$"
}

case_symbolize_bad()
{
    crash_source
    "$MKIMAGE" -q -f elf crash.c
    crash_report crash.elf -- wild-write
    expect_status 1 "$MKIMAGE" symbolize crash.elf report
    expect_complaint 'crash\.elf: it has no debug information.*crash\.debug'
    "$MKIMAGE" -q -f elf --debug-file=crash.debug "$ROOT/apps/hello" -o other
    expect_status 1 "$MKIMAGE" symbolize crash.elf report
    expect_complaint 'crash\.debug belongs to another'
    expect_status 1 "$MKIMAGE" symbolize other.elf report
    expect_complaint 'report: this is the report of another program' 'other\.elf'
    [ ! -s out ] || fail "a foreign report was written"
    rm crash.elf crash.debug other.elf
    expect_status 1 "$MKIMAGE" symbolize report
    expect_complaint 'no image in this folder'
    "$MKIMAGE" -q -g -f elf crash.c
    printf 'all is well\n' > nothing
    expect_status 1 "$MKIMAGE" symbolize crash.elf nothing
    expect_complaint 'nothing: no report of a crash'
    expect_status 1 "$MKIMAGE" symbolize nothing
    expect_complaint 'nothing: no report of a crash'
    expect_status 1 "$MKIMAGE" symbolize crash.elf missing
    expect_complaint 'missing: '
    expect_status 2 "$MKIMAGE" symbolize crash.elf report crash.c
    expect_complaint 'crash\.c'
    head -c 20000 crash.elf > cut.elf
    expect_status 1 "$MKIMAGE" symbolize cut.elf report
    expect_complaint 'cut\.elf'
    # a half of a report, and lines that only look like one
    head -c 900 report > half
    printf '  from 0123456789abcdef  main+0x1\n  at   xyz\n  image 12 moved by 3\n' >> report
    expect_status 0 "$MKIMAGE" symbolize crash.elf report
    expect_text out '^  from 0123456789abcdef  main\+0x1$'
}

need_gdb()
{
    command -v gdb > /dev/null || skip "gdb is not installed"
    gdb -nx -batch -ex 'python print(1)' > /dev/null 2>&1 || skip "this gdb knows no Python"
}

# QEMU of this case has this case's folder as its own.
expect_no_machine()
{
    local pid tries=0

    while [ $tries -lt 50 ]; do
        for pid in /proc/[0-9]*; do
            [ "$(readlink "$pid/cwd" 2> /dev/null)" = "$PWD" ] &&
                grep -aqE '^(qemu-system|gdb)' "$pid/comm" 2> /dev/null && break
            pid=
        done
        [ -n "$pid" ] || return 0
        sleep 0.1
        tries=$((tries + 1))
    done
    fail "still there: $(tr '\0' ' ' < "$pid/cmdline")"
}

case_debug_main()
{
    need_gdb
    crash_source
    expect_status 0 "$MKIMAGE" debug --batch --ex backtrace --ex 'print argv[1]' --ex 'info registers rip' \
        crash.c -- 'a b'
    expect_text out '^The image was moved by 0x[0-9a-f]+' '^#0  main \(argc=2, ' '"a b"$' '<main\+?[0-9]*>' 'crash\.c'
    expect_no_text err .
    expect_status 0 "$MKIMAGE" debug --no-aslr --batch -ex backtrace crash.c
    expect_text out '^#0  main \(argc=1, '
    expect_no_text out 'was moved'
    expect_no_machine
    expect_files crash.c
}

# A thread that waits shows its own frames and variables; then the program goes on as before.
case_debug_threads()
{
    need_gdb
    crash_source
    "$MKIMAGE" debug --batch --ex 'break wild_write' --ex continue --ex 'thimble threads' \
        --ex 'thimble thread main' --ex backtrace --ex 'up 20' --ex 'thimble thread 1' --ex backtrace \
        --ex 'thimble backtraces' --ex 'thimble thread nobody' --ex next --ex continue \
        crash.c -- wild-write thread > out 2> err < /dev/null || true
    cat out err
    expect_text out '^ +0  main +(waiting|ready to run) ' '^ +1  patient +(waiting|sleeping|ready to run) +.*\(.*:[0-9]+\)$' \
        '^ +2  worker +running +wild_write \(crash\.c:[0-9]+\)$' '^#[0-9]+ .* threaded \(.*crash\.c:[0-9]+$' \
        '^#[0-9]+ .* in waiter \(.*crash\.c:[0-9]+$' '^thread 2 worker: running$' '^before'
    expect_text err 'There is no thread nobody' '^thimble: write to an address without memory, address 7ead' \
        "wild_write\+0x[0-9a-f]+  crash\.c:$(line_of wild-write)\$"
    # gdb's next word comes after the program's last, not in the midst of it.
    [ "$(tail -n 1 err)" = 'Remote connection closed' ] || fail "gdb speaks before the program has ended"
    expect_no_machine
}

# Its streams, a breakpoint, and the end of the program.
case_debug_streams()
{
    need_gdb
    cp "$ROOT/test-vm/guest/stdin.c" "$ROOT/test-vm/guest/check.h" .
    echo hi > typed
    "$MKIMAGE" debug --batch --ex continue --input typed stdin.c > out 2> err < /dev/null || true
    cat out err
    expect_text out '^hi$'
    expect_text err '^bytes=3 sum='
    "$MKIMAGE" debug --batch --ex continue stdin.c > out 2> err < typed || true
    expect_text err '^bytes=0 '
    expect_status 1 "$MKIMAGE" debug --batch --input nowhere stdin.c
    expect_complaint 'nowhere'
    expect_no_machine
}

# gdb ends, or is ended, or we are: no machine stays.
case_debug_ends()
{
    local pid

    need_gdb
    printf 'int main(void){for(;;);}' > spin.c
    printf 'quit\n' | expect_status 0 "$MKIMAGE" debug spin.c
    expect_no_machine
    expect_no_text err .
    printf 'detach\nquit\n' | expect_status 0 "$MKIMAGE" debug spin.c
    expect_no_machine
    mkfifo commands
    "$MKIMAGE" debug spin.c > out 2> err < commands &
    pid=$!
    exec 8> commands
    text_wait out 'main \(\)'
    kill -KILL "$pid"
    wait "$pid" || true
    exec 8>&-
    expect_no_machine
}

# Ctrl-C on the terminal is gdb's: the program stops, and goes on.
case_debug_terminal()
{
    need_gdb
    script -qec true /dev/null > /dev/null 2>&1 || skip "script(1) makes no terminal here"
    printf 'volatile int n;\nint main(void)\n{\n    for (;;)\n        n++;\n}\n' > spin.c
    cat > session <<END
"$MKIMAGE" debug --ex "set pagination off" spin.c; echo "status \$?"
END
    mkfifo keys
    script -qec "env --default-signal=INT TERM=dumb bash session" typescript < keys > out &
    exec 8> keys
    text_wait out 'main \(\)'
    printf 'continue\n' >&8
    text_wait out 'Continuing'
    sleep 0.2
    printf '\003' >&8
    text_wait out 'signal SIGINT'
    printf 'print n > 0\nkill\nquit\n' >&8
    text_wait out 'status 0'
    exec 8>&-
    wait $!
    expect_text out '^\$1 = 1'
    expect_no_machine
}

case_debug_image()
{
    need_gdb
    crash_source
    "$MKIMAGE" -q -g -f elf,raw -o app crash.c
    expect_status 0 "$MKIMAGE" debug --batch --ex backtrace app.img -- x
    expect_text out '^#0  main \(argc=2, '
    expect_status 0 "$MKIMAGE" debug --batch --machine q35 --ex backtrace app.elf
    expect_text out '^#0  main \(argc=1, '
    expect_status 0 "$MKIMAGE" debug --batch --machine pc --ex backtrace app.elf
    expect_text out '^#0  main \(argc=1, '
    rm app.img
    "$MKIMAGE" -q --debug-file -f elf -o "an app" crash.c # a name with a space
    expect_status 0 "$MKIMAGE" debug --batch --ex 'info args' "an app.elf"
    expect_text out '^argc = 1'
}

case_debug_bad()
{
    crash_source
    need_gdb
    "$MKIMAGE" -q -f elf crash.c
    expect_status 1 "$MKIMAGE" debug --batch crash.elf
    expect_complaint 'crash\.elf: it has no debug information'
    expect_status 2 "$MKIMAGE" debug --gdb crash.c
    expect_complaint '^mkimage: --gdb'
    expect_status 2 "$MKIMAGE" debug --boot uefi crash.c
    expect_complaint 'uefi'
    expect_status 2 "$MKIMAGE" debug
    expect_complaint 'no program'
    mkdir tools
    for tool in gcc ld as cc1 qemu-system-x86_64; do
        [ -z "$(command -v $tool)" ] || ln -s "$(command -v $tool)" tools/
    done
    expect_status 1 env PATH="$PWD/tools" "$MKIMAGE" debug crash.c
    expect_complaint 'gdb is not installed: apt install gdb'
    expect_status 125 env THIMBLE_QEMU=false "$MKIMAGE" debug --batch crash.c
    expect_complaint 'QEMU could not start'
}

# panicked DEVICE...: what QEMU tells its watchers of a crash, into ./events.
panicked()
{
    local printed i

    eval "printed=($("$MKIMAGE" run --accel tcg --machine "$1" --print crash.elf -- wild-write))"
    for ((i = 0; i < ${#printed[@]}; i++)); do
        [ "${printed[i]}" != stdio ] || printed[i]=file:report
    done
    shift
    status=0
    { echo '{"execute":"qmp_capabilities"}'; sleep 2; } |
        timeout 20 "${printed[@]}" "$@" -qmp stdio > events || status=$?
    cat report events
    expect_text report '^thimble: write to an address'
}

# The device is told where there is one, by the port that fw_cfg names; nothing depends on it.
case_pvpanic()
{
    local machine

    crash_source
    "$MKIMAGE" -q -f elf crash.c
    for machine in pc q35 microvm; do
        panicked $machine -device pvpanic
        expect_text events GUEST_PANICKED
        panicked $machine -device pvpanic,ioport=0x607
        expect_text events GUEST_PANICKED
        panicked $machine
        expect_no_text events GUEST_PANICKED
        [ "$status" = $(((139 << 1 | 1) & 255)) ] || fail "$machine without the device: status $status"
    done
}
