/* SPDX-License-Identifier: MIT
 *
 * The linker's command line, and its complaints in the user's terms.
 */
#include "linking.h"

#include <stdio.h>
#include <string.h>

#include "process.h"
#include "sysroot.h"
#include "temporary.h"

static void add_objects(struct strings *argv, const struct request *request, const char *to)
{
    strings_add_all(argv, (const char *const[]){"-o", to, NULL});
    for (size_t i = 0; i < request->input_count; i++)
        strings_add(argv, request->inputs[i].object);
}

/* Linked by the compiler, which knows where the C library and its start files are. */
static struct strings linux_command(const struct request *request, const struct compiler *compiler,
                                    const char *to)
{
    struct strings argv = {0};
    strings_append(&argv, &compiler->command);
    strings_add_all(&argv,
                    (const char *const[]){"-static", "-no-pie", "-Wl,--gc-sections",
                                          "-Wl,--build-id=none", "-Wl,-z,noexecstack", NULL});
    if (!request->debug)
        strings_add(&argv, "-s");
    if (request->map)
        strings_addf(&argv, "-Wl,-Map=%s", request->map);
    strings_append(&argv, &request->link_flags);
    add_objects(&argv, request, to);
    if (strings_contain(&request->compile_flags, "-pthread"))
        strings_add(&argv, "-pthread");
    strings_add(&argv, "-lm"); /* the guest's programs need not ask for it either */
    return argv;
}

static struct strings guest_command(const struct request *request, const struct compiler *compiler,
                                    const char *to)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"ld",
                                                 "-m",
                                                 "elf_x86_64",
                                                 "-static",
                                                 "-pie",
                                                 "--no-dynamic-linker",
                                                 "-nostdlib",
                                                 "-z",
                                                 "text",
                                                 "-z",
                                                 "pack-relative-relocs",
                                                 "-z",
                                                 "norelro",
                                                 "-z",
                                                 "noexecstack",
                                                 "-z",
                                                 "max-page-size=4096",
                                                 "--gc-sections",
                                                 "--build-id=none",
                                                 "--no-warn-rwx-segments",
                                                 NULL});
    strings_addf(&argv, "-T%s", sysroot_file("lib/kernel.ld"));
    if (!request->debug && !request->debug_file)
        strings_add(&argv, "--strip-debug");
    if (request->map)
        strings_addf(&argv, "-Map=%s", request->map);
    strings_append(&argv, &request->link_flags);
    strings_addf(&argv, "-L%s", sysroot_file("lib"));
    add_objects(&argv, request, to);
    strings_add_all(&argv, (const char *const[]){"--start-group", "-lglue", "-llwip", "-lkernel",
                                                 "-ldrivers", "-lc", "-lm", compiler->libgcc,
                                                 "--end-group", NULL});
    return argv;
}

/* The linker names our temporary objects; the user knows the sources. */
static const char *in_users_terms(const char *words, const struct request *request,
                                  const char *linked)
{
    struct strings pieces = {0};
    const char *folder = temporary_folder();
    size_t bytes = 1;
    while (*words) {
        const char *found = strstr(words, folder);
        size_t plain = found ? (size_t)(found - words) : strlen(words);
        strings_add(&pieces, text_copy_bytes(words, plain));
        words += plain;
        const char *name = NULL;
        if (found && text_starts_with(words, linked)) {
            name = request->name;
            words += strlen(linked);
        }
        for (size_t i = 0; found && i < request->input_count && !name; i++)
            if (request->inputs[i].kind == INPUT_SOURCE &&
                text_starts_with(words, request->inputs[i].object)) {
                name = request->inputs[i].path;
                words += strlen(request->inputs[i].object);
            }
        if (found && !name) {
            name = folder;
            words += strlen(folder);
        }
        if (name)
            strings_add(&pieces, name);
    }
    for (size_t i = 0; i < pieces.count; i++)
        bytes += strlen(pieces.at[i]);
    char *text = memory_new(bytes), *to = text;
    for (size_t i = 0; i < pieces.count; i++)
        to = stpcpy(to, pieces.at[i]);
    return text;
}

/* Every name that the linker looked for in vain, once. */
static struct strings missing_names(const char *words)
{
    static const char mark[] = "undefined reference to `";
    struct strings names = {0};
    while ((words = strstr(words, mark))) {
        words += sizeof mark - 1;
        const char *name = text_copy_bytes(words, strcspn(words, "'\n"));
        if (!strings_contain(&names, name))
            strings_add(&names, name);
    }
    return names;
}

static _Noreturn void not_linked(const struct request *request, const char *words)
{
    struct strings missing = missing_names(words);
    const char *list = "";
    for (size_t i = 0; i < missing.count && i < 12; i++)
        list = text_format("%s%s%s", list, i ? ", " : "", missing.at[i]);
    if (missing.count > 12)
        list = text_format("%s and %zu more", list, missing.count - 12);
    if (strings_contain(&missing, "main"))
        die(EXIT_STATUS_FAILED, "%s did not link: there is no main() in what was given%s%s",
            request->name, missing.count > 1 ? "; missing: " : "", missing.count > 1 ? list : "");
    if (missing.count)
        die(EXIT_STATUS_FAILED, "%s did not link: %s not found: %s", request->name,
            missing.count > 1 ? "these functions were" : "this function was", list);
    if (strstr(words, "recompile with -fPI"))
        die(EXIT_STATUS_FAILED,
            "%s did not link: all of it must be position independent (compile it with -fpie)",
            request->name);
    die(EXIT_STATUS_FAILED, "%s did not link", request->name);
}

const char *link_program(const struct request *request, const struct compiler *compiler)
{
    bool guest = compiler->target->sysroot;
    const char *linked = temporary_path(guest ? "linked" : text_format("%s.linux", request->name));
    struct strings argv = (guest ? guest_command : linux_command)(request, compiler, linked);
    int fd = scratch_open();
    int status = process_wait(process_start(&argv, -1, fd));
    const char *words = in_users_terms(scratch_text(fd), request, linked);
    fputs(words, stderr);
    if (status)
        not_linked(request, words);
    return linked;
}
