/* SPDX-License-Identifier: MIT
 *
 * The virtual machine as data, and the QEMU command line that stands for it.
 */
#ifndef THIMBLE_TOOLS_HYPERVISOR_H
#define THIMBLE_TOOLS_HYPERVISOR_H

#include <stdint.h>

#include "network.h"
#include "text.h"

#define HYPERVISOR "qemu-system-x86_64"

/* Some hosts' KVM refuses to set the register behind this one feature, and
 * QEMU then aborts; nothing in the guest looks at it. */
#define CPU_KVM "host,-arch-capabilities"

struct machine {
    const char *program; /* the image as it was given or built: who explains a crash reads it */
    const char *image;   /* the kernel, for the direct boot; or else: */
    const char *disk;    /* what firmware boots from */
    const char *driver;  /* what QEMU calls its format */
    bool cd;
    const char *uefi_code, *uefi_variables; /* firmware to use instead of the BIOS, or NULL */
    const char *kind;                       /* microvm, q35, pc */
    const char *accel;                      /* kvm, tcg */
    const char *command_line;               /* the kernel's */
    const char *name;                       /* or NULL */
    const struct network *network;          /* settled, or NULL */
    uint64_t memory_bytes;
    const char *gdb_socket; /* where a debugger comes in, or NULL */
    unsigned gdb_port;      /* 0: no debugger; else wait for one before the first instruction */
    int control_fd;         /* of a socket: the control port's other end; 0: there is none */
    bool by_hand;           /* for people to copy: the console on their terminal */
};

/* Ends the program (125) when there is no QEMU. $THIMBLE_QEMU, else from PATH. */
const char *hypervisor_find(void);

/* With by_hand false, QEMU's standard input and output carry the framed console. */
struct strings hypervisor_arguments(const struct machine *machine);

#endif
