/* SPDX-License-Identifier: MIT
 *
 * What stands in ACPI tables, without a look at the hardware: power registers
 * (FADT), interrupt lines (MADT), and the one constant that is needed of the byte code.
 */
#include "kernel/acpi.h"

#define HEADER_BYTES 36

/* The FADT's fields, by their place. Registers come twice: as a port, and, in
 * tables that are long enough, as a "generic address" with a kind of space. */
#define FADT_DSDT             40
#define FADT_INTERRUPT        46
#define FADT_SMI_PORT         48
#define FADT_ENABLE_VALUE     52
#define FADT_FLAGS            112
#define FADT_BYTES_MIN        116
#define FADT_DSDT_WIDE        140
#define FADT_SLEEP_CONTROL    244
#define FLAG_BUTTON_BY_CODE   (1u << 4)
#define FLAG_TIMER_IS_WIDE    (1u << 8)
#define FLAG_HARDWARE_REDUCED (1u << 20)

#define GENERIC_BYTES   12
#define GENERIC_WIDTH   1 /* in bits */
#define GENERIC_ADDRESS 4
#define SPACE_MEMORY    0
#define SPACE_PORTS     1

static const struct field {
    size_t member;        /* of struct acpi_fixed */
    uint8_t port, length; /* where the port and the number of bytes are */
    uint8_t generic;      /* where the generic address is */
} fields[] = {
    {offsetof(struct acpi_fixed, event_a), 56, 88, 148},
    {offsetof(struct acpi_fixed, event_b), 60, 88, 160},
    {offsetof(struct acpi_fixed, control_a), 64, 89, 172},
    {offsetof(struct acpi_fixed, control_b), 68, 89, 184},
    {offsetof(struct acpi_fixed, timer), 76, 91, 208},
    {offsetof(struct acpi_fixed, general[0]), 80, 92, 220},
    {offsetof(struct acpi_fixed, general[1]), 84, 93, 232},
};

static struct acpi_register generic_read(const uint8_t *at, unsigned bytes)
{
    struct acpi_register reg = {.in_memory = *at == SPACE_MEMORY, .bytes = (uint8_t)bytes};

    if (*at == SPACE_MEMORY || *at == SPACE_PORTS)
        reg.address = acpi_number(at + GENERIC_ADDRESS, 8);
    if (*at == SPACE_PORTS && reg.address > UINT16_MAX)
        reg.address = 0;
    return reg;
}

bool acpi_fixed_read(const uint8_t *table, size_t size_bytes, struct acpi_fixed *fixed)
{
    *fixed = (struct acpi_fixed){.reduced = false};
    if (size_bytes < FADT_BYTES_MIN)
        return false;
    uint32_t flags = (uint32_t)acpi_number(table + FADT_FLAGS, 4);
    fixed->reduced = flags & FLAG_HARDWARE_REDUCED;
    fixed->has_fixed_button = !fixed->reduced && !(flags & FLAG_BUTTON_BY_CODE);
    fixed->timer_is_wide = flags & FLAG_TIMER_IS_WIDE;
    fixed->interrupt = (unsigned)acpi_number(table + FADT_INTERRUPT, 2);
    fixed->byte_code = acpi_number(table + FADT_DSDT, 4);
    if (size_bytes >= FADT_DSDT_WIDE + 8 && acpi_number(table + FADT_DSDT_WIDE, 8))
        fixed->byte_code = acpi_number(table + FADT_DSDT_WIDE, 8);
    if (size_bytes >= FADT_SLEEP_CONTROL + GENERIC_BYTES)
        fixed->sleep_control = generic_read(table + FADT_SLEEP_CONTROL, 1);
    if (fixed->reduced)
        return true;
    fixed->smi = (struct acpi_register){acpi_number(table + FADT_SMI_PORT, 4), false, 1};
    fixed->enable_value = table[FADT_ENABLE_VALUE];
    for (const struct field *f = fields; f < fields + sizeof fields / sizeof fields[0]; f++) {
        struct acpi_register *reg = (void *)((char *)fixed + f->member);
        *reg = (struct acpi_register){acpi_number(table + f->port, 4) & UINT16_MAX, false,
                                      table[f->length]};
        if (size_bytes < (size_t)f->generic + GENERIC_BYTES)
            continue;
        struct acpi_register wide = generic_read(table + f->generic, table[f->length]);
        if (wide.address)
            *reg = wide;
    }
    return true;
}

