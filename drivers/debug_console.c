/* SPDX-License-Identifier: MIT
 *
 * The debug console that emulators offer on port 0xe9: output only, never full,
 * one instruction per write.
 */
#include "kernel/abi/console.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/console.h"

static bool debug_console_probe(void)
{
    return port_read8(PORT_DEBUG_CONSOLE) == PORT_DEBUG_CONSOLE_READBACK;
}

static void debug_console_write(const char *bytes, size_t n)
{
    port_write_string(PORT_DEBUG_CONSOLE, bytes, n);
}

const struct console_device debug_console = {
    .name = "debug-console",
    .probe = debug_console_probe,
    .write = debug_console_write,
};
