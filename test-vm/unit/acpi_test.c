/* SPDX-License-Identifier: MIT
 *
 * ACPI tables: found and read when they are good, and never believed when they
 * are not. Each view of a table is memory of its own, exactly as long as asked for, so
 * that one byte too far is seen.
 */
// sources: kernel/acpi.c kernel/acpi_tables.c kernel/acpi_power.c
#include "kernel/acpi.h"
#include "kernel/kernel.h"
#include "unit.h"

#define MEMORY_BASE  0xe0000u
#define MEMORY_BYTES 4096u
#define ROOT         (MEMORY_BASE + 0x000)
#define NARROW_LIST  (MEMORY_BASE + 0x100)
#define WIDE_LIST    (MEMORY_BASE + 0x200)
#define FIXED        (MEMORY_BASE + 0x300)
#define ROUTING      (MEMORY_BASE + 0x500)
#define BYTE_CODE    (MEMORY_BASE + 0x600)
#define FIXED_BYTES  268
#define VIEWS_MAX    4096

struct boot_info boot_info;
static uint8_t memory[MEMORY_BYTES];
static void *views[VIEWS_MAX];
static size_t view_count;

static struct written {
    uint64_t address;
    uint32_t value;
} written[64];
static size_t written_count;
static uint32_t control_shows;

const void *acpi_view(uint64_t address, size_t size_bytes)
{
    if (address < MEMORY_BASE || address - MEMORY_BASE > MEMORY_BYTES ||
        size_bytes > MEMORY_BYTES - (address - MEMORY_BASE))
        return NULL;
    CHECK(view_count < VIEWS_MAX);
    void *copy = malloc(size_bytes ? size_bytes : 1);
    memcpy(copy, memory + (address - MEMORY_BASE), size_bytes);
    return views[view_count++] = copy;
}

uint32_t acpi_register_read(const struct acpi_register *from)
{
    (void)from;
    return control_shows;
}

void acpi_register_write(const struct acpi_register *to, uint32_t value)
{
    CHECK(written_count < sizeof written / sizeof written[0]);
    written[written_count++] = (struct written){to->address, value};
}

void cpu_relax(void)
{
}

static uint8_t *at(uint64_t address)
{
    return memory + (address - MEMORY_BASE);
}

static void number_put(uint64_t address, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        at(address)[i] = (uint8_t)(value >> 8 * i);
}

static void checksum_put(uint64_t address, size_t size_bytes, size_t where)
{
    uint8_t sum = 0;

    at(address)[where] = 0;
    for (size_t i = 0; i < size_bytes; i++)
        sum = (uint8_t)(sum + at(address)[i]);
    at(address)[where] = (uint8_t)-sum;
}

static void table_finish(uint64_t address, const char *signature, size_t size_bytes)
{
    memcpy(at(address), signature, 4);
    number_put(address + 4, size_bytes, 4);
    checksum_put(address, size_bytes, 9);
}

static void root_finish(unsigned version)
{
    memcpy(at(ROOT), "RSD PTR ", 8);
    at(ROOT)[15] = (uint8_t)version;
    number_put(ROOT + 16, NARROW_LIST, 4);
    number_put(ROOT + 20, 36, 4);
    number_put(ROOT + 24, WIDE_LIST, 8);
    checksum_put(ROOT, 20, 8);
    checksum_put(ROOT, 36, 32);
}

static size_t off_package_put(const uint8_t *package, size_t size_bytes)
{
    static const uint8_t name[] = {0x08, '_', 'S', '5', '_'};

    memset(at(BYTE_CODE), 0xa5, 0x100);
    memcpy(at(BYTE_CODE) + 60, name, sizeof name);
    memcpy(at(BYTE_CODE) + 60 + sizeof name, package, size_bytes);
    size_t end = 60 + sizeof name + size_bytes;
    table_finish(BYTE_CODE, "DSDT", end);
    return end;
}

