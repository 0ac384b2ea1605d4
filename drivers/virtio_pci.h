/* SPDX-License-Identifier: MIT
 *
 * What both kinds of virtio-pci share.
 */
#ifndef DRIVERS_VIRTIO_PCI_H
#define DRIVERS_VIRTIO_PCI_H

#include "drivers/pci.h"
#include "drivers/virtio.h"

/* What a structure of the modern interface is for (virtio 4.1.4). */
enum virtio_pci_structure {
    VIRTIO_PCI_COMMON = 1,
    VIRTIO_PCI_NOTIFY = 2,
    VIRTIO_PCI_INTERRUPT = 3,
    VIRTIO_PCI_DEVICE = 4,
};

/* The capability that says where a structure is; 0: there is none. */
unsigned virtio_pci_structure_find(const struct pci_device *pci, enum virtio_pci_structure kind);

/* The device of a type, after *skip others, which speaks modern virtio or does not. */
bool virtio_pci_find(struct pci_device *pci, enum virtio_type type, unsigned *skip, bool modern);

#endif
