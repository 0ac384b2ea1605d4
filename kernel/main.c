/* SPDX-License-Identifier: MIT
 *
 * Boot, as a list. Everything that happens between the hypervisor and the
 * program's first instruction is here, in this order, for these reasons. Before it,
 * boot.S and place.c have put the image to its place: there faults explain
 * themselves, code is not writable and data does not execute.
 */
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/program.h"

_Noreturn void kernel_main(void)
{
    size_t manifest_bytes;
    const struct manifest *manifest = bundle_find(BUNDLE_MANIFEST, &manifest_bytes);

    console_init();              /* to somebody */
    pages_init(boot_info.ranges, /* the memory map; none of it is touched yet */
               boot_info.range_count, placement.image_end);
    thread_init(); /* %fs: errno, stdio and the canary live there */

    /* argv and environ stand at the top of the main stack, as on Unix. */
    uintptr_t stack =
        arguments_init(manifest, manifest_bytes, boot_info.command_line + placement.image_distance);
    cpu_run_on_stack(stack, program_run);
}
