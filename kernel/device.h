/* SPDX-License-Identifier: MIT
 *
 * What the kernel gives to drivers: memory that a device may touch, a view of its
 * registers, and what the hypervisor says of devices that cannot be found. What
 * drivers give to the kernel are tables of pointers, one kind of device each:
 * console.h, entropy.h, memory_return.h, net.h.
 */
#ifndef KERNEL_DEVICE_H
#define KERNEL_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/interrupts.h"

/* Cleared memory in one piece, whole pages, and where a device finds it. It is never
 * given back. NULL: there is none. */
void *device_memory(size_t size_bytes, uint64_t *address);

/* Where a device finds what is at `at`. What crosses a page may be in two places. */
uint64_t device_address(const void *at);

/* How much of it, from its beginning, is in one place for a device, and where. */
size_t device_piece(const void *at, size_t size_bytes, uint64_t *address);

/* Registers at a physical address, for good. NULL: no memory for the page tables. */
volatile void *device_registers(uint64_t address, size_t size_bytes);

/* Does QEMU's own device answer? (arch/NAME/fw_cfg.c) */
bool machine_is_qemu(void);

/* The nth word of the kernel command line that is PREFIX... without quotes, from after
 * the prefix: which device is where, as Firecracker and QEMU say it. False: no such. */
bool device_word(const char *prefix, unsigned n, char *to, size_t max);

#endif
