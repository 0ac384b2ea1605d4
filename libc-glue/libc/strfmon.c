/* SPDX-License-Identifier: MIT
 *
 * strfmon() as the C locale has it: no currency, a point, no groups.
 */
#include <errno.h>
#include <math.h>
#include <monetary.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define AMOUNT_BYTES 400 /* the largest double has 309 digits */

struct conversion {
    char fill;
    bool parentheses, to_left;
    int width, left_digits, right_digits;
};

static int number_take(const char **at)
{
    int number = 0;

    while (**at >= '0' && **at <= '9' && number < 1000)
        number = number * 10 + *(*at)++ - '0';
    return number;
}

static const char *conversion_take(const char *at, struct conversion *conversion)
{
    *conversion = (struct conversion){.fill = ' ', .left_digits = -1, .right_digits = 2};
    for (;; at++) {
        if (*at == '=' && at[1])
            conversion->fill = *++at;
        else if (*at == '(')
            conversion->parentheses = true;
        else if (*at == '-')
            conversion->to_left = true;
        else if (*at != '^' && *at != '+' && *at != '!')
            break;
    }
    conversion->width = number_take(&at);
    if (*at == '#') {
        at++;
        conversion->left_digits = number_take(&at);
    }
    if (*at == '.') {
        at++;
        conversion->right_digits = number_take(&at);
    }
    return at;
}

/* The amount with its sign, padded to the digits that were asked for. */
static void amount_write(double amount, const struct conversion *c, char *to, size_t size_bytes)
{
    char digits[AMOUNT_BYTES], fill[AMOUNT_BYTES];
    int right = c->right_digits > 64 ? 64 : c->right_digits;
    int length = snprintf(digits, sizeof digits, "%.*f", right, fabs(amount));
    int left = length - (right ? right + 1 : 0);
    int missing = c->left_digits > left ? c->left_digits - left : 0;
    bool negative = signbit(amount), framed = c->left_digits >= 0;

    if (missing > (int)sizeof fill - 1)
        missing = sizeof fill - 1;
    memset(fill, c->fill, (size_t)missing);
    fill[missing] = '\0';
    snprintf(to, size_bytes, "%s%s%s%s",
             negative ? c->parentheses ? "(" : "-"
             : framed ? " "
                      : "",
             fill, digits,
             c->parentheses ? negative ? ")"
                              : framed ? " "
                                       : ""
                            : "");
}

static ssize_t format_all(char *to, size_t size_bytes, const char *format, va_list arguments)
{
    size_t at = 0;

    for (; *format; format++) {
        char text[2 * AMOUNT_BYTES] = {*format, '\0'};
        struct conversion conversion = {0};

        if (*format == '%') {
            format = conversion_take(format + 1, &conversion);
            if (*format == 'n' || *format == 'i') {
                amount_write(va_arg(arguments, double), &conversion, text, sizeof text);
            } else if (*format != '%') {
                errno = EINVAL;
                return -1;
            }
        }
        int pad = conversion.width - (int)strlen(text);
        int needed =
            snprintf(to + at, size_bytes - at, "%*s%s%*s", pad > 0 && !conversion.to_left ? pad : 0,
                     "", text, pad > 0 && conversion.to_left ? pad : 0, "");
        if ((size_t)needed >= size_bytes - at) {
            errno = E2BIG;
            return -1;
        }
        at += (size_t)needed;
    }
    if (at < size_bytes)
        to[at] = '\0';
    return (ssize_t)at;
}

ssize_t strfmon(char *restrict to, size_t size_bytes, const char *restrict format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    ssize_t length = format_all(to, size_bytes, format, arguments);
    va_end(arguments);
    return length;
}

ssize_t strfmon_l(char *restrict to, size_t size_bytes, locale_t locale,
                  const char *restrict format, ...)
{
    va_list arguments;

    (void)locale;
    va_start(arguments, format);
    ssize_t length = format_all(to, size_bytes, format, arguments);
    va_end(arguments);
    return length;
}
