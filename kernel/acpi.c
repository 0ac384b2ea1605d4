/* SPDX-License-Identifier: MIT
 *
 * Finds ACPI tables: from the root pointer, which the boot protocol hands over,
 * through the list of tables. Nothing is searched for in memory.
 */
#include "kernel/acpi.h"
#include "kernel/kernel.h"

#define HEADER_BYTES    36
#define HEADER_LENGTH   4
#define ROOT_BYTES      20 /* of the first version; its checksum covers these */
#define ROOT_VERSION    15
#define ROOT_LIST       16
#define ROOT_LIST_WIDE  24
#define ROOT_WIDE_BYTES 36
#define TABLES_MAX      64 /* more than any machine has */

uint64_t acpi_number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

static bool is_text(const uint8_t *at, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (at[i] != (uint8_t)text[i])
            return false;
    return true;
}

static bool sums_to_zero(const uint8_t *at, size_t size_bytes)
{
    uint8_t sum = 0;

    while (size_bytes--)
        sum = (uint8_t)(sum + *at++);
    return sum == 0;
}

const uint8_t *acpi_table_at(uint64_t address, size_t *size_bytes)
{
    const uint8_t *header = address ? acpi_view(address, HEADER_BYTES) : NULL;

    if (!header)
        return NULL;
    size_t size = acpi_number(header + HEADER_LENGTH, 4);
    if (size < HEADER_BYTES || size > ACPI_TABLE_BYTES_MAX)
        return NULL;
    const uint8_t *table = acpi_view(address, size);
    if (!table || !sums_to_zero(table, size))
        return NULL;
    *size_bytes = size;
    return table;
}

/* One of the root's two lists: the wide one is there from version 2 on. */
static const uint8_t *list_read(bool wide, size_t *size_bytes)
{
    size_t root_bytes = wide ? ROOT_WIDE_BYTES : ROOT_BYTES;
    const uint8_t *root = boot_info.rsdp ? acpi_view(boot_info.rsdp, root_bytes) : NULL;

    if (!root || !is_text(root, "RSD PTR ", 8) || !sums_to_zero(root, root_bytes) ||
        (wide && root[ROOT_VERSION] < 2))
        return NULL;
    const uint8_t *list = acpi_table_at(wide ? acpi_number(root + ROOT_LIST_WIDE, 8)
                                             : acpi_number(root + ROOT_LIST, 4),
                                        size_bytes);
    return list && is_text(list, wide ? "XSDT" : "RSDT", 4) ? list : NULL;
}

const uint8_t *acpi_table(const char *signature, size_t *size_bytes)
{
    size_t list_bytes;
    unsigned address_bytes = 8;
    const uint8_t *list = list_read(true, &list_bytes);

    if (!list) {
        list = list_read(false, &list_bytes);
        address_bytes = 4;
    }
    if (!list)
        return NULL;
    size_t count = (list_bytes - HEADER_BYTES) / address_bytes;
    for (size_t i = 0; i < count && i < TABLES_MAX; i++) {
        uint64_t address = acpi_number(list + HEADER_BYTES + i * address_bytes, address_bytes);
        const uint8_t *header = address ? acpi_view(address, HEADER_BYTES) : NULL;
        if (header && is_text(header, signature, 4))
            return acpi_table_at(address, size_bytes);
    }
    return NULL;
}
