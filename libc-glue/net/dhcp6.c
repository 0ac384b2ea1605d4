/* SPDX-License-Identifier: MIT
 *
 * DHCPv6: an address and name servers, when a router says that a server has them. Routers
 * say it each time they announce themselves; what came with one lease is kept until it is
 * over.
 */
#include "libc-glue/net/configure.h"
#include "libc-glue/net/dhcp6_message.h"

#include <lwip/dhcp6.h>
#include <lwip/ip.h>
#include <lwip/timeouts.h>
#include <lwip/udp.h>
#include <string.h>

#include "libc-glue/files.h"

#define CLIENT_PORT      546
#define SERVER_PORT      547
#define SECOND_MS        1000u
#define REQUESTS_MAX     10
#define WAIT_MAX_S       1000000u         /* at one go */
#define INFORMATION_S    (24 * 3600u)     /* until it is asked for again */
#define DECLINED_WAIT_MS (10 * SECOND_MS) /* somebody else has the address that was given */

enum state { IDLE, ASKING, SOLICITING, REQUESTING, BOUND, RENEWING, REBINDING, DECLINED };

struct dhcp6_client {
    struct configured *configured;
    enum state state;
    struct dhcp6_identity who;
    unsigned tries;
    uint32_t begun_ms; /* this exchange */
    uint64_t bound_ns; /* the lease */
    struct dhcp6_answer lease;
    s8_t index; /* of the address at the interface */
};

static struct udp_pcb *pcb;

static void timer(void *argument);

/* ---- asking ---- */

static const struct {
    enum dhcp6_type type;
    uint32_t first_ms, most_ms;
} asking[] = {
    [ASKING] = {DHCP6_INFORMATION, SECOND_MS, 3600 * SECOND_MS},
    [SOLICITING] = {DHCP6_SOLICIT, SECOND_MS, 3600 * SECOND_MS},
    [REQUESTING] = {DHCP6_REQUEST, SECOND_MS, 30 * SECOND_MS},
    [RENEWING] = {DHCP6_RENEW, 10 * SECOND_MS, 600 * SECOND_MS},
    [REBINDING] = {DHCP6_REBIND, 10 * SECOND_MS, 600 * SECOND_MS},
};

static uint32_t passed_s(const struct dhcp6_client *client)
{
    return (uint32_t)((net_now_ns - client->bound_ns) / 1000000000u);
}

static void timer_set(struct dhcp6_client *client, uint32_t wait_ms)
{
    sys_untimeout(timer, client);
    sys_timeout(wait_ms, timer, client);
}

/* In so many seconds from the lease's beginning; 0 ms when that is over. */
static uint32_t until_ms(const struct dhcp6_client *client, uint32_t at_s)
{
    uint32_t passed = passed_s(client), left = at_s > passed ? at_s - passed : 0;

    return (left < WAIT_MAX_S ? left : WAIT_MAX_S) * SECOND_MS;
}

static void message_send(struct dhcp6_client *client, enum dhcp6_type type)
{
    static const ip_addr_t servers = IPADDR6_INIT_HOST(0xff020000, 0, 0, 0x00010002);
    unsigned char message[DHCP6_MESSAGE_BYTES];
    size_t bytes = dhcp6_message_make(&client->who, type,
                                      client->tries ? net_now_ms - client->begun_ms : 0, message);
    struct pbuf *p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)bytes, PBUF_RAM);

    if (!p)
        return;
    pbuf_take(p, message, (u16_t)bytes);
    udp_sendto_if(pcb, p, &servers, SERVER_PORT, &client->configured->card->netif);
    pbuf_free(p);
}

/* Once more, each time after about twice as long. */
static void ask(struct dhcp6_client *client)
{
    uint64_t wait_ms = (uint64_t)asking[client->state].first_ms
                       << (client->tries < 16 ? client->tries : 16);

    if (wait_ms > asking[client->state].most_ms)
        wait_ms = asking[client->state].most_ms;
    wait_ms += wait_ms * (net_random() % 200) / 1000;
    if (client->state == RENEWING && wait_ms > until_ms(client, client->lease.rebind_s))
        wait_ms = until_ms(client, client->lease.rebind_s);
    if (client->state == REBINDING && wait_ms > until_ms(client, client->lease.valid_s))
        wait_ms = until_ms(client, client->lease.valid_s);
    message_send(client, asking[client->state].type);
    client->tries++;
    timer_set(client, (uint32_t)wait_ms);
}

