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
    for name in text constant data stack heap canary; do
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

# Where in its page the first small block is, is drawn, too.
case_heap_places()
{
    cat > order.c <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    for (int i = 1; i <= 4; i++) printf("%x ", (unsigned)((uintptr_t)malloc((size_t)i * 100) & 4095));
    printf("\n");
    return 0;
}
END
    "$MKIMAGE" -q -o order.elf order.c
    for _ in {1..8}; do "$MKIMAGE" run order.elf < /dev/null; done > drawn
    for _ in {1..3}; do "$MKIMAGE" run --no-aslr order.elf < /dev/null; done > fixed
    cat drawn fixed
    [ "$(sort -u drawn | wc -l)" -ge 7 ] || fail "the places are the same in several boots"
    [ "$(sort -u fixed | wc -l)" = 1 ] || fail "the places differ although --no-aslr was given"
}

# Boot loaders must not find anything to relocate: GRUB would refuse the image.
case_relocations_hidden()
{
    "$MKIMAGE" -o hello.elf "$ROOT/apps/hello"
    readelf -hSW hello.elf > sections
    expect_text sections 'EXEC' ' \.relr\.dyn  *PROGBITS'
    expect_no_text sections ' RELA* ' ' RELR '
}

# An object that insists on its addresses is refused in words.
case_position_dependent()
{
    printf '.globl f\nf: movl $x, %%eax\nret\n.comm x, 4\n' > f.S
    printf 'void f(void); int main(void) { f(); return 0; }' > t.c
    expect_status 1 "$MKIMAGE" t.c f.S
    expect_complaint 'position independent'
}

# The overflow reaches the canary and no further than the saved frame pointer.
case_stack_protector()
{
    cat > smash.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static __attribute__((noinline)) void fill(volatile char *to, int n) { while (n--) to[n] = 'x'; }
static __attribute__((noinline)) void smash(int n) { char text[8]; fill(text, n); }
int main(int argc, char **argv) { (void)argv; smash(argc + 15); puts("SURVIVED"); exit(0); }
END
    expect_status 134 "$MKIMAGE" run smash.c
    expect_text err '^thimble: stack smashing detected' 'smash\+0x[0-9a-f]+  smash\.c:5'
    expect_no_text out SURVIVED
    expect_status 0 "$MKIMAGE" run -fno-stack-protector smash.c # the user's word wins
    expect_text out SURVIVED
}

# On a processor without SMAP it is CR0.WP that closes the page tables.
case_protection_old_processor()
{
    local printed way

    "$MKIMAGE" -o attack.elf "$ROOT/test-vm/guest/attack.c"
    for way in page-table page-table-in-ram text; do
        eval "printed=($("$MKIMAGE" run --accel tcg --print attack.elf -- $way))"
        timeout 30 "${printed[@]/#max/qemu64}" < /dev/null > out 2> err && fail "$way: status 0"
        expect_text out "rip"
        expect_no_text out SURVIVED
        eval "printed=($("$MKIMAGE" run --accel tcg --print attack.elf -- $way unsafe))"
        timeout 30 "${printed[@]/#max/qemu64}" < /dev/null > out 2> err || true
        expect_text out SURVIVED
    done
}
