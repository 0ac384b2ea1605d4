/* SPDX-License-Identifier: MIT
 *
 * syslog(): lines on standard error, "name[pid]: words", one write each. What the
 * program logs is what whoever runs the machine sees.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "kernel/program.h"

#define LINE_BYTES 1024

static const char *log_name;
static int log_options, log_mask = LOG_UPTO(LOG_DEBUG);

void openlog(const char *name, int options, int facility)
{
    (void)facility;
    log_name = name;
    log_options = options;
}

void closelog(void)
{
    log_name = NULL;
    log_options = 0;
}

int setlogmask(int mask)
{
    int before = log_mask;

    if (mask)
        log_mask = mask;
    return before;
}

/* Puts the words of errno in the place of %m, which printf() does not know. */
static void format_complete(const char *format, const char *words, char *to, size_t size_bytes)
{
    size_t at = 0;

    for (; *format && at + 2 < size_bytes; format++) {
        if (format[0] == '%' && format[1] == 'm') {
            for (const char *w = words; *w && at + 2 < size_bytes; w++) {
                to[at++] = *w;
                if (*w == '%')
                    to[at++] = '%';
            }
            format++;
            continue;
        }
        if (format[0] == '%' && format[1])
            to[at++] = *format++;
        to[at++] = *format;
    }
    to[at] = '\0';
}

void vsyslog(int priority, const char *format, va_list arguments)
{
    int error = errno, used;
    char complete[LINE_BYTES], line[LINE_BYTES];
    const char *name = log_name ? log_name : program_argv[0];

    if (!(LOG_MASK(LOG_PRI(priority)) & log_mask))
        return;
    format_complete(format, strerror(error), complete, sizeof complete);
    if (log_options & LOG_PID)
        used = snprintf(line, sizeof line, "%s[%d]: ", name, (int)getpid());
    else
        used = snprintf(line, sizeof line, "%s: ", name);
    if (used > LINE_BYTES / 2)
        used = LINE_BYTES / 2;
    int length = vsnprintf(line + used, sizeof line - (size_t)used - 1, complete, arguments);
    size_t end = length < 0 ? (size_t)used : strlen(line);
    if (end == 0 || line[end - 1] != '\n')
        line[end++] = '\n';
    fflush(stderr);
    if (write(STDERR_FILENO, line, end) < 0)
        errno = error; /* there is nobody left to tell */
    errno = error;
}

void syslog(int priority, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsyslog(priority, format, arguments);
    va_end(arguments);
}
