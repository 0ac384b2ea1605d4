/* SPDX-License-Identifier: MIT */
#include "libc-glue/host_name.h"

#include <string.h>

#include "kernel/boot_options.h"

#define WORD_BYTES    256
#define IP_WORD_FIELD 4 /* of ip=: the host's name */

static char given[HOST_NAME_BYTES], learned[HOST_NAME_BYTES];
static bool looked;

bool host_name_is_good(const char *name)
{
    size_t length =
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.");

    return length && length < HOST_NAME_BYTES && !name[length] && *name != '.' && *name != '-' &&
           !strstr(name, "..");
}

static bool take(const char *name)
{
    if (!host_name_is_good(name))
        return false;
    strcpy(given, name);
    return true;
}

static void words_look(void)
{
    char word[WORD_BYTES];

    if (boot_word("thimble.hostname=", 0, word, sizeof word) && take(word))
        return;
    for (unsigned n = 0; boot_word("ip=", n, word, sizeof word); n++) {
        char *field = word;
        for (int i = 0; i < IP_WORD_FIELD && field; i++) {
            field = strchr(field, ':');
            if (field)
                field++;
        }
        if (!field)
            continue;
        field[strcspn(field, ":")] = 0;
        if (take(field))
            return;
    }
}

bool host_name_is_given(void)
{
    if (!looked)
        words_look();
    looked = true;
    return given[0];
}

const char *host_name(void)
{
    return host_name_is_given() ? given : learned[0] ? learned : "thimble";
}

void host_name_learn(const char *name)
{
    if (!*name || host_name_is_good(name))
        strcpy(learned, name);
}
