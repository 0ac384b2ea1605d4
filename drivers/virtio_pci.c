/* SPDX-License-Identifier: MIT
 *
 * Which virtio devices there are on PCI (virtio 4.1.2). One with an identity of old
 * may have the modern interface as well; then that is what it is driven by.
 */
#include "drivers/virtio_pci.h"
#include "kernel/kernel.h"

#define VENDOR          0x1af4
#define ID_OLD_FIRST    0x1000
#define ID_OLD_LAST     0x103f
#define ID_MODERN_FIRST 0x1040

#define CAPABILITY_STRUCTURE 3 /* where a vendor's capability says what it is for */

unsigned virtio_pci_structure_find(const struct pci_device *pci, enum virtio_pci_structure kind)
{
    unsigned at = 0;

    while ((at = pci_capability(pci, PCI_CAPABILITY_VENDOR, at)))
        if (pci_read8(pci, at + CAPABILITY_STRUCTURE) == (uint8_t)kind)
            return at;
    return 0;
}

struct wish {
    enum virtio_type type;
    unsigned *skip;
    bool modern;
};

static bool is_wanted(const struct pci_device *pci, void *argument)
{
    struct wish *wish = argument;
    bool old = pci->id >= ID_OLD_FIRST && pci->id <= ID_OLD_LAST;
    unsigned type = old ? pci_read16(pci, PCI_SUBSYSTEM + 2) : pci->id - ID_MODERN_FIRST;

    if (pci->vendor != VENDOR || type != wish->type)
        return false;
    if (wish->modern != !!virtio_pci_structure_find(pci, VIRTIO_PCI_COMMON))
        return false;
    return !(*wish->skip)--;
}

bool virtio_pci_find(struct pci_device *pci, enum virtio_type type, unsigned *skip, bool modern)
{
    struct wish wish = {type, skip, modern};

    return pci_find(pci, is_wanted, &wish);
}

/* Two messages do for all devices, since who gets them asks all: one for queues, one for
 * the devices' own registers. */
enum virtio_pci_interrupts virtio_pci_interrupts(const struct pci_device *pci,
                                                 const struct virtio_handlers *handlers)
{
    static struct interrupt_message messages[2];
    bool has_messages =
        pci_capability(pci, PCI_CAPABILITY_MSIX, 0) &&
        (messages[0].address || interrupt_message_enable(&messages[0], handlers->all)) &&
        (messages[1].address || interrupt_message_enable(&messages[1], handlers->changed));

    switch (has_messages ? pci_messages_enable(pci, messages, 2) : 0) {
    case 2:
        return VIRTIO_PCI_MESSAGES;
    case 1:
        return VIRTIO_PCI_MESSAGE;
    }
    return pci_line_enable(pci, handlers->all) ? VIRTIO_PCI_LINE : VIRTIO_PCI_SILENT;
}
