/* SPDX-License-Identifier: MIT
 *
 * MSI-X: a device interrupts by writing a word to an address, both out of a table of
 * its own. All entries but the first ones stay masked, as they are after a reset.
 */
#include "drivers/pci.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define COMMAND                  0x04
#define COMMAND_NO_LINE          0x400
#define CONTROL                  0 /* in the upper half of the capability's first word */
#define CONTROL_ON               0x80000000
#define CONTROL_MASK_ALL         0x40000000
#define CONTROL_ENTRIES(control) (((control) >> 16 & 0x7ff) + 1)
#define TABLE                    4 /* an offset, and in its lowest bits which address register */
#define TABLE_BAR                7u

struct entry {
    uint32_t address[2];
    uint32_t data;
    uint32_t masked;
};

unsigned pci_messages_enable(const struct pci_device *device,
                             const struct interrupt_message *messages, unsigned count)
{
    unsigned at = pci_capability(device, PCI_CAPABILITY_MSIX, 0);
    bool is_port = false;

    if (!at)
        return 0;
    uint32_t table = pci_read32(device, at + TABLE);
    uint64_t bar = pci_bar(device, table & TABLE_BAR, &is_port);
    uint32_t control = pci_read32(device, at + CONTROL);
    if (count > CONTROL_ENTRIES(control))
        count = CONTROL_ENTRIES(control);
    if (!bar || is_port)
        return 0;
    volatile struct entry *entries =
        device_registers(bar + (table & ~TABLE_BAR), count * sizeof(struct entry));
    for (unsigned i = 0; entries && i < count; i++) {
        entries[i].address[0] = (uint32_t)messages[i].address;
        entries[i].address[1] = (uint32_t)(messages[i].address >> 32);
        entries[i].data = messages[i].data;
        entries[i].masked = 0;
    }
    if (!entries)
        return 0;
    pci_write32(device, at + CONTROL, (control | CONTROL_ON) & ~(uint32_t)CONTROL_MASK_ALL);
    pci_write32(device, COMMAND, pci_read16(device, COMMAND) | COMMAND_NO_LINE);
    return count;
}
