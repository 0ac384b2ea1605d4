/* SPDX-License-Identifier: MIT
 *
 * Loads the segments of an ELF file and fills in what Linux calls the zero page.
 */
#include <stdint.h>

#define E820_RAM 1

struct start_info { /* of PVH */
    uint32_t magic, version, flags, module_count;
    uint64_t modules, command_line, rsdp, memory_map;
    uint32_t memory_map_entries, reserved;
};

struct range {
    uint64_t address, size;
    uint32_t type, reserved;
};

/* Where Firecracker puts them. */
static uint8_t *const boot_params = (uint8_t *)0x7000;
static char *const command_line = (char *)0x20000;
#define COMMAND_LINE_MAX 2048

static void copy(uint8_t *to, const uint8_t *from, uint64_t bytes)
{
    for (uint64_t i = 0; i < bytes; i++)
        to[i] = from ? from[i] : 0;
}

/* By Linux' Documentation/arch/x86/zero-page.rst. */
static void fill_boot_params(const struct start_info *info)
{
    const struct range *map = (const void *)info->memory_map;
    static uint8_t page[4096], line[COMMAND_LINE_MAX];
    uint32_t line_address = (uint32_t)(uint64_t)command_line;
    copy(page + 0x70, (const void *)&info->rsdp, 8);
    copy(page + 0x228, (const void *)&line_address, 4);
    page[0x1e8] = (uint8_t)info->memory_map_entries;
    for (uint32_t i = 0; i < info->memory_map_entries; i++)
        copy(page + 0x2d0 + 20 * i, (const void *)&map[i], 20);
    copy(line, (const void *)info->command_line, sizeof line - 1);
    copy(boot_params, page, sizeof page);
    copy((uint8_t *)command_line, line, sizeof line);
}

uint64_t load(const struct start_info *info)
{
    const uint8_t *elf = *(const uint8_t *const *)info->modules;
    uint64_t headers = *(const uint64_t *)(elf + 32);
    for (unsigned i = 0; i < *(const uint16_t *)(elf + 56); i++) {
        const uint8_t *segment = elf + headers + 56 * i;
        const uint64_t *words =
            (const uint64_t *)segment; /* type+flags, offset, va, pa, filesz, memsz */
        if (*(const uint32_t *)segment != 1)
            continue;
        copy((uint8_t *)words[3], elf + words[1], words[4]);
        copy((uint8_t *)words[3] + words[4], 0, words[5] - words[4]);
    }
    fill_boot_params(info);
    return *(const uint64_t *)(elf + 24);
}
