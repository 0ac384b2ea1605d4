/* SPDX-License-Identifier: MIT
 *
 * mkimage run: builds when needed, boots, and ends as the program ended.
 */
#include <string.h>
#include <unistd.h>

#include "accel.h"
#include "boot.h"
#include "build.h"
#include "compiler.h"
#include "kernel/abi/console.h"
#include "quoting.h"
#include "run_request.h"
#include "temporary.h"
#include "terminal.h"
#include "verb.h"
#include "vm.h"

#define MEMORY_DEFAULT_BYTES   (256ull << 20)
#define MEMORY_BESIDES_BYTES   (128ull << 20) /* default room beside a large image */
#define MEMORY_BIOS_BYTES      (2ull << 20)
#define MEMORY_UEFI_BYTES      (64ull << 20)
#define COMMAND_LINE_BYTES_MAX 65000

static unsigned terminals(void)
{
    return (isatty(STDIN_FILENO) ? TTY_STDIN : 0) | (isatty(STDOUT_FILENO) ? TTY_STDOUT : 0) |
           (isatty(STDERR_FILENO) ? TTY_STDERR : 0);
}

/* What the kernel is told; every value is quoted, so that any text is safe. */
static const char *command_line(const struct run_request *request, const struct network *network)
{
    struct strings words = {0};
    unsigned rows, columns;
    size_t bytes = 1;
    if (!request->print) {
        strings_add(&words, "thimble.console=framed");
        strings_addf(&words, "thimble.tty=%u", terminals());
        if (terminals() && terminal_size(&rows, &columns))
            strings_addf(&words, "thimble.size=%ux%u", rows, columns);
    }
    if (request->no_aslr)
        strings_add(&words, "thimble.aslr=off");
    if (request->read_only)
        strings_add(&words, "thimble.root=ro");
    for (size_t i = 0; i < request->writable.count; i++)
        strings_addf(&words, "thimble.writable=%s", request->writable.at[i]);
    if (request->files_max_bytes)
        strings_addf(&words, "thimble.files-max=%llu",
                     (unsigned long long)request->files_max_bytes);
    network_add_boot_words(network, &words);
    for (size_t i = 0; i < request->build.environment.count; i++) {
        const char *setting = request->build.environment.at[i];
        size_t length = strcspn(setting, "=") + 1;
        strings_addf(&words, "%.*s%s", (int)length, setting, quote_always(setting + length));
    }
    if (request->build.arguments.count)
        strings_add(&words, "--");
    for (size_t i = 0; i < request->build.arguments.count; i++)
        strings_add(&words, quote_always(request->build.arguments.at[i]));
    for (size_t i = 0; i < words.count; i++)
        bytes += strlen(words.at[i]) + 1;
    if (bytes > COMMAND_LINE_BYTES_MAX)
        die(EXIT_STATUS_FAILED,
            "the arguments and environment take %zu bytes; %d fit (bake them in with build)", bytes,
            COMMAND_LINE_BYTES_MAX);
    char *line = memory_new(bytes), *to = line;
    for (size_t i = 0; i < words.count; i++)
        to = stpcpy(stpcpy(to, i ? " " : ""), words.at[i]);
    return line;
}

/* Builds into the temporary folder. Arguments and environment are given at boot,
 * as for a finished image, so they are not baked in too. */
const char *run_build(const struct run_request *request)
{
    if (request->image)
        return request->image;
    struct request build = request->build;
    const char *name = build.name;
    if (!name)
        die(EXIT_STATUS_USAGE, "run: no program: expected a source, a folder or an image");
    build.arguments = build.environment = (struct strings){0};
    build.output = temporary_path(text_format("%s.elf", name));
    build.mode = 0600;
    build.relative_debug = !request->gdb_port && !request->gdb_socket;
    compiler_want_debug(&build); /* a crash is told by file and line */
    request_settle(&build);
    build_image(&build);
    return build.output;
}

/* What the firmware needs before the image has a say: less, and it stops without a word. */
static void firmware_memory_check(const struct run_request *request, const struct machine *machine)
{
    bool uefi = machine->uefi_code;
    uint64_t smallest = uefi ? MEMORY_UEFI_BYTES : MEMORY_BIOS_BYTES;
    if (strcmp(machine->kind, "microvm") == 0 || request->memory_bytes >= smallest)
        return;
    die(EXIT_STATUS_USAGE, "-m %s: the %s of --machine %s needs %s%s",
        text_size(request->memory_bytes), uefi ? "UEFI firmware" : "BIOS", machine->kind,
        text_size(smallest), machine->disk ? "" : " (a microvm does with less)");
}

static uint64_t memory_for(const struct run_request *request, const struct machine *machine,
                           uint64_t image_end)
{
    if (request->memory_bytes)
        firmware_memory_check(request, machine);
    if (request->memory_bytes && request->memory_bytes < image_end)
        die(EXIT_STATUS_FAILED, "-m: %s of memory is less than the image itself needs (%s)",
            text_size(request->memory_bytes), text_size(image_end));
    if (request->memory_bytes)
        return request->memory_bytes;
    uint64_t roomy = (image_end + MEMORY_BESIDES_BYTES + (1 << 20)) >> 20 << 20;
    return roomy > MEMORY_DEFAULT_BYTES ? roomy : MEMORY_DEFAULT_BYTES;
}

int run_image(const struct run_request *request, const char *path)
{
    const char *what = request->image        ? request->image
                       : request->build.port ? request->build.port
                                             : request->build.inputs[0].path;
    struct boot_facts facts;
    struct network network = request->network;
    struct machine machine = {
        .program = path,
        .kind = request->kind,
        .name = request->name,
        .gdb_port = request->gdb_port,
        .gdb_socket = request->gdb_socket,
        .by_hand = request->print,
        .network = &network,
        .command_line = "",
    };
    if (boot_prepare(&machine, request->boot, path, &facts))
        return EXIT_STATUS_FAILED;
    network_settle(&network, request->name ? request->name : request_stem(what), what,
                   facts.has_network);
    machine.command_line = command_line(request, &network);
    machine.memory_bytes = memory_for(request, &machine, facts.end_bytes);
    machine.accel = accel_choose(request->accel);
    publish_tell(&network.published);
    if (request->print) {
        struct strings words = hypervisor_arguments(&machine);
        printf("%s\n", quote_list(&words));
        if (temporary_folder_used())
            temporary_folder_keep();
        return 0;
    }
    if (request->gdb_port)
        fprintf(stderr, "waiting for: gdb %s -ex 'target remote :%u'\n", quote_if_needed(path),
                request->gdb_port);
    return vm_run(&machine, what, &request->patience);
}

static int run(const char *const *argv)
{
    struct run_request request;
    run_request_parse(&request, run_option_groups, argv);
    return run_image(&request, run_build(&request));
}

const struct verb verb_run = {
    .name = "run",
    .synopsis = "[options] FILE...|IMAGE [-- ARG...]",
    .summary = "boot an image, or build and boot C sources",
    .text = "Boots an image of any format in QEMU, building it first when sources are given:\n"
            "directly, or through GRUB from a disk. Standard input,\n"
            "output and error are the program's; so is the exit status. Also: 134 after a panic\n"
            "or abort, 139 after a memory fault, 124 after --timeout, 125 when the hypervisor\n"
            "could not start, 2 for wrong usage.\n"
            "SIGTERM and Ctrl-C reach the program as SIGTERM, like a press of the power button.\n"
            "One that does not end within --stop-timeout is stopped, and so it is by a second\n"
            "Ctrl-C; the status then is 128 and the number of the first signal.",
    .options = run_option_groups,
    .run = run,
};
