/* SPDX-License-Identifier: MIT
 *
 * Sorts out linker words. Those that speak of shared libraries, of the program's
 * loader or of stripping mean nothing for an image and are left out; those that
 * would move it elsewhere are refused; the rest goes to the linker.
 */
#include "cc_link_words.h"

#include <string.h>

enum word_fate { IGNORE, IGNORE_WITH_VALUE, REFUSE };

static const struct word_row {
    const char *word;
    enum word_fate fate;
} rows[] = {
    {"-E", IGNORE},
    {"--export-dynamic", IGNORE},
    {"-export-dynamic", IGNORE},
    {"-rpath", IGNORE_WITH_VALUE},
    {"--rpath", IGNORE_WITH_VALUE},
    {"-rpath-link", IGNORE_WITH_VALUE},
    {"--rpath-link", IGNORE_WITH_VALUE},
    {"-R", IGNORE_WITH_VALUE},
    {"-soname", IGNORE_WITH_VALUE},
    {"-h", IGNORE_WITH_VALUE},
    {"-z", IGNORE_WITH_VALUE},
    {"-e", IGNORE_WITH_VALUE},
    {"--entry", IGNORE_WITH_VALUE},
    {"-dynamic-linker", IGNORE_WITH_VALUE},
    {"--dynamic-linker", IGNORE_WITH_VALUE},
    {"--version-script", IGNORE_WITH_VALUE},
    {"--dynamic-list", IGNORE_WITH_VALUE},
    {"-m", IGNORE_WITH_VALUE},
    {"--hash-style", IGNORE_WITH_VALUE},
    {"--build-id", IGNORE},
    {"-Bsymbolic", IGNORE},
    {"-Bsymbolic-functions", IGNORE},
    {"-Bstatic", IGNORE},
    {"-Bdynamic", IGNORE},
    {"-static", IGNORE},
    {"-pie", IGNORE},
    {"-no-pie", IGNORE},
    {"--as-needed", IGNORE},
    {"--no-as-needed", IGNORE},
    {"--enable-new-dtags", IGNORE},
    {"--disable-new-dtags", IGNORE},
    {"--eh-frame-hdr", IGNORE},
    {"--no-undefined", IGNORE},
    {"--strip-all", IGNORE},
    {"--strip-debug", IGNORE},
    {"--gc-sections", IGNORE},
    {"--no-gc-sections", IGNORE},
    {"-s", IGNORE},
    {"-S", IGNORE},
    {"-x", IGNORE},
    {"-X", IGNORE},
    {"--discard-all", IGNORE},
    {"--discard-locals", IGNORE},
    {"-T", REFUSE},
    {"--script", REFUSE},
    {"-Ttext", REFUSE},
    {"-shared", REFUSE},
    {"-r", REFUSE},
    {"--relocatable", REFUSE},
};

static const struct word_row *find(const char *word)
{
    size_t length = strcspn(word, "=");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strlen(rows[i].word) == length && strncmp(rows[i].word, word, length) == 0)
            return &rows[i];
    return NULL;
}

void link_word_add(struct request *request, const char *word)
{
    if (request->link_value_ignored) {
        request->link_value_ignored = false;
        return;
    }
    const struct word_row *row = find(word);
    if (!row)
        request_add_input(request, INPUT_LINK, word);
    else if (row->fate == REFUSE)
        die(EXIT_STATUS_FAILED, "%s: an image is always linked whole, at its own address", word);
    else
        request->link_value_ignored = row->fate == IGNORE_WITH_VALUE && !strchr(word, '=');
}

void link_words_add(struct request *request, const char *words)
{
    char *list = text_copy(words), *rest = list;
    for (char *word; (word = strsep(&rest, ","));)
        link_word_add(request, word);
}
