# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# `mkimage` as a compiler and as a tool that is installed.

hello_write()
{
    printf '#include <stdio.h>\nint main(void) { puts("Hello from here"); return 0; }\n' > "$1"
}

case_build_output()
{
    hello_write app.c
    expect_status 0 "$MKIMAGE" app.c
    [ ! -e "$BUILD/sysroot/boot/boot.img" ] || rm app.img # see 60-formats.sh
    expect_files app.c app.elf
    mkdir other
    expect_status 0 "$MKIMAGE" build -o other/app.elf app.c
    expect_same app.elf other/app.elf
    expect_status 0 "$MKIMAGE" run app.elf
    expect_text out '^Hello from here$'
}

case_build_reproducible()
{
    mkdir -p one two/deeper
    cp -r "$ROOT/apps/hello" one/hello
    cp -r "$ROOT/apps/hello" two/deeper/hello
    (cd one && "$MKIMAGE" -o hello.elf hello)
    (cd two/deeper && TZ=Asia/Tokyo LC_ALL=C "$MKIMAGE" -o hello.elf hello)
    expect_same one/hello.elf two/deeper/hello.elf
    (cd one && "$MKIMAGE" -g -o debug.elf hello)
    ! cmp -s one/hello.elf one/debug.elf || fail "-g makes no difference"
}

# Several sources, an object, an archive, a folder, -I -D -O -l -L.
case_build_inputs()
{
    mkdir -p include lib
    echo '#define GREETING "from include"' > include/greeting.h
    printf '#include <stdio.h>\n#include <math.h>\n#include <greeting.h>\n' > main.c
    printf 'int a(void), b(void), c(void);\nint main(int n, char **v) { (void)v;\n' >> main.c
    printf 'printf("%%s %%d %%d %%d %%d %%.3f\\n", GREETING, a(), b(), c(), LEVEL, sqrt(n + 1.0)); }\n' >> main.c
    echo 'int a(void) { return 1; }' > a.c
    echo 'int b(void) { return 2; }' > b.c
    echo 'int c(void) { return 3; }' > c.c
    expect_status 0 "$MKIMAGE" cc -c -o b.o b.c
    expect_status 0 "$MKIMAGE" cc -c c.c
    ar rcs lib/libc3.a c.o
    expect_status 0 "$MKIMAGE" -O1 -Wall -Iinclude -D LEVEL=4 -o all.elf main.c a.c b.o -Llib -lc3 -lm -lpthread
    expect_status 0 "$MKIMAGE" run all.elf
    expect_text out '^from include 1 2 3 4 1\.414$'
    printf '.globl a\na: mov $1, %%eax\nret\n' > a_asm.S
    expect_status 0 "$MKIMAGE" -Iinclude -DLEVEL=5 -o asm.elf main.c a_asm.S b.o lib/libc3.a
    expect_status 0 "$MKIMAGE" run asm.elf
    expect_text out '^from include 1 2 3 5 '
}

case_build_warnings_pass()
{
    printf 'int main(void) { int unused; return 0; }\n' > w.c
    expect_status 0 "$MKIMAGE" -Wall w.c
    expect_text err 'w\.c:1:.*unused'
    expect_status 1 "$MKIMAGE" -Wall -Werror -o x.elf w.c
    [ ! -e x.elf ] || fail "x.elf was left behind"
}

case_build_plain_makefile()
{
    hello_write hello.c
    printf 'CC = cc\nprogram: hello.o\n\t$(CC) $(LDFLAGS) -o $@ $^\n' > Makefile
    expect_status 0 make CC="$MKIMAGE cc" program
    expect_status 0 "$MKIMAGE" run program
    expect_text out '^Hello from here$'
}

# What ./configure asks of a compiler: does it compile, link, find headers, miss functions.
case_build_configure_questions()
{
    local CC="$MKIMAGE cc"

    echo 'int main(void) { return 0; }' > conftest.c
    expect_status 0 $CC conftest.c
    [ -f a.out ] || fail "no a.out"
    expect_status 0 $CC -o conftest -g -O2 conftest.c
    expect_status 0 $CC --version
    expect_text out '.'
    expect_status 0 $CC -v
    expect_status 0 $CC -dumpmachine
    expect_status 0 $CC -E conftest.c
    printf 'char no_such_function();\nint main(void) { return no_such_function(); }\n' > missing.c
    expect_status 1 $CC -o missing missing.c
    expect_text err 'no_such_function'
    [ ! -e missing ] || fail "a failed link left its output"
    printf '#include <no_such_header.h>\n' > header.c
    expect_status 1 $CC -c header.c
    printf '#ifdef __linux__\n#error linux\n#endif\n#ifndef __thimble__\n#error thimble\n#endif\n#ifndef __unix__\n#error unix\n#endif\n' > macros.c
    expect_status 0 $CC -c macros.c
}

case_build_clang()
{
    command -v clang > /dev/null || skip "no clang"
    hello_write app.c
    expect_status 0 "$MKIMAGE" --cc clang app.c
    expect_status 0 "$MKIMAGE" run app.elf
    expect_text out '^Hello from here$'
}

# Installed, the tool needs neither the source tree nor its build.
case_install()
{
    command -v unshare > /dev/null || skip "no unshare(1)"
    expect_status 0 make -s -C "$ROOT" BUILD="$BUILD" install PREFIX="$PWD/prefix"
    [ -x prefix/bin/mkimage ] && [ -x prefix/bin/thimble ] || fail "programs are missing"
    [ -s prefix/share/man/man1/mkimage.1 ] || fail "the manual is missing"
    hello_write app.c
    expect_status 0 prefix/bin/thimble -o plain.elf app.c
    expect_status 0 prefix/bin/mkimage run app.c
    # The same with the tree hidden, where this user may do that.
    unshare -m true 2> /dev/null || skip "may not hide the source tree (unshare -m)"
    cp -r prefix app.c /tmp/"${CASE_DIR##*/}-$$"/ 2> /dev/null || {
        mkdir /tmp/"${CASE_DIR##*/}-$$"
        cp -r prefix app.c /tmp/"${CASE_DIR##*/}-$$"/
    }
    expect_status 0 unshare -m bash -c "mount -t tmpfs none '$ROOT' && cd '/tmp/${CASE_DIR##*/}-$$' &&
        prefix/bin/mkimage run app.c; s=\$?; rm -rf '/tmp/${CASE_DIR##*/}-$$'; exit \$s"
    expect_text out '^Hello from here$'
}

case_inspect()
{
    "$MKIMAGE" -o hello.elf "$ROOT/apps/hello"
    expect_status 0 "$MKIMAGE" inspect hello.elf
    expect_text out 'kernel' 'libc' 'program' 'PVH|pvh'
    expect_status 0 "$MKIMAGE" inspect --json hello.elf
    expect_text out '^\{' '"kernel"'
    if command -v jq > /dev/null; then
        jq . out > /dev/null || fail "not JSON"
    fi
    # Nobody pays for what is not called.
    expect_no_text out 'rootfs_lookup' 'opendir' 'strtod' 'virtio' 'socket' 'pci_'
}

# hello carries what it calls and nothing else.
case_inspect_hello_is_lean()
{
    "$MKIMAGE" -g -o hello.elf "$ROOT/apps/hello"
    nm hello.elf > symbols
    expect_text symbols ' main$' ' puts$|_puts_r$'
    expect_no_text symbols ' opendir$' ' strtod$' ' _?dtoa' 'virtio' 'rootfs' ' socket$' ' _?printf$'
}
