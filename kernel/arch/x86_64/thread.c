/* SPDX-License-Identifier: MIT
 *
 * A thread's own data: the TLS block with the thread control block on top of it,
 * which %fs points to.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"
#include "kernel/thread.h"

_Static_assert(offsetof(struct thread_control, thread) == 0x10,
               "no compiler cares, kernel.ld does");
_Static_assert(offsetof(struct thread_control, canary) == 0x28, "as compilers have it");
_Static_assert(sizeof(struct thread_control) <= 64, "as kernel.ld has it");

extern char main_tls[];
extern struct thread_control main_tcb;
extern const char tls_start[], tls_data_end[];

struct thread main_thread; /* without a name: "main" */

/* From the linker script: what lies below main_tcb. */
size_t thread_local_bytes(void)
{
    return (size_t)((char *)&main_tcb - main_tls);
}

void thread_local_build(char *to)
{
    size_t data_bytes = (size_t)(tls_data_end - tls_start);

    memory_clear_words(to, thread_local_bytes() / 8); /* a multiple of 64 */
    for (size_t i = 0; i < data_bytes; i++)
        to[i] = tls_start[i];
}

/* Programs may use what the processor has of vector registers. */
static void vector_registers_enable(void)
{
    if (!(cpuid_read(1, 0).ecx & CPUID_1_ECX_XSAVE))
        return;
    uint32_t known = cpuid_read(CPUID_XSAVE, 0).eax;
    uint32_t wanted = XCR0_X87 | XCR0_SSE | (known & XCR0_AVX);
    if (known & XCR0_AVX && (known & XCR0_AVX512) == XCR0_AVX512)
        wanted |= XCR0_AVX512;
    cr4_write(cr4_read() | CR4_OSXSAVE);
    xcr0_write(wanted);
}

void thread_init(void)
{
    const char *from = tls_start;
    char *to = main_tls;

    while (from < tls_data_end)
        *to++ = *from++;
    main_tcb.self = &main_tcb;
    main_tcb.thread = &main_thread;
    main_thread.control = &main_tcb;
    main_tcb.canary = entropy_word() & ~0xffull; /* a zero byte ends strings before it */
    msr_write(MSR_FS_BASE, (uint64_t)&main_tcb);
    vector_registers_enable();
}