static void begin(struct dhcp6_client *client, enum state state)
{
    client->state = state;
    client->tries = 0;
    client->begun_ms = net_now_ms;
    client->who.transaction = net_random() & 0xffffff;
    ask(client);
}

/* ---- what comes of it ---- */

static void names_take(struct dhcp6_client *client, const struct dhcp6_answer *answer)
{
    struct resolver_names names = answer->names;

    for (unsigned i = 0; i < names.server_count; i++) /* fe80::/10 */
        if (names.servers[i].address[0] == 0xfe && (names.servers[i].address[1] & 0xc0) == 0x80)
            names.servers[i].scope = netif_get_index(&client->configured->card->netif);
    learned_names_set(NAMES_DHCP6, &names);
}

static void address_drop(struct dhcp6_client *client)
{
    static const struct resolver_names none;
    struct netif *netif = &client->configured->card->netif;

    if (client->index >= 0)
        netif_ip6_addr_set_state(netif, client->index, IP6_ADDR_INVALID);
    client->index = -1;
    client->who.has_address = false;
    client->who.server_bytes = 0;
    learned_names_set(NAMES_DHCP6, &none);
}

static void address_take(struct dhcp6_client *client)
{
    struct netif *netif = &client->configured->card->netif;
    ip6_addr_t address = {0};

    memcpy(address.addr, client->lease.address, sizeof address.addr);
    if (client->index >= 0 &&
        memcmp(netif_ip6_addr(netif, client->index)->addr, address.addr, sizeof address.addr) != 0)
        address_drop(client);
    if (client->index < 0 && netif_add_ip6_address(netif, &address, &client->index) != ERR_OK)
        client->index = -1;
    if (client->index < 0)
        return;
    netif_ip6_addr_set_valid_life(netif, client->index, client->lease.valid_s);
    netif_ip6_addr_set_pref_life(netif, client->index, client->lease.preferred_s);
}

static void lease_take(struct dhcp6_client *client, const struct dhcp6_answer *answer)
{
    client->lease = *answer;
    client->bound_ns = net_now_ns;
    address_take(client);
    client->who.has_address = true;
    memcpy(client->who.address, answer->address, sizeof answer->address);
    memcpy(client->who.server, answer->server, answer->server_bytes);
    client->who.server_bytes = answer->server_bytes;
    names_take(client, answer);
    client->state = BOUND;
    timer_set(client, until_ms(client, client->lease.renew_s));
}

/* Its offer; the reply to that is the lease. */
static void offer_take(struct dhcp6_client *client, const struct dhcp6_answer *answer)
{
    memcpy(client->who.server, answer->server, answer->server_bytes);
    client->who.server_bytes = answer->server_bytes;
    memcpy(client->who.address, answer->address, sizeof answer->address);
    client->who.has_address = true;
    begin(client, REQUESTING);
}

static void again(struct dhcp6_client *client)
{
    address_drop(client);
    begin(client, SOLICITING);
}

static void answer_take(struct dhcp6_client *client, const struct dhcp6_answer *answer)
{
    switch (client->state) {
    case ASKING:
        if (answer->type != DHCP6_REPLY)
            return;
        names_take(client, answer);
        client->state = IDLE;
        timer_set(client, INFORMATION_S * SECOND_MS);
        return;
    case SOLICITING:
        if (answer->type == DHCP6_ADVERTISE && answer->has_address)
            offer_take(client, answer);
        return;
    case REQUESTING:
    case RENEWING:
    case REBINDING:
        if (answer->type == DHCP6_REPLY && answer->has_address)
            lease_take(client, answer);
        return;
    default:
        return;
    }
}

