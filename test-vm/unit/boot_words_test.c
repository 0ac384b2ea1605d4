/* SPDX-License-Identifier: MIT
 *
 * Boot words for the network: the forms that are documented, and that a bad one is named
 * and ignored.
 */
// sources: -include test-vm/unit/own_names.h libc-glue/net/boot_words.c
// sources: libc-glue/names/resolver_settings.c libc-glue/names/learned_names.c
// sources: libc-glue/names/names_file.c libc-glue/names/hosts.c libc-glue/names/dns_client.c
// sources: libc-glue/names/dns_message.c libc-glue/host_name.c
#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/net/boot_words.h"
#include "unit.h"

static const char *const *line; /* all words, NULL at the end */
static char complaints[4096];

int own_gethostname(char *to, size_t bytes)
{
    (void)to, (void)bytes;
    return -1;
}

bool boot_word(const char *prefix, unsigned n, char *to, size_t max)
{
    (void)prefix, (void)n, (void)to, (void)max;
    return false;
}

static bool get(const char *prefix, unsigned n, char *to, size_t max)
{
    for (const char *const *word = line; *word; word++) {
        if (strncmp(*word, prefix, strlen(prefix)) || n--)
            continue;
        snprintf(to, max, "%s", *word + strlen(prefix));
        return true;
    }
    return false;
}

static void complain(const char *prefix, const char *word, const char *what)
{
    size_t length = strlen(complaints);

    snprintf(complaints + length, sizeof complaints - length, "%s%s: %s\n", prefix, word, what);
}

static bool is_card(const char *name)
{
    return !strcmp(name, "eth0") || !strcmp(name, "eth1");
}

static const struct net_words words = {get, complain, is_card};

static struct net_plan plan_of(unsigned number, const char *const *given)
{
    struct net_plan plan;

    line = given;
    complaints[0] = 0;
    net_plan_read(&words, number ? "eth1" : "eth0", number, &plan);
    return plan;
}
#define PLAN(number, ...) plan_of(number, (const char *const[]){__VA_ARGS__, NULL})

static const char *text4(const unsigned char *bytes)
{
    static char text[INET_ADDRSTRLEN];

    return inet_ntop(AF_INET, bytes, text, sizeof text);
}

static const char *text6(const unsigned char *bytes)
{
    static char text[INET6_ADDRSTRLEN];

    return inet_ntop(AF_INET6, bytes, text, sizeof text);
}

static void test_ip(void)
{
    struct net_plan plan = PLAN(0, "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off:10.0.2.3");

    CHECK(plan.method4 == NET_GIVEN && plan.address4.bits == 24 && !*complaints);
    CHECK_TEXT(text4(plan.address4.bytes), "10.0.2.15");
    CHECK_TEXT(text4(plan.gateway4), "10.0.2.2");
    CHECK(PLAN(1, "ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off").method4 == NET_AUTOMATIC);
    CHECK(PLAN(0, "ip=dhcp").method4 == NET_AUTOMATIC);
    CHECK(PLAN(0, "ip=off").method4 == NET_OFF && PLAN(1, "ip=none").method4 == NET_OFF);
    CHECK(PLAN(1, "ip=off", "ip=:::::eth1:dhcp").method4 == NET_AUTOMATIC);
    CHECK(PLAN(0, "ip=off", "ip=:::::eth1:dhcp").method4 == NET_OFF);
    CHECK(PLAN(0, "ip=:::::eth0:off", "ip=").method4 == NET_OFF && *complaints);
    plan = PLAN(0, "ip=10.65.0.7::169.254.1.1:255.255.255.255::eth0:off");
    CHECK(plan.address4.bits == 32 && !*complaints);
    CHECK_TEXT(text4(plan.gateway4), "169.254.1.1");
    CHECK(PLAN(0, "ip=10.1.2.3").address4.bits == 8 &&
          PLAN(0, "ip=172.16.1.1").address4.bits == 16);
    CHECK(PLAN(0, "ip=192.168.1.1").address4.bits == 24);
    CHECK(PLAN(0, "ip=192.168.1.1/30").address4.bits == 30);
    CHECK(PLAN(0, "ip=192.168.1.1:::28").address4.bits == 28);
    CHECK(PLAN(0, "ip=192.168.1.1:::0.0.0.0").address4.bits == 0 && !*complaints);
    CHECK(PLAN(1, "ip=192.168.1.1").method4 == NET_AUTOMATIC); /* it is the first card's */
    CHECK(PLAN(0, "ip=192.168.1.1::::::dhcp").method4 == NET_AUTOMATIC);
    CHECK(PLAN(0, "ip=192.168.1.1:1.2.3.4:192.168.1.2:24:name:eth0:none:1.1.1.1:2.2.2.2:3.3.3.3")
                  .method4 == NET_GIVEN &&
          !*complaints);
}

