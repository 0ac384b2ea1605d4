/* SPDX-License-Identifier: MIT
 *
 * What a failed assert() says. newlib's own version draws in a whole printf, and
 * every printf of a floating-point number has an assert in it.
 */
#include <assert.h>
#include <string.h>

#include "libc-glue/glue.h"

static void say(const char *words)
{
    fd_write(2, words, strlen(words));
}

static void say_number(int number)
{
    char digits[12];
    char *first = digits + sizeof(digits) - 1;

    *first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    say(first);
}

void __assert_func(const char *file, int line, const char *function, const char *condition)
{
    say(file);
    say(":");
    say_number(line);
    say(": ");
    if (function)
        say(function);
    say(": assertion failed: ");
    say(condition);
    say("\n");
    abort_now();
}

void __assert(const char *file, int line, const char *condition)
{
    __assert_func(file, line, NULL, condition);
}