static void received(void *argument, struct udp_pcb *at, struct pbuf *p, const ip_addr_t *from,
                     u16_t port)
{
    struct configured *configured = net_configured_of(ip_current_input_netif());
    struct dhcp6_client *client = configured ? configured->dhcp6 : NULL;
    unsigned char message[1500];
    struct dhcp6_answer answer;

    (void)argument, (void)at, (void)from, (void)port;
    size_t bytes = pbuf_copy_partial(p, message, sizeof message, 0);
    pbuf_free(p);
    if (client && dhcp6_answer_read(&client->who, message, bytes, &answer))
        answer_take(client, &answer);
}

/* ---- when ---- */

static void timer(void *argument)
{
    struct dhcp6_client *client = argument;

    switch (client->state) {
    case IDLE:
        begin(client, ASKING);
        break;
    case REQUESTING:
        if (client->tries >= REQUESTS_MAX)
            again(client);
        else
            ask(client);
        break;
    case BOUND:
        if (until_ms(client, client->lease.renew_s))
            timer_set(client, until_ms(client, client->lease.renew_s));
        else
            begin(client, RENEWING);
        break;
    case RENEWING:
        if (until_ms(client, client->lease.rebind_s))
            ask(client);
        else
            begin(client, REBINDING);
        break;
    case REBINDING:
        if (until_ms(client, client->lease.valid_s))
            ask(client);
        else
            again(client);
        break;
    case DECLINED:
        again(client);
        break;
    default:
        ask(client);
        break;
    }
}

static struct dhcp6_client *client_make(struct configured *configured)
{
    struct dhcp6_client *client = object_new(sizeof *client);

    if (!client)
        return NULL;
    client->configured = configured;
    client->index = -1;
    memcpy(client->who.hardware, configured->card->netif.hwaddr, sizeof client->who.hardware);
    return client;
}

static bool answers_await(void)
{
    if (pcb)
        return true;
    pcb = udp_new_ip_type(IPADDR_TYPE_V6);
    if (!pcb)
        return false;
    udp_bind(pcb, IP6_ADDR_ANY, CLIENT_PORT);
    udp_recv(pcb, received, NULL);
    return true;
}

/* lwIP has heard a router: addresses are with a server, or only the rest is. */
void dhcp6_nd6_ra_trigger(struct netif *netif, u8_t addresses, u8_t others)
{
    struct configured *configured = net_configured_of(netif);

    if (!configured || configured->plan.method6 == NET_OFF || !(addresses || others) ||
        !answers_await())
        return;
    bool is_first = !configured->dhcp6;
    if (is_first && !(configured->dhcp6 = client_make(configured)))
        return;
    struct dhcp6_client *client = configured->dhcp6;
    if (addresses && (client->state == IDLE || client->state == ASKING))
        begin(client, SOLICITING);
    else if (is_first)
        begin(client, ASKING);
}

/* ---- what happens to the card and its address ---- */

bool net_dhcp6_has(const struct configured *configured, int index)
{
    return configured->dhcp6 && configured->dhcp6->index == index;
}

bool net_dhcp6_is_busy(const struct configured *configured)
{
    const struct dhcp6_client *client = configured->dhcp6;

    return client && (client->state == SOLICITING || client->state == REQUESTING);
}

void net_dhcp6_duplicate(struct configured *configured)
{
    struct dhcp6_client *client = configured->dhcp6;

    client->tries = 0;
    client->who.transaction = net_random() & 0xffffff;
    message_send(client, DHCP6_DECLINE);
    address_drop(client);
    client->state = DECLINED;
    timer_set(client, DECLINED_WAIT_MS);
}

/* The link is there again: perhaps another one. Whoever serves it says whether the address
 * still holds; until then it does. */
void net_dhcp6_link_up(struct configured *configured)
{
    struct dhcp6_client *client = configured->dhcp6;

    if (client && (client->state == BOUND || client->state == RENEWING))
        begin(client, REBINDING);
    else if (client && client->state == IDLE)
        begin(client, ASKING);
}
