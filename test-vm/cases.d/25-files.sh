# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Files and events: what is the same on Linux, and the terminal.

# The program that a case boots, on this machine: its answers are Linux' own.
on_linux()
{
    cc -std=gnu11 -w -O1 -pthread -o "$1" "$ROOT/test-vm/guest/$1.c"
    expect_status 0 "./$1"
    expect_text out '^SUCCESS$'
}

case_same_memory_files()
{
    [ "$(id -u)" = 0 ] || skip "changes owners: needs root"
    on_linux memory_files
}

case_same_memory_names()
{
    [ "$(id -u)" = 0 ] || skip "changes owners: needs root"
    on_linux memory_names
}

case_same_events()
{
    on_linux events
}

case_same_unix_sockets()
{
    on_linux unix_sockets
}

case_same_tcp_sockets()
{
    on_linux tcp_sockets
}

case_same_tcp_tuned()
{
    on_linux tcp_tuned
}

case_same_udp_sockets()
{
    on_linux udp_sockets
}

case_same_bad_addresses()
{
    on_linux bad_addresses
}

case_same_closed_waits()
{
    on_linux closed_waits
}

random_build()
{
    local tree=app/rootfs/files/tree

    mkdir -p app $tree/a/b $tree/b/c/d $tree/c $tree/d
    cp "$ROOT/test-vm/guest/random_files.c" "$ROOT/test-vm/guest/check.h" app/
    head -c 9000 /dev/zero | tr '\0' p > $tree/a/c
    echo short > $tree/a/b/e
    seq 5000 > $tree/b/a
    ln -s ../b/a $tree/c/a
    echo x > $tree/e
    : > $tree/b/c/e
    cc -std=gnu11 -w -O1 -o random-host app/random_files.c
    expect_status 0 "$MKIMAGE" -o random.elf app
}

# The same calls on a Linux memory file system and in the guest, over packed files: the
# same answers, and the same is left.
case_same_random_calls()
{
    local seed linux

    [ "$(stat -f -c %T /dev/shm 2> /dev/null)" = tmpfs ] || skip "/dev/shm is no memory file system"
    random_build
    linux=$(mktemp -d /dev/shm/thimble-XXXXXX)
    # shellcheck disable=SC2064 # as it is now
    trap "rm -rf $linux" EXIT
    for seed in 1 2 3 4; do
        rm -rf "$linux/files"
        cp -a app/rootfs/files "$linux/files"
        ./random-host $seed 10000 "$linux/files" > wanted || fail "on Linux: status $?"
        "$MKIMAGE" run random.elf -- $seed 10000 /files > got || fail "status $?"
        expect_same wanted got
    done
}

# sendfile: the same on Linux, from packed files, and from packed ones that were changed.
case_send_files()
{
    mkdir -p app/rootfs/data
    cp "$ROOT/test-vm/guest/send_files.c" "$ROOT/test-vm/guest/check.h" app/
    seq 400000 > app/rootfs/data/big
    expect_status 0 "$MKIMAGE" -o send.elf app
    expect_status 0 "$MKIMAGE" run --read-only send.elf -- /data
    expect_text out '^SUCCESS$'
    expect_status 0 "$MKIMAGE" run send.elf -- /data
    expect_text out '^SUCCESS$'
    cc -std=gnu11 -w -O1 -pthread -o send-host app/send_files.c
    expect_status 0 ./send-host app/rootfs/data
    expect_text out '^SUCCESS$'
}

# What is not named stays read-only, what is can be written and keeps what is packed.
case_files_writable()
{
    guest_tree
    expect_status 0 "$MKIMAGE" run --read-only --writable /data app.elf -- /data/new /data/old
    expect_text out '^/data/new: written$' '^/data/old: written$'
    expect_status 0 "$MKIMAGE" run --read-only --writable /data app.elf -- /new /old /tmp/x
    expect_text out '^/new: Read-only file system$' '^/old: Read-only file system$' \
        '^/tmp/x: written$'
    expect_status 0 "$MKIMAGE" run app.elf -- /new /old /data/old
    expect_text out '^/new: written$' '^/old: written$' '^/data/old: written$'
    expect_status 0 "$MKIMAGE" run --read-only --writable /none app.elf -- /tmp/x
    expect_text err '/none: the image has no such folder'
}

guest_tree()
{
    mkdir -p app/rootfs/data
    echo packed > app/rootfs/old
    echo packed > app/rootfs/data/old
    cat > app/write.c << 'END'
#include <errno.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "a");
        printf("%s: %s\n", argv[i], file ? "written" : strerror(errno));
        if (file) {
            fputs("more\n", file);
            fclose(file);
        }
    }
    return 0;
}
END
    expect_status 0 "$MKIMAGE" -o app.elf app
}

