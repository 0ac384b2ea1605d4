/* SPDX-License-Identifier: MIT
 *
 * What a signal handler finds as its third argument: the registers of what it
 * interrupted. They may be changed.
 */
#ifndef _SYS_UCONTEXT_H
#define _SYS_UCONTEXT_H

#include <sys/signal.h>

enum {
    REG_R15,
    REG_R14,
    REG_R13,
    REG_R12,
    REG_R11,
    REG_R10,
    REG_R9,
    REG_R8,
    REG_RDI,
    REG_RSI,
    REG_RBP,
    REG_RBX,
    REG_RDX,
    REG_RCX,
    REG_RAX,
    REG_TRAPNO,
    REG_ERR,
    REG_RIP,
    REG_CSGSFS,
    REG_EFL,
    REG_RSP,
    REG_SS,
    NGREG
};

typedef long long greg_t;
typedef greg_t gregset_t[NGREG];

typedef struct {
    gregset_t gregs;
} mcontext_t;

typedef struct ucontext {
    struct ucontext *uc_link;
    sigset_t uc_sigmask;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
} ucontext_t;

#endif
