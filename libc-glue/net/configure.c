/* SPDX-License-Identifier: MIT
 *
 * Cards get their addresses here: what boot words say, and for the rest DHCP and router
 * advertisements. Nothing waits for them but who needs a way out.
 */
#include "libc-glue/net/configure.h"

#include <lwip/ethip6.h>
#include <lwip/nd6.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/boot_options.h"
#include "kernel/time.h"
#include "libc-glue/files.h"

#define BAKED          "THIMBLE_NET" /* an environment variable with boot words, for images */
#define S_NS           1000000000ull
#define DHCP_NS        (30 * S_NS) /* so long a lease may be on its way */
#define ROUTER_NS      (4 * S_NS)  /* so long the first router */
#define SETTLE_NS      (10 * S_NS)
#define SETTLE_STEP_NS 10000000

struct configured *net_configured[NET_CARDS_MAX];
static struct net_names_plan names_plan;

/* ---- words ---- */

/* The nth word of a text with spaces between them. */
static bool text_word(const char *text, const char *prefix, unsigned n, char *to, size_t max)
{
    size_t skip = strlen(prefix);

    while (text && *text) {
        size_t length = strcspn(text, " ");
        if (length >= skip && !strncmp(text, prefix, skip) && !n--) {
            length -= skip;
            length = length < max ? length : max - 1;
            memcpy(to, text + skip, length);
            to[length] = 0;
            return true;
        }
        text += length;
        text += strspn(text, " ");
    }
    return false;
}

/* Words of this boot, and where it says nothing of the kind, those of the image. */
static bool word_get(const char *prefix, unsigned n, char *to, size_t max)
{
    if (boot_word(prefix, 0, to, max))
        return n == 0 || boot_word(prefix, n, to, max);
    return text_word(getenv(BAKED), prefix, n, to, max);
}

static bool is_card(const char *name)
{
    struct netif *netif = net_netif_by_name(name);

    return netif && netif != &net_loopback;
}

static const struct net_words words = {word_get, net_complain, is_card};

bool net_is_verbose(void)
{
    return names_plan.verbose;
}

/* ---- one card ---- */

struct configured *net_configured_of(const struct netif *netif)
{
    for (unsigned i = 0; i < net_card_count; i++)
        if (&net_cards[i]->netif == netif)
            return net_configured[i];
    return NULL;
}

/* What goes nowhere else goes out of the first card that has a router. */
static void default_choose(void)
{
    struct netif *best = NULL;

    for (unsigned i = 0; i < net_card_count; i++) {
        struct netif *netif = &net_cards[i]->netif;
        bool has_address = !ip4_addr_isany_val(*netif_ip4_addr(netif));
        bool has_router = has_address && !ip4_addr_isany_val(*netif_ip4_gw(netif));
        bool best_has_router = best && !ip4_addr_isany_val(*netif_ip4_gw(best));
        if (!best || (has_router && !best_has_router) ||
            (has_address && ip4_addr_isany_val(*netif_ip4_addr(best))))
            best = netif;
    }
    if (best != netif_default)
        netif_set_default(best);
}

static void address4_set(struct configured *configured)
{
    const struct net_plan *plan = &configured->plan;
    ip4_addr_t address, mask, gateway;

    memcpy(&address, plan->address4.bytes, sizeof address);
    memcpy(&gateway, plan->gateway4, sizeof gateway);
    ip4_addr_set_u32(
        &mask, plan->address4.bits ? lwip_htonl(0xffffffffu << (32 - plan->address4.bits)) : 0);
    netif_set_addr(&configured->card->netif, &address, &mask, &gateway);
}

static void addresses6_set(struct configured *configured)
{
    struct netif *netif = &configured->card->netif;
    const struct net_plan *plan = &configured->plan;
    ip6_addr_t address = {0};

    if (plan->method6 == NET_OFF && !plan->address6_count)
        return;
    netif_create_ip6_linklocal_address(netif, 1);
    for (unsigned i = 0; i < plan->address6_count; i++) {
        memcpy(address.addr, plan->addresses6[i].bytes, sizeof address.addr);
        netif_add_ip6_address(netif, &address, NULL);
    }
    if (plan->method6 == NET_OFF)
        return;
    netif_set_ip6_autoconfig_enabled(netif, 1);
}

static const char *address6_origin(const struct configured *configured, int index)
{
    return net_dhcp6_has(configured, index)                           ? "dhcp"
           : netif_ip6_addr_isstatic(&configured->card->netif, index) ? "static"
                                                                      : "router";
}

static void address6_changed(struct configured *configured, int index, unsigned old_state)
{
    struct netif *netif = &configured->card->netif;
    bool was_valid = ip6_addr_isvalid(old_state);

    if (ip6_addr_isduplicated(netif_ip6_addr_state(netif, index))) {
        net_tell_gone(configured->card, &netif->ip6_addr[index], "somebody else has it");
        if (net_dhcp6_has(configured, index))
            net_dhcp6_duplicate(configured);
    }
    if (net_is_verbose() && !was_valid && ip6_addr_isvalid(netif_ip6_addr_state(netif, index)) &&
        !ip6_addr_islinklocal(netif_ip6_addr(netif, index)))
        net_tell_address(configured->card, &netif->ip6_addr[index],
                         net_dhcp6_has(configured, index) ? 128 : 64,
                         address6_origin(configured, index));
}

static unsigned mask_bits(const struct netif *netif)
{
    return (unsigned)__builtin_popcount(ip4_addr_get_u32(netif_ip4_netmask(netif)));
}

