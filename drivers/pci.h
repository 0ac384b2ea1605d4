/* SPDX-License-Identifier: MIT
 *
 * PCI: which functions there are, their configuration space, capabilities, base
 * addresses and messages.
 */
#ifndef DRIVERS_PCI_H
#define DRIVERS_PCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_BARS              6
#define PCI_SUBSYSTEM         0x2c /* vendor, then device */
#define PCI_CAPABILITY_MSIX   0x11
#define PCI_CAPABILITY_VENDOR 0x09

struct pci_device {
    uint16_t place; /* bus << 8 | slot << 3 | function */
    uint16_t vendor, id;
};

/* Without these ports the machine has no PCI that we reach. */
bool pci_is_there(void);

/* The first function that is wanted, in the order of buses and slots. */
bool pci_find(struct pci_device *device,
              bool (*is_wanted)(const struct pci_device *device, void *argument), void *argument);

uint8_t pci_read8(const struct pci_device *device, unsigned offset);
uint16_t pci_read16(const struct pci_device *device, unsigned offset);
uint32_t pci_read32(const struct pci_device *device, unsigned offset);
void pci_write32(const struct pci_device *device, unsigned offset, uint32_t value);

/* Where the next capability of a kind stands after the one at `after` (0: the first),
 * or 0. */
unsigned pci_capability(const struct pci_device *device, uint8_t kind, unsigned after);

/* The address of a base address register; 0: it has none. */
uint64_t pci_bar(const struct pci_device *device, unsigned index, bool *is_port);

/* Lets it answer, and reach our memory. */
void pci_enable(const struct pci_device *device);

/* pci_messages.c: MSI-X with these messages, number 0 and on. How many of them the device
 * has room for; 0: it has no MSI-X. */
struct interrupt_message;
unsigned pci_messages_enable(const struct pci_device *device,
                             const struct interrupt_message *messages, unsigned count);

/* The line that firmware gave it; others may share it. False: it has none. */
bool pci_line_enable(const struct pci_device *device, void (*handler)(void));

#endif