/* As a PC has them: PM1 at 0x600, an interrupt that is a level. */
static void tables_put(void)
{
    static const uint8_t package[] = {0x12, 0x06, 0x04, 0x0a, 0x05, 0x00, 0x00, 0x00};
    static const uint8_t routing[] = {
        0, 8,  0, 0, 1,    0,    0,    0,                   /* a processor */
        1, 12, 0, 0, 0x00, 0x10, 0xc0, 0xfe, 0,    0, 0, 0, /* an I/O APIC */
        2, 10, 0, 0, 2,    0,    0,    0,    0,    0,       /* line 0 is input 2 */
        2, 10, 0, 9, 9,    0,    0,    0,    0x0f, 0,       /* line 9: level, low */
    };

    for (size_t i = 0; i < view_count; i++)
        free(views[i]);
    view_count = written_count = 0;
    memset(memory, 0, sizeof memory);
    boot_info.rsdp = ROOT;
    root_finish(2);
    number_put(NARROW_LIST + 36, ROUTING, 4);
    number_put(NARROW_LIST + 40, FIXED, 4);
    table_finish(NARROW_LIST, "RSDT", 44);
    number_put(WIDE_LIST + 36, ROUTING, 8);
    number_put(WIDE_LIST + 44, FIXED, 8);
    table_finish(WIDE_LIST, "XSDT", 52);
    number_put(FIXED + 40, BYTE_CODE, 4);
    number_put(FIXED + 46, 9, 2);
    number_put(FIXED + 48, 0xb2, 4);
    at(FIXED)[52] = 0xf1;
    number_put(FIXED + 56, 0x600, 4);
    number_put(FIXED + 64, 0x604, 4);
    number_put(FIXED + 76, 0x608, 4);
    number_put(FIXED + 80, 0x620, 4);
    at(FIXED)[88] = 4, at(FIXED)[89] = 2, at(FIXED)[91] = 4, at(FIXED)[92] = 16;
    table_finish(FIXED, "FACP", FIXED_BYTES);
    memcpy(at(ROUTING) + 44, routing, sizeof routing);
    table_finish(ROUTING, "APIC", 44 + sizeof routing);
    off_package_put(package, sizeof package);
}

static void tables_found(void)
{
    size_t size_bytes;

    tables_put();
    CHECK(acpi_table("FACP", &size_bytes) && size_bytes == FIXED_BYTES);
    CHECK(acpi_table("APIC", &size_bytes) && size_bytes == 44 + 40);
    CHECK(!acpi_table("HPET", &size_bytes));
    at(WIDE_LIST)[50] ^= 1; /* a broken wide list: the narrow one does */
    CHECK(acpi_table("FACP", &size_bytes) && size_bytes == FIXED_BYTES);
    at(ROOT)[15] = 0; /* the first version has no wide one */
    checksum_put(ROOT, 20, 8);
    CHECK(acpi_table("FACP", &size_bytes));
    at(NARROW_LIST)[43] ^= 1;
    CHECK(!acpi_table("FACP", &size_bytes));
}

static void tables_refused(void)
{
    size_t size_bytes;

    tables_put();
    boot_info.rsdp = 0;
    CHECK(!acpi_table("FACP", &size_bytes));
    boot_info.rsdp = MEMORY_BASE + MEMORY_BYTES - 19; /* half of it is nowhere */
    CHECK(!acpi_table("FACP", &size_bytes));
    tables_put();
    at(ROOT)[0] = 'X';
    CHECK(!acpi_table("FACP", &size_bytes));
    tables_put();
    at(FIXED)[100] ^= 1;
    CHECK(!acpi_table("FACP", &size_bytes));
    static const uint64_t lengths[] = {0, 35, 37, MEMORY_BYTES, 0x100001, 0xffffffff};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        tables_put();
        number_put(FIXED + 4, lengths[i], 4);
        CHECK(!acpi_table("FACP", &size_bytes));
        tables_put();
        number_put(WIDE_LIST + 4, lengths[i], 4);
        number_put(NARROW_LIST + 4, lengths[i], 4);
        CHECK(!acpi_table("FACP", &size_bytes));
    }
}

