/* SPDX-License-Identifier: MIT
 *
 * Exit statuses of `mkimage run` that are not the program's own.
 */
#ifndef THIMBLE_ABI_EXIT_H
#define THIMBLE_ABI_EXIT_H

enum {
    EXIT_STATUS_USAGE = 2,        /* wrong usage of mkimage */
    EXIT_STATUS_TIMEOUT = 124,    /* --timeout ran out */
    EXIT_STATUS_NO_VM = 125,      /* the hypervisor could not start */
    EXIT_STATUS_SIGNAL = 128,     /* plus a signal's number */
    EXIT_STATUS_ILLEGAL = 132,    /* illegal instruction */
    EXIT_STATUS_PANIC = 134,      /* kernel panic, abort() */
    EXIT_STATUS_ARITHMETIC = 136, /* division by zero and its like */
    EXIT_STATUS_FAULT = 139,      /* memory fault */
};

#endif
