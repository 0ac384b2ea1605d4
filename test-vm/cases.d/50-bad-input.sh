# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Bad input: one clear sentence that names the thing, a status that is not 0, and
# no half-written output.

case_bad_missing_file()
{
    expect_status 1 "$MKIMAGE" nowhere.c
    expect_complaint 'nowhere\.c'
    expect_status 1 "$MKIMAGE" run nowhere.elf
    expect_complaint 'nowhere\.elf'
    expect_status 1 "$MKIMAGE" inspect nowhere.elf
    expect_complaint 'nowhere\.elf'
    expect_files
}

case_bad_no_arguments()
{
    expect_status 2 "$MKIMAGE"
    expect_status 2 "$MKIMAGE" run
    expect_status 2 "$MKIMAGE" inspect
    expect_status 2 "$MKIMAGE" -o
    expect_complaint '-o'
    expect_status 0 "$MKIMAGE" --help
    expect_status 0 "$MKIMAGE" run --help
    expect_files
}

case_bad_not_c()
{
    head -c 3000 /dev/urandom > noise.c
    expect_status 1 "$MKIMAGE" noise.c
    expect_text err 'noise\.c'
    echo text > notes.txt
    expect_status 1 "$MKIMAGE" notes.txt
    expect_complaint 'notes\.txt'
    head -c 3000 /dev/urandom > noise.o
    expect_status 1 "$MKIMAGE" noise.o
    expect_text err 'noise\.o'
    mkdir empty
    expect_status 1 "$MKIMAGE" empty
    expect_complaint 'empty'
    expect_files noise.c noise.o notes.txt empty
}

case_bad_cplusplus()
{
    for name in a.cpp b.cc c.cxx d.C; do
        echo 'int main() { return 0; }' > $name
        expect_status 1 "$MKIMAGE" $name
        expect_complaint "$name"
        expect_complaint 'C\+\+'
    done
    expect_files a.cpp b.cc c.cxx d.C
}

case_bad_syntax()
{
    printf 'int main(void)\n{\n    return 0\n}\n' > broken.c
    expect_status 1 "$MKIMAGE" broken.c
    expect_text err 'broken\.c:3:.*error'
    expect_complaint 'broken\.c'
    [ "$(grep -c '^mkimage: ' err)" = 1 ] || fail "one line of ours is enough"
    expect_status 1 "$MKIMAGE" run broken.c
    expect_files broken.c
}

case_bad_link()
{
    printf 'int absent(void);\nint main(void) { return absent(); }\n' > u.c
    expect_status 1 "$MKIMAGE" u.c
    expect_text err 'absent'
    printf 'int f(void) { return 0; }\n' > nomain.c
    expect_status 1 "$MKIMAGE" nomain.c
    expect_text err 'main'
    expect_status 1 "$MKIMAGE" u.c -lnosuchlibrary
    expect_text err 'nosuchlibrary'
    expect_files u.c nomain.c
}

case_bad_option()
{
    echo 'int main(void) { return 0; }' > a.c
    expect_status 2 "$MKIMAGE" run --timeot 3 a.c
    expect_complaint '--timeot' '--timeout'
    expect_status 2 "$MKIMAGE" inspect --jsn a.c
    expect_complaint '--jsn' '--json'
    expect_status 2 "$MKIMAGE" --outptu=x a.c
    expect_complaint '--outptu'
    expect_status 2 "$MKIMAGE" run --timeout soon a.c
    expect_complaint 'soon'
    expect_status 2 "$MKIMAGE" run -e =value a.c
    expect_complaint "=value"
    expect_files a.c
}

case_bad_foreign_elf()
{
    cp /bin/true host.elf
    expect_status 1 "$MKIMAGE" run host.elf
    expect_complaint 'host\.elf'
    expect_status 1 "$MKIMAGE" inspect host.elf
    expect_complaint 'host\.elf'
    cp "$BUILD/sysroot/compare/floor.elf" floor.elf # a bootable one that is not ours
    expect_status 1 "$MKIMAGE" inspect floor.elf
    expect_complaint 'floor\.elf'
    : > empty.elf
    expect_status 1 "$MKIMAGE" run empty.elf
    expect_complaint 'empty\.elf'
    printf '\177ELF' > short.elf
    expect_status 1 "$MKIMAGE" inspect short.elf
    expect_complaint 'short\.elf'
    expect_status 1 "$MKIMAGE" inspect .
    expect_files host.elf floor.elf empty.elf short.elf
}

case_bad_truncated_elf()
{
    local size cut

    "$MKIMAGE" -o whole.elf "$ROOT/apps/hello"
    size=$(stat -c %s whole.elf)
    for cut in 1 4 15 63 64 100 200 500 4096 $((size / 2)) $((size - 5000)) $((size - 1500)) \
        $((size - 1000)) $((size - 100)) $((size - 1)); do
        head -c $cut whole.elf > cut.elf
        expect_status 1 "$MKIMAGE" inspect cut.elf
        expect_complaint 'cut\.elf'
        expect_status 1 "$MKIMAGE" run cut.elf
        expect_complaint 'cut\.elf'
    done
}

