/* SPDX-License-Identifier: MIT
 *
 * PCI by the two ports that every PC chipset has. They reach the first 256 bytes of
 * a function's configuration space, which is where everything lies that is used here.
 */
#include "drivers/pci.h"
#include "kernel/acpi.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA    0xcfc
#define ADDRESS_ON   0x80000000

#define COMMAND             0x04
#define COMMAND_PORTS       1
#define COMMAND_MEMORY      2
#define COMMAND_MASTER      4
#define STATUS              0x06
#define STATUS_CAPABILITIES 0x10
#define HEADER_TYPE         0x0e
#define HEADER_BRIDGE       1
#define HEADER_FUNCTIONS    0x80 /* more than one of them in this slot */
#define BAR_FIRST           0x10
#define BAR_PORT            1
#define BAR_WIDE            4
#define BAR_KIND            7
#define BRIDGE_BUSES        0x18 /* primary, secondary, subordinate */
#define INTERRUPT           0x3c /* line, then pin: 0 has none */
#define CAPABILITIES        0x34
#define CAPABILITIES_MAX    48 /* a list longer than the space is a loop */
#define NOTHING             0xffff
#define SLOTS               32
#define FUNCTIONS           8
#define BUSES               256

bool pci_is_there(void)
{
    bool were_on = interrupts_off();
    uint32_t before = port_read32(PORT_ADDRESS);

    port_write32(PORT_ADDRESS, ADDRESS_ON);
    bool there = port_read32(PORT_ADDRESS) == ADDRESS_ON;
    port_write32(PORT_ADDRESS, before);
    interrupts_restore(were_on);
    return there;
}

uint32_t pci_read32(const struct pci_device *device, unsigned offset)
{
    bool were_on = interrupts_off(); /* nobody else between the ports */

    port_write32(PORT_ADDRESS, ADDRESS_ON | (uint32_t)device->place << 8 | (offset & 0xfc));
    uint32_t value = port_read32(PORT_DATA);
    interrupts_restore(were_on);
    return value;
}

void pci_write32(const struct pci_device *device, unsigned offset, uint32_t value)
{
    bool were_on = interrupts_off();

    port_write32(PORT_ADDRESS, ADDRESS_ON | (uint32_t)device->place << 8 | (offset & 0xfc));
    port_write32(PORT_DATA, value);
    interrupts_restore(were_on);
}

uint16_t pci_read16(const struct pci_device *device, unsigned offset)
{
    return (uint16_t)(pci_read32(device, offset) >> (offset & 2) * 8);
}

uint8_t pci_read8(const struct pci_device *device, unsigned offset)
{
    return (uint8_t)(pci_read32(device, offset) >> (offset & 3) * 8);
}

static bool look(struct pci_device *device, unsigned place)
{
    device->place = (uint16_t)place;
    uint32_t word = pci_read32(device, 0);
    device->vendor = (uint16_t)word;
    device->id = (uint16_t)(word >> 16);
    return device->vendor != NOTHING;
}

/* Bus by bus; what is behind a bridge has a higher number, which firmware gave. */
bool pci_find(struct pci_device *device,
              bool (*is_wanted)(const struct pci_device *device, void *argument), void *argument)
{
    uint8_t has_bus[BUSES] = {1};

    for (unsigned place = 0; pci_is_there() && place < BUSES * SLOTS * FUNCTIONS; place++) {
        unsigned bus = place / (SLOTS * FUNCTIONS), function = place % FUNCTIONS;
        if (!has_bus[bus]) {
            place += SLOTS * FUNCTIONS - 1;
            continue;
        }
        if (!look(device, place)) {
            if (!function) /* without a first one there are no others */
                place += FUNCTIONS - 1;
            continue;
        }
        if (is_wanted(device, argument))
            return true;
        uint8_t header = pci_read8(device, HEADER_TYPE);
        if ((header & ~HEADER_FUNCTIONS) == HEADER_BRIDGE)
            has_bus[pci_read8(device, BRIDGE_BUSES + 1)] = 1;
        if (!function && !(header & HEADER_FUNCTIONS))
            place += FUNCTIONS - 1;
    }
    return false;
}

unsigned pci_capability(const struct pci_device *device, uint8_t kind, unsigned after)
{
    unsigned at = after ? after + 1 : CAPABILITIES;

    if (!(pci_read16(device, STATUS) & STATUS_CAPABILITIES))
        return 0;
    for (int i = 0; i < CAPABILITIES_MAX; i++) {
        at = pci_read8(device, at) & 0xfc;
        if (!at || pci_read8(device, at) == kind)
            return at;
        at++; /* where the next one's place is */
    }
    return 0;
}

uint64_t pci_bar(const struct pci_device *device, unsigned index, bool *is_port)
{
    if (index >= PCI_BARS)
        return 0;
    uint32_t low = pci_read32(device, BAR_FIRST + 4 * index);
    *is_port = low & BAR_PORT;
    if (*is_port)
        return low & ~3u;
    uint64_t address = low & ~15u;
    if ((low & BAR_KIND) == BAR_WIDE && index + 1 < PCI_BARS)
        address |= (uint64_t)pci_read32(device, BAR_FIRST + 4 * index + 4) << 32;
    return address;
}

void pci_enable(const struct pci_device *device)
{
    uint32_t command = pci_read16(device, COMMAND);

    command |= COMMAND_PORTS | COMMAND_MEMORY | COMMAND_MASTER;
    pci_write32(device, COMMAND, command); /* zeros leave the status above it alone */
}

/* A chipset brings PCI's lines in as ISA lines that stay up until the device is
 * attended to. What ACPI says of a line goes before that. */
bool pci_line_enable(const struct pci_device *device, void (*handler)(void))
{
    uint8_t line = pci_read8(device, INTERRUPT);

    if (!pci_read8(device, INTERRUPT + 1) || line >= INTERRUPT_LINES_ISA)
        return false;
    struct interrupt_route *route = &interrupt_routing.lines[line];
    if (!route->known)
        *route = (struct interrupt_route){.known = true, .is_level = true, .input = line};
    return interrupt_line_enable(line, handler);
}
