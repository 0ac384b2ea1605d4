# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Large root file systems, generated here.

tree_build()
{
    mkdir -p app/rootfs
    cp "$ROOT/test-vm/guest/tree.c" "$ROOT/test-vm/guest/check.h" app/
}

# 200 MB in a guest of 256 MB: no room for a second copy.
case_files_200_mb()
{
    local wanted

    tree_build
    # Not all zero: each MiB ends with its number.
    truncate -s 200M app/rootfs/big
    for i in $(seq 0 199); do
        printf '%08d' "$i" | dd of=app/rootfs/big bs=1 seek=$(((i + 1) * 1048576 - 8)) \
            conv=notrunc status=none
    done
    cc -O1 -I app -o tree-host app/tree.c
    wanted=$(./tree-host "$PWD/app/rootfs/big" | head -n 1)
    expect_status 0 "$MKIMAGE" -o big.elf app
    expect_status 0 "$MKIMAGE" run -m 256M big.elf -- /big
    expect_text out "^$wanted\$" '^SUCCESS$'
    rm -f big.elf app/rootfs/big
}

case_files_5000()
{
    tree_build
    mkdir -p app/rootfs/a/b
    for i in $(seq 2500); do
        echo "$i" > "app/rootfs/a/file-$i"
        echo "$i" > "app/rootfs/a/b/$i"
    done
    bytes=$(($(cat app/rootfs/a/file-* | wc -c) * 2))
    expect_status 0 "$MKIMAGE" run app
    expect_text out "^files=5000 bytes=$bytes\$" '^SUCCESS$'
    expect_status 0 "$MKIMAGE" run app -- /a/b/2500
    expect_text out '^size=5 '
}

# A file larger than the guest's memory must be refused with words, not end in silence.
case_files_too_big()
{
    tree_build
    truncate -s 64M app/rootfs/big
    expect_status 0 "$MKIMAGE" -o big.elf app
    local status=0
    "$MKIMAGE" run -m 32M --timeout 30 big.elf > out 2> err || status=$?
    cat out err
    [ "$status" != 0 ] && [ "$status" != 124 ] || fail "status $status"
    [ -s err ] || [ -s out ] || fail "no word about why"
}

# Owner, group and others, links, empty folders and odd names survive the packing.
case_files_special()
{
    tree_build
    mkdir -p app/rootfs/empty "app/rootfs/a b"
    ln -s /nowhere app/rootfs/dangling
    echo x > "app/rootfs/a b/$(printf '%0200d' 1)"
    expect_status 0 "$MKIMAGE" run app
    expect_text out '^files=2 bytes=10$'
    mkfifo app/rootfs/pipe # neither a file, nor a folder, nor a link
    expect_status 1 "$MKIMAGE" -o x.elf app
    expect_complaint pipe
    [ ! -e x.elf ] || fail "x.elf was left behind"
}
