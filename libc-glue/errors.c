/* SPDX-License-Identifier: MIT
 *
 * err.h: messages with the program's name in front.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/program.h"

static void say(const char *format, va_list arguments, const char *why)
{
    const char *name = program_argv[0];
    const char *slash = strrchr(name, '/');

    fprintf(stderr, "%s: ", slash ? slash + 1 : name);
    if (format)
        vfprintf(stderr, format, arguments);
    if (why)
        fprintf(stderr, "%s%s", format ? ": " : "", why);
    fputc('\n', stderr);
}

void vwarn(const char *format, va_list arguments)
{
    say(format, arguments, strerror(errno));
}

void vwarnx(const char *format, va_list arguments)
{
    say(format, arguments, NULL);
}

void verr(int status, const char *format, va_list arguments)
{
    say(format, arguments, strerror(errno));
    exit(status);
}

void verrx(int status, const char *format, va_list arguments)
{
    say(format, arguments, NULL);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vwarn(format, arguments);
    va_end(arguments);
}

void warnx(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vwarnx(format, arguments);
    va_end(arguments);
}

void err(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    verr(status, format, arguments);
    va_end(arguments); /* not reached */
}

void errx(int status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    verrx(status, format, arguments);
    va_end(arguments); /* not reached */
}
