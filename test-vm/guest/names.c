/* SPDX-License-Identifier: MIT
 *
 * Names that need no network: addresses as text, services, protocols, the loopback
 * interface, this machine.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

static void addresses(void)
{
    unsigned char bytes[16];
    char text[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct ether_addr ether;

    CHECK(inet_pton(AF_INET6, "2001:db8::10.0.0.1", bytes) == 1);
    CHECK(!strcmp(inet_ntop(AF_INET6, bytes, text, sizeof text), "2001:db8::a00:1"));
    CHECK(inet_aton("10.1", &v4) && v4.s_addr == htonl(0x0a000001));
    CHECK(!strcmp(inet_ntoa(v4), "10.0.0.1"));
    CHECK(inet_addr("x") == INADDR_NONE && inet_network("10.1") == 0x0a01);
    CHECK(inet_netof(v4) == 10 && inet_lnaof(v4) == 1 && inet_makeaddr(10, 1).s_addr == v4.s_addr);
    CHECK(IN6_IS_ADDR_LOOPBACK(&in6addr_loopback) && IN6_IS_ADDR_UNSPECIFIED(&in6addr_any));
    CHECK((htons)(0x1234) == htons(0x1234) && (ntohl)(htonl(7)) == 7);
    CHECK(ether_aton_r("52:54:0:1:2:3", &ether) && ether_aton("1:2:3:4:5:6"));
    CHECK(!strcmp(ether_ntoa(&ether), "52:54:0:1:2:3"));
}

static void databases(void)
{
    struct servent *service = getservbyname("https", "tcp");

    CHECK(service && service->s_port == htons(443));
    CHECK(!strcmp(getservbyport(htons(22), "tcp")->s_name, "ssh"));
    setservent(1);
    CHECK(getservent() && getservent());
    endservent();
    CHECK(getprotobyname("udp")->p_proto == IPPROTO_UDP);
    CHECK(!strcmp(getprotobynumber(IPPROTO_ICMP)->p_name, "icmp"));
    setprotoent(0);
    CHECK(getprotoent()->p_proto == 0);
    endprotoent();
    CHECK(getnetbyname("loopback") && getnetbyaddr(0x7f000000, AF_INET) && getnetent());
    endnetent();
    sethostent(0);
    CHECK(!strcmp(gethostent()->h_name, "localhost"));
    endhostent();
}

static void hosts(void)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_PASSIVE, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(80)};
    char host[NI_MAXHOST], service[NI_MAXSERV], own[65];

    CHECK(!getaddrinfo(NULL, "http", &hints, &list));
    CHECK(list->ai_next && !list->ai_next->ai_next);
    freeaddrinfo(list);
    CHECK(getaddrinfo("no number", "80", &hints, &list) == EAI_NONAME);
    CHECK(!strcmp(gai_strerror(EAI_NONAME), "Name or service not known"));
    hints.ai_flags = 0;
    CHECK(!getaddrinfo("localhost", "80", &hints, &list) && list->ai_next);
    freeaddrinfo(list);
    CHECK(!gethostname(own, sizeof own) && !getaddrinfo(own, NULL, &hints, &list));
    freeaddrinfo(list);
    CHECK(gethostbyname("localhost") && gethostbyname("127.0.0.1"));
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(!getnameinfo((struct sockaddr *)&name, sizeof name, host, sizeof host, service,
                       sizeof service, 0));
    CHECK(!strcmp(host, "localhost") && !strcmp(service, "http"));
    CHECK(!strcmp(hstrerror(HOST_NOT_FOUND), "Unknown host"));
}

static void interfaces(void)
{
    struct if_nameindex *names = if_nameindex();
    struct ifaddrs *list;
    char name[IF_NAMESIZE];
    int loopbacks = 0;

    CHECK(names && names[0].if_index == 1 && !strcmp(names[0].if_name, "lo"));
    if_freenameindex(names);
    CHECK(if_nametoindex("lo") == 1 && !strcmp(if_indextoname(1, name), "lo"));
    CHECK(!if_nametoindex("eth77") && !if_indextoname(77, name));
    CHECK(!getifaddrs(&list));
    for (struct ifaddrs *at = list; at; at = at->ifa_next)
        loopbacks += at->ifa_flags & IFF_LOOPBACK && at->ifa_netmask;
    freeifaddrs(list);
    CHECK(loopbacks == 2);
}

int main(void)
{
    addresses();
    databases();
    hosts();
    interfaces();
    return success();
}
