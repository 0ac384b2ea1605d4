/* SPDX-License-Identifier: MIT
 *
 * virtio-pci before version 1: a few ports (virtio 1.2, section 4.1.4.10).
 */
#include "drivers/virtio_pci.h"
#include "kernel/arch/x86_64/cpu.h"

#define DEVICE_FEATURES 0
#define DRIVER_FEATURES 4
#define QUEUE_PAGE      8
#define QUEUE_SIZE      12
#define QUEUE_SELECT    14
#define QUEUE_NOTIFY    16
#define STATUS          18
#define INTERRUPT       19
#define CONFIG          20 /* without messages */
#define CONFIG_MESSAGE  20 /* with them */
#define QUEUE_MESSAGE   22
#define CONFIG_BEHIND   24

struct place {
    struct pci_device pci;
    uint16_t port;
    uint16_t config; /* its port */
    enum virtio_pci_interrupts how;
};

_Static_assert(sizeof(struct place) <= VIRTIO_PLACE_BYTES, "it stands in struct virtio_device");

static struct place *place_of(struct virtio_device *device)
{
    return (struct place *)device->place;
}

static bool find(struct virtio_device *device, enum virtio_type type, unsigned *skip)
{
    struct place *place = place_of(device);
    bool is_port = false;

    if (!virtio_pci_find(&place->pci, type, skip, false))
        return false;
    pci_enable(&place->pci);
    place->port = (uint16_t)pci_bar(&place->pci, 0, &is_port);
    place->config = place->port + CONFIG;
    return place->port && is_port;
}

static uint8_t status_read(struct virtio_device *device)
{
    return port_read8(place_of(device)->port + STATUS);
}

static void status_write(struct virtio_device *device, uint8_t status)
{
    port_write8(place_of(device)->port + STATUS, status);
}

static uint64_t features_read(struct virtio_device *device)
{
    return port_read32(place_of(device)->port + DEVICE_FEATURES);
}

static bool features_write(struct virtio_device *device, uint64_t features)
{
    port_write32(place_of(device)->port + DRIVER_FEATURES, (uint32_t)features);
    return true;
}

static uint32_t config_read(struct virtio_device *device, unsigned offset, unsigned bytes)
{
    uint16_t port = (uint16_t)(place_of(device)->config + offset);

    if (bytes == 4)
        return port_read32(port);
    return bytes == 2 ? port_read16(port) : port_read8(port);
}

static void config_write(struct virtio_device *device, unsigned offset, unsigned bytes,
                         uint32_t value)
{
    uint16_t port = (uint16_t)(place_of(device)->config + offset);

    if (bytes == 4)
        port_write32(port, value);
    else if (bytes == 2)
        port_write16(port, (uint16_t)value);
    else
        port_write8(port, (uint8_t)value);
}

/* There is none: who reads sees what is there. */
static uint32_t config_generation(struct virtio_device *device)
{
    (void)device;
    return 0;
}

static unsigned queue_size(struct virtio_device *device, unsigned index, bool *fixed)
{
    uint16_t port = place_of(device)->port;

    *fixed = true;
    port_write16(port + QUEUE_SELECT, (uint16_t)index);
    return port_read16(port + QUEUE_SIZE);
}

static bool queue_start(struct virtio_device *device, struct virtio_queue *queue)
{
    uint16_t port = place_of(device)->port;
    uint64_t page = queue->address / VIRTQUEUE_ALIGN;

    if (page > UINT32_MAX)
        return false;
    port_write16(port + QUEUE_SELECT, queue->index);
    if (virtio_pci_has_messages(place_of(device)->how))
        port_write16(port + QUEUE_MESSAGE, 0);
    port_write32(port + QUEUE_PAGE, (uint32_t)page);
    return true;
}

static void notify(struct virtio_device *device, const struct virtio_queue *queue)
{
    port_write16(place_of(device)->port + QUEUE_NOTIFY, queue->index);
}

static bool interrupts(struct virtio_device *device, const struct virtio_handlers *handlers)
{
    struct place *place = place_of(device);

    place->how = virtio_pci_interrupts(&place->pci, handlers);
    if (!virtio_pci_has_messages(place->how))
        return place->how == VIRTIO_PCI_LINE;
    place->config = place->port + CONFIG_BEHIND;
    port_write16(place->port + CONFIG_MESSAGE, virtio_pci_changed(place->how));
    return port_read16(place->port + CONFIG_MESSAGE) == virtio_pci_changed(place->how);
}

/* To read the register is what makes the line fall. */
static unsigned interrupt_take(struct virtio_device *device)
{
    struct place *place = place_of(device);

    return virtio_pci_has_messages(place->how) ? virtio_pci_message_take(place->how)
                                               : port_read8(place->port + INTERRUPT);
}

const struct virtio_transport virtio_pci_legacy = {
    .name = "virtio-pci (legacy)",
    .find = find,
    .status_read = status_read,
    .status_write = status_write,
    .features_read = features_read,
    .features_write = features_write,
    .config_read = config_read,
    .config_write = config_write,
    .config_generation = config_generation,
    .queue_size = queue_size,
    .queue_start = queue_start,
    .notify = notify,
    .interrupts = interrupts,
    .interrupt_take = interrupt_take,
};
