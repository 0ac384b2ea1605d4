/* SPDX-License-Identifier: MIT
 *
 * Boot parameters that concern the layers above, in programs that ask for them.
 */
#include "kernel/boot_options.h"

struct boot_options boot_options;

static bool starts(const char *text, const char *prefix)
{
    while (*prefix)
        if (*text++ != *prefix++)
            return false;
    return true;
}

static uint64_t number_parse(const char **text)
{
    uint64_t value = 0;

    for (; **text >= '0' && **text <= '9'; ++*text)
        value = value * 10 + (uint64_t)(**text - '0');
    return value;
}

static void size_parse(const char *text)
{
    boot_options.rows = (unsigned short)number_parse(&text);
    if (*text == 'x')
        text++;
    boot_options.columns = (unsigned short)number_parse(&text);
}

static void size_bytes_parse(const char *text)
{
    boot_options.files_max_bytes = number_parse(&text);
}

bool boot_option_apply(const char *option)
{
    if (starts(option, "root=ro"))
        boot_options.root_read_only = true;
    else if (starts(option, "size="))
        size_parse(option + sizeof "size=" - 1);
    else if (starts(option, "files-max="))
        size_bytes_parse(option + sizeof "files-max=" - 1);
    else if (starts(option, "writable=") && boot_options.writable_count < WRITABLE_MAX) {
        boot_options.writable[boot_options.writable_count++] = option + sizeof "writable=" - 1;
        return true;
    }
    return false;
}