case_files_options()
{
    printf 'int main(void){return 0;}\n' > x.c
    expect_status 2 "$MKIMAGE" run --writable /data x.c
    expect_complaint '--writable /data'
    expect_status 2 "$MKIMAGE" run --read-only --writable data x.c
    expect_complaint '--writable data'
    expect_status 2 "$MKIMAGE" run --read-only --writable '/a b' x.c
    expect_complaint '--writable /a b'
    expect_status 2 "$MKIMAGE" run --files-max many x.c
    expect_complaint '--files-max many'
}

terminal_script()
{
    cat << 'END'
expect size 33x77
expect lines
send some text\n
expect <some text>
expect keys
mode
send a\x03\eq
expect key 61
expect key 03
expect key 1b
expect key 71
expect three
send xyz
expect <xyz>
expect poll
mode
send more\n
expect polled 5
expect resize
size 40 100
expect size 40x100
expect SUCCESS
mode
END
}

# Somebody at a terminal: lines, single keys, a window that changes; and the terminal is
# as it was afterwards. The same on Linux.
case_terminal()
{
    expect_status 0 "$MKIMAGE" -o terminal.elf "$ROOT/test-vm/guest/terminal.c"
    cc -std=gnu11 -w -O1 -o terminal "$ROOT/test-vm/guest/terminal.c"
    for program in ./terminal "$MKIMAGE run terminal.elf"; do
        # shellcheck disable=SC2086 # several words on purpose
        terminal_script | "$BUILD/pty" 33 77 $program > out || { cat out; fail "$program: status $?"; }
        cat out
        grep -a '^mode' out > modes
        printf 'mode:\nmode: icanon echo isig opost\nmode: icanon echo isig opost\n' > wanted
        expect_same modes wanted
    done
}

# A program that is stopped while the terminal is raw leaves it as it was.
case_terminal_stopped()
{
    expect_status 0 "$MKIMAGE" -o terminal.elf "$ROOT/test-vm/guest/terminal.c"
    printf 'expect lines\nsend x\\n\nexpect keys\nmode\nend\nmode\n' |
        "$BUILD/pty" 24 80 "$MKIMAGE" run --timeout 4 terminal.elf > out || [ $? = 124 ] || fail "status $?"
    cat out
    grep -a '^mode' out > modes
    printf 'mode:\nmode: icanon echo isig opost\n' > wanted
    expect_same modes wanted
}

# Keys on a plain serial console: echo, and the keys that take back.
case_terminal_plain()
{
    local words

    expect_status 0 "$MKIMAGE" -o terminal.elf "$ROOT/test-vm/guest/terminal.c"
    eval "words=($("$MKIMAGE" run --print terminal.elf))"
    printf 'expect lines\nsend aXX\\x7f\\x7fb\\r\nexpect line <ab>\nexpect keys\nsend q\nexpect key 71\n' > script
    # the machine ends with the terminal
    timeout 20 "$BUILD/pty" 24 80 "${words[@]}" -append thimble.tty=7 < script > out || true
    cat out
    expect_text out 'line <ab>' 'key 71'
}

# Waiting without anything to do: no interrupt but the one that ends it, however long it takes.
case_events_idle()
{
    local short long words mark wait

    expect_status 0 "$MKIMAGE" -g -f elf -o idle.elf "$ROOT/test-vm/guest/idle.c"
    mark=0x$(nm idle.elf | awk '$3 == "kernel.sched_interrupt" {print $1}')
    [ "$mark" != 0x ] || fail 'no kernel.sched_interrupt, where every interrupt ends'
    eval "words=($("$MKIMAGE" run --print idle.elf))"
    for wait in 50 10050 99050; do
        "${words[@]}" -icount shift=3,sleep=off -append "thimble.aslr=off -- $wait" \
            -plugin "$BUILD/insn_count.so,out=$wait,mark=$mark" < /dev/null > out 2>&1 || true
        expect_text out SUCCESS
        cat "$wait"
        [ "$(awk '/^mark/ {print $4}' "$wait")" = 1 ] || fail "interrupts in $wait ms of waiting: $(awk '/^mark/ {print $4}' "$wait")"
    done
    short=$(awk '/^total/ {print $2}' 50) long=$(awk '/^total/ {print $2}' 10050)
    [ $((long - short)) -lt 1000 ] || fail "$((long - short)) instructions in 10 s of waiting"
}
