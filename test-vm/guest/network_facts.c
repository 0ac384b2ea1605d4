/* SPDX-License-Identifier: MIT
 *
 * What the network's configuration looks like to a program, step by step:
 *     show            interfaces, addresses, MTUs, the machine's name
 *     find NAME       getaddrinfo
 *     name ADDRESS    getnameinfo
 *     until TEXT S    waits until what `show` says has TEXT in it, S seconds at most
 *     line WORD       says so, and waits for a line of input
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

static char facts[4096];

static void fact(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void fact(const char *format, ...)
{
    size_t length = strlen(facts);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(facts + length, sizeof facts - length, format, arguments);
    va_end(arguments);
}

static const char *number(const struct sockaddr *name)
{
    static char text[NI_MAXHOST];
    socklen_t bytes =
        name->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);

    CHECK(!getnameinfo(name, bytes, text, sizeof text, NULL, 0, NI_NUMERICHOST));
    return text;
}

static unsigned mask_bits(const struct sockaddr *mask)
{
    const unsigned char *at = mask->sa_family == AF_INET
                                  ? (const void *)&((const struct sockaddr_in *)mask)->sin_addr
                                  : (const void *)&((const struct sockaddr_in6 *)mask)->sin6_addr;
    unsigned bits = 0;

    for (int i = 0; i < (mask->sa_family == AF_INET ? 4 : 16); i++)
        bits += (unsigned)__builtin_popcount(at[i]);
    return bits;
}

/* The old way to ask says the same. */
static void ioctls_compare(const struct ifaddrs *at)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    strcpy(request.ifr_name, at->ifa_name);
    CHECK(fd >= 0 && !ioctl(fd, SIOCGIFADDR, &request));
    CHECK(!memcmp(&request.ifr_addr, at->ifa_addr, sizeof(struct sockaddr_in)));
    CHECK(!ioctl(fd, SIOCGIFNETMASK, &request));
    CHECK(!memcmp(&request.ifr_netmask, at->ifa_netmask, sizeof(struct sockaddr_in)));
    if (at->ifa_flags & IFF_BROADCAST) {
        CHECK(!ioctl(fd, SIOCGIFBRDADDR, &request));
        CHECK(!memcmp(&request.ifr_broadaddr, at->ifa_broadaddr, sizeof(struct sockaddr_in)));
        CHECK(!ioctl(fd, SIOCGIFHWADDR, &request));
        CHECK(request.ifr_hwaddr.sa_family == 1 && !memcmp(request.ifr_hwaddr.sa_data, "RT", 2));
    }
    CHECK(!ioctl(fd, SIOCGIFFLAGS, &request));
    CHECK((unsigned short)request.ifr_flags == at->ifa_flags);
    CHECK(!ioctl(fd, SIOCGIFINDEX, &request));
    CHECK(request.ifr_ifindex == (int)if_nametoindex(at->ifa_name));
    CHECK(!ioctl(fd, SIOCGIFNAME, &request) && !strcmp(request.ifr_name, at->ifa_name));
    CHECK(!ioctl(fd, SIOCGIFMTU, &request));
    fact("mtu %s %d\n", at->ifa_name, request.ifr_mtu);
    strcpy(request.ifr_name, "none");
    CHECK(ioctl(fd, SIOCGIFADDR, &request) == -1 && errno == ENODEV);
    close(fd);
}

static void list_compare(unsigned count)
{
    struct ifreq requests[8];
    struct ifconf list = {.ifc_len = sizeof requests, .ifc_req = requests};
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    CHECK(!ioctl(fd, SIOCGIFCONF, &list) && list.ifc_len >= (int)(count * sizeof requests[0]));
    CHECK(!strcmp(requests[0].ifr_name, "lo"));
    close(fd);
}

static void facts_make(void)
{
    struct ifaddrs *list;
    unsigned count4 = 0;
    char name[128];

    facts[0] = 0;
    CHECK(!gethostname(name, sizeof name));
    fact("host %s\n", name);
    CHECK(!getifaddrs(&list));
    for (struct ifaddrs *at = list; at; at = at->ifa_next) {
        fact("address %s %s/%u\n", at->ifa_name, number(at->ifa_addr), mask_bits(at->ifa_netmask));
        if (at->ifa_addr->sa_family == AF_INET)
            ioctls_compare(at);
        count4 += at->ifa_addr->sa_family == AF_INET;
    }
    freeifaddrs(list);
    list_compare(count4);
}

static void find(const char *name)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    int error = getaddrinfo(name, NULL, &hints, &list);

    printf("found %s:", name);
    if (error)
        printf(" %s", gai_strerror(error));
    for (struct addrinfo *at = error ? NULL : list; at; at = at->ai_next)
        printf(" %s", number(at->ai_addr));
    puts("");
    if (!error)
        freeaddrinfo(list);
}

static struct addrinfo *parse(const char *address, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *list;

    CHECK(!getaddrinfo(address, port, &hints, &list));
    return list;
}

static void name_of(const char *address)
{
    struct addrinfo *list = parse(address, "0");
    char name[NI_MAXHOST];
    int error =
        getnameinfo(list->ai_addr, list->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD);

    printf("name %s: %s\n", address, error ? gai_strerror(error) : name);
    freeaddrinfo(list);
}

static void until(const char *text, int seconds)
{
    for (int i = 0; i < 10 * seconds; i++) {
        facts_make();
        if (strstr(facts, text))
            break;
        usleep(100000);
    }
    printf("until %s: %s\n", text, strstr(facts, text) ? "seen" : "not seen");
}

int main(int argc, char **argv)
{
    char line[128];

    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "show")) {
            facts_make();
            fputs(facts, stdout);
        } else if (!strcmp(argv[i], "find")) {
            find(argv[++i]);
        } else if (!strcmp(argv[i], "name")) {
            name_of(argv[++i]);
        } else if (!strcmp(argv[i], "until")) {
            until(argv[i + 1], atoi(argv[i + 2]));
            i += 2;
        } else if (!strcmp(argv[i], "line")) {
            printf("line %s\n", argv[++i]);
            CHECK(fgets(line, sizeof line, stdin));
        } else {
            printf("what is %s?\n", argv[i]);
            return 2;
        }
    }
    return success();
}