static void fixed_fields(void)
{
    struct acpi_fixed fixed;

    tables_put();
    CHECK(acpi_fixed_read(at(FIXED), FIXED_BYTES, &fixed));
    CHECK(!fixed.reduced && fixed.has_fixed_button && fixed.interrupt == 9);
    CHECK(fixed.event_a.address == 0x600 && fixed.event_a.bytes == 4 && !fixed.event_a.in_memory);
    CHECK(fixed.control_a.address == 0x604 && fixed.control_a.bytes == 2);
    CHECK(!fixed.event_b.address && !fixed.control_b.address && !fixed.general[1].address);
    CHECK(fixed.timer.address == 0x608 && !fixed.timer_is_wide);
    CHECK(fixed.general[0].address == 0x620 && fixed.general[0].bytes == 16);
    CHECK(fixed.smi.address == 0xb2 && fixed.enable_value == 0xf1);
    CHECK(fixed.byte_code == BYTE_CODE && !fixed.sleep_control.address);
    number_put(FIXED + 172 + 4, 0x1004, 8); /* the wide register wins */
    at(FIXED)[172] = 1;
    number_put(FIXED + 112, 1u << 4 | 1u << 8, 4);
    CHECK(acpi_fixed_read(at(FIXED), FIXED_BYTES, &fixed));
    CHECK(fixed.control_a.address == 0x1004 && !fixed.has_fixed_button && fixed.timer_is_wide);
    number_put(FIXED + 172 + 4, 0x10004, 8); /* no such port: the other one */
    CHECK(acpi_fixed_read(at(FIXED), FIXED_BYTES, &fixed) && fixed.control_a.address == 0x604);
    number_put(FIXED + 112, 1u << 20, 4);
    number_put(FIXED + 244 + 4, 0xfea00200, 8);
    CHECK(acpi_fixed_read(at(FIXED), FIXED_BYTES, &fixed));
    CHECK(fixed.reduced && !fixed.has_fixed_button && !fixed.control_a.address);
    CHECK(fixed.sleep_control.address == 0xfea00200 && fixed.sleep_control.in_memory);
    for (size_t size_bytes = 0; size_bytes < FIXED_BYTES; size_bytes++) {
        const uint8_t *table = acpi_view(FIXED, size_bytes);
        CHECK(acpi_fixed_read(table, size_bytes, &fixed) == (size_bytes >= 116));
    }
}