static void test_bad(void)
{
    static const char *const bad[] = {
        "ip=10.0.2.256",
        "ip=10.0.2",
        "ip=dhcpx",
        "ip=0.0.0.0",
        "ip=127.0.0.1",
        "ip=224.0.0.1",
        "ip=255.255.255.255",
        "ip=10.0.0.1:::255.0.255.0",
        "ip=10.0.0.1:::33",
        "ip=10.0.0.1::gateway",
        "ip=10.0.0.1::::bad_name!:eth0",
        "ip=10.0.0.1:::::eth7",
        "ip=10.0.0.1::::::rarp",
        "ip=10.0.0.1:::::::1.2.3",
        "ip=2001:db8::1",
        "ip=10.0.0.1/33",
        "ip=10.0.0.1/",
        "ip=10.0.0.1/-1",
        "thimble.ip6=10.0.0.1",
        "thimble.ip6=::1",
        "thimble.ip6=ff02::1",
        "thimble.ip6=2001:db8::1/129",
        "thimble.ip6=2001:db8::1,10.0.0.1",
        "thimble.ip6=2001:db8::1,,eth9",
        "thimble.ip6=",
        "thimble.mtu=575",
        "thimble.mtu=65536",
        "thimble.mtu=x",
        "thimble.mtu=1500,eth5",
        "thimble.mtu=",
        "thimble.route=10.0.0.0/8,x",
        "thimble.route=::/0,fe80::1",
        "thimble.route=",
        "thimble.route=10.0.0.0/8,10.1.1.1,eth2",
    };
    struct net_plan none, plan;

    none = PLAN(0, "quiet");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        plan = PLAN(0, bad[i]);
        if (memcmp(&plan, &none, sizeof plan)) {
            fprintf(stderr, "%s was taken\n", bad[i]);
            exit(1);
        }
        CHECK(!strncmp(complaints, bad[i], strlen(bad[i])) && strchr(complaints, '\n')[1] == 0);
        PLAN(1, bad[i]);
        CHECK(!*complaints); /* once is enough */
    }
}

static void test_ip6(void)
{
    struct net_plan plan = PLAN(0, "thimble.ip6=2001:db8::5/64,fe80::1",
                                "thimble.ip6=2001:db8:1::5", "thimble.ip6=2001:db8:2::5/56,,eth1");

    CHECK(plan.method6 == NET_AUTOMATIC && plan.address6_count == 2 && !*complaints);
    CHECK_TEXT(text6(plan.addresses6[0].bytes), "2001:db8::5");
    CHECK_TEXT(text6(plan.gateway6), "fe80::1");
    CHECK(plan.addresses6[1].bits == 64);
    plan = PLAN(1, "thimble.ip6=2001:db8:2::5/56,,eth1", "thimble.ip6=off");
    CHECK(plan.address6_count == 1 && plan.addresses6[0].bits == 56 && plan.method6 == NET_OFF);
    CHECK(PLAN(0, "thimble.ip6=off,eth1").method6 == NET_AUTOMATIC);
    CHECK(PLAN(0, "thimble.ip6=off", "thimble.ip6=auto,eth0").method6 == NET_AUTOMATIC);
    plan = PLAN(0, "thimble.ip6=2001:db8::1", "thimble.ip6=2001:db8::2", "thimble.ip6=2001:db8::3",
                "thimble.ip6=2001:db8::4", "thimble.ip6=2001:db8::5");
    CHECK(plan.address6_count == 4 && strstr(complaints, "too many"));
}

