/* SPDX-License-Identifier: MIT
 *
 * Options of DHCP: whole, in pieces, and of any bytes at all.
 */
// sources: libc-glue/net/dhcp_options.c libc-glue/names/dns_message.c
#include "libc-glue/net/dhcp_options.h"
#include "unit.h"

#define SAY(said, option, text)                                                                    \
    dhcp_said_add(said, option, (const unsigned char *)(text), sizeof(text) - 1)

static void test_names(void)
{
    struct dhcp_said said = {0};
    struct resolver_names names;

    SAY(&said, DHCP_SAYS_SERVERS, "\12\0\0\1\12\0\0\2\12\0\0\3\12\0\0\4");
    SAY(&said, DHCP_SAYS_DOMAIN, "one.example\0");
    SAY(&said, DHCP_SAYS_HOST, "box");
    SAY(&said, DHCP_SAYS_MTU, "\5\170");
    dhcp_names(&said, &names);
    CHECK(names.server_count == 3 && names.servers[2].address[3] == 3);
    CHECK_TEXT(names.search, "one.example");
    CHECK_TEXT(said.host, "box");
    CHECK(said.mtu == 1400);
    SAY(&said, DHCP_SAYS_SEARCH, "\3two\7exam"); /* in two pieces, and compressed */
    SAY(&said, DHCP_SAYS_SEARCH, "ple\0\5three\xc0\4");
    dhcp_names(&said, &names);
    CHECK_TEXT(names.search, "two.example three.example");
    SAY(&said, DHCP_SAYS_MTU, "\1\0");
    SAY(&said, DHCP_SAYS_HOST, "bad name");
    CHECK(said.mtu == 0 && !said.host[0]);
}

static void test_routes(void)
{
    struct dhcp_said said = {0};
    struct net_route routes[NET_ROUTES_MAX];
    unsigned char gateway[4];
    bool has_gateway;

    SAY(&said, DHCP_SAYS_ROUTES, "\40\251\376\1\1\0\0\0\0\0\251\376\1\1\10\12\300\250\0\1");
    CHECK(dhcp_routes(&said, routes, gateway, &has_gateway) == 2);
    CHECK(has_gateway && gateway[0] == 169 && gateway[3] == 1);
    CHECK(routes[0].to.bits == 32 && routes[0].to.bytes[0] == 169 && !routes[0].gateway[0]);
    CHECK(routes[1].to.bits == 8 && routes[1].to.bytes[0] == 10 && routes[1].gateway[0] == 192);
    SAY(&said, DHCP_SAYS_ROUTES, "\41"); /* no such length */
    CHECK(dhcp_routes(&said, routes, gateway, &has_gateway) == 2);
}

static void test_random(void)
{
    static const unsigned char options[] = {6, 12, 15, 26, 119, 121, 0};

    for (int round = 0; round < 200000; round++) {
        struct dhcp_said said = {0};
        struct resolver_names names;
        struct net_route routes[NET_ROUTES_MAX];
        unsigned char gateway[4];
        bool has_gateway;
        for (size_t n = random_below(8); n; n--) {
            size_t bytes = random_below(256);
            unsigned char *data = malloc(bytes + 1);
            for (size_t i = 0; i < bytes; i++)
                data[i] = (unsigned char)(random_below(2) ? random_below(36) : random_next());
            dhcp_said_add(&said, options[random_below(sizeof options)], data, bytes);
            free(data);
        }
        dhcp_names(&said, &names);
        CHECK(names.server_count <= RESOLVER_SERVERS_MAX);
        CHECK(strlen(names.search) < sizeof names.search);
        CHECK(dhcp_routes(&said, routes, gateway, &has_gateway) <= NET_ROUTES_MAX);
    }
}

UNIT_MAIN(TEST(test_names), TEST(test_routes), TEST(test_random))
