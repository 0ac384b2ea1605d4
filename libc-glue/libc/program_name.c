/* SPDX-License-Identifier: MIT
 *
 * The program's name, as GNU and BSD programs ask for it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/program.h"

char *program_invocation_name, *program_invocation_short_name;
char *__progname;

/* Only in programs that use one of the names. */
__attribute__((constructor)) static void names_set(void)
{
    char *slash = strrchr(program_argv[0], '/');

    program_invocation_name = program_argv[0];
    program_invocation_short_name = __progname = slash ? slash + 1 : program_argv[0];
}

const char *getprogname(void)
{
    return __progname;
}

void setprogname(const char *name)
{
    const char *slash = strrchr(name, '/');

    __progname = (char *)(slash ? slash + 1 : name);
}