/* The package of \_S5, in each of the ways to write a number. */
static void off_values(void)
{
    static const struct {
        uint8_t package[16];
        size_t size_bytes;
        bool good;
        uint8_t first, second;
    } cases[] = {
        {{0x12, 6, 4, 0x0a, 5, 0x0a, 4, 0, 0}, 9, true, 5, 4},
        {{0x12, 6, 4, 0, 0, 0, 0}, 7, true, 0, 0},
        {{0x12, 6, 2, 1, 0x0b, 7, 0}, 7, true, 1, 7},
        {{0x12, 0x46, 0, 2, 0x0c, 6, 0, 0, 0, 1}, 10, true, 6, 1}, /* a length of two bytes */
        {{0x12, 4, 1, 0x0a, 5}, 5, true, 5, 5},                    /* one number for both */
        {{0x12, 4, 0, 0x0a, 5}, 5, false, 0, 0},
        {{0x12, 4, 1, 0x0a, 8}, 5, false, 0, 0},   /* three bits are all there are */
        {{0x12, 4, 1, 0x0d, 'x'}, 5, false, 0, 0}, /* not a number */
        {{0x11, 4, 1, 0x0a, 5}, 5, false, 0, 0},   /* not a package */
        {{0x12, 0xc4, 0, 0, 0, 1, 5}, 7, false, 0, 0},
        {{0x12, 6, 2, 5}, 3, false, 0, 0},
        {{0x12, 6, 2, 0x0c, 1, 0}, 6, false, 0, 0},
        {{0x12, 4, 1, 0x0a}, 4, false, 0, 0},
        {{0x12}, 1, false, 0, 0},
        {{0}, 0, false, 0, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t values[2] = {9, 9};
        tables_put();
        size_t size_bytes = off_package_put(cases[i].package, cases[i].size_bytes);
        const uint8_t *table = acpi_view(BYTE_CODE, size_bytes);
        CHECK(acpi_off_values(table, size_bytes, values) == cases[i].good);
        if (cases[i].good)
            CHECK(values[0] == cases[i].first && values[1] == cases[i].second);
    }
}

static void routing_fields(void)
{
    struct interrupt_routing routing = {.io_apic = 1};

    tables_put();
    CHECK(acpi_routing_read(at(ROUTING), 44 + 40, &routing));
    CHECK(routing.io_apic == 0xfec01000);
    CHECK(routing.lines[0].known && routing.lines[0].input == 2 && !routing.lines[0].is_level);
    CHECK(routing.lines[9].is_level && routing.lines[9].is_low && routing.lines[9].input == 9);
    CHECK(!routing.lines[4].known);
    for (size_t size_bytes = 0; size_bytes < 44 + 40; size_bytes++)
        acpi_routing_read(acpi_view(ROUTING, size_bytes), size_bytes, &routing);
    at(ROUTING)[45] = 1; /* an entry that ends within itself: no way on */
    routing = (struct interrupt_routing){.io_apic = 1};
    CHECK(!acpi_routing_read(at(ROUTING), 44 + 40, &routing) && routing.io_apic == 1);
}

static void power_off_writes(void)
{
    tables_put();
    control_shows = 0x3c00; /* some other state, and no ACPI mode yet */
    CHECK(acpi_power_off());
    CHECK(written_count == 3);
    CHECK(written[0].address == 0xb2 && written[0].value == 0xf1);
    CHECK(written[1].address == 0x604 && written[1].value == 5 << 10);
    CHECK(written[2].address == 0x604 && written[2].value == (5 << 10 | 1 << 13));
    memset(at(BYTE_CODE) + 60, 0, 5); /* no \_S5: not off, and nothing written */
    table_finish(BYTE_CODE, "DSDT", 73);
    written_count = 0;
    CHECK(!acpi_power_off() && written_count == 0);
}

/* Any bytes may change, with the sums right again: nothing reads past an end. */
static void noise(void)
{
    for (int round = 0; round < 2000; round++) {
        struct interrupt_routing routing = {.io_apic = 1};
        struct acpi_fixed fixed;
        uint8_t values[2];
        size_t size_bytes;
        const uint8_t *table;

        tables_put();
        for (size_t i = 1 + random_below(8); i; i--)
            memory[random_below(0x700)] = (uint8_t)random_next();
        static const uint64_t tables[] = {NARROW_LIST, WIDE_LIST, FIXED, ROUTING, BYTE_CODE};
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
            size_t length = acpi_number(at(tables[i]) + 4, 4);
            if (length >= 36 && length <= MEMORY_BYTES - (tables[i] - MEMORY_BASE))
                checksum_put(tables[i], length, 9);
        }
        checksum_put(ROOT, 20, 8);
        checksum_put(ROOT, 36, 32);
        if ((table = acpi_table("FACP", &size_bytes)))
            acpi_fixed_read(table, size_bytes, &fixed);
        if ((table = acpi_table("APIC", &size_bytes)))
            acpi_routing_read(table, size_bytes, &routing);
        if ((table = acpi_table_at(BYTE_CODE, &size_bytes)))
            acpi_off_values(table, size_bytes, values);
    }
}

UNIT_MAIN(TEST(tables_found), TEST(tables_refused), TEST(fixed_fields), TEST(off_values),
          TEST(routing_fields), TEST(power_off_writes), TEST(noise))
