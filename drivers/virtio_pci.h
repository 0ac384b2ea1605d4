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

/* How a device interrupts: by messages, all of them number 0, by a line, or not at all. */
enum virtio_pci_interrupts { VIRTIO_PCI_SILENT, VIRTIO_PCI_MESSAGES, VIRTIO_PCI_LINE };
#define VIRTIO_PCI_NO_MESSAGE 0xffff
enum virtio_pci_interrupts virtio_pci_interrupts(const struct pci_device *pci,
                                                 void (*handler)(void));

#endif
