/* SPDX-License-Identifier: MIT
 *
 * Addresses as text, in the one form that POSIX knows, and back (RFC 5952).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four decimal numbers without leading zeros and nothing behind them. */
static bool parse4(const char *text, unsigned char to[4])
{
    for (int i = 0; i < 4; i++) {
        unsigned value = 0;
        const char *start = text;
        while (*text >= '0' && *text <= '9' && text - start < 3)
            value = value * 10 + (unsigned)(*text++ - '0');
        if (text == start || value > 255 || (*start == '0' && text - start > 1))
            return false;
        to[i] = (unsigned char)value;
        if (*text++ != (i < 3 ? '.' : '\0'))
            return false;
    }
    return true;
}

/* Up to four hexadecimal digits. */
static const char *group_parse(const char *text, unsigned *value)
{
    const char *start = text;

    *value = 0;
    while (hex_value(*text) >= 0 && text - start < 4)
        *value = *value << 4 | (unsigned)hex_value(*text++);
    return text == start || hex_value(*text) >= 0 ? NULL : text;
}

static bool parse6(const char *text, unsigned char to[16])
{
    unsigned char bytes[16] = {0};
    int count = 0, gap = -1;

    if (text[0] == ':') {
        if (text[1] != ':')
            return false;
        text++;
    }
    for (;;) {
        unsigned value;
        if (*text == ':') {
            if (gap >= 0)
                return false;
            gap = count;
            text++;
        }
        if (!*text && gap == count)
            break;
        if (count <= 12 && parse4(text, bytes + count)) {
            count += 4;
            break;
        }
        text = group_parse(text, &value);
        if (!text || count == 16)
            return false;
        bytes[count++] = (unsigned char)(value >> 8);
        bytes[count++] = (unsigned char)value;
        if (!*text)
            break;
        if (*text++ != ':' || !*text)
            return false;
    }
    if (gap < 0 ? count != 16 : count > 14)
        return false;
    memset(to, 0, 16);
    if (gap < 0)
        gap = count;
    memcpy(to, bytes, (size_t)gap);
    memcpy(to + 16 - (count - gap), bytes + gap, (size_t)(count - gap));
    return true;
}

int inet_pton(int family, const char *restrict text, void *restrict to)
{
    unsigned char bytes[16];
    size_t size = family == AF_INET ? 4 : 16;

    if (family != AF_INET && family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if (!(family == AF_INET ? parse4(text, bytes) : parse6(text, bytes)))
        return 0;
    memcpy(to, bytes, size);
    return 1;
}

static char *decimal_put(char *to, unsigned value)
{
    if (value >= 100)
        *to++ = (char)('0' + value / 100);
    if (value >= 10)
        *to++ = (char)('0' + value / 10 % 10);
    *to++ = (char)('0' + value % 10);
    return to;
}

static char *put4(char *to, const unsigned char *bytes)
{
    for (int i = 0; i < 4; i++) {
        to = decimal_put(to, bytes[i]);
        *to++ = '.';
    }
    to[-1] = 0;
    return to - 1;
}

static char *group_put(char *to, unsigned value)
{
    bool begun = false;

    for (int shift = 12; shift >= 0; shift -= 4) {
        unsigned digit = value >> shift & 0xf;
        begun = begun || digit || !shift;
        if (begun)
            *to++ = "0123456789abcdef"[digit];
    }
    return to;
}

/* The longest row of zero groups, at least two of them. */
static int zeros_find(const unsigned groups[8], int *length)
{
    int best = -1;

    *length = 1;
    for (int i = 0, run = 0; i < 8; i++) {
        run = groups[i] ? 0 : run + 1;
        if (run > *length) {
            *length = run;
            best = i - run + 1;
        }
    }
    return best;
}

static void put6(char *to, const unsigned char *bytes)
{
    unsigned groups[8];
    int zeros, zeros_length;

    for (int i = 0; i < 8; i++)
        groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    zeros = zeros_find(groups, &zeros_length);
    bool has4 = zeros == 0 && (zeros_length == 6 || (zeros_length == 5 && groups[5] == 0xffff));
    for (int i = 0; i < 8;) {
        if (i == zeros) {
            *to++ = ':';
            if (!i)
                *to++ = ':';
            i += zeros_length;
        } else if (has4 && i == 6) {
            put4(to, bytes + 12);
            return;
        } else {
            to = group_put(to, groups[i++]);
            *to++ = ':';
        }
    }
    if (zeros < 0 || zeros + zeros_length < 8)
        to--;
    *to = 0;
}

const char *inet_ntop(int family, const void *restrict address, char *restrict to, socklen_t room)
{
    char text[INET6_ADDRSTRLEN];
    size_t length;

    if (family != AF_INET && family != AF_INET6) {
        errno = EAFNOSUPPORT;
        return NULL;
    }
    if (family == AF_INET)
        put4(text, address);
    else
        put6(text, address);
    length = strlen(text);
    if (length >= room) {
        errno = ENOSPC;
        return NULL;
    }
    memcpy(to, text, length + 1);
    return to;
}
