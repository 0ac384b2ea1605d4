/* SPDX-License-Identifier: MIT
 *
 * Where things stand in this boot. The loader puts the image at a fixed physical
 * address; here virtual addresses are drawn for it, the stack, the heap and the
 * view of RAM, the image's pointers are adjusted, and its pages are mapped there
 * with the access rights that they keep. This code still runs where the loader
 * put it, where the unadjusted pointers are right.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define GIB            0x40000000ul
#define SMALL_SPAN_MAX 0x400000ul /* larger images keep large pages: see image_distance */

struct relocation { /* Elf64_Rela */
    uint64_t *where;
    uint64_t type;
    uint64_t value;
};

extern const uint64_t relr_start[], relr_end[];
extern const struct relocation rela_start[], rela_end[];

struct placement placement SEALED;

/* How far the image moves. Its tables of pages are the fewest when it crosses no
 * limit of 1 GiB; a large one is moved by large pages, so as to be mapped by them. */
static uintptr_t image_distance(uintptr_t chance, size_t span)
{
    size_t unit = span > SMALL_SPAN_MAX ? LARGE_PAGE_SIZE : PAGE_SIZE;
    uintptr_t room = (IMAGE_LOAD_ADDRESS + span + GIB - 1) & ~(GIB - 1);
    size_t steps = (room - IMAGE_LOAD_ADDRESS - span) / unit + 1;

    return IMAGE_RANGE_START + (chance & RANGE_MASK & ~(GIB - 1)) + (chance >> 44) % steps * unit;
}

/* Bitmaps of words that hold an address (ELF's RELR), and the few that these
 * cannot express (RELA). */
static void image_adjust(uintptr_t distance)
{
    uint64_t *where = (uint64_t *)IMAGE_LOAD_ADDRESS; /* the first word says better */

    for (const uint64_t *word = relr_start; word < relr_end; word++) {
        if (!(*word & 1)) {
            where = (uint64_t *)*word;
            *where++ += distance;
            continue;
        }
        for (uint64_t bits = *word >> 1; bits; bits &= bits - 1)
            where[__builtin_ctzll(bits)] += distance;
        where += 63;
    }
    for (const struct relocation *r = rela_start; r < rela_end; r++)
        *r->where = r->value + distance;
}

/* The one boot parameter that cannot wait. */
static bool is_random(const char *command_line)
{
    static const char fixed[] = "thimble.aslr=off";
    struct cmdline line = {.at = command_line};
    char word[sizeof fixed + 1];
    long length;

    while ((length = cmdline_next(&line, word, sizeof word)) >= 0) {
        size_t same = 0;
        while (same < sizeof fixed - 1 && word[same] == fixed[same])
            same++;
        if (same == sizeof fixed - 1 && !word[same] && !line.word_quoted)
            return false;
        if (length == 2 && word[0] == '-' && word[1] == '-')
            break;
    }
    return true;
}

void image_place(const char *command_line)
{
    uint64_t image_end = bundle_end();
    uintptr_t distance = 0;

    placement.stack = STACK_RANGE_START;
    placement.heap = HEAP_RANGE_START;
    placement.direct_map = DIRECT_MAP_RANGE_START;
    if (is_random(command_line)) {
        uint64_t chance = entropy_word();
        distance = image_distance(entropy_word(), image_end - IMAGE_LOAD_ADDRESS);
        placement.stack += entropy_word() & RANGE_MASK;
        placement.heap += chance << 12 & RANGE_MASK;
        placement.direct_map += chance >> 20 & RANGE_MASK & ~(LARGE_PAGE_SIZE - 1);
    }
    placement.image_distance = distance;
    placement.image_end = image_end;
    image_adjust(distance);
    traps_init(distance);
    image_enter(mmu_init(distance, image_end), distance);
}
