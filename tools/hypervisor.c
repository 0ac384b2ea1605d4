/* SPDX-License-Identifier: MIT
 *
 * QEMU's command line.
 */
#include "hypervisor.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/abi/console.h"
#include "process.h"

const char *hypervisor_find(void)
{
    const char *given = getenv("THIMBLE_QEMU");
    const char *found = process_find(given && *given ? given : HYPERVISOR);
    if (!found && given && *given)
        die(EXIT_STATUS_NO_VM, "THIMBLE_QEMU=%s: there is no such program", given);
    if (!found)
        die(EXIT_STATUS_NO_VM, "%s is not installed: apt install qemu-system-x86", HYPERVISOR);
    return found;
}

/* microvm has what the guest needs and no more. QEMU adds words to the kernel command
 * line that say where its devices are; the guest does not take them for arguments. */
static const char *machine_option(const struct machine *machine)
{
    if (strcmp(machine->kind, "microvm") == 0)
        return "microvm,acpi=off";
    /* Firmware and boot loader complain on the serial port, where we hear it. */
    return machine->disk ? text_format("%s,graphics=off", machine->kind) : machine->kind;
}

static void add_console(struct strings *argv, bool by_hand)
{
    if (by_hand) {
        strings_add_all(argv, (const char *const[]){"-serial", "stdio", NULL});
        return;
    }
    /* Input and output of the UART, and the debug console, which takes a whole
     * string of output bytes in one exit; both write to the same pipe. */
    strings_add_all(argv, (const char *const[]){"-chardev", "stdio,id=con,signal=off", "-serial",
                                                "chardev:con", "-chardev",
                                                "file,id=out,path=/proc/self/fd/1", NULL});
    strings_add(argv, "-device");
    strings_addf(argv, "isa-debugcon,iobase=%#x,readback=%#x,chardev=out", PORT_DEBUG_CONSOLE,
                 PORT_DEBUG_CONSOLE_READBACK);
}

static void add_control_port(struct strings *argv, int fd)
{
    strings_add(argv, "-chardev");
    strings_addf(argv, "socket,id=control,fd=%d", fd);
    strings_add_all(argv,
                    (const char *const[]){"-device", "isa-serial,index=1,chardev=control", NULL});
}

static void add_uefi(struct strings *argv, const struct machine *machine)
{
    strings_add(argv, "-drive");
    strings_addf(argv, "if=pflash,unit=0,format=raw,readonly=on,file=%s",
                 text_double_commas(machine->uefi_code));
    strings_add(argv, "-drive");
    strings_addf(argv, "if=pflash,unit=1,format=raw,file=%s",
                 text_double_commas(machine->uefi_variables));
}

/* A boot loader passes no command line on: it goes through fw_cfg. A path that is
 * neither absolute nor ./relative could be taken for a protocol. */
static void add_disk(struct strings *argv, const struct machine *machine)
{
    strings_add(argv, "-drive");
    strings_addf(argv, "if=none,id=disk,readonly=on,format=%s,file=%s%s", machine->driver,
                 *machine->disk == '/' ? "" : "./", text_double_commas(machine->disk));
    strings_add(argv, "-device");
    strings_addf(argv, "%s,drive=disk,bootindex=0", machine->cd ? "ide-cd" : "virtio-blk-pci");
    if (machine->uefi_code)
        add_uefi(argv, machine);
    if (*machine->command_line) {
        strings_add(argv, "-fw_cfg");
        strings_addf(argv, "name=%s,string=%s", FW_CFG_COMMAND_LINE,
                     text_double_commas(machine->command_line));
    }
}

struct strings hypervisor_arguments(const struct machine *machine)
{
    struct strings argv = {0};
    bool kvm = strcmp(machine->accel, "kvm") == 0;
    strings_add_all(&argv, (const char *const[]){
                               hypervisor_find(), "-nodefaults", "-no-user-config", "-display",
                               "none", "-no-reboot", "-M", machine_option(machine), "-accel",
                               machine->accel, "-cpu", kvm ? CPU_KVM : "max", "-m", NULL});
    uint64_t kilobytes = machine->memory_bytes / 1024;
    if (kilobytes % 1024)
        strings_addf(&argv, "%lluK", (unsigned long long)kilobytes);
    else
        strings_addf(&argv, "%lluM", (unsigned long long)kilobytes / 1024);
    add_console(&argv, machine->by_hand);
    if (machine->control_fd)
        add_control_port(&argv, machine->control_fd);
    strings_add(&argv, "-device");
    strings_addf(&argv, "isa-debug-exit,iobase=%#x,iosize=4", PORT_DEBUG_EXIT);
    if (machine->name) {
        strings_add(&argv, "-name");
        strings_add(&argv, text_double_commas(machine->name));
    }
    if (machine->gdb_port) {
        strings_add_all(&argv, (const char *const[]){"-S", "-gdb", NULL});
        strings_addf(&argv, "tcp:127.0.0.1:%u", machine->gdb_port);
    }
    if (machine->gdb_socket) {
        strings_add_all(&argv, (const char *const[]){"-S", "-gdb", NULL});
        strings_addf(&argv, "unix:%s,server=on,wait=off", text_double_commas(machine->gdb_socket));
    }
    if (machine->network)
        network_add_arguments(machine->network, machine->kind, &argv);
    if (machine->disk) {
        add_disk(&argv, machine);
        return argv;
    }
    strings_add_all(&argv, (const char *const[]){"-kernel", machine->image, NULL});
    if (*machine->command_line)
        strings_add_all(&argv, (const char *const[]){"-append", machine->command_line, NULL});
    return argv;
}
