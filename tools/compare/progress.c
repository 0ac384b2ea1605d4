/* SPDX-License-Identifier: MIT
 *
 * Progress on standard error.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "comparison.h"

static char last[256];

static void start_of_line(bool terminal)
{
    if (terminal)
        fputs("\r\033[K", stderr);
}

void progress(const char *format, ...)
{
    char text[sizeof last];
    va_list arguments;
    bool terminal = isatty(STDERR_FILENO);
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* Elsewhere a line per step is enough: not one for every count. */
    size_t stem = strcspn(text, "0123456789");
    bool again = !terminal && strncmp(last, text, stem) == 0 && last[0];
    memcpy(last, text, sizeof last);
    if (again)
        return;
    start_of_line(terminal);
    fprintf(stderr, terminal ? "%.78s" : "%s\n", text);
    fflush(stderr);
}

void progress_end(void)
{
    start_of_line(isatty(STDERR_FILENO));
    last[0] = 0;
}
