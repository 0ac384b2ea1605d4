/* SPDX-License-Identifier: MIT
 *
 * The network cards there are drivers for.
 */
#include "kernel/net.h"

extern const struct nic_driver virtio_net;

const struct nic_driver *const nic_drivers[] = {&virtio_net, NULL};
