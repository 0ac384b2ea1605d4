/* SPDX-License-Identifier: MIT
 *
 * Boot, as a list. Everything that happens between the hypervisor and the
 * program's first instruction is here, in this order, for these reasons.
 */
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/program.h"

_Noreturn void kernel_main(const struct boot_info *boot)
{
    size_t manifest_bytes;
    const struct manifest *manifest = bundle_find(BUNDLE_MANIFEST, &manifest_bytes);

    traps_init();            /* from here on a fault explains itself */
    console_init();          /* to somebody */
    mmu_init(bundle_end());  /* code is not writable, data does not execute */
    pages_init(boot->ranges, /* the memory map; none of it is touched yet */
               boot->range_count, bundle_end());
    thread_init(); /* %fs: errno, stdio and the canary live there */

    /* argv and environ stand at the top of the main stack, as on Unix. */
    uintptr_t stack = arguments_init(manifest, manifest_bytes, boot->command_line);
    cpu_run_on_stack(stack, program_run);
}
