/* SPDX-License-Identifier: MIT
 *
 * The network cards there are drivers for.
 */
#include "kernel/net.h"

extern const struct nic_driver virtio_net, e1000;

const struct nic_driver *const nic_drivers[] = {&virtio_net, &e1000, NULL};
