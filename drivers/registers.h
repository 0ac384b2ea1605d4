/* SPDX-License-Identifier: MIT
 *
 * Registers in memory, by their width.
 */
#ifndef DRIVERS_REGISTERS_H
#define DRIVERS_REGISTERS_H

#include <stdint.h>

static inline uint32_t register_read(const volatile uint8_t *at, unsigned bytes)
{
    if (bytes == 4)
        return *(const volatile uint32_t *)at;
    return bytes == 2 ? *(const volatile uint16_t *)at : *at;
}

static inline void register_write(volatile uint8_t *at, unsigned bytes, uint32_t value)
{
    if (bytes == 4)
        *(volatile uint32_t *)at = value;
    else if (bytes == 2)
        *(volatile uint16_t *)at = (uint16_t)value;
    else
        *at = (uint8_t)value;
}

#endif
