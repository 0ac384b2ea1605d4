/* SPDX-License-Identifier: MIT
 *
 * Quoting and splitting of command lines.
 */
#include "quoting.h"

#include <string.h>

char *quote_always(const char *text)
{
    char *quoted = memory_new(strlen(text) * 4 + 3), *to = quoted;
    *to++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            to = stpcpy(to, "'\\''");
        else
            *to++ = *text;
    }
    *to = '\'';
    return quoted;
}

const char *quote_if_needed(const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_-+=./:,@%";
    return *text && !text[strspn(text, plain)] ? text : quote_always(text);
}

char *quote_list(const struct strings *words)
{
    size_t bytes = 1;
    for (size_t i = 0; i < words->count; i++)
        bytes += strlen(words->at[i]) * 4 + 3;
    char *line = memory_new(bytes), *to = line;
    for (size_t i = 0; i < words->count; i++) {
        if (i)
            *to++ = ' ';
        to = stpcpy(to, quote_if_needed(words->at[i]));
    }
    return line;
}

/* Copies one word from *from to *to, quotes removed; -1 when a quote is left open. */
static int split_word(const char **from, char **to)
{
    char quote = 0;
    for (; **from; (*from)++) {
        char c = **from;
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? 0 : c;
            continue;
        }
        if (!quote && strchr(" \t\n\r\v\f", c))
            break;
        char next = (*from)[1];
        if (c == '\\' && next && quote != '\'' && (!quote || strchr("\"\\$`", next)))
            c = *++*from;
        *(*to)++ = c;
    }
    return quote ? -1 : 0;
}

int quote_split(const char *text, struct strings *words)
{
    while (text += strspn(text, " \t\n\r\v\f"), *text) {
        char *word = memory_new(strlen(text) + 1), *to = word;
        if (split_word(&text, &to))
            return -1;
        strings_add(words, word);
    }
    return 0;
}
