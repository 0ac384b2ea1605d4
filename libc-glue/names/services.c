/* SPDX-License-Identifier: MIT
 *
 * Names of services: /etc/services, or those that programs ask for.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "libc-glue/names/names.h"

#define ROOM_BYTES 1024

static const char essentials[] = "echo 7/tcp\necho 7/udp\n"
                                 "discard 9/tcp sink null\ndiscard 9/udp sink null\n"
                                 "daytime 13/tcp\ndaytime 13/udp\n"
                                 "chargen 19/tcp\nchargen 19/udp\n"
                                 "ftp-data 20/tcp\nftp 21/tcp\nssh 22/tcp\ntelnet 23/tcp\n"
                                 "smtp 25/tcp mail\ntime 37/tcp timserver\ntime 37/udp timserver\n"
                                 "domain 53/tcp\ndomain 53/udp\nbootps 67/udp\nbootpc 68/udp\n"
                                 "tftp 69/udp\ngopher 70/tcp\nfinger 79/tcp\nhttp 80/tcp www\n"
                                 "kerberos 88/tcp\nkerberos 88/udp\npop3 110/tcp\n"
                                 "sunrpc 111/tcp portmapper\nsunrpc 111/udp portmapper\n"
                                 "nntp 119/tcp\nntp 123/udp\nimap2 143/tcp imap\n"
                                 "snmp 161/tcp\nsnmp 161/udp\nsnmp-trap 162/udp\n"
                                 "irc 194/tcp\nldap 389/tcp\nldap 389/udp\n"
                                 "https 443/tcp\nhttps 443/udp\nsubmissions 465/tcp smtps\n"
                                 "syslog 514/udp\nsubmission 587/tcp\nldaps 636/tcp\n"
                                 "domain-s 853/tcp\nrsync 873/tcp\nimaps 993/tcp\npop3s 995/tcp\n"
                                 "openvpn 1194/udp\nnfs 2049/tcp\nnfs 2049/udp\n"
                                 "mysql 3306/tcp\nsip 5060/tcp\nsip 5060/udp\n"
                                 "mdns 5353/udp\npostgresql 5432/tcp\namqp 5672/tcp\n"
                                 "http-alt 8080/tcp webcache\nhttp-alt 8080/udp\n";

/* A line `NAME PORT/PROTOCOL ALIAS...`, its port taken apart. */
static bool line_parse(struct names_file *file, int *port, char **protocol)
{
    char *slash = file->word_count > 1 ? strchr(file->words[1], '/') : NULL;

    if (!slash)
        return false;
    *port = atoi(file->words[1]);
    *protocol = slash + 1;
    return *port >= 0 && *port < 65536;
}

static bool name_is_here(const struct names_file *file, const char *name)
{
    for (int i = 0; i < file->word_count; i++)
        if (i != 1 && !strcmp(file->words[i], name))
            return true;
    return false;
}

/* The next line that fits; NULL and -1 fit all. */
static bool line_find(struct names_file *file, const char *name, int port, const char *protocol,
                      int *port_found, char **protocol_found)
{
    while (names_file_line(file))
        if (line_parse(file, port_found, protocol_found) &&
            (!protocol || !strcmp(protocol, *protocol_found)) &&
            (port < 0 || port == *port_found) && (!name || name_is_here(file, name)))
            return true;
    return false;
}

int service_find(const char *name, const char *protocol)
{
    struct names_file file;
    int port = -1;
    char *found;

    if (!names_file_open(&file, "services", essentials))
        return -1;
    if (!line_find(&file, name, -1, protocol, &port, &found))
        port = -1;
    names_file_close(&file);
    return port;
}

/* 0, or ERANGE when the caller's memory is too small. */
static int entry_fill(struct names_file *file, int port, const char *protocol,
                      struct servent *entry, char *memory, size_t bytes)
{
    struct names_room room = {memory, bytes};

    entry->s_aliases = names_room_list(&room, file->words + 2, (size_t)file->word_count - 2);
    entry->s_name = names_room_text(&room, file->words[0]);
    entry->s_proto = names_room_text(&room, protocol);
    entry->s_port = htons((uint16_t)port);
    return room.at ? 0 : ERANGE;
}

static int entry_find(const char *name, int port, const char *protocol, struct servent *entry,
                      char *memory, size_t bytes, struct servent **result)
{
    struct names_file file;
    int error = ENOENT;
    char *found;

    *result = NULL;
    if (!names_file_open(&file, "services", essentials))
        return ENOMEM;
    if (line_find(&file, name, port, protocol, &port, &found))
        error = entry_fill(&file, port, found, entry, memory, bytes);
    names_file_close(&file);
    if (!error)
        *result = entry;
    return error;
}

int getservbyname_r(const char *restrict name, const char *restrict protocol,
                    struct servent *restrict entry, char *restrict memory, size_t bytes,
                    struct servent **restrict result)
{
    return entry_find(name, -1, protocol, entry, memory, bytes, result);
}

int getservbyport_r(int port, const char *restrict protocol, struct servent *restrict entry,
                    char *restrict memory, size_t bytes, struct servent **restrict result)
{
    return entry_find(NULL, ntohs((uint16_t)port), protocol, entry, memory, bytes, result);
}

/* ---- in memory of ours, until the next call ---- */

static struct servent own_entry;
static char own_memory[ROOM_BYTES];

struct servent *getservbyname(const char *name, const char *protocol)
{
    struct servent *result;

    getservbyname_r(name, protocol, &own_entry, own_memory, sizeof own_memory, &result);
    return result;
}

struct servent *getservbyport(int port, const char *protocol)
{
    struct servent *result;

    getservbyport_r(port, protocol, &own_entry, own_memory, sizeof own_memory, &result);
    return result;
}

static struct names_file all;

void setservent(int stay_open)
{
    (void)stay_open;
    endservent();
}

void endservent(void)
{
    if (all.text)
        names_file_close(&all);
}

struct servent *getservent(void)
{
    char *protocol;
    int port;

    if (!all.text && !names_file_open(&all, "services", essentials))
        return NULL;
    if (!line_find(&all, NULL, -1, NULL, &port, &protocol) ||
        entry_fill(&all, port, protocol, &own_entry, own_memory, sizeof own_memory))
        return NULL;
    return &own_entry;
}
