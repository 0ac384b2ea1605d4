/* SPDX-License-Identifier: MIT
 *
 * Datagrams to a group over a card come back to who is in it here, unless the sender has
 * asked for them not to: IPv4 and IPv6.
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

#define PORT 5353

/* The text comes back, or nothing does. */
static void hears(int fd, const char *text)
{
    struct pollfd one = {fd, POLLIN, 0};
    char got[64] = "";

    CHECK(poll(&one, 1, text ? 20000 : 500) == (text ? 1 : 0));
    if (text) {
        CHECK(recv(fd, got, sizeof got - 1, 0) == (ssize_t)strlen(text));
        CHECK_TEXT(got, text);
    }
}

static void group4(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    struct ip_mreqn group = {.imr_ifindex = (int)if_nametoindex("eth0")};
    int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0), off = 0;

    CHECK(group.imr_ifindex && bind(in, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK(inet_pton(AF_INET, "239.1.2.3", &to.sin_addr) == 1);
    group.imr_multiaddr = to.sin_addr;
    CHECK(setsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &group, sizeof group) == 0);
    CHECK(sendto(out, "nobody", 6, 0, (struct sockaddr *)&to, sizeof to) == 6);
    hears(in, NULL);
    CHECK(setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0);
    CHECK(sendto(out, "four", 4, 0, (struct sockaddr *)&to, sizeof to) == 4);
    hears(in, "four");
    CHECK(setsockopt(out, IPPROTO_IP, IP_MULTICAST_LOOP, &off, sizeof off) == 0);
    CHECK(sendto(out, "silent", 6, 0, (struct sockaddr *)&to, sizeof to) == 6);
    hears(in, NULL);
    close(in), close(out);
}

static void group6(const char *interface)
{
    struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(PORT)};
    struct ipv6_mreq group = {.ipv6mr_interface = if_nametoindex(interface)};
    int in = socket(AF_INET6, SOCK_DGRAM, 0), out = socket(AF_INET6, SOCK_DGRAM, 0);

    CHECK(bind(in, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK(inet_pton(AF_INET6, "ff02::1234", &to.sin6_addr) == 1);
    to.sin6_scope_id = group.ipv6mr_interface;
    group.ipv6mr_multiaddr = to.sin6_addr;
    CHECK(setsockopt(in, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group, sizeof group) == 0);
    CHECK(sendto(out, "six", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
    hears(in, "six");
    close(in), close(out);
}

int main(void)
{
    group4();
    group6("eth0");
    group6("lo");
    return success();
}
