/* SPDX-License-Identifier: MIT
 *
 * Which compiler, which flags.
 */
#include "compiler.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "process.h"
#include "quoting.h"
#include "sysroot.h"

/* An application is hosted C: the compiler may use what it knows about the
 * library. Frame pointers are for backtraces; the canary that the stack protector
 * checks is drawn at boot; sections per function let the
 * linker leave out what is not called; the rest is not there in the guest. */
static const char *const application_flags[] = {
    "-fno-omit-frame-pointer",
    "-ffunction-sections",
    "-fdata-sections",
    "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none",
    "-fstack-protector-strong",
    "-fpie",
    "-U__linux__",
    "-U__linux",
    "-Ulinux",
    "-U__gnu_linux__",
    "-D__thimble__=1",
    NULL,
};

/* The host's C library and start files want nothing of us but to leave out what is not called. */
static const char *const linux_flags[] = {"-ffunction-sections", "-fdata-sections", NULL};

const struct target target_guest = {"o", application_flags, true};
const struct target target_linux = {"linux.o", linux_flags, false};

struct strings compiler_command(const char *chosen)
{
    struct strings command = {0};
    const char *given = chosen ? chosen : getenv("THIMBLE_CC");
    if (given && *given) {
        if (quote_split(given, &command) || !command.count)
            die(EXIT_STATUS_USAGE, "%s: not the name of a compiler", given);
        if (!process_find(command.at[0]))
            die(EXIT_STATUS_FAILED, "%s: this compiler is not installed", command.at[0]);
        return command;
    }
    const char *found = process_find("gcc") ? "gcc" : process_find("clang") ? "clang" : NULL;
    if (!found)
        die(EXIT_STATUS_FAILED, "no C compiler is installed: apt install gcc (or clang)");
    strings_add(&command, found);
    return command;
}

/* Starts `compiler question`; the answer is a path. */
static pid_t ask(const struct strings *command, const char *question, int fd)
{
    struct strings argv = {0};
    strings_append(&argv, command);
    strings_add(&argv, question);
    return process_start(&argv, fd, -1);
}

static const char *answer(const struct strings *command, pid_t pid, int fd)
{
    int status = process_wait(pid);
    char *path = (char *)scratch_text(fd);
    path[strcspn(path, "\n")] = 0;
    if (status || *path != '/')
        die(EXIT_STATUS_FAILED, "%s: it does not answer as gcc or clang would",
            quote_list(command));
    return path;
}

struct compiler compiler_find_headers(const char *chosen)
{
    struct compiler compiler = {.target = &target_guest, .command = compiler_command(chosen)};
    int fd = scratch_open();
    compiler.include =
        answer(&compiler.command, ask(&compiler.command, "-print-file-name=include", fd), fd);
    return compiler;
}

struct compiler compiler_find(const char *chosen)
{
    struct strings command = compiler_command(chosen);
    int libgcc_fd = scratch_open();
    pid_t libgcc = ask(&command, "-print-libgcc-file-name", libgcc_fd); /* at the same time */
    struct compiler compiler = compiler_find_headers(chosen);
    compiler.libgcc = answer(&command, libgcc, libgcc_fd);
    return compiler;
}

struct compiler compiler_for_linux(const char *chosen)
{
    return (struct compiler){.target = &target_linux, .command = compiler_command(chosen)};
}

struct strings compiler_arguments(const struct compiler *compiler, const struct request *request)
{
    struct strings argv = {0};
    strings_append(&argv, &compiler->command);
    if (!request->optimised)
        strings_add(&argv, "-O2");
    strings_add_all(&argv, compiler->target->flags);
    if (compiler->target->sysroot)
        strings_add_all(&argv,
                        (const char *const[]){"-nostdinc", "-isystem", sysroot_file("include"),
                                              "-isystem", compiler->include, NULL});
    char here[PATH_MAX];
    if ((request->debug || request->debug_file) && request->relative_debug &&
        getcwd(here, sizeof here))
        strings_addf(&argv, "-fdebug-prefix-map=%s=.", here);
    strings_append(&argv, &request->compile_flags);
    return argv;
}

void compiler_want_debug(struct request *request)
{
    for (size_t i = 0; i < request->compile_flags.count; i++)
        if (text_starts_with(request->compile_flags.at[i], "-g"))
            return; /* the user has said what is wanted */
    compiler_take_flag(request, "-g");
}

void compiler_take_flag(struct request *request, const char *flag)
{
    if (text_starts_with(flag, "-O"))
        request->optimised = true;
    if (strcmp(flag, "-m32") == 0 || strcmp(flag, "-mx32") == 0)
        die(EXIT_STATUS_FAILED, "%s: images are 64-bit only", flag);
    if (text_starts_with(flag, "-g") && !text_starts_with(flag, "-gno-"))
        request->debug = strcmp(flag, "-g0") != 0;
    /* Objects must hold machine code: the linker is called without the compiler's plug-in. */
    if (text_starts_with(flag, "-flto") || text_starts_with(flag, "-fuse-linker-plugin"))
        return;
    strings_add(&request->compile_flags, flag);
}
