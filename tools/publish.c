/* SPDX-License-Identifier: MIT
 *
 * Published ports: read, checked, reserved.
 */
#include "publish.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "text.h"

#define ADDRESS_DEFAULT "127.0.0.1"

static _Noreturn void refuse(const char *option, const char *value, const char *what)
{
    die(EXIT_STATUS_USAGE, "%s %s: %s", option, value, what);
}

/* False when it is no number of a port. */
static bool read_port(const char *text, unsigned *port)
{
    size_t digits = strspn(text, "0123456789");
    if (!digits || text[digits] || digits > 5)
        return false;
    *port = (unsigned)atoi(text);
    return *port <= 65535;
}

/* The protocol behind the slash, which is cut off. */
static bool take_protocol(char *text, bool *udp)
{
    char *slash = strchr(text, '/');
    *udp = slash && strcmp(slash, "/udp") == 0;
    if (slash && !*udp && strcmp(slash, "/tcp") != 0)
        return false;
    if (slash)
        *slash = 0;
    return true;
}

static void check_address(const char *option, const char *value, const char *address)
{
    struct in_addr number;
    if (strpbrk(address, ":[]"))
        refuse(option, value, "ports are published on IPv4 addresses only");
    if (inet_pton(AF_INET, address, &number) != 1)
        refuse(option, value, "in front of the ports goes an IPv4 address, such as 0.0.0.0");
}

void publish_add(struct publications *list, const char *option, const char *value)
{
    struct publication one = {.text = value, .address = ADDRESS_DEFAULT};
    char *text = text_copy(value);
    if (!take_protocol(text, &one.udp))
        refuse(option, value, "after the slash goes tcp or udp");
    char *guest = strrchr(text, ':');
    if (guest)
        *guest++ = 0;
    if (!read_port(guest ? guest : text, &one.guest_port) || !one.guest_port)
        refuse(option, value,
               "expected [IP:]HOST:GUEST[/udp], such as 8080:80, the ports from 1 to 65535");
    char *host = guest ? strrchr(text, ':') : NULL;
    if (host) {
        *host++ = 0;
        one.address = text;
        check_address(option, value, one.address);
    } else {
        host = guest ? text : text + strlen(text);
    }
    if (*host && !read_port(host, &one.host_port))
        refuse(option, value, "the host's port is a number up to 65535, 0 or nothing for any");
    one.open = one.host_port == 0;
    list->at = memory_grow(list->at, list->count * sizeof one, (list->count + 1) * sizeof one);
    list->at[list->count++] = one;
}

static bool is_any(const char *address)
{
    return strcmp(address, "0.0.0.0") == 0;
}

static void check_twice(const struct publications *list, const struct publication *one)
{
    for (const struct publication *other = list->at; other < one; other++)
        if (!one->open && other->host_port == one->host_port && other->udp == one->udp &&
            (strcmp(other->address, one->address) == 0 || is_any(other->address) ||
             is_any(one->address)))
            die(EXIT_STATUS_USAGE, "-p %s and -p %s: the host's port %u is wanted twice",
                other->text, one->text, one->host_port);
}

static _Noreturn void refuse_port(const struct publication *one)
{
    if (errno == EADDRINUSE)
        die(EXIT_STATUS_NO_VM, "-p %s: port %u of %s is taken by another program", one->text,
            one->host_port, one->address);
    if (errno == EADDRNOTAVAIL)
        die(EXIT_STATUS_NO_VM, "-p %s: %s is no address of this machine", one->text, one->address);
    if (errno == EACCES)
        die(EXIT_STATUS_NO_VM, "-p %s: port %u is for root", one->text, one->host_port);
    die(EXIT_STATUS_NO_VM, "-p %s: %s", one->text, strerror(errno));
}

/* A TCP port stays bound without listening: programs that reuse addresses, as QEMU
 * does, may listen there; nobody is given it by chance. Two UDP sockets would both be
 * there, so that one is let go. */
static void reserve(struct publication *one)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)one->host_port),
    };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, (one->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, one->address, &address.sin_addr);
    if (fd < 0 || (!one->udp && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int))) ||
        bind(fd, (struct sockaddr *)&address, length) ||
        getsockname(fd, (struct sockaddr *)&address, &length))
        refuse_port(one);
    one->host_port = ntohs(address.sin_port);
    if (one->udp)
        close(fd);
}

void publish_reserve(struct publications *list)
{
    for (struct publication *one = list->at; one < list->at + list->count; one++)
        check_twice(list, one);
    for (int open = 0; open < 2; open++) /* last, so that they are not in the way of others */
        for (struct publication *one = list->at; one < list->at + list->count; one++)
            if (one->open == open)
                reserve(one);
}

void publish_tell(const struct publications *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->at[i].open)
            fprintf(stderr, "%u/%s -> %s:%u\n", list->at[i].guest_port,
                    list->at[i].udp ? "udp" : "tcp", list->at[i].address, list->at[i].host_port);
}
