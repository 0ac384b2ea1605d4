/* SPDX-License-Identifier: MIT
 *
 * The devices that take free memory back to the host.
 */
#include "kernel/memory_return.h"

extern const struct memory_device virtio_balloon;

const struct memory_device *const memory_devices[] = {&virtio_balloon, NULL};
