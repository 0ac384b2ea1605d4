/* SPDX-License-Identifier: MIT
 *
 * What each boot protocol hands over becomes one struct boot_info.
 */
#include "kernel/abi/console.h"
#include "kernel/arch/x86_64/boot_protocols.h"
#include "kernel/kernel.h"

#define PVH_MAGIC  0x336ec578
#define MEMORY_RAM 1 /* the same number in all three protocols */

struct pvh_start_info {
    uint32_t magic;
    uint32_t version;
    uint32_t flags;
    uint32_t module_count;
    uint64_t modules;
    uint64_t command_line;
    uint64_t rsdp;
    uint64_t memory_map; /* from version 1 on */
    uint32_t memory_map_entries;
    uint32_t reserved;
};

struct pvh_memory_entry {
    uint64_t address;
    uint64_t size;
    uint32_t type;
    uint32_t reserved;
};

enum {
    MULTIBOOT2_END = 0,
    MULTIBOOT2_COMMAND_LINE = 1,
    MULTIBOOT2_MEMORY_MAP = 6,
    MULTIBOOT2_ACPI_OLD = 14,
    MULTIBOOT2_ACPI_NEW = 15,
};

struct multiboot2_tag {
    uint32_t type;
    uint32_t size;
    uint32_t entry_size; /* of a memory map; entries follow after a version word */
    uint32_t entry_version;
};

/* Linux' "zero page": only what is needed of it, at its documented place. */
#define LINUX_RSDP              0x070
#define LINUX_COMMAND_LINE_HIGH 0x0c8
#define LINUX_E820_COUNT        0x1e8
#define LINUX_COMMAND_LINE      0x228
#define LINUX_E820              0x2d0
#define LINUX_E820_ENTRY_BYTES  20

_Static_assert(sizeof(struct pvh_start_info) == 56, "as the protocol has it");
_Static_assert(sizeof(struct pvh_memory_entry) == 24, "as the protocol has it");
_Static_assert(sizeof(struct multiboot2_tag) == 16, "as the protocol has it");

extern char boot_copy[BOOT_COPY_BYTES];
struct boot_info boot_info SEALED;

_Noreturn void start(uint32_t protocol, uint32_t information);

/* Entries open with address, size and type in all protocols. */
static void memory_map_take(const void *entries, size_t count, size_t entry_bytes)
{
    const char *at = entries;

    for (; count-- && boot_info.range_count < MEMORY_RANGES_MAX; at += entry_bytes) {
        const uint64_t *extent = (const uint64_t *)at;
        if (*(const uint32_t *)(at + 16) != MEMORY_RAM)
            continue;
        struct memory_range *range = &boot_info.ranges[boot_info.range_count++];
        range->start = extent[0];
        range->end = extent[0] + extent[1];
    }
}

static void command_line_copy(uint64_t address)
{
    const char *from = (const char *)address;
    size_t n = 0;

    if (!address)
        return;
    for (; n < BOOT_COPY_BYTES - 1 && from[n]; n++)
        boot_copy[n] = from[n];
    boot_copy[n] = 0;
    boot_info.command_line = boot_copy;
}

static void start_from_pvh(const char *information)
{
    const struct pvh_start_info *info = (const void *)information;

    boot_info.protocol = "PVH";
    if (info->magic != PVH_MAGIC)
        return;
    command_line_copy(info->command_line);
    boot_info.rsdp = info->rsdp;
    if (info->version >= 1)
        memory_map_take((const void *)info->memory_map, info->memory_map_entries,
                        sizeof(struct pvh_memory_entry));
}

/* A boot loader knows nothing of the words that `mkimage run` has for this run:
 * they come by another way and follow the loader's own, in the copy's free part. */
static void command_line_extend(const char *information)
{
    size_t used = (*(const uint32_t *)information + 7) & ~7u, n = 0;

    if (used > BOOT_COPY_BYTES - 2)
        return;
    char *line = boot_copy + used;
    size_t room = BOOT_COPY_BYTES - used;
    for (; n < room - 2 && boot_info.command_line[n]; n++)
        line[n] = boot_info.command_line[n];
    line[n++] = ' ';
    size_t more = fw_cfg_read(FW_CFG_COMMAND_LINE, line + n, room - n - 1);
    line[n + more] = 0;
    if (more)
        boot_info.command_line = line;
}

/* boot.S has copied the information already. */
static void start_from_multiboot2(const char *information)
{
    const char *at = information + 8, *end = information + BOOT_COPY_BYTES;

    boot_info.protocol = "multiboot2";
    while (at + sizeof(struct multiboot2_tag) <= end) {
        const struct multiboot2_tag *tag = (const void *)at;
        if (tag->type == MULTIBOOT2_END || tag->size < 8)
            break;
        if (tag->type == MULTIBOOT2_COMMAND_LINE)
            boot_info.command_line = at + 8;
        if (tag->type == MULTIBOOT2_ACPI_OLD || tag->type == MULTIBOOT2_ACPI_NEW)
            boot_info.rsdp = (uint64_t)(at + 8);
        if (tag->type == MULTIBOOT2_MEMORY_MAP)
            memory_map_take(tag + 1, (tag->size - sizeof *tag) / tag->entry_size, tag->entry_size);
        at += (tag->size + 7) & ~7u;
    }
    command_line_extend(information);
}

static void start_from_linux(const char *information)
{
    boot_info.protocol = "Linux";
    boot_info.rsdp = *(const uint64_t *)(information + LINUX_RSDP);
    command_line_copy(*(const uint32_t *)(information + LINUX_COMMAND_LINE) |
                      (uint64_t) * (const uint32_t *)(information + LINUX_COMMAND_LINE_HIGH) << 32);
    memory_map_take(information + LINUX_E820, *(const uint8_t *)(information + LINUX_E820_COUNT),
                    LINUX_E820_ENTRY_BYTES);
}

/* The command line stands in our own memory, which moves with the image. */
_Noreturn void start(uint32_t protocol, uint32_t information)
{
    const char *from = (const char *)(uintptr_t)information;

    boot_info.command_line = "";
    if (protocol == PROTOCOL_PVH)
        start_from_pvh(from);
    else if (protocol == PROTOCOL_MULTIBOOT2)
        start_from_multiboot2(from);
    else
        start_from_linux(from);
    image_place(boot_info.command_line);
}
