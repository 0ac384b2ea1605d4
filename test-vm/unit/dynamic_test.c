/* SPDX-License-Identifier: MIT
 *
 * The tables for Linux's loader: this program's own, and damaged ones.
 */
// sources: tools/elf64.c tools/elf64_dynamic.c tools/file.c tools/text.c tools/error.c
#include <stdlib.h>
#include <string.h>

#include "tools/elf64_dynamic.h"
#include "tools/file.h"
#include "unit.h"

static void walk(const struct elf64_dynamic *dynamic, bool *seen)
{
    for (size_t i = 0; i < dynamic->needed_count; i++)
        seen[0] |= strncmp(elf64_dynamic_needed(dynamic, i), "libc.so", 7) == 0;
    for (uint64_t i = 0; i < dynamic->symbols.count; i++) {
        Elf64_Sym symbol = elf64_symbol(&dynamic->symbols, i);
        const char *library = elf64_dynamic_library(dynamic, i);

        seen[1] |= *elf64_symbol_name(&dynamic->symbols, &symbol) && library &&
                   strncmp(library, "libc.so", 7) == 0;
    }
}

static void own_and_damaged(void)
{
    struct file_bytes file;
    struct elf64 elf;
    struct elf64_dynamic dynamic;
    const char *why;
    bool seen[2] = {false, false};

    CHECK(file_map("/proc/self/exe", &file) == 0);
    CHECK(elf64_open(&elf, file.bytes, file.size_bytes, &why) == 0);
    CHECK(elf64_dynamic_open(&elf, &dynamic));
    walk(&dynamic, seen);
    CHECK(seen[0] && seen[1]);
    uint8_t *copy = malloc(file.size_bytes);
    for (int i = 0; i < 400; i++) {
        memcpy(copy, file.bytes, file.size_bytes);
        /* the tables, and the sections that say where they are */
        uint64_t places[] = {dynamic.table.sh_offset, dynamic.needs.sh_offset,
                             dynamic.versions.sh_offset, elf.header.e_shoff};
        for (int n = 0; n < 6; n++)
            copy[(places[random_below(4)] + random_below(600)) % file.size_bytes] =
                (uint8_t)random_next();
        struct elf64_dynamic damaged;
        if (elf64_open(&elf, copy, file.size_bytes, &why) == 0 &&
            elf64_dynamic_open(&elf, &damaged))
            walk(&damaged, seen);
    }
    free(copy);
}

UNIT_MAIN(TEST(own_and_damaged))
