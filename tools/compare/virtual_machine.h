/* SPDX-License-Identifier: MIT
 *
 * The virtual machines of a comparison: the same hypervisor, machine, processor,
 * memory and console for each; only what boots differs.
 */
#ifndef THIMBLE_COMPARE_VIRTUAL_MACHINE_H
#define THIMBLE_COMPARE_VIRTUAL_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/text.h"

#define VM_MEMORY_BYTES (256ull << 20)

/* What Linux's init writes before the program and after a repeated command. */
#define LINUX_MARK     "\020P"
#define LINUX_MARK_END "\020E"

struct network;

struct virtual_machine {
    const char *kernel;       /* an image of ours, a bzImage, the floor guest */
    const char *initramfs;    /* or NULL */
    const char *disk;         /* or NULL: Linux's root, raw; what is written to it is forgotten */
    const char *command_line; /* the kernel's */
    const char *firmware;     /* instead of the machine's own; or NULL */
    bool stays;               /* without the device that lets a guest end the hypervisor */
    uint64_t memory_bytes;    /* 0: VM_MEMORY_BYTES */
    const struct network *network; /* or NULL */
    const char *kind;              /* instead of vm_kind; or NULL */
};

extern const char *vm_accel; /* "kvm", "tcg" */
extern const char *vm_kind;  /* "microvm", "q35", "pc" */

/* The machine type for a Linux with devices on a bus: a microvm has none that it finds. */
const char *vm_kind_for_linux(void);

struct strings vm_command(const struct virtual_machine *machine);

/* Kernel command lines for a program with these words. */
const char *thimble_line(const struct strings *arguments, const struct strings *environment);
const char *linux_run_line(const struct strings *words, const struct strings *environment);
/* The same with the words of a network in front. */
const char *line_with_network(const struct network *network, const char *line);
/* For Linux with a root of its own on the disk. */
const char *linux_full_line(const struct strings *words, const struct strings *environment);
const char *linux_repeat_line(const struct strings *words, unsigned count);

#endif
