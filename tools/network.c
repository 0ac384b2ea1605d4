/* SPDX-License-Identifier: MIT
 *
 * The network of a machine, for QEMU and for the guest.
 */
#include "network.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "digest.h"

/* QEMU's user network as it is without being told otherwise. Given to the guest at
 * boot, so that no DHCP stands between its start and the first connection. */
#define USER_ADDRESS "10.0.2.15"
#define USER_GATEWAY "10.0.2.2"
#define USER_NETMASK "255.255.255.0"
#define USER_DNS     "10.0.2.3"

/* The same at each start, so that who hands out addresses knows it again; taps make it
 * differ where several machines of one name share a network. */
static const char *address_from(const char *name, const char *tap)
{
    char hex[DIGEST_HEX_BYTES];
    const char *seed = text_format("%s %s", name, tap ? tap : "");
    digest_bytes(seed, strlen(seed), hex);
    return text_format("52:54:00:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4);
}

static _Noreturn void refuse_tap(const char *name, int error)
{
    if (error == EBUSY)
        die(EXIT_STATUS_NO_VM, "--net tap=%s: another program uses it", name);
    if (error == EPERM)
        die(EXIT_STATUS_NO_VM,
            "--net tap=%s: it belongs to somebody else (ip tuntap add %s mode tap user NAME)", name,
            name);
    if (error == EINVAL)
        die(EXIT_STATUS_NO_VM, "--net tap=%s: it is no tap, or one with several queues", name);
    die(EXIT_STATUS_NO_VM, "--net tap=%s: %s", name, strerror(error));
}

/* Opened once to see that it can be: opening one that is not there would make it. */
static void check_tap(const char *name)
{
    struct ifreq request = {.ifr_flags = 0};
    int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    if (any < 0 || ioctl(any, SIOCGIFFLAGS, &request))
        die(EXIT_STATUS_NO_VM,
            "--net tap=%s: there is no such interface (ip tuntap add %s mode tap user NAME)", name,
            name);
    if (!(request.ifr_flags & IFF_UP))
        warn("--net tap=%s: the interface is down (ip link set %s up)", name, name);
    close(any);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        die(EXIT_STATUS_NO_VM, "--net tap=%s: /dev/net/tun: %s", name, strerror(errno));
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    if (ioctl(fd, TUNSETIFF, &request))
        refuse_tap(name, errno);
    close(fd);
}

/* QEMU empties it; that it can is seen before. */
static void check_pcap(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0)
        die(EXIT_STATUS_NO_VM, "--pcap %s: %s", path, strerror(errno));
    close(fd);
}

void network_settle(struct network *network, const char *name, const char *what, bool has_network)
{
    if (network->wish && !has_network)
        die(EXIT_STATUS_USAGE, "%s: %s has no network: it makes no internet socket", network->wish,
            what);
    if (network->kind == NETWORK_AUTO || !has_network)
        network->kind = has_network ? NETWORK_USER : NETWORK_NONE;
    if (network->kind == NETWORK_NONE)
        return;
    if (!network->mac)
        network->mac = address_from(name, network->tap);
    if (network->kind == NETWORK_TAP)
        check_tap(network->tap);
    if (network->pcap)
        check_pcap(network->pcap);
    publish_reserve(&network->published);
}

/* As Linux has it: ip=ADDRESS::GATEWAY:MASK:NAME:DEVICE:HOW:DNS:DNS. */
void network_add_boot_words(const struct network *network, struct strings *words)
{
    bool user = network->kind == NETWORK_USER;
    const char *address = user ? USER_ADDRESS : network->address, *servers = "";
    if (network->kind == NETWORK_NONE)
        return;
    for (size_t i = 0; i < network->name_servers.count; i++)
        servers = text_format("%s:%s", servers, network->name_servers.at[i]);
    if (user && !*servers)
        servers = ":" USER_DNS;
    if (address)
        strings_addf(words, "ip=%s::%s:%s::eth0:off%s", address,
                     user ? USER_GATEWAY : network->gateway, user ? USER_NETMASK : network->netmask,
                     servers);
    if (network->tells_address)
        strings_add(words, "thimble.net=verbose");
}

static const char *user_option(const struct network *network)
{
    const char *option = "user,id=net0";
    for (size_t i = 0; i < network->published.count; i++) {
        const struct publication *one = &network->published.at[i];
        option =
            text_format("%s,hostfwd=%s:%s:%u-" USER_ADDRESS ":%u", option, one->udp ? "udp" : "tcp",
                        one->address, one->host_port, one->guest_port);
    }
    return option;
}

void network_add_arguments(const struct network *network, const char *machine_kind,
                           struct strings *argv)
{
    bool memory_mapped = strcmp(machine_kind, "microvm") == 0;
    if (network->kind == NETWORK_NONE)
        return;
    strings_add(argv, "-netdev");
    if (network->kind == NETWORK_TAP)
        strings_addf(argv, "tap,id=net0,ifname=%s,script=no,downscript=no,vnet_hdr=on",
                     text_double_commas(network->tap));
    else
        strings_add(argv, user_option(network));
    if (memory_mapped)
        strings_add_all(argv,
                        (const char *const[]){"-global", "virtio-mmio.force-legacy=false", NULL});
    strings_add(argv, "-device");
    strings_addf(argv, "%s,netdev=net0,mac=%s",
                 memory_mapped ? "virtio-net-device" : "virtio-net-pci,romfile=", network->mac);
    if (network->pcap) {
        strings_add(argv, "-object");
        strings_addf(argv, "filter-dump,id=dump0,netdev=net0,file=%s",
                     text_double_commas(network->pcap));
    }
}