/* Bytes of the byte code. A package is its code, its length in one to four bytes,
 * the number of its elements, and these. */
#define CODE_NAME     0x08
#define CODE_PACKAGE  0x12
#define CODE_ZERO     0x00
#define CODE_ONE      0x01
#define CODE_BYTE     0x0a
#define CODE_WORD     0x0b
#define CODE_DWORD    0x0c
#define OFF_VALUE_MAX 7 /* three bits of the register */

/* One element at *at; false when it is not a number that fits, or the bytes end. */
static bool value_read(const uint8_t *bytes, size_t size_bytes, size_t *at, uint8_t *value)
{
    size_t more = 0;

    if (*at >= size_bytes)
        return false;
    uint8_t code = bytes[(*at)++];
    if (code == CODE_ZERO || code == CODE_ONE) {
        *value = code;
        return true;
    }
    if (code >= CODE_BYTE && code <= CODE_DWORD)
        more = 1u << (code - CODE_BYTE);
    if (!more || more > size_bytes - *at)
        return false;
    *value = bytes[*at];
    *at += more;
    return *value <= OFF_VALUE_MAX;
}

static bool package_read(const uint8_t *bytes, size_t size_bytes, uint8_t values[2])
{
    size_t at = 1;

    if (size_bytes < 3 || bytes[0] != CODE_PACKAGE)
        return false;
    at += 1 + (bytes[1] >> 6); /* the length says how long it is itself */
    if (at >= size_bytes)
        return false;
    unsigned count = bytes[at++];
    if (!count || !value_read(bytes, size_bytes, &at, &values[0]))
        return false;
    values[1] = values[0];
    return count < 2 || value_read(bytes, size_bytes, &at, &values[1]);
}

bool acpi_off_values(const uint8_t *byte_code, size_t size_bytes, uint8_t values[2])
{
    for (size_t i = HEADER_BYTES + 1; i + 4 <= size_bytes; i++) {
        const uint8_t *at = byte_code + i;
        if (at[0] != '_' || at[1] != 'S' || at[2] != '5' || at[3] != '_')
            continue;
        bool is_name = at[-1] == CODE_NAME || (at[-1] == '\\' && at[-2] == CODE_NAME);
        if (is_name && package_read(at + 4, size_bytes - i - 4, values))
            return true;
    }
    return false;
}

/* The MADT: after the header and eight bytes, entries with their kind and length. */
#define MADT_ENTRIES         44
#define ENTRY_IO_APIC        1
#define ENTRY_IO_APIC_BYTES  12
#define ENTRY_OVERRIDE       2
#define ENTRY_OVERRIDE_BYTES 10
#define POLARITY_LOW         3
#define TRIGGER_LEVEL        3

static void override_read(const uint8_t *entry, struct interrupt_routing *routing)
{
    uint8_t line = entry[3];
    uint64_t input = acpi_number(entry + 4, 4);
    unsigned flags = (unsigned)acpi_number(entry + 8, 2);

    if (entry[2] != 0 || line >= INTERRUPT_LINES_ISA || input > UINT8_MAX)
        return;
    routing->lines[line] = (struct interrupt_route){
        .known = true,
        .is_low = (flags & 3) == POLARITY_LOW,
        .is_level = (flags >> 2 & 3) == TRIGGER_LEVEL,
        .input = (uint8_t)input,
    };
}

bool acpi_routing_read(const uint8_t *table, size_t size_bytes, struct interrupt_routing *routing)
{
    bool found = false;

    for (size_t at = MADT_ENTRIES; at + 2 <= size_bytes && table[at + 1] >= 2;
         at += table[at + 1]) {
        const uint8_t *entry = table + at;
        size_t left = size_bytes - at;
        if (entry[1] > left)
            break;
        if (entry[0] == ENTRY_IO_APIC && entry[1] >= ENTRY_IO_APIC_BYTES &&
            acpi_number(entry + 8, 4) == 0) { /* whose inputs count from 0 */
            routing->io_apic = acpi_number(entry + 4, 4);
            found = true;
        }
        if (entry[0] == ENTRY_OVERRIDE && entry[1] >= ENTRY_OVERRIDE_BYTES)
            override_read(entry, routing);
    }
    return found;
}
