/* SPDX-License-Identifier: MIT
 *
 * mkimage run: builds when needed, boots, and ends as the program ended.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "accel.h"
#include "build.h"
#include "image.h"
#include "kernel/abi/console.h"
#include "quoting.h"
#include "temporary.h"
#include "values.h"
#include "verb.h"
#include "vm.h"

#define MEMORY_DEFAULT_BYTES   (256ull << 20)
#define MEMORY_MIN_BYTES       (1536ull << 10)
#define MEMORY_BESIDES_BYTES   (128ull << 20) /* default room beside a large image */
#define COMMAND_LINE_BYTES_MAX 65000
#define GDB_PORT_DEFAULT       1234

struct run_request {
    struct request build; /* first: the options of build expect it here */
    const char *image;    /* a finished image was given */
    const char *name;
    const char *accel;
    const char *kind;
    uint64_t memory_bytes;
    double timeout_s;
    unsigned gdb_port;
    bool print;
};

static void take_memory(void *into, const char *name, const char *value)
{
    struct run_request *request = into;
    request->memory_bytes = value_size(name, value);
    if (request->memory_bytes < MEMORY_MIN_BYTES)
        die(EXIT_STATUS_USAGE, "%s %s: the smallest machine has %s", name, value,
            text_size(MEMORY_MIN_BYTES));
}

static void take_accel(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->accel =
        value_word(name, value, (const char *const[]){"auto", "kvm", "tcg", NULL});
}

static void take_machine(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->kind =
        value_word(name, value, (const char *const[]){"auto", "microvm", "q35", "pc", NULL});
}

static void take_timeout(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->timeout_s = value_seconds(name, value);
}

static void take_print(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct run_request *)into)->print = true;
}

static void take_gdb(void *into, const char *name, const char *value)
{
    struct run_request *request = into;
    char *end = NULL;
    unsigned long port = value ? strtoul(value, &end, 10) : GDB_PORT_DEFAULT;
    if (value && (!isdigit((unsigned char)*value) || *end || !port || port > 65535))
        die(EXIT_STATUS_USAGE, "%s=%s: expected a TCP port", name, value);
    request->gdb_port = (unsigned)port;
    strings_add(&request->build.compile_flags, "-g");
    request->build.debug = true;
}

static void take_name(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct run_request *)into)->name = value;
}

static void take_nothing(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_run, stdout);
    exit(0);
}

/* Known from containers, and on their way. What works already is accepted. */
static void take_missing(void *into, const char *name, const char *value)
{
    static const struct missing {
        const char *option, *accepted, *what;
    } table[] = {
        {"-p", NULL, "network"},
        {"--publish", NULL, "network"},
        {"-v", NULL, "volumes"},
        {"--volume", NULL, "volumes"},
        {"--net", "none", "network"},
        {"--disk", NULL, "disks"},
        {"--cpus", "1", "second processor"},
        {"--pcap", NULL, "network"},
        {"--boot", "direct", "boot but the direct one"},
    };
    (void)into;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].option, name) == 0) {
            if (table[i].accepted && strcmp(table[i].accepted, value) == 0)
                return;
            die(EXIT_STATUS_USAGE, "%s %s: this version has no %s yet", name, value, table[i].what);
        }
}

