/* SPDX-License-Identifier: MIT
 *
 * Hypervisor command lines, from the one that `mkimage run` uses.
 */
#include "virtual_machine.h"

#include <ctype.h>
#include <string.h>

#include "tools/hypervisor.h"
#include "tools/quoting.h"

/* No console for kernel messages but a panic's; no wait before the end after one. */
#define LINUX_LINE "console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/thimble-init -- "

/* The distribution's kernels for the cloud have NVMe and ext4 built in, so there is no initramfs.
 */
#define FULL_LINE                                                                                  \
    "console=ttyS0 quiet loglevel=1 panic=-1 root=/dev/nvme0n1 rootfstype=ext4 rootwait rw "

const char *vm_accel = "tcg", *vm_kind = "microvm";

const char *vm_kind_for_linux(void)
{
    return strcmp(vm_kind, "microvm") == 0 ? "q35" : vm_kind;
}

struct strings vm_command(const struct virtual_machine *vm)
{
    const struct machine machine = {
        .image = vm->kernel,
        .kind = vm->kind ? vm->kind : vm_kind,
        .network = vm->network,
        .accel = vm_accel,
        .command_line = vm->command_line ? vm->command_line : "",
        .memory_bytes = vm->memory_bytes ? vm->memory_bytes : VM_MEMORY_BYTES,
    };
    struct strings all = hypervisor_arguments(&machine), argv = {0};
    for (size_t i = 0; i < all.count; i++) {
        if (vm->stays && i + 1 < all.count && text_starts_with(all.at[i + 1], "isa-debug-exit"))
            i += 2;
        if (i < all.count)
            strings_add(&argv, all.at[i]);
    }
    if (vm->initramfs)
        strings_add_all(&argv, (const char *const[]){"-initrd", vm->initramfs, NULL});
    if (vm->disk) {
        strings_add(&argv, "-drive");
        strings_addf(&argv, "if=none,id=root,format=raw,snapshot=on,file=%s", vm->disk);
        strings_add_all(&argv,
                        (const char *const[]){"-device", "nvme,drive=root,serial=root", NULL});
    }
    if (vm->firmware)
        strings_add_all(&argv, (const char *const[]){"-bios", vm->firmware, NULL});
    return argv;
}

static const char *join(const struct strings *words)
{
    const char *line = "";
    for (size_t i = 0; i < words->count; i++)
        line = text_format("%s%s%s", line, i ? " " : "", words->at[i]);
    return line;
}

const char *thimble_line(const struct strings *arguments, const struct strings *environment)
{
    struct strings words = {0};
    strings_add(&words, "thimble.console=framed");
    for (size_t i = 0; i < environment->count; i++) {
        const char *setting = environment->at[i];
        size_t length = strcspn(setting, "=") + 1;
        strings_addf(&words, "%.*s%s", (int)length, setting, quote_always(setting + length));
    }
    strings_add(&words, "--");
    for (size_t i = 0; i < arguments->count; i++)
        strings_add(&words, quote_always(arguments->at[i]));
    return join(&words);
}

/* Percent-encoded, %00 between words, "-" for none: see programs/init.c. */
static const char *encode(const struct strings *words)
{
    size_t bytes = 2;
    for (size_t i = 0; i < words->count; i++)
        bytes += 3 * strlen(words->at[i]) + 3;
    char *text = memory_new(bytes), *to = text;
    for (size_t i = 0; i < words->count; i++) {
        if (i)
            to = stpcpy(to, "%00");
        for (const char *c = words->at[i]; *c; c++) {
            if (isalnum((unsigned char)*c) || strchr("_./:=+@", *c)) {
                *to++ = *c;
            } else {
                static const char digits[] = "0123456789abcdef";
                *to++ = '%';
                *to++ = digits[(unsigned char)*c >> 4];
                *to++ = digits[(unsigned char)*c & 15];
            }
        }
    }
    return words->count ? text : "-";
}

const char *linux_run_line(const struct strings *words, const struct strings *environment)
{
    return text_format(LINUX_LINE "run %s %s", encode(words), encode(environment));
}

const char *line_with_network(const struct network *network, const char *line)
{
    struct strings words = {0};
    network_add_boot_words(network, &words);
    return text_format("%s %s", join(&words), line);
}

const char *linux_full_line(const struct strings *words, const struct strings *environment)
{
    return text_format(FULL_LINE "thimble.words=%s thimble.environment=%s", encode(words),
                       encode(environment));
}

const char *linux_repeat_line(const struct strings *words, unsigned count)
{
    return text_format(LINUX_LINE "repeat %u %s", count, encode(words));
}
