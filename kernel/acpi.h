/* SPDX-License-Identifier: MIT
 *
 * What is read of the firmware's ACPI tables: where the power registers are, how
 * interrupt lines are wired. There is no interpreter for their byte code. All
 * tables are bytes from outside: nothing in them is believed without a look at
 * the size.
 */
#ifndef KERNEL_ACPI_H
#define KERNEL_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* acpi.c: the table with this signature, checked, or NULL when there is none. */
const uint8_t *acpi_table(const char *signature, size_t *size_bytes);
/* Any table by its physical address. */
const uint8_t *acpi_table_at(uint64_t address, size_t *size_bytes);
uint64_t acpi_number(const uint8_t *at, unsigned bytes); /* little-endian, at any address */

struct acpi_register {
    uint64_t address; /* 0: there is none */
    bool in_memory;   /* or else a port */
    uint8_t bytes;
};

/* acpi_tables.c: the fixed table (FADT) */
struct acpi_fixed {
    bool reduced;          /* "hardware reduced": none of the PM1 registers is there */
    bool has_fixed_button; /* the button reports through PM1, not through byte code */
    unsigned interrupt;    /* the SCI's line */
    struct acpi_register event_a, event_b;     /* PM1: status, then enable, half each */
    struct acpi_register control_a, control_b; /* PM1 */
    struct acpi_register general[2];           /* GPE blocks: status, then enable, half each */
    struct acpi_register sleep_control;        /* where it is reduced */
    struct acpi_register timer;
    bool timer_is_wide;       /* 32 bits instead of 24 */
    struct acpi_register smi; /* writing enable_value there turns ACPI mode on */
    uint8_t enable_value;
    uint64_t byte_code; /* where the DSDT is */
};
bool acpi_fixed_read(const uint8_t *table, size_t size_bytes, struct acpi_fixed *fixed);

/* acpi_tables.c: the values that mean "off" (\_S5), for both control registers. Looks
 * for the package's bytes: it is a constant in every table known. */
bool acpi_off_values(const uint8_t *byte_code, size_t size_bytes, uint8_t values[2]);

/* acpi_tables.c: how interrupts come in (MADT) */
#define INTERRUPT_LINES_ISA 16
struct interrupt_routing {
    uint64_t io_apic; /* physical address */
    struct interrupt_route {
        bool known; /* else: input number line, an edge up */
        bool is_level, is_low;
        uint8_t input; /* of the I/O APIC */
    } lines[INTERRUPT_LINES_ISA];
};
bool acpi_routing_read(const uint8_t *table, size_t size_bytes, struct interrupt_routing *routing);

/* acpi_power.c */
const struct acpi_fixed *acpi_fixed(void); /* NULL: this machine has no ACPI */
void acpi_enable(void);                    /* the hardware listens to us, not to the firmware */
bool acpi_power_off(void);                 /* false: it cannot; true: it should be off by now */

/* Filled by arch/NAME/: physical memory to read, or NULL, and the registers. */
const void *acpi_view(uint64_t address, size_t size_bytes);
uint32_t acpi_register_read(const struct acpi_register *from);
void acpi_register_write(const struct acpi_register *to, uint32_t value);

#endif