static const struct option_row rows[] = {
    {"-m", "--memory", OPTION_VALUE, "SIZE", take_memory, "memory: 64M, 1G (default 256M)"},
    {NULL, "--accel", OPTION_VALUE, "HOW", take_accel,
     "auto (default): KVM when it really works, else emulation; kvm; tcg"},
    {NULL, "--machine", OPTION_VALUE, "KIND", take_machine, "auto (microvm), microvm, q35, pc"},
    {NULL, "--timeout", OPTION_VALUE, "SECONDS", take_timeout, "stop it then, with status 124"},
    {NULL, "--print", OPTION_FLAG, NULL, take_print, "print the QEMU command line and stop"},
    {NULL, "--gdb", OPTION_MAYBE, "PORT", take_gdb,
     "wait for gdb on 127.0.0.1:PORT (1234); builds with -g"},
    {NULL, "--name", OPTION_VALUE, "NAME", take_name, "the virtual machine's name"},
    {NULL, "--rm", OPTION_FLAG, NULL, take_nothing, "accepted: nothing ever stays behind"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {"-p", "--publish", OPTION_VALUE, "PORTS", take_missing, NULL},
    {"-v", "--volume", OPTION_VALUE, "DIR:PATH", take_missing, NULL},
    {NULL, "--net", OPTION_VALUE, "NET", take_missing, NULL},
    {NULL, "--disk", OPTION_VALUE, "FILE", take_missing, NULL},
    {NULL, "--cpus", OPTION_VALUE, "N", take_missing, NULL},
    {NULL, "--pcap", OPTION_VALUE, "FILE", take_missing, NULL},
    {NULL, "--boot", OPTION_VALUE, "HOW", take_missing, NULL},
    {0},
};

static const struct option_group groups[] = {
    {"options", rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker, when there is something to build", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    struct run_request *request = into;
    if (!image_is_program(word)) {
        request_add_file(&request->build, word);
        return;
    }
    if (request->image)
        die(EXIT_STATUS_USAGE, "%s and %s: one image at a time", request->image, word);
    request->image = word;
}

static void take_argument(void *into, const char *word)
{
    strings_add(&((struct run_request *)into)->build.arguments, word);
}

static unsigned terminals(void)
{
    return (isatty(STDIN_FILENO) ? TTY_STDIN : 0) | (isatty(STDOUT_FILENO) ? TTY_STDOUT : 0) |
           (isatty(STDERR_FILENO) ? TTY_STDERR : 0);
}

/* What the kernel is told; every value is quoted, so that any text is safe. */
static const char *command_line(const struct run_request *request)
{
    struct strings words = {0};
    size_t bytes = 1;
    if (!request->print) {
        strings_add(&words, "thimble.console=framed");
        strings_addf(&words, "thimble.tty=%u", terminals());
    }
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
static const char *build(const struct run_request *request)
{
    struct request build = request->build;
    const char *name = build.name;
    if (!name)
        die(EXIT_STATUS_USAGE, "run: no program: expected a source, a folder or an image");
    build.arguments = build.environment = (struct strings){0};
    build.output = temporary_path(text_format("%s.elf", name));
    build.mode = 0600;
    build.relative_debug = request->gdb_port == 0;
    request_settle(&build);
    build_image(&build);
    return build.output;
}

static uint64_t memory_for(const struct run_request *request, uint64_t image_end)
{
    if (request->memory_bytes && request->memory_bytes < image_end)
        die(EXIT_STATUS_FAILED, "-m: %s of memory is less than the image itself needs (%s)",
            text_size(request->memory_bytes), text_size(image_end));
    if (request->memory_bytes)
        return request->memory_bytes;
    uint64_t roomy = (image_end + MEMORY_BESIDES_BYTES + (1 << 20)) >> 20 << 20;
    return roomy > MEMORY_DEFAULT_BYTES ? roomy : MEMORY_DEFAULT_BYTES;
}

static int run(const char *const *argv)
{
    struct run_request request = {.accel = "auto", .kind = "auto"};
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    options_parse(&rules, &request, argv);
    if (request.image && request.build.input_count)
        die(EXIT_STATUS_USAGE, "%s is a finished image: nothing can be added to it", request.image);
    if (request.image && request.build.roots.count)
        die(EXIT_STATUS_USAGE, "--rootfs: %s is a finished image", request.image);
    const char *line = command_line(&request);
    const char *path = request.image ? request.image : build(&request);
    const char *what = request.image ? request.image : request.build.inputs[0].path;
    struct image image;
    if (image_open(&image, path, path))
        return EXIT_STATUS_FAILED;
    struct machine machine = {
        .image = path,
        .kind = strcmp(request.kind, "auto") == 0 ? "microvm" : request.kind,
        .command_line = line,
        .name = request.name,
        .memory_bytes = memory_for(&request, image_end(&image)),
        .gdb_port = request.gdb_port,
        .by_hand = request.print,
    };
    image_close(&image);
    machine.accel = accel_choose(request.accel);
    if (request.print) {
        struct strings words = hypervisor_arguments(&machine);
        printf("%s\n", quote_list(&words));
        if (!request.image)
            temporary_folder_keep();
        return 0;
    }
    if (request.gdb_port)
        fprintf(stderr, "waiting for: gdb %s -ex 'target remote :%u'\n", quote_if_needed(path),
                request.gdb_port);
    return vm_run(&machine, what, request.timeout_s);
}

const struct verb verb_run = {
    .name = "run",
    .synopsis = "[options] FILE...|IMAGE [-- ARG...]",
    .summary = "boot an image, or build and boot C sources",
    .text = "Boots an image in QEMU, building it first when sources are given. Standard input,\n"
            "output and error are the program's; so is the exit status. Also: 134 after a panic\n"
            "or abort, 139 after a memory fault, 124 after --timeout, 125 when the hypervisor\n"
            "could not start, 2 for wrong usage.",
    .options = groups,
    .run = run,
};
