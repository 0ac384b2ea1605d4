/* SPDX-License-Identifier: MIT
 *
 * The older calls about hosts: one family at a time, results as struct hostent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "libc-glue/names/names.h"

#define ROOM_BYTES 8192

int *__h_errno_location(void)
{
    static _Thread_local int value;

    return &value;
}

const char *hstrerror(int error)
{
    switch (error) {
    case NETDB_SUCCESS:
        return "Resolver Error 0 (no error)";
    case HOST_NOT_FOUND:
        return "Unknown host";
    case TRY_AGAIN:
        return "Host name lookup failure";
    case NO_RECOVERY:
        return "Unknown server error";
    case NO_DATA:
        return "No address associated with name";
    default:
        return error < 0 ? "Resolver internal error" : "Unknown resolver error";
    }
}

void herror(const char *words)
{
    bool has_words = words && *words;

    fprintf(stderr, "%s%s%s\n", has_words ? words : "", has_words ? ": " : "", hstrerror(h_errno));
}

/* What an EAI_ error is called here. The result is glibc's: 0 where there is no such
 * host. */
static int fail(int error, int *reason)
{
    switch (error) {
    case EAI_AGAIN:
        *reason = TRY_AGAIN;
        return EAGAIN;
    case EAI_NODATA:
        *reason = NO_DATA;
        return 0;
    case EAI_NONAME:
        *reason = HOST_NOT_FOUND;
        return 0;
    default:
        *reason = NO_RECOVERY;
        return EINVAL;
    }
}

static int entry_fill(const struct host_list *list, int family, struct hostent *entry, char *memory,
                      size_t bytes)
{
    struct names_room room = {memory, bytes};
    size_t length = family == AF_INET ? 4 : 16, count = 0;
    char **addresses =
        names_room_take(&room, (list->count + 1) * sizeof *addresses, sizeof(char *));
    char **aliases = names_room_list(&room, NULL, 0);

    for (unsigned i = 0; i < list->count && addresses; i++) {
        char *to = names_room_take(&room, length, 4);
        if (!to)
            return ERANGE;
        addresses[count++] = memcpy(to, list->addresses[i].bytes, length);
    }
    if (addresses)
        addresses[count] = NULL;
    *entry = (struct hostent){
        .h_name = names_room_text(&room, list->name),
        .h_aliases = aliases,
        .h_addrtype = family,
        .h_length = (int)length,
        .h_addr_list = addresses,
    };
    return room.at ? 0 : ERANGE;
}

int gethostbyname2_r(const char *restrict name, int family, struct hostent *restrict entry,
                     char *restrict memory, size_t bytes, struct hostent **restrict result,
                     int *restrict reason)
{
    struct host_address address;
    struct host_list list = {.count = 0};
    int error = 0;

    *result = NULL;
    if (family != AF_INET && family != AF_INET6) {
        *reason = NETDB_INTERNAL;
        return EAFNOSUPPORT;
    }
    if (host_address_parse(name, &address)) {
        if (address.family != family)
            return fail(EAI_NONAME, reason);
        snprintf(list.name, sizeof list.name, "%s", name);
        hosts_add(&list, family, address.bytes, 0);
    } else {
        error = hosts_find(name, family, &list);
        if (error)
            return fail(error, reason);
        address_order(list.addresses, list.count);
    }
    error = entry_fill(&list, family, entry, memory, bytes);
    *reason = error ? NETDB_INTERNAL : NETDB_SUCCESS;
    if (!error)
        *result = entry;
    return error;
}

int gethostbyname_r(const char *restrict name, struct hostent *restrict entry,
                    char *restrict memory, size_t bytes, struct hostent **restrict result,
                    int *restrict reason)
{
    return gethostbyname2_r(name, AF_INET, entry, memory, bytes, result, reason);
}

int gethostbyaddr_r(const void *restrict bytes_at, socklen_t length, int family,
                    struct hostent *restrict entry, char *restrict memory, size_t bytes,
                    struct hostent **restrict result, int *restrict reason)
{
    struct host_list list = {.count = 0};
    int error;

    *result = NULL;
    if (length != (family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0)) {
        *reason = NETDB_INTERNAL;
        return EINVAL;
    }
    hosts_add(&list, family, bytes_at, 0);
    error = hosts_find_name(&list.addresses[0], list.name);
    if (error)
        return fail(error, reason);
    error = entry_fill(&list, family, entry, memory, bytes);
    *reason = error ? NETDB_INTERNAL : NETDB_SUCCESS;
    if (!error)
        *result = entry;
    return error;
}

/* ---- in memory of ours, until the next call ---- */

static struct hostent own_entry;
static char own_memory[ROOM_BYTES];

struct hostent *gethostbyname2(const char *name, int family)
{
    struct hostent *result;

    gethostbyname2_r(name, family, &own_entry, own_memory, sizeof own_memory, &result, &h_errno);
    return result;
}

struct hostent *gethostbyname(const char *name)
{
    return gethostbyname2(name, AF_INET);
}

struct hostent *gethostbyaddr(const void *bytes, socklen_t length, int family)
{
    struct hostent *result;

    gethostbyaddr_r(bytes, length, family, &own_entry, own_memory, sizeof own_memory, &result,
                    &h_errno);
    return result;
}
