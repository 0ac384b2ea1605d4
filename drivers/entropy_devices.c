/* SPDX-License-Identifier: MIT
 *
 * The devices that random bytes come from, and those that tell a copy of the machine.
 */
#include "kernel/entropy.h"

extern const struct entropy_device virtio_rng;
extern const struct generation_device vmgenid;

const struct entropy_device *const entropy_devices[] = {&virtio_rng, NULL};
const struct generation_device *const generation_devices[] = {&vmgenid, NULL};
