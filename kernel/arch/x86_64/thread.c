/* SPDX-License-Identifier: MIT
 *
 * The running thread's own data: the TLS block with the thread control block on
 * top of it, which %fs points to. There is one thread so far.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

struct thread_control {
    void *self; /* fs:0, as the ABI wants it */
    uint64_t reserved[4];
    uint64_t canary; /* fs:0x28, where compilers look for it */
};

_Static_assert(offsetof(struct thread_control, canary) == 0x28, "as compilers have it");

extern char main_tls[];
extern struct thread_control main_tcb;
extern const char tls_start[], tls_data_end[];

void thread_init(void)
{
    const char *from = tls_start;
    char *to = main_tls;

    while (from < tls_data_end)
        *to++ = *from++;
    main_tcb.self = &main_tcb;
    main_tcb.canary = entropy_word() & ~0xffull; /* a zero byte ends strings before it */
    msr_write(MSR_FS_BASE, (uint64_t)&main_tcb);
}
