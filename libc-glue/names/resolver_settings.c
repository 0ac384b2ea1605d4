/* SPDX-License-Identifier: MIT
 *
 * Which name servers to ask and which domains to search: boot words first, then
 * /etc/resolv.conf, then what the network's configuration says.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/names.h"

#define DNS_PORT 53

bool resolver_server_parse(const char *text, struct resolver_server *to)
{
    struct host_address address;

    if (!host_address_parse(text, &address))
        return false;
    *to = (struct resolver_server){
        .family = address.family, .scope = address.scope, .port = DNS_PORT};
    memcpy(to->address, address.bytes, sizeof to->address);
    return true;
}

static void option_take(const char *option, struct resolver_settings *to)
{
    unsigned value =
        (unsigned)strtoul(option + strcspn(option, ":") + (strchr(option, ':') != NULL), NULL, 10);

    if (!strncmp(option, "ndots:", 6))
        to->ndots = value > 15 ? 15 : value;
    else if (!strncmp(option, "timeout:", 8))
        to->timeout_s = value > 30 ? 30 : value ? value : 1;
    else if (!strncmp(option, "attempts:", 9))
        to->attempts = value > 5 ? 5 : value ? value : 1;
    else if (!strcmp(option, "rotate"))
        to->rotate = true;
}

static void search_take(char *const *domains, int count, char to[DNS_NAME_BYTES])
{
    size_t length = 0;

    to[0] = 0;
    for (int i = 0; i < count; i++) {
        size_t bytes = strlen(domains[i]);
        if (!dns_name_is_host(domains[i]) || length + bytes + 2 > DNS_NAME_BYTES)
            continue;
        if (length)
            to[length++] = ' ';
        memcpy(to + length, domains[i], bytes + 1);
        length += bytes;
    }
}

/* resolv.conf(5). */
static void file_take(struct resolver_settings *to)
{
    struct names_file file;
    struct resolver_names *names = &to->names;

    if (!names_file_open(&file, "resolv.conf", ""))
        return;
    while (names_file_line(&file)) {
        char **words = file.words;
        if (!strcmp(words[0], "nameserver") && words[1] &&
            names->server_count < RESOLVER_SERVERS_MAX)
            names->server_count +=
                resolver_server_parse(words[1], &names->servers[names->server_count]);
        else if (!strcmp(words[0], "search") || (!strcmp(words[0], "domain") && words[1]))
            search_take(words + 1, words[0][0] == 'd' ? 1 : file.word_count - 1, names->search);
        else if (!strcmp(words[0], "options"))
            for (int i = 1; i < file.word_count; i++)
                option_take(words[i], to);
    }
    names_file_close(&file);
}

/* What an earlier source has said is not changed by a later one. */
static void names_join(struct resolver_names *to, const struct resolver_names *more, bool append)
{
    if (!to->server_count || append)
        for (unsigned i = 0; i < more->server_count && to->server_count < RESOLVER_SERVERS_MAX; i++)
            to->servers[to->server_count++] = more->servers[i];
    if (!to->search[0])
        memcpy(to->search, more->search, sizeof to->search);
}

void resolver_settings_read(struct resolver_settings *to)
{
    struct resolver_settings from_file = {.ndots = 1, .timeout_s = 5, .attempts = 2};
    struct resolver_names names;

    file_take(&from_file);
    *to = from_file;
    learned_names_get(NAMES_GIVEN, &to->names);
    names_join(&to->names, &from_file.names, false);
    if (to->names.server_count && to->names.search[0])
        return;
    bool none = !to->names.server_count;
    if (none && network_settle)
        network_settle();
    for (enum names_source source = NAMES_STATIC; source < NAMES_SOURCES; source++) {
        learned_names_get(source, &names);
        names_join(&to->names, &names, none);
    }
}
