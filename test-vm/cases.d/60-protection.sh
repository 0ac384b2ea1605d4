# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What protects the program against its own mistakes, as far as it takes more than one boot.

# places [OPTION...]: boots twenty times, one line of addresses a boot into ./places.
places()
{
    local i

    "$MKIMAGE" -o places.elf "$ROOT/test-vm/guest/places.c"
    for i in {1..20}; do
        "$MKIMAGE" run "$@" places.elf < /dev/null || fail "boot $i failed"
    done > places
    head -n 3 places
    [ "$(wc -l < places)" = 20 ] || fail "not twenty lines"
}

# different_places NAME: how many of the twenty addresses differ from all others.
different_places()
{
    sed "s/.*$1=\([^ ]*\).*/\1/" places | sort -u | wc -l
}

case_aslr_differs()
{
    local name

    places
    for name in text constant data stack heap; do
        [ "$(different_places $name)" = 20 ] || fail "$name is not at 20 places in 20 boots"
    done
}

# The same test without it finds one place: it can tell.
case_aslr_off()
{
    local name

    places --no-aslr
    for name in text constant data stack heap; do
        [ "$(different_places $name)" = 1 ] || fail "$name moved although --no-aslr was given"
    done
}

case_aslr_without_generator()
{
    local printed

    "$MKIMAGE" -o places.elf "$ROOT/test-vm/guest/places.c"
    eval "printed=($("$MKIMAGE" run --accel tcg --print places.elf))"
    printed=("${printed[@]/#max/qemu64}") # a processor without RDRAND, SMAP and SMEP
    for _ in {1..5}; do
        timeout 30 "${printed[@]}" < /dev/null 2> /dev/null || true
    done > places
    cat places
    [ "$(different_places text)" = 5 ] || fail "not five places in five boots"
}

# An object that insists on its addresses is refused in words.
case_position_dependent()
{
    printf '.globl f\nf: movl $x, %%eax\nret\n.comm x, 4\n' > f.S
    printf 'void f(void); int main(void) { f(); return 0; }' > t.c
    expect_status 1 "$MKIMAGE" t.c f.S
    expect_complaint 'position independent'
}
