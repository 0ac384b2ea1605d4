# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What all test scripts share: where things are, and words to state what is
# expected. Sourced, never run.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-$ROOT/build}
case $BUILD in /*) ;; *) BUILD=$ROOT/$BUILD ;; esac
MKIMAGE=$BUILD/mkimage
export ROOT BUILD MKIMAGE
export LC_ALL=C.UTF-8

die()
{
    echo "${0##*/}: $*" >&2
    exit 2
}

fail()
{
    echo "FAIL: $*"
    exit 1
}

skip()
{
    echo "$*"
    exit 77
}

need()
{
    local program

    for program in "$@"; do
        command -v "$program" > /dev/null || skip "$program is not installed"
    done
}

# A container without an engine wants these; the kernel has none for a chroot.
need_namespaces()
{
    unshare -U true 2> /dev/null || skip 'the kernel gives no user namespaces here (as in a chroot)'
}

# expect_status WANTED COMMAND...: runs it, keeps what it wrote in ./out and ./err.
expect_status()
{
    local wanted=$1 status=0

    shift
    echo "\$ $*"
    "$@" > out 2> err || status=$?
    head -c 2000 out
    head -c 2000 err >&2
    [ "$status" = "$wanted" ] || fail "status $status instead of $wanted: $*"
}

# expect_text FILE REGEX...: each one matches some line of FILE.
expect_text()
{
    local file=$1 regex

    shift
    for regex in "$@"; do
        grep -aEq -- "$regex" "$file" || fail "nothing in $file matches: $regex"
    done
}

expect_no_text()
{
    local file=$1 regex

    shift
    for regex in "$@"; do
        ! grep -aEq -- "$regex" "$file" || fail "$file should not match: $regex"
    done
}

expect_same()
{
    cmp -- "$1" "$2" || fail "$1 and $2 differ"
}

# Our own words of complaint: at most a few lines, `mkimage: ` in front, and the thing named.
expect_complaint()
{
    expect_text err '^mkimage: '
    expect_text err "$@"
}

need_grub()
{
    [ -e "$BUILD/sysroot/boot/boot.img" ] || skip "built without GRUB"
}

need_ovmf()
{
    [ -e /usr/share/OVMF/OVMF_CODE_4M.fd ] || [ -e /usr/share/OVMF/OVMF_CODE.fd ] || skip "no OVMF"
}

# text_wait FILE REGEX: until it is there; a minute is a hang.
text_wait()
{
    local tries=0

    until grep -aEq "$2" "$1" 2> /dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 1200 ] || fail "$2 did not come: $(tail -n 3 "$1")"
        sleep 0.05
    done
}

# expect_files NAME...: the working folder holds these and nothing else.
expect_files()
{
    local found wanted

    wanted=$(printf '%s\n' "$@" out err | sort)
    found=$(find . -mindepth 1 -printf '%P\n' | sort)
    [ "$found" = "$wanted" ] || fail "files here: $(echo $found); wanted: $(echo $wanted)"
}

# virtual_time SHIFT: prints a folder for PATH, with a QEMU that counts instructions,
# 2^SHIFT nanoseconds each. The guest's time goes by them, and leaps when it is idle.
virtual_time()
{
    local folder=$BUILD/test/virtual-time-$1 real

    real=$(command -v qemu-system-x86_64) || die "qemu-system-x86_64 is missing"
    mkdir -p "$folder"
    printf '#!/bin/sh\nexec %q "$@" -icount shift=%d,sleep=off\n' "$real" "$1" > "$folder/qemu.$$"
    chmod +x "$folder/qemu.$$"
    mv "$folder/qemu.$$" "$folder/qemu-system-x86_64"
    echo "$folder"
}

# words_of_run ARGUMENTS...: how `mkimage run` would start QEMU, into the array `words`.
# --print shows a line to type, with the UART on the terminal; a run has the debug console,
# which costs one exit a write.
words_of_run()
{
    local printed i

    eval "printed=($("$MKIMAGE" run --print "$@"))"
    words=()
    for ((i = 0; i < ${#printed[@]}; i++)); do
        case ${printed[i]} in
        -serial) words+=(-chardev "stdio,id=con,signal=off" -serial chardev:con
            -chardev "file,id=out,path=/proc/self/fd/1"
            -device "isa-debugcon,iobase=0xe9,readback=0xe9,chardev=out"); i=$((i + 1)) ;;
        *) words+=("${printed[i]}") ;;
        esac
    done
}

# word_set OPTION VALUE: another value of an option in `words`.
word_set()
{
    local i

    for ((i = 0; i < ${#words[@]} - 1; i++)); do
        [ "${words[i]}" != "$1" ] || words[i + 1]=$2
    done
}
