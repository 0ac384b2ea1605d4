/* SPDX-License-Identifier: MIT
 *
 * Messages on standard error; see error.h for the convention.
 */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *program_name = "mkimage";

/* One write per message, so that lines of parallel tools do not mix. */
static void print(const char *format, va_list arguments)
{
    char line[8192];
    int used = snprintf(line, sizeof line, "%s: ", program_name);
    vsnprintf(line + used, sizeof line - (size_t)used, format, arguments);
    fflush(stdout);
    fprintf(stderr, "%s\n", line);
}

void die(int status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
    exit(status);
}

void warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
}

int failed(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
    return -1;
}
