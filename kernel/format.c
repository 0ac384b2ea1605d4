/* SPDX-License-Identifier: MIT
 *
 * The kernel's own small printf, so that a panic needs nothing of the C library:
 * %s %.*s %c %d %u %x %p with l, a width and leading zeros.
 */
#include "kernel/console.h"
#include "kernel/kernel.h"

#define LINE_BYTES 256

struct text {
    char *to;
    size_t max, length;
};

static void put(struct text *text, char c)
{
    if (text->length < text->max)
        text->to[text->length] = c;
    text->length++;
}

static void put_number(struct text *text, uint64_t value, unsigned base, int width, char pad)
{
    char digits[20];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > n; width--)
        put(text, pad);
    while (n)
        put(text, digits[--n]);
}

static void put_string(struct text *text, const char *s, int width, int precision)
{
    int n = 0;

    for (; s[n] && (precision < 0 || n < precision); n++)
        put(text, s[n]);
    for (; n < width; n++)
        put(text, ' ');
}

static void put_conversion(struct text *text, char kind, uint64_t value, int width, char pad)
{
    int64_t number = (int64_t)value;

    if (kind == 'd' && number < 0) {
        put(text, '-');
        value = -value;
    }
    if (kind == 'c')
        put(text, (char)value);
    else
        put_number(text, value, kind == 'x' || kind == 'p' ? 16 : 10, width, pad);
}

size_t format_text(char *to, size_t max, const char *format, va_list args)
{
    struct text text = {to, max, 0};

    for (; *format; format++) {
        if (*format != '%') {
            put(&text, *format);
            continue;
        }
        char pad = *++format == '0' ? '0' : ' ';
        int width = 0, precision = -1;
        while (*format >= '0' && *format <= '9')
            width = width * 10 + *format++ - '0';
        if (format[0] == '.' && format[1] == '*') {
            precision = va_arg(args, int);
            format += 2;
        }
        bool is_long = *format == 'l' || *format == 'z';
        format += is_long;
        if (*format == 's')
            put_string(&text, va_arg(args, const char *), width, precision);
        else if (*format == 'p' || is_long)
            put_conversion(&text, *format, va_arg(args, uint64_t), width, pad);
        else if (*format == 'd')
            put_conversion(&text, 'd', (uint64_t)va_arg(args, int), width, pad);
        else
            put_conversion(&text, *format, va_arg(args, unsigned), width, pad);
    }
    return text.length < max ? text.length : max;
}

size_t format_into(char *to, size_t max, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    size_t n = format_text(to, max - 1, format, args);
    va_end(args);
    to[n] = 0;
    return n;
}

void kprintf(const char *format, ...)
{
    char line[LINE_BYTES];
    va_list args;

    va_start(args, format);
    size_t n = format_text(line, sizeof line, format, args);
    va_end(args);
    console_write(CONSOLE_ERR, line, n);
}