static void test_routes(void)
{
    struct net_plan plan =
        PLAN(0, "thimble.route=10.0.0.0/8,192.168.1.1", "thimble.route=172.16.0.0/12",
             "thimble.route=1.0.0.0/8,2.2.2.2,eth1", "thimble.mtu=1400", "thimble.mtu=9000,eth1");

    CHECK(plan.route_count == 2 && plan.routes[0].to.bits == 8 && plan.mtu == 1400);
    CHECK_TEXT(text4(plan.routes[0].gateway), "192.168.1.1");
    CHECK_TEXT(text4(plan.routes[1].gateway), "0.0.0.0");
    plan = PLAN(1, "thimble.route=1.0.0.0/8,2.2.2.2,eth1", "thimble.mtu=9000,eth1");
    CHECK(plan.route_count == 1 && plan.mtu == 9000);
}

static void test_names(void)
{
    static const char *const given[] = {"ip=10.0.2.15::10.0.2.2:24:box:eth0:off:10.0.2.3:10.0.2.4",
                                        "thimble.dns=1.1.1.1,2001:db8::53",
                                        "thimble.search=a.example,b.example", "thimble.net=verbose",
                                        NULL};
    static const char *const bad[] = {"thimble.dns=1.1.1.1,x", "thimble.search=a..b,c.example",
                                      "thimble.hostname=-?", "ip=dhcp", NULL};
    struct net_names_plan plan;

    line = given;
    complaints[0] = 0;
    net_names_plan_read(&words, &plan);
    CHECK(plan.given.server_count == 2 && plan.given.servers[1].family == AF_INET6);
    CHECK_TEXT(plan.given.search, "a.example b.example");
    CHECK(plan.from_ip.server_count == 2 && plan.from_ip.servers[1].address[3] == 4);
    CHECK(plan.verbose && !*complaints);
    line = bad;
    net_names_plan_read(&words, &plan);
    CHECK(plan.given.server_count == 1 && !plan.verbose);
    CHECK_TEXT(plan.given.search, "c.example");
    CHECK(strstr(complaints, "thimble.dns=1.1.1.1,x: ") && strstr(complaints, "a..b,c.example: ") &&
          strstr(complaints, "thimble.hostname=-?: "));
}

/* Words of all kinds of letters: nothing is read or written beyond its end. */
static void test_random(void)
{
    static const char letters[] = "0123456789::::...,,,//abcdefhtonip=%x";
    static const char *const prefixes[] = {
        "ip=",          "thimble.ip6=",    "thimble.route=",   "thimble.mtu=",
        "thimble.dns=", "thimble.search=", "thimble.hostname="};
    struct net_names_plan names;

    for (int round = 0; round < 100000; round++) {
        char word[NET_WORD_BYTES + 100];
        const char *const given[] = {word, NULL};
        size_t length = (size_t)sprintf(word, "%s", prefixes[random_below(7)]);
        size_t end = length + random_below(round % 100 ? 40 : NET_WORD_BYTES + 60);
        while (length < end)
            word[length++] = letters[random_below(sizeof letters - 1)];
        word[length] = 0;
        plan_of(round % 2, given);
        net_names_plan_read(&words, &names);
        complaints[0] = 0;
    }
}

UNIT_MAIN(TEST(test_ip), TEST(test_bad), TEST(test_ip6), TEST(test_routes), TEST(test_names),
          TEST(test_random))
