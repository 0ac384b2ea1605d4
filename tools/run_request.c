/* SPDX-License-Identifier: MIT
 *
 * The command line of `run`.
 */
#include "run_request.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "boot.h"
#include "build.h"
#include "values.h"
#include "verb.h"

#define MEMORY_MIN_BYTES (1536ull << 10)
#define GDB_PORT_DEFAULT 1234
#define WRITABLE_MAX     12 /* kernel/boot_options.h */
#define GRACE_DEFAULT_S  10 /* as containers have it */

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

static void take_boot(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->boot =
        value_word(name, value, (const char *const[]){"auto", "direct", "bios", "uefi", NULL});
}

static void take_timeout(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->patience.timeout_s = value_seconds(name, value);
}

static void take_stop_timeout(void *into, const char *name, const char *value)
{
    bool at_once = strcmp(value, "0") == 0;
    ((struct run_request *)into)->patience.grace_s = at_once ? 0 : value_seconds(name, value);
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
    request->no_aslr = true; /* the debugger knows the linker's addresses */
    strings_add(&request->build.compile_flags, "-g");
    request->build.debug = true;
}

static void take_no_aslr(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct run_request *)into)->no_aslr = true;
}

static void take_read_only(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct run_request *)into)->read_only = true;
}

/* It goes to the guest as one bare word. */
static void take_writable(void *into, const char *name, const char *value)
{
    struct run_request *request = into;
    if (*value != '/' || !value[1] || value[strcspn(value, " \t\n\"'\\")])
        die(EXIT_STATUS_USAGE,
            "%s %s: expected a folder below /, in words without blanks and quotes", name, value);
    if (request->writable.count == WRITABLE_MAX)
        die(EXIT_STATUS_USAGE, "%s %s: %d folders are the most", name, value, WRITABLE_MAX);
    strings_add(&request->writable, value);
}

static void take_files_max(void *into, const char *name, const char *value)
{
    ((struct run_request *)into)->files_max_bytes = value_size(name, value);
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
        {"-v", NULL, "volumes"},
        {"--volume", NULL, "volumes"},
        {"--disk", NULL, "disks"},
        {"--cpus", "1", "second processor"},
    };
    (void)into;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].option, name) == 0) {
            if (table[i].accepted && strcmp(table[i].accepted, value) == 0)
                return;
            die(EXIT_STATUS_USAGE, "%s %s: this version has no %s yet", name, value, table[i].what);
        }
}

const struct option_row run_option_rows[] = {
    {"-m", "--memory", OPTION_VALUE, "SIZE", take_memory, "memory: 64M, 1G (default 256M)"},
    {NULL, "--accel", OPTION_VALUE, "HOW", take_accel,
     "auto (default): KVM when it really works, else emulation; kvm; tcg"},
    {NULL, "--machine", OPTION_VALUE, "KIND", take_machine,
     "auto (microvm; for disks pc, by UEFI q35), microvm, q35, pc"},
    {NULL, "--boot", OPTION_VALUE, "HOW", take_boot,
     "auto (default): direct for ELF, bios for disks; direct; bios; uefi"},
    {NULL, "--timeout", OPTION_VALUE, "SECONDS", take_timeout, "stop it then, with status 124"},
    {NULL, "--stop-timeout", OPTION_VALUE, "SECONDS", take_stop_timeout,
     "how long it may take to end after SIGTERM or Ctrl-C (default 10)"},
    {NULL, "--print", OPTION_FLAG, NULL, take_print, "print the QEMU command line and stop"},
    {NULL, "--gdb", OPTION_MAYBE, "PORT", take_gdb,
     "wait for gdb on 127.0.0.1:PORT (1234); builds with -g"},
    {NULL, "--no-aslr", OPTION_FLAG, NULL, take_no_aslr,
     "the same addresses in each run (--gdb implies it)"},
    {NULL, "--read-only", OPTION_FLAG, NULL, take_read_only,
     "the files of the image stay as they are; /tmp can be written to all the same"},
    {NULL, "--writable", OPTION_VALUE, "FOLDER", take_writable,
     "with --read-only: this folder can be written to as well (several)"},
    {NULL, "--files-max", OPTION_VALUE, "SIZE", take_files_max,
     "how much memory files may take (default: half of it)"},
    {NULL, "--name", OPTION_VALUE, "NAME", take_name, "the virtual machine's name"},
    {NULL, "--rm", OPTION_FLAG, NULL, take_nothing, "accepted: nothing ever stays behind"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {"-v", "--volume", OPTION_VALUE, "DIR:PATH", take_missing, NULL},
    {NULL, "--disk", OPTION_VALUE, "FILE", take_missing, NULL},
    {NULL, "--cpus", OPTION_VALUE, "N", take_missing, NULL},
    {0},
};

const struct option_group run_option_groups[] = {
    {"options", run_option_rows},
    {"the network", run_network_rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker, when there is something to build", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    struct run_request *request = into;
    if (!boot_is_image(word)) {
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

void run_request_parse(struct run_request *request, const struct option_group *groups,
                       const char *const *argv)
{
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    *request = (struct run_request){
        .accel = "auto",
        .kind = "auto",
        .boot = "auto",
        .patience.grace_s = GRACE_DEFAULT_S,
    };
    options_parse(&rules, request, argv);
    network_check_options(&request->network);
    if (request->writable.count && !request->read_only)
        die(EXIT_STATUS_USAGE, "--writable %s: every folder is, without --read-only",
            request->writable.at[0]);
    if (request->image && request->build.input_count)
        die(EXIT_STATUS_USAGE, "%s is a finished image: nothing can be added to it",
            request->image);
    if (request->image && request->build.roots.count)
        die(EXIT_STATUS_USAGE, "--rootfs: %s is a finished image", request->image);
}
