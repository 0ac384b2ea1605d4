/* SPDX-License-Identifier: MIT
 *
 * The options of `run` that are about the network.
 */
#include <arpa/inet.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>

#include "network.h"
#include "run_request.h"

#define NAME_SERVERS_MAX 2 /* the boot word has places for so many */

static struct network *network_of(void *into, const char *name, const char *value)
{
    struct network *network = &((struct run_request *)into)->network;
    if (name && !network->wish)
        network->wish = text_format("%s %s", name, value);
    return network;
}

static void take_publish(void *into, const char *name, const char *value)
{
    publish_add(&network_of(into, name, value)->published, name, value);
}

static void take_net(void *into, const char *name, const char *value)
{
    bool tap = text_starts_with(value, "tap=");
    struct network *network = network_of(into, tap ? name : NULL, value);
    network->tap = tap ? value + strlen("tap=") : NULL;
    if (tap) {
        network->kind = NETWORK_TAP;
        if (!*network->tap || strlen(network->tap) >= IFNAMSIZ || strpbrk(network->tap, "/ \t"))
            die(EXIT_STATUS_USAGE, "%s %s: expected the name of an interface after tap=", name,
                value);
    } else if (strcmp(value, "user") == 0) {
        network->kind = NETWORK_USER;
    } else if (strcmp(value, "none") == 0) {
        network->kind = NETWORK_NONE;
    } else {
        die(EXIT_STATUS_USAGE, "%s %s: expected user, tap=IF or none", name, value);
    }
}

static void take_mac(void *into, const char *name, const char *value)
{
    unsigned bytes[6], any = 0;
    int end = 0;
    size_t length = strlen(value);
    if (length != 17 || strspn(value, "0123456789abcdefABCDEF:-") != length ||
        (sscanf(value, "%2x:%2x:%2x:%2x:%2x:%2x%n", bytes, bytes + 1, bytes + 2, bytes + 3,
                bytes + 4, bytes + 5, &end) != 6 &&
         sscanf(value, "%2x-%2x-%2x-%2x-%2x-%2x%n", bytes, bytes + 1, bytes + 2, bytes + 3,
                bytes + 4, bytes + 5, &end) != 6) ||
        end != 17)
        die(EXIT_STATUS_USAGE, "%s %s: expected six bytes, such as 52:54:00:12:34:56", name, value);
    for (unsigned i = 0; i < 6; i++)
        any |= bytes[i];
    if (bytes[0] & 1 || !any)
        die(EXIT_STATUS_USAGE, "%s %s: %s, not one of a card", name, value,
            any ? "this is an address of a group" : "this is no address");
    network_of(into, name, value)->mac =
        text_format("%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3],
                    bytes[4], bytes[5]);
}

static bool is_address(const char *text)
{
    struct in_addr address;
    return inet_pton(AF_INET, text, &address) == 1;
}

/* ADDRESS[/BITS][,GATEWAY] */
static void take_ip(void *into, const char *name, const char *value)
{
    struct network *network = network_of(into, name, value);
    char *text = text_copy(value), *gateway = strchr(text, ',');
    if (gateway)
        *gateway++ = 0;
    char *bits = strchr(text, '/');
    if (bits)
        *bits++ = 0;
    int count = bits && strspn(bits, "0123456789") == strlen(bits) ? atoi(bits) : bits ? 0 : 24;
    if (!is_address(text) || count < 1 || count > 32 || (gateway && !is_address(gateway)))
        die(EXIT_STATUS_USAGE,
            "%s %s: expected ADDRESS/BITS or ADDRESS/BITS,GATEWAY, such as 192.168.7.2/24", name,
            value);
    uint32_t mask = ~0u << (32 - count);
    network->address = text;
    network->gateway = gateway ? gateway : "";
    network->netmask =
        text_format("%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255, mask & 255);
}

static void take_dns(void *into, const char *name, const char *value)
{
    struct network *network = network_of(into, name, value);
    if (!is_address(value))
        die(EXIT_STATUS_USAGE, "%s %s: expected an IPv4 address", name, value);
    if (network->name_servers.count == NAME_SERVERS_MAX)
        die(EXIT_STATUS_USAGE, "%s %s: %d name servers are the most", name, value,
            NAME_SERVERS_MAX);
    strings_add(&network->name_servers, value);
}

static void take_pcap(void *into, const char *name, const char *value)
{
    network_of(into, name, value)->pcap = value;
}

static void take_print_address(void *into, const char *name, const char *value)
{
    (void)value;
    network_of(into, NULL, name)->tells_address = true;
}

const struct option_row run_network_rows[] = {
    {"-p", "--publish", OPTION_VALUE, "[IP:]HOST:GUEST[/udp]", take_publish,
     "the program's port GUEST is at HOST of 127.0.0.1, or of IP; HOST 0 or left out: any "
     "free one, which is printed (several)"},
    {NULL, "--net", OPTION_VALUE, "NET", take_net,
     "user (default): QEMU's own network; tap=IF: an interface of this machine; none"},
    {NULL, "--ip", OPTION_VALUE, "ADDRESS/BITS[,GATEWAY]", take_ip,
     "the guest's address on a tap (default: it asks by DHCP)"},
    {NULL, "--dns", OPTION_VALUE, "ADDRESS", take_dns,
     "a name server instead of the network's own"},
    {NULL, "--mac", OPTION_VALUE, "ADDRESS", take_mac,
     "the card's address (default: made from the machine's name, and the tap's)"},
    {NULL, "--pcap", OPTION_VALUE, "FILE", take_pcap,
     "write what goes over the network to FILE, for tcpdump and Wireshark"},
    {NULL, "--print-address", OPTION_FLAG, NULL, take_print_address,
     "the addresses that the guest has, on standard error"},
    {0},
};

void network_check_options(const struct network *network)
{
    bool tap = network->kind == NETWORK_TAP;
    if (network->wish && network->kind == NETWORK_NONE)
        die(EXIT_STATUS_USAGE, "%s: not together with --net none", network->wish);
    if (tap && network->published.count)
        die(EXIT_STATUS_USAGE, "-p %s: on a tap the guest has an address of its own, and all ports",
            network->published.at[0].text);
    if (!tap && network->address)
        die(EXIT_STATUS_USAGE, "--ip %s: the user network gives the address; --ip is for a tap",
            network->address);
    if (tap && network->name_servers.count && !network->address)
        die(EXIT_STATUS_USAGE, "--dns %s: on a tap it goes with --ip; DHCP brings its own",
            network->name_servers.at[0]);
}