# One byte wrong at a time in the headers: a complaint or a good answer, never a crash.
case_bad_changed_elf()
{
    local at status

    "$MKIMAGE" -o whole.elf "$ROOT/apps/hello"
    for at in $(seq 0 3 300); do
        cp whole.elf changed.elf
        printf '\377' | dd of=changed.elf bs=1 seek="$at" conv=notrunc status=none
        status=0
        "$MKIMAGE" inspect changed.elf > out 2> err || status=$?
        [ $status -le 1 ] || fail "byte $at wrong: status $status: $(cat err)"
        [ $status = 0 ] || expect_complaint 'changed\.elf'
    done
}

# nobody COMMAND...: as a user who may not read everything.
nobody()
{
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
    else
        "$@"
    fi
}

case_bad_unreadable_rootfs_file()
{
    local place status=0

    place=$(mktemp -d)
    chmod 777 "$place"
    # The files stay where everybody can come; the verdict is given after clean-up.
    cp -r "$ROOT/apps/hello" "$place/app"
    mkdir -p "$place/app/rootfs"
    echo secret > "$place/app/rootfs/secret"
    chmod 000 "$place/app/rootfs/secret"
    chmod 777 "$place/app"
    if ! nobody test -x "$MKIMAGE" || ! nobody test -r "$BUILD/sysroot/lib/kernel.ld"; then
        rm -rf "$place"
        skip "another user may not reach $MKIMAGE"
    fi
    (cd "$place" && nobody env HOME="$place" "$MKIMAGE" -o out.elf app) > out 2> err || status=$?
    cat err
    find "$place" -mindepth 1 -maxdepth 1 -printf '%f\n' > left
    rm -rf "$place"
    [ $status = 1 ] || fail "status $status instead of 1"
    expect_complaint 'secret'
    [ "$(cat left)" = app ] || fail "left behind: $(cat left)"
}

case_bad_output_place()
{
    echo 'int main(void) { return 0; }' > a.c
    expect_status 1 "$MKIMAGE" -o none/a.elf a.c
    expect_complaint 'none/a\.elf'
    mkdir a.elf
    expect_status 1 "$MKIMAGE" a.c
    expect_complaint 'a\.elf'
    expect_files a.c a.elf
}

# An older good image survives a build that fails.
case_bad_keeps_the_old()
{
    echo 'int main(void) { return 3; }' > a.c
    "$MKIMAGE" a.c
    cp a.elf old.elf
    echo 'int main(void) { return 3 }' > a.c
    expect_status 1 "$MKIMAGE" a.c
    expect_same a.elf old.elf
    rm -f a.img
    expect_files a.c a.elf old.elf
}

case_bad_full_disk()
{
    unshare -m true 2> /dev/null || skip "may not mount a small disk (unshare -m)"
    mkdir disk
    cp -r "$ROOT/apps/hello" app
    mkdir -p app/rootfs
    head -c 200000 /dev/urandom > app/rootfs/data
    cat > session <<'END'
mount -t tmpfs -o size=64k none disk || exit 77
TMPDIR=/tmp "$MKIMAGE" -o disk/app.elf app; echo "status $?"
echo "left: $(ls -A disk)"
TMPDIR=$PWD/disk "$MKIMAGE" -o small-tmp.elf app; echo "status $?"
echo "left: $(ls -A disk)"
END
    unshare -m bash session > out 2> err || skip "may not mount a small disk"
    cat out err
    [ "$(head -n 2 out)" = "$(printf 'status 1\nleft: ')" ] || fail "a full disk for the image"
    expect_complaint 'No space left'
    expect_complaint 'disk'
    # Temporary files may or may not need that room; nothing may stay there.
    [ "$(tail -n 1 out)" = "left: " ] || fail "temporary files stay on the full disk"
}

case_bad_no_qemu()
{
    "$MKIMAGE" -o hello.elf "$ROOT/apps/hello"
    mkdir bin
    expect_status 125 env PATH="$PWD/bin" "$MKIMAGE" run hello.elf
    expect_complaint 'qemu-system-x86_64'
    printf '#!/bin/sh\necho "qemu: broken installation" >&2\nexit 1\n' > bin/qemu-system-x86_64
    chmod +x bin/qemu-system-x86_64
    expect_status 125 env PATH="$PWD/bin:/bin:/usr/bin" "$MKIMAGE" run --accel tcg hello.elf
    expect_text err 'broken installation'
}

case_bad_no_compiler()
{
    echo 'int main(void) { return 0; }' > a.c
    mkdir bin
    expect_status 1 env PATH="$PWD/bin" "$MKIMAGE" a.c
    expect_complaint 'cc|gcc'
    expect_status 1 "$MKIMAGE" --cc no-such-compiler a.c
    expect_complaint 'no-such-compiler'
    expect_files a.c bin
}
