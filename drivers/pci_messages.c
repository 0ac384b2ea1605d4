/* SPDX-License-Identifier: MIT
 *
 * MSI-X: a device interrupts by writing a word to an address, both out of a table of
 * its own. All entries but the first stay masked, as they are after a reset.
 */
#include "drivers/pci.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define COMMAND          0x04
#define COMMAND_NO_LINE  0x400
#define CONTROL          0 /* in the upper half of the capability's first word */
#define CONTROL_ON       0x80000000
#define CONTROL_MASK_ALL 0x40000000
#define TABLE            4 /* an offset, and in its lowest bits which address register */
#define TABLE_BAR        7u

struct entry {
    uint32_t address[2];
    uint32_t data;
    uint32_t masked;
};

bool pci_messages_enable(const struct pci_device *device, const struct interrupt_message *message)
{
    unsigned at = pci_capability(device, PCI_CAPABILITY_MSIX, 0);
    bool is_port = false;

    if (!at)
        return false;
    uint32_t table = pci_read32(device, at + TABLE);
    uint64_t bar = pci_bar(device, table & TABLE_BAR, &is_port);
    if (!bar || is_port)
        return false;
    volatile struct entry *entry =
        device_registers(bar + (table & ~TABLE_BAR), sizeof(struct entry));
    if (!entry)
        return false;
    entry->address[0] = (uint32_t)message->address;
    entry->address[1] = (uint32_t)(message->address >> 32);
    entry->data = message->data;
    entry->masked = 0;
    uint32_t control = pci_read32(device, at + CONTROL);
    pci_write32(device, at + CONTROL, (control | CONTROL_ON) & ~(uint32_t)CONTROL_MASK_ALL);
    pci_write32(device, COMMAND, pci_read16(device, COMMAND) | COMMAND_NO_LINE);
    return true;
}
