/* SPDX-License-Identifier: MIT
 *
 * The ways to reach a virtio device, in the order in which they are tried.
 */
#include "drivers/virtio.h"

extern const struct virtio_transport virtio_pci_modern, virtio_pci_legacy, virtio_mmio;

const struct virtio_transport *const virtio_transports[] = {&virtio_pci_modern, &virtio_pci_legacy,
                                                            &virtio_mmio, NULL};
