/* SPDX-License-Identifier: MIT
 *
 * The program's arguments and environment: what the image carries, overridden by
 * the kernel command line. They end up above the main stack, as on Unix.
 *
 *   NAME=VALUE ... thimble.OPTION=VALUE ... -- ARGUMENT ...
 */
#include "kernel/boot_options.h"
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/program.h"

#pragma weak boot_option_apply

int program_argc;
char **program_argv;
char **program_envp;

/* Parameters that boot loaders and hypervisors pass for another kernel. */
static const char *const foreign[] = {"console=", "root=",   "rootfstype=", "rootflags=", "init=",
                                      "panic=",   "reboot=", "pci=",        "acpi=",      "ip="};
static const char device_parameter[] = "virtio_mmio.device=";

static bool text_starts(const char *text, const char *prefix)
{
    while (*prefix)
        if (*text++ != *prefix++)
            return false;
    return true;
}

static bool option_apply(const char *option)
{
    if (text_starts(option, "console=framed"))
        console_set_framed(true);
    else if (text_starts(option, "tty="))
        console_set_tty((unsigned)option[4] & 7);
    else
        return boot_option_apply && boot_option_apply(option);
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* The length of NAME= at the start of a word, or 0. */
static size_t variable_name(const char *word)
{
    size_t n = 0;

    while (is_letter(word[n]) || (n && word[n] >= '0' && word[n] <= '9'))
        n++;
    return n && word[n] == '=' ? n + 1 : 0;
}

static bool is_foreign(const char *word)
{
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
        if (text_starts(word, foreign[i]))
            return true;
    return false;
}

/* Sets NAME=VALUE, over an earlier value of the same name. */
static void environment_set(char *variable, size_t name_bytes)
{
    char **at = program_envp;

    for (; *at; at++) {
        size_t i = 0;
        while (i < name_bytes && (*at)[i] == variable[i])
            i++;
        if (i == name_bytes)
            break;
    }
    *at = variable;
}

/* Takes one word that stands before `--`; says whether its text is still needed. */
static bool word_take(char *word, bool quoted)
{
    size_t name_bytes = variable_name(word);

    if (!quoted && text_starts(word, "thimble."))
        return option_apply(word + sizeof "thimble." - 1);
    if (!name_bytes || is_foreign(word))
        return false;
    environment_set(word, name_bytes);
    return true;
}

static void command_line_take(const char *command_line, char *text)
{
    struct cmdline line = {.at = command_line};
    bool arguments = false;
    long length;

    while ((length = cmdline_next(&line, text, COMMAND_LINE_MAX)) >= 0) {
        bool keep = false;
        if (!arguments && !line.word_quoted && text_starts(text, "--") && length == 2) {
            arguments = true;
            program_argc = 1;
            program_argv[1] = NULL;
        } else if (arguments) {
            keep = line.word_quoted || !text_starts(text, device_parameter);
            if (keep)
                program_argv[program_argc++] = text;
        } else {
            keep = word_take(text, line.word_quoted);
        }
        if (keep)
            text += length + 1;
    }
}

static char *manifest_take(const struct manifest *manifest, char *text)
{
    const char *from = manifest->strings;

    for (uint32_t i = 0; i < manifest->argc + manifest->envc; i++) {
        if (i < manifest->argc)
            program_argv[program_argc++] = text;
        else
            program_envp[i - manifest->argc] = text;
        do
            *text++ = *from;
        while (*from++);
    }
    return text;
}

uintptr_t arguments_init(const struct manifest *manifest, size_t manifest_bytes,
                         const char *command_line)
{
    static const struct manifest none;
    struct cmdline line = {.at = command_line};
    size_t words = 0, command_line_bytes;

    while (cmdline_next(&line, NULL, 0) >= 0)
        words++;
    command_line_bytes = (size_t)(line.at - command_line) + 1;
    if (!manifest)
        manifest = &none;

    char *text = (char *)vm_stack_top() - command_line_bytes - manifest_bytes - 16;
    char **pointers = (char **)((uintptr_t)text & ~15ul);
    pointers -= (manifest->argc + manifest->envc + 2 * words + 4) & ~1ul;
    program_envp = pointers;
    program_argv = pointers + manifest->envc + words + 1;

    text = manifest_take(manifest, text);
    if (!program_argc)
        program_argv[program_argc++] = (char *)"program";
    command_line_take(command_line, text);
    return (uintptr_t)pointers;
}
