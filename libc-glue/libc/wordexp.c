/* SPDX-License-Identifier: MIT
 *
 * wordexp(): quotes, ~, $NAME, ${NAME}, ${NAME:-words}, patterns. There is no shell:
 * commands and arithmetic are WRDE_CMDSUB and WRDE_SYNTAX.
 */
#include <ctype.h>
#include <glob.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

/* The word that is being put together. What was quoted has a backslash before each
 * character, so that glob() takes it as it is. */
struct word {
    char *text;
    size_t length, room;
    bool begun;
};

struct expansion {
    const char *at;
    int flags;
    struct word word;
    wordexp_t *result;
};

static int word_put(struct word *word, char c, bool quoted)
{
    if (word->length + 3 > word->room) {
        size_t room = word->room ? 2 * word->room : 64;
        char *text = realloc(word->text, room);

        if (!text)
            return WRDE_NOSPACE;
        word->text = text;
        word->room = room;
    }
    if (quoted && strchr("*?[]\\", c) && c)
        word->text[word->length++] = '\\';
    word->text[word->length++] = c;
    word->text[word->length] = '\0';
    word->begun = true;
    return 0;
}

static int result_add(wordexp_t *result, const char *text)
{
    size_t count = result->we_offs + result->we_wordc;
    char **list = realloc(result->we_wordv, (count + 2) * sizeof *list);

    if (!list)
        return WRDE_NOSPACE;
    result->we_wordv = list;
    list[count] = strdup(text);
    list[count + 1] = NULL;
    if (!list[count])
        return WRDE_NOSPACE;
    result->we_wordc++;
    return 0;
}

static void unquote(char *text)
{
    char *to = text;

    for (; *text; text++) {
        if (*text == '\\' && text[1])
            text++;
        *to++ = *text;
    }
    *to = '\0';
}

/* The finished word, or the files whose names it matches. */
static int word_finish(struct expansion *e)
{
    glob_t files;
    int error = 0;

    if (!e->word.begun)
        return 0;
    if (!e->word.text && (error = word_put(&e->word, '\0', false)))
        return error;
    if (strpbrk(e->word.text, "*?[") && glob(e->word.text, 0, NULL, &files) == 0) {
        for (int i = 0; i < (int)files.gl_pathc && !error; i++)
            error = result_add(e->result, files.gl_pathv[i]);
        globfree(&files);
    } else {
        unquote(e->word.text);
        error = result_add(e->result, e->word.text);
    }
    e->word.length = 0;
    e->word.begun = false;
    if (e->word.text)
        e->word.text[0] = '\0';
    return error;
}

/* A value that was not quoted falls into words where it has blanks. */
static int value_put(struct expansion *e, const char *value, bool quoted)
{
    int error = 0;

    if (quoted)
        e->word.begun = true;
    for (; *value && !error; value++) {
        if (!quoted && strchr(" \t\n", *value))
            error = word_finish(e);
        else
            error = word_put(&e->word, *value, quoted);
    }
    return error;
}

static int variable(struct expansion *e, bool quoted)
{
    bool braces = e->at[1] == '{';
    const char *start = e->at + 1 + braces, *end = start;
    char *name = NULL, *otherwise = NULL;
    int error = WRDE_SYNTAX;

    if (e->at[1] == '(')
        return e->at[2] == '(' ? WRDE_SYNTAX : WRDE_CMDSUB;
    while (isalnum((unsigned char)*end) || *end == '_')
        end++;
    if (end == start && !braces)
        return e->at++, word_put(&e->word, '$', true);
    name = strndup(start, (size_t)(end - start));
    if (braces && end[0] == ':' && end[1] == '-') {
        start = end + 2;
        end = start + strcspn(start, "}");
        otherwise = strndup(start, (size_t)(end - start));
    }
    if (!braces || *end == '}') {
        const char *value = name ? getenv(name) : NULL;

        e->at = end + braces;
        if (otherwise && (!value || !*value))
            value = otherwise;
        error = !value && e->flags & WRDE_UNDEF ? WRDE_BADVAL
                                                : value_put(e, value ? value : "", quoted);
    }
    free(name);
    free(otherwise);
    return error;
}

static int tilde(struct expansion *e)
{
    size_t length = strcspn(e->at + 1, "/ \t\n");
    char *name = strndup(e->at + 1, length);
    struct passwd *user = NULL;
    const char *home;

    if (!name)
        return WRDE_NOSPACE;
    home = *name ? NULL : getenv("HOME");
    if (!home && (user = *name ? getpwnam(name) : getpwuid(0)))
        home = user->pw_dir;
    free(name);
    if (!home)
        return e->at++, word_put(&e->word, '~', true);
    e->at += 1 + length;
    return value_put(e, home, true);
}

static int double_quotes(struct expansion *e)
{
    int error = 0;

    e->word.begun = true;
    for (e->at++; *e->at != '"' && !error;) {
        if (!*e->at)
            return WRDE_SYNTAX;
        if (*e->at == '`')
            return WRDE_CMDSUB;
        if (*e->at == '$') {
            error = variable(e, true);
            continue;
        }
        if (*e->at == '\\' && e->at[1] && strchr("$`\"\\", e->at[1]))
            e->at++;
        error = word_put(&e->word, *e->at++, true);
    }
    e->at += !error;
    return error;
}

static int single_quotes(struct expansion *e)
{
    int error = 0;

    e->word.begun = true;
    for (e->at++; *e->at != '\'' && !error; e->at++) {
        if (!*e->at)
            return WRDE_SYNTAX;
        error = word_put(&e->word, *e->at, true);
    }
    e->at += !error;
    return error;
}

static int step(struct expansion *e)
{
    switch (*e->at) {
    case ' ':
    case '\t':
        e->at++;
        return word_finish(e);
    case '\'':
        return single_quotes(e);
    case '"':
        return double_quotes(e);
    case '$':
        return variable(e, false);
    case '`':
        return WRDE_CMDSUB;
    case '~':
        return e->word.begun ? (e->at++, word_put(&e->word, '~', true)) : tilde(e);
    case '\\':
        if (!e->at[1])
            return WRDE_SYNTAX;
        e->at += 2;
        return word_put(&e->word, e->at[-1], true);
    default:
        if (strchr("|&;<>(){}\n", *e->at))
            return WRDE_BADCHAR;
        return word_put(&e->word, *e->at++, false);
    }
}

int wordexp(const char *restrict words, wordexp_t *restrict result, int flags)
{
    struct expansion e = {.at = words, .flags = flags, .result = result};
    int error = 0;

    if (flags & WRDE_REUSE)
        wordfree(result);
    if (!(flags & WRDE_DOOFFS) && !(flags & WRDE_APPEND))
        result->we_offs = 0;
    if (!(flags & WRDE_APPEND)) {
        result->we_wordc = 0;
        result->we_wordv = calloc(result->we_offs + 1, sizeof *result->we_wordv);
        if (!result->we_wordv)
            return WRDE_NOSPACE;
    }
    while (*e.at && !error)
        error = step(&e);
    if (!error)
        error = word_finish(&e);
    free(e.word.text);
    if (error && error != WRDE_NOSPACE && !(flags & WRDE_APPEND)) {
        wordfree(result);
        result->we_wordc = 0;
    }
    return error;
}

void wordfree(wordexp_t *result)
{
    for (size_t i = 0; result->we_wordv && i < result->we_wordc; i++)
        free(result->we_wordv[result->we_offs + i]);
    free(result->we_wordv);
    result->we_wordv = NULL;
    result->we_wordc = 0;
}
