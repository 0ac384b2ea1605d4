/* SPDX-License-Identifier: MIT
 *
 * Words of the kernel command line, quoted as in a POSIX shell: '...' is literal,
 * in "..." a backslash stands before " and \, elsewhere before any character.
 */
#include "kernel/kernel.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Takes the next character's quotes off. Returns false when it only opened or
 * closed a quotation. */
static bool character_next(const char **at, char *quote, char *c)
{
    *c = *(*at)++;
    if (*quote ? *c == *quote : *c == '\'' || *c == '"') {
        *quote = *quote ? 0 : *c;
        return false;
    }
    bool escapes = *quote == '"' ? **at == '"' || **at == '\\' : !*quote && **at;
    if (*c == '\\' && escapes)
        *c = *(*at)++;
    return true;
}

long cmdline_next(struct cmdline *line, char *word, size_t max)
{
    const char *at = line->at;
    char quote = 0, c;
    size_t length = 0;

    while (is_space(*at))
        at++;
    line->at = at;
    if (!*at)
        return -1;
    while (*at && (quote || !is_space(*at))) {
        if (!character_next(&at, &quote, &c))
            continue;
        if (word && length + 1 < max)
            word[length] = c;
        length++;
    }
    if (word && max)
        word[length < max ? length : max - 1] = 0;
    line->word_quoted = false;
    for (const char *p = line->at; p < at; p++)
        if (*p == '\'' || *p == '"' || *p == '\\')
            line->word_quoted = true;
    line->at = at;
    return (long)length;
}
