/* SPDX-License-Identifier: MIT
 *
 * Words of the kernel command line by their beginning, those for the program's
 * arguments (behind `--`) aside.
 */
#include "kernel/boot_options.h"
#include "kernel/kernel.h"

static bool starts(const char *text, const char *prefix)
{
    while (*prefix && *prefix == *text)
        prefix++, text++;
    return !*prefix;
}

bool boot_word(const char *prefix, unsigned n, char *to, size_t max)
{
    struct cmdline line = {.at = boot_info.command_line + placement.image_distance};
    size_t skip = 0;
    long length;

    while (prefix[skip])
        skip++;
    while ((length = cmdline_next(&line, to, max)) >= 0) {
        if (length == 2 && starts(to, "--") && !line.word_quoted)
            break;
        if (!starts(to, prefix) || n--)
            continue;
        for (size_t i = 0; i + skip < max && (i == 0 || to[i - 1]); i++)
            to[i] = to[i + skip];
        return true;
    }
    return false;
}
