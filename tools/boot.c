/* SPDX-License-Identifier: MIT
 *
 * Boot media for QEMU: the kernel out of a disk, a disk around a kernel, firmware.
 */
#include "boot.h"

#include <string.h>
#include <unistd.h>

#include "formats/family.h"
#include "formats/media.h"
#include "temporary.h"

#define NETWORK_PART "lwip" /* as linker/kernel.ld calls it */

static const struct uefi {
    const char *code, *variables;
} firmware[] = {
    {"/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"},
    {"/usr/share/OVMF/OVMF_CODE.fd", "/usr/share/OVMF/OVMF_VARS.fd"},
    {"/usr/share/edk2/ovmf/OVMF_CODE.fd", "/usr/share/edk2/ovmf/OVMF_VARS.fd"},
    {"/usr/share/edk2/x64/OVMF_CODE.4m.fd", "/usr/share/edk2/x64/OVMF_VARS.4m.fd"},
};

bool boot_is_image(const char *path)
{
    if (image_is_program(path) || media_recognise(path))
        return true;
    /* A damaged one is better called so than "not something that can be built". */
    return format_of_name(path) && access(path, R_OK) == 0;
}

static const char *copy_to_temporary(const char *name, const struct file_bytes *bytes)
{
    const char *path = temporary_path(name);
    struct output *output = output_open(path);
    output_write(output, bytes->bytes, bytes->size_bytes);
    output_close(output, 0600);
    output_publish(output);
    return path;
}

/* The firmware writes into its variables: it gets a copy. */
static void use_uefi(struct machine *machine)
{
    for (size_t i = 0; i < sizeof firmware / sizeof *firmware; i++) {
        struct file_bytes variables;
        if (access(firmware[i].code, R_OK) || access(firmware[i].variables, R_OK))
            continue;
        if (file_map(firmware[i].variables, &variables))
            break;
        machine->uefi_code = firmware[i].code;
        machine->uefi_variables = copy_to_temporary("uefi-variables.fd", &variables);
        file_unmap(&variables);
        return;
    }
    die(EXIT_STATUS_NO_VM, "--boot uefi: there is no UEFI firmware for QEMU: apt install ovmf");
}

static void use_kernel(struct machine *machine, const struct media *media)
{
    machine->image = media->format == &format_elf ? media->path
                                                  : copy_to_temporary("kernel.elf", &media->kernel);
}

static void use_disk(struct machine *machine, struct media *media)
{
    machine->cd = media->format == &format_iso;
    machine->driver = media->format->driver ? media->format->driver : format_raw.driver;
    if (media->format == &format_elf) {
        machine->disk = temporary_path("disk.img");
        family_write(&format_raw, media->path, machine->disk, 0600);
    } else if (media->format->driver) {
        machine->disk = media->path;
    } else { /* an archive: what was unpacked, until the end */
        machine->disk = media->unpacked_path;
        media->unpacked_path = NULL;
    }
}

int boot_prepare(struct machine *machine, const char *how, const char *path,
                 struct boot_facts *facts)
{
    struct media media;
    if (media_open(&media, path, path))
        return -1;
    if (strcmp(how, "auto") == 0)
        how = media.format == &format_elf ? "direct" : "bios";
    bool direct = strcmp(how, "direct") == 0, uefi = strcmp(how, "uefi") == 0;
    if (strcmp(machine->kind, "auto") == 0)
        machine->kind = direct ? "microvm" : uefi ? "q35" : "pc";
    if (!direct && strcmp(machine->kind, "microvm") == 0)
        die(EXIT_STATUS_USAGE,
            "--boot %s: a microvm has no firmware that reads disks (--machine pc or q35)", how);
    if (direct)
        use_kernel(machine, &media);
    else
        use_disk(machine, &media);
    if (uefi)
        use_uefi(machine);
    facts->end_bytes = image_end(&media.image);
    facts->has_network = image_has_part(&media.image, NETWORK_PART);
    media_close(&media);
    return 0;
}
