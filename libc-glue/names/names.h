/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder offer to each other: names of hosts, services and
 * protocols, on top of the ordinary calls of POSIX, so that they also run (and are
 * tested) on the host.
 */
#ifndef GLUE_NAMES_H
#define GLUE_NAMES_H

#include <netdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libc-glue/names/dns_message.h"

#pragma GCC visibility push(hidden)

/* names_file.c: /etc/hosts and its like, line by line. */
#define NAMES_WORDS_MAX 40
struct names_file {
    char *text, *at;
    bool owned; /* text is malloc's */
    char *words[NAMES_WORDS_MAX + 1];
    int word_count;
};
extern const char *names_folder; /* /etc, but in tests */
/* Where there is no such file, `essentials` stand for it. False: no memory. */
bool names_file_open(struct names_file *file, const char *name, const char *essentials);
bool names_file_line(struct names_file *file); /* the next one with words in it */
void names_file_close(struct names_file *file);

/* resolver_settings.c: whom to ask, and for what. */
#define RESOLVER_SERVERS_MAX 3
#define RESOLVER_SEARCH_MAX  6
struct resolver_server {
    int family;
    unsigned char address[16];
    uint32_t scope;
    uint16_t port;
};
struct resolver_names { /* what one source of settings says */
    unsigned server_count;
    struct resolver_server servers[RESOLVER_SERVERS_MAX];
    char search[DNS_NAME_BYTES]; /* domains with spaces between them */
};
struct resolver_settings {
    struct resolver_names names;
    unsigned ndots, timeout_s, attempts;
    bool rotate;
};
void resolver_settings_read(struct resolver_settings *to);
bool resolver_server_parse(const char *text, struct resolver_server *to);

/* learned_names.c: what the network's configuration says, best source first. What stands
 * in /etc/resolv.conf comes after the first. */
enum names_source {
    NAMES_GIVEN,  /* boot words for it (thimble.dns=, thimble.search=) */
    NAMES_STATIC, /* the word ip= */
    NAMES_DHCP,
    NAMES_ROUTER, /* router advertisements */
    NAMES_DHCP6,
    NAMES_SOURCES
};
void learned_names_set(enum names_source source, const struct resolver_names *names);
void learned_names_get(enum names_source source, struct resolver_names *to);
/* Waits, not for long, while the network is being configured (net/). */
void network_settle(void) __attribute__((weak));

/* dns_client.c: asks the servers, as many questions at once as there are types. DNS_FOREIGN:
 * none of them answered. */
enum dns_verdict dns_ask(const struct resolver_settings *settings, const char *name,
                         const int *types, unsigned type_count, struct dns_answer *answers);

/* hosts.c: the addresses of a name and the name of an address, from the file, then by
 * DNS. 0 or EAI_... */
#define HOST_ADDRESSES_MAX (2 * DNS_ADDRESSES_MAX)
struct host_address {
    int family;
    unsigned char bytes[16];
    uint32_t scope;
};
struct host_list {
    char name[DNS_NAME_BYTES]; /* canonical */
    unsigned count;
    struct host_address addresses[HOST_ADDRESSES_MAX];
};
int hosts_find(const char *name, int family, struct host_list *to);
int hosts_find_name(const struct host_address *address, char to[DNS_NAME_BYTES]);
bool hosts_add(struct host_list *list, int family, const void *bytes, uint32_t scope);
/* Text as an address: with a scope, and in the loose forms of IPv4. */
bool host_address_parse(const char *text, struct host_address *to);
socklen_t host_address_name(const struct host_address *address, unsigned port, void *to);
/* Puts one name after another into a hostent's or servent's memory. */
struct names_room {
    char *at;
    size_t left_bytes;
};
void *names_room_take(struct names_room *room, size_t size_bytes, size_t alignment);
char *names_room_text(struct names_room *room, const char *text);
char **names_room_list(struct names_room *room, char *const *texts, size_t count);

/* address_order.c: which address to try first (RFC 6724). */
void address_order(struct host_address *addresses, unsigned count);

/* services.c: "http" and "tcp" to 80; the port in the order of the host, or -1. */
int service_find(const char *name, const char *protocol);

#pragma GCC visibility pop

#endif
