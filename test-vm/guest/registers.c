/* SPDX-License-Identifier: MIT
 *
 * The own registers of virtio devices, by the drivers' functions: what a network device
 * and a balloon say of themselves. Built with -I to the top of the tree.
 */
#include <stdio.h>

#include "check.h"
#include "drivers/virtio.h"

#define REACH(part, name) extern __typeof__(name) name __asm__(part "." #name)
REACH("drivers", virtio_find);
REACH("drivers", virtio_negotiate);
REACH("drivers", virtio_interrupts);
REACH("drivers", virtio_config_read);
REACH("drivers", virtio_config_write);

#define NET_F_MTU      (1ull << 3)
#define NET_MTU        10
#define BALLOON_ACTUAL 4

static void ignore(struct virtio_device *device)
{
    (void)device;
}

int main(void)
{
    static struct virtio_device device, balloon;
    uint8_t address[6], again[6];
    uint16_t mtu = 0;
    uint32_t actual = 0, both[2] = {0};

    CHECK(virtio_find(&device, VIRTIO_NET, 0));
    CHECK(virtio_negotiate(&device, NET_F_MTU));
    printf("features %llx by %s\n", (unsigned long long)device.features, device.transport->name);
    virtio_config_read(&device, 0, address, 1, sizeof address);
    virtio_config_read(&device, NET_MTU, &mtu, sizeof mtu, 1);
    printf("%02x:%02x:%02x:%02x:%02x:%02x mtu %u\n", address[0], address[1], address[2], address[3],
           address[4], address[5], mtu);
    CHECK(virtio_interrupts(&device, ignore)); /* with messages, old devices move them */
    virtio_config_read(&device, 0, again, 1, sizeof again);
    CHECK(memcmp(address, again, sizeof again) == 0);

    CHECK(!virtio_find(&balloon, VIRTIO_NET, 1) && !virtio_find(&balloon, VIRTIO_BLOCK, 0));
    CHECK(virtio_find(&balloon, VIRTIO_BALLOON, 0));
    CHECK(virtio_negotiate(&balloon, 0));
    virtio_config_write(&balloon, BALLOON_ACTUAL, 0x10203, sizeof actual);
    virtio_config_read(&balloon, BALLOON_ACTUAL, &actual, sizeof actual, 1);
    CHECK(actual == 0x10203);
    virtio_config_read(&balloon, 0, both, sizeof both[0], 2);
    CHECK(both[0] == 0 && both[1] == 0x10203);
    return success();
}
