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

/* How a device interrupts: by message 0 for its queues and 1 for its own registers, by
 * message 0 for both, by a line, or not at all. */
enum virtio_pci_interrupts {
    VIRTIO_PCI_SILENT,
    VIRTIO_PCI_MESSAGES,
    VIRTIO_PCI_MESSAGE,
    VIRTIO_PCI_LINE
};
#define VIRTIO_PCI_NO_MESSAGE 0xffff
enum virtio_pci_interrupts virtio_pci_interrupts(const struct pci_device *pci,
                                                 const struct virtio_handlers *handlers);

static inline bool virtio_pci_has_messages(enum virtio_pci_interrupts how)
{
    return how == VIRTIO_PCI_MESSAGES || how == VIRTIO_PCI_MESSAGE;
}
/* The number of the message for changed registers. */
static inline uint16_t virtio_pci_changed(enum virtio_pci_interrupts how)
{
    return how == VIRTIO_PCI_MESSAGES;
}
/* What interrupted, when it came by message 0. */
static inline unsigned virtio_pci_message_take(enum virtio_pci_interrupts how)
{
    return how == VIRTIO_PCI_MESSAGES ? VIRTIO_USED : VIRTIO_USED | VIRTIO_CHANGED;
}

#endif
