/* SPDX-License-Identifier: MIT
 *
 * Addresses as text: ours against the host's own C library, for good text and for bad.
 */
// sources: -Dinet_pton=own_pton -Dinet_ntop=own_ntop -Dinet_aton=own_aton -Dinet_addr=own_addr
// sources: -Dinet_network=own_network -Dinet_ntoa=own_ntoa -Dinet_makeaddr=own_makeaddr
// sources: -Dinet_lnaof=own_lnaof -Dinet_netof=own_netof -Dether_ntoa_r=own_ether_ntoa_r
// sources: -Dether_aton_r=own_ether_aton_r -Dether_aton=own_ether_aton -Dether_ntoa=own_ether_ntoa
// sources: libc-glue/names/address_text.c libc-glue/names/address_text_old.c
// sources: libc-glue/names/ether_text.c
#include <arpa/inet.h>
#include <netinet/ether.h>

#include "unit.h"

/* The host's, under the names that the options above have not changed. */
#undef inet_pton
#undef inet_ntop
#undef inet_aton
#undef inet_network
#undef ether_aton_r
#undef inet_lnaof
#undef inet_netof
#undef inet_makeaddr
int inet_pton(int family, const char *text, void *to);
const char *inet_ntop(int family, const void *address, char *to, socklen_t room);
int inet_aton(const char *text, struct in_addr *to);
in_addr_t inet_network(const char *text);
struct ether_addr *ether_aton_r(const char *text, struct ether_addr *to);
in_addr_t inet_lnaof(struct in_addr address);
in_addr_t inet_netof(struct in_addr address);
struct in_addr inet_makeaddr(in_addr_t network, in_addr_t host);
int own_pton(int family, const char *text, void *to);
const char *own_ntop(int family, const void *address, char *to, socklen_t room);
int own_aton(const char *text, struct in_addr *to);
in_addr_t own_network(const char *text);

static void text_compare(const char *text)
{
    unsigned char own[16] = {0}, host[16] = {0};
    struct in_addr own4 = {0}, host4 = {0};

    CHECK(own_pton(AF_INET, text, own) == inet_pton(AF_INET, text, host));
    CHECK(!memcmp(own, host, 4));
    if (own_pton(AF_INET6, text, own) != inet_pton(AF_INET6, text, host)) {
        fprintf(stderr, "inet_pton(AF_INET6, \"%s\") is not what the host says\n", text);
        exit(1);
    }
    if (inet_pton(AF_INET6, text, host))
        CHECK(!memcmp(own, host, 16));
    if (own_aton(text, &own4) != inet_aton(text, &host4) || own4.s_addr != host4.s_addr) {
        fprintf(stderr, "inet_aton(\"%s\") is not what the host says\n", text);
        exit(1);
    }
}

static void test_texts(void)
{
    static const char *const texts[] = {
        "",
        "0.0.0.0",
        "127.0.0.1",
        "255.255.255.255",
        "256.1.1.1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.4 ",
        " 1.2.3.4",
        "01.2.3.4",
        "1.2.3.04",
        "1..2.3",
        "1.2.3.",
        ".1.2.3",
        "10.1",
        "0x7f.1",
        "0x7f000001",
        "0177.1",
        "1.2.65535",
        "1.2.65536",
        "1.16777215",
        "1.16777216",
        "4294967295",
        "4294967296",
        "1.2.3.4x",
        "a",
        "::",
        ":::",
        ":",
        "::1",
        "1::",
        "1::1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1::2::3",
        "12345::",
        "::ffff:1.2.3.4",
        "::1.2.3.4",
        "1.2.3.4::",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::1.2.3",
        "::1.2.3.4.5",
        "::1.2.3.256",
        "fe80::1%1",
        "2001:DB8::A",
        "1:",
        ":1",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "::g",
        "1:2:3:4::5:6:7:8",
        "1:2:3::5:6:7:8",
        "0:0:0:0:0:0:0:0",
        "::0:0",
        "::ffff:1.2.3.04",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        text_compare(texts[i]);
}

/* Texts that are nearly addresses. */
static void test_random_texts(void)
{
    static const char letters[] = "0123456789abcdefF:::::....%x ";

    for (int round = 0; round < 300000; round++) {
        char text[48];
        size_t length = random_below(sizeof text);
        for (size_t i = 0; i < length; i++)
            text[i] = letters[random_below(sizeof letters - 1)];
        text[length] = 0;
        text_compare(text);
    }
}

static void test_round_trip(void)
{
    for (int round = 0; round < 300000; round++) {
        unsigned char address[16], back[16];
        char own[64], host[64];
        for (int i = 0; i < 16; i++)
            address[i] = random_below(3) ? 0 : (unsigned char)random_below(256);
        if (round % 16 == 0) {
            memset(address, 0, 10);
            memset(address + 10, round % 32 ? 0xff : 0, 2);
        }
        for (int family = AF_INET; family <= AF_INET6; family += AF_INET6 - AF_INET) {
            CHECK(own_ntop(family, address, own, sizeof own) == own);
            CHECK(inet_ntop(family, address, host, sizeof host) == host);
            CHECK_TEXT(own, host);
            CHECK(!own_ntop(family, address, own, (socklen_t)strlen(own)));
            CHECK(own_pton(family, host, back) == 1);
            CHECK(!memcmp(address, back, family == AF_INET ? 4 : 16));
        }
    }
    CHECK(own_pton(77, "::", NULL) == -1 && !own_ntop(77, "", NULL, 9));
}

static void test_networks(void)
{
    extern in_addr_t own_lnaof(struct in_addr), own_netof(struct in_addr);
    extern struct in_addr own_makeaddr(in_addr_t, in_addr_t);

    CHECK(own_network("10.1") == inet_network("10.1"));
    CHECK(own_network("10.1.2.3") == inet_network("10.1.2.3"));
    CHECK(own_network("10.300") == INADDR_NONE);
    for (int round = 0; round < 10000; round++) {
        struct in_addr address = {.s_addr = (in_addr_t)random_next()};
        CHECK(own_lnaof(address) == inet_lnaof(address));
        CHECK(own_netof(address) == inet_netof(address));
        CHECK(own_makeaddr(own_netof(address), 5).s_addr ==
              inet_makeaddr(inet_netof(address), 5).s_addr);
    }
}

static void test_ether(void)
{
    extern struct ether_addr *own_ether_aton_r(const char *, struct ether_addr *);
    extern char *own_ether_ntoa_r(const struct ether_addr *, char *);
    struct ether_addr address;
    char text[18];

    CHECK(own_ether_aton_r("52:54:0:12:34:fF", &address) == &address);
    CHECK_TEXT(own_ether_ntoa_r(&address, text), "52:54:0:12:34:ff");
    CHECK(!own_ether_aton_r("52:54:0:12:34", &address));
    CHECK(!own_ether_aton_r("52:54:0:12:34:fff", &address));
    CHECK(!own_ether_aton_r("52:54:0:12:34:", &address));
}

UNIT_MAIN(TEST(test_texts), TEST(test_random_texts), TEST(test_round_trip), TEST(test_networks),
          TEST(test_ether))