static void rivals_ask(struct netif *netif)
{
    if (netif_is_link_up(netif) && !ip4_addr_isany_val(*netif_ip4_addr(netif)))
        net_rivals_ask(netif);
}

static void address4_changed(struct configured *configured, const ip_addr_t *old)
{
    struct netif *netif = &configured->card->netif;

    rivals_ask(netif);
    if (ip4_addr_isany_val(*netif_ip4_addr(netif)) && !ip4_addr_isany_val(*ip_2_ip4(old)))
        net_tell_gone(configured->card, old, net_dhcp_why_gone(configured));
    else if (net_is_verbose() && !ip4_addr_isany_val(*netif_ip4_addr(netif)))
        net_tell_address(configured->card, &netif->ip_addr, mask_bits(netif),
                         configured->plan.method4 == NET_GIVEN ? "static" : "dhcp");
}

static void changed(struct netif *netif, netif_nsc_reason_t reason,
                    const netif_ext_callback_args_t *args)
{
    struct configured *configured = net_configured_of(netif);

    if (!configured)
        return;
    if (reason & LWIP_NSC_LINK_CHANGED) {
        configured->since_ns = clock_monotonic_ns();
        if (net_is_verbose())
            net_tell_link(configured->card);
        rivals_ask(netif);
        if (netif_is_link_up(netif))
            net_dhcp6_link_up(configured);
    }
    if (reason & LWIP_NSC_IPV6_ADDR_STATE_CHANGED)
        address6_changed(configured, args->ipv6_addr_state_changed.addr_index,
                         args->ipv6_addr_state_changed.old_state);
    if (reason & (LWIP_NSC_IPV4_ADDR_VALID | LWIP_NSC_IPV4_ADDRESS_CHANGED)) {
        if (configured->plan.method4 == NET_AUTOMATIC)
            net_dhcp_look(configured);
        default_choose();
        if (reason & LWIP_NSC_IPV4_ADDRESS_CHANGED)
            address4_changed(configured, args->ipv4_changed.old_address);
    }
}

static void all_begin(void)
{
    NETIF_DECLARE_EXT_CALLBACK(callback)
    static bool begun;

    if (begun)
        return;
    begun = true;
    net_names_plan_read(&words, &names_plan);
    learned_names_set(NAMES_GIVEN, &names_plan.given);
    learned_names_set(NAMES_STATIC, &names_plan.from_ip);
    netif_add_ext_callback(&callback, changed);
}

void net_configure(struct net_card *card)
{
    struct configured *configured = object_new(sizeof *configured);
    unsigned number = 0;

    while (number < net_card_count && net_cards[number] != card)
        number++;
    if (!configured || number == net_card_count)
        return;
    all_begin();
    memset(configured, 0, sizeof *configured);
    configured->card = card;
    configured->since_ns = clock_monotonic_ns();
    net_configured[number] = configured;
    net_plan_read(&words, card->name, number, &configured->plan);
    if (configured->plan.mtu && configured->plan.mtu < card->netif.mtu)
        card->netif.mtu = card->netif.mtu6 = (u16_t)configured->plan.mtu;
    if (configured->plan.method4 == NET_GIVEN)
        address4_set(configured);
    else if (configured->plan.method4 == NET_AUTOMATIC)
        net_dhcp_start(configured);
    addresses6_set(configured);
    default_choose();
}

/* ---- is there more to come? ---- */

static bool has_address6(const struct netif *netif)
{
    for (int i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++)
        if (ip6_addr_isvalid(netif_ip6_addr_state(netif, i)))
            return true;
    return false;
}

static bool is_address6_new(const struct netif *netif)
{
    for (int i = 1; i < LWIP_IPV6_NUM_ADDRESSES; i++)
        if (ip6_addr_istentative(netif_ip6_addr_state(netif, i)))
            return true;
    return false;
}

static bool is_configuring(const struct configured *configured)
{
    const struct netif *netif = &configured->card->netif;
    uint64_t passed_ns = clock_monotonic_ns() - configured->since_ns;

    if (configured->plan.method4 == NET_AUTOMATIC && passed_ns < DHCP_NS &&
        ip4_addr_isany_val(*netif_ip4_addr(netif)))
        return true;
    if (is_address6_new(netif) || (net_dhcp6_is_busy(configured) && passed_ns < DHCP_NS))
        return true;
    return configured->plan.method6 == NET_AUTOMATIC && passed_ns < ROUTER_NS &&
           !has_address6(netif);
}

bool net_is_configuring(void)
{
    for (unsigned i = 0; i < net_card_count; i++)
        if (net_configured[i] && is_configuring(net_configured[i]))
            return true;
    return false;
}

/* Whether there is an address to ask from, or none will come. */
static bool is_settled(void)
{
    bool were_on = interrupts_off(), settled = !net_is_configuring();

    for (unsigned i = 0; i < net_card_count; i++) {
        const struct netif *netif = &net_cards[i]->netif;
        settled = settled || !ip4_addr_isany_val(*netif_ip4_addr(netif)) || has_address6(netif);
    }
    interrupts_restore(were_on);
    return settled;
}

void network_settle(void)
{
    static const struct timespec step = {.tv_nsec = SETTLE_STEP_NS};

    if (net_start())
        return;
    for (uint64_t end = clock_monotonic_ns() + SETTLE_NS;
         !is_settled() && clock_monotonic_ns() < end;)
        nanosleep(&step, NULL);
}
