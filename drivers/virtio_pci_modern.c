/* SPDX-License-Identifier: MIT
 *
 * virtio-pci as of version 1: structures in memory that capabilities lead to
 * (virtio 1.2, section 4.1.4).
 */
#include "drivers/registers.h"
#include "drivers/virtio_pci.h"
#include "kernel/device.h"

#define CAPABILITY_BAR        4
#define CAPABILITY_OFFSET     8
#define CAPABILITY_LENGTH     12
#define CAPABILITY_MULTIPLIER 16 /* of the notify structure */
#define RESET_TRIES           1000000

struct common {
    uint32_t device_feature_select;
    uint32_t device_feature;
    uint32_t driver_feature_select;
    uint32_t driver_feature;
    uint16_t config_vector;
    uint16_t queue_count;
    uint8_t status;
    uint8_t config_generation;
    uint16_t queue_select;
    uint16_t queue_size;
    uint16_t queue_vector;
    uint16_t queue_enable;
    uint16_t queue_notify_offset;
    uint32_t queue_descriptors[2]; /* addresses are written by halves */
    uint32_t queue_available[2];
    uint32_t queue_used[2];
};

_Static_assert(sizeof(struct common) == 56, "virtio 4.1.4.3");

struct place {
    struct pci_device pci;
    volatile struct common *common;
    volatile uint8_t *notify, *config, *interrupt;
    uint32_t notify_bytes, notify_multiplier, config_bytes;
    enum virtio_pci_interrupts how;
};

_Static_assert(sizeof(struct place) <= VIRTIO_PLACE_BYTES, "it stands in struct virtio_device");

static struct place *place_of(struct virtio_device *device)
{
    return (struct place *)device->place;
}

/* Registers of a structure; NULL where it has none, or fewer than it takes. */
static volatile void *structure_map(const struct pci_device *pci, enum virtio_pci_structure kind,
                                    uint32_t bytes_min, uint32_t *bytes)
{
    unsigned at = virtio_pci_structure_find(pci, kind);
    bool is_port = false;

    if (!at)
        return NULL;
    uint64_t bar = pci_bar(pci, pci_read8(pci, at + CAPABILITY_BAR), &is_port);
    uint32_t offset = pci_read32(pci, at + CAPABILITY_OFFSET);
    *bytes = pci_read32(pci, at + CAPABILITY_LENGTH);
    if (!bar || is_port || *bytes < bytes_min)
        return NULL;
    return device_registers(bar + offset, *bytes);
}

static bool find(struct virtio_device *device, enum virtio_type type, unsigned *skip)
{
    struct place *place = place_of(device);
    uint32_t bytes;

    if (!virtio_pci_find(&place->pci, type, skip, true))
        return false;
    pci_enable(&place->pci);
    place->common = structure_map(&place->pci, VIRTIO_PCI_COMMON, sizeof(struct common), &bytes);
    place->notify = structure_map(&place->pci, VIRTIO_PCI_NOTIFY, 2, &place->notify_bytes);
    place->config = structure_map(&place->pci, VIRTIO_PCI_DEVICE, 1, &place->config_bytes);
    place->interrupt = structure_map(&place->pci, VIRTIO_PCI_INTERRUPT, 1, &bytes);
    unsigned at = virtio_pci_structure_find(&place->pci, VIRTIO_PCI_NOTIFY);
    place->notify_multiplier = pci_read32(&place->pci, at + CAPABILITY_MULTIPLIER);
    return place->common && place->notify && place->interrupt;
}

static uint8_t status_read(struct virtio_device *device)
{
    return place_of(device)->common->status;
}

/* 4.1.4.3.2: a reset is over when the status reads 0. */
static void status_write(struct virtio_device *device, uint8_t status)
{
    volatile struct common *common = place_of(device)->common;

    common->status = status;
    for (int i = 0; !status && common->status && i < RESET_TRIES; i++)
        ;
}

static uint64_t features_read(struct virtio_device *device)
{
    volatile struct common *common = place_of(device)->common;

    common->device_feature_select = 1;
    uint64_t high = common->device_feature;
    common->device_feature_select = 0;
    return high << 32 | common->device_feature;
}

static bool features_write(struct virtio_device *device, uint64_t features)
{
    volatile struct common *common = place_of(device)->common;

    common->driver_feature_select = 0;
    common->driver_feature = (uint32_t)features;
    common->driver_feature_select = 1;
    common->driver_feature = (uint32_t)(features >> 32);
    return features & VIRTIO_F_VERSION_1;
}

static bool has_config(const struct place *place, unsigned offset, unsigned bytes)
{
    return place->config && offset < place->config_bytes && bytes <= place->config_bytes - offset;
}

static uint32_t config_read(struct virtio_device *device, unsigned offset, unsigned bytes)
{
    struct place *place = place_of(device);

    return has_config(place, offset, bytes) ? register_read(place->config + offset, bytes) : 0;
}

static void config_write(struct virtio_device *device, unsigned offset, unsigned bytes,
                         uint32_t value)
{
    struct place *place = place_of(device);

    if (has_config(place, offset, bytes))
        register_write(place->config + offset, bytes, value);
}

static uint32_t config_generation(struct virtio_device *device)
{
    return place_of(device)->common->config_generation;
}

static unsigned queue_size(struct virtio_device *device, unsigned index, bool *fixed)
{
    volatile struct common *common = place_of(device)->common;

    *fixed = false;
    if (index >= common->queue_count)
        return 0;
    common->queue_select = (uint16_t)index;
    return common->queue_size;
}

static void address_write(volatile uint32_t *to, uint64_t address)
{
    to[0] = (uint32_t)address;
    to[1] = (uint32_t)(address >> 32);
}

static bool queue_start(struct virtio_device *device, struct virtio_queue *queue)
{
    struct place *place = place_of(device);
    volatile struct common *common = place->common;
    unsigned size = queue->ring.size;

    common->queue_select = queue->index;
    common->queue_size = queue->ring.size;
    common->queue_vector = virtio_pci_has_messages(place->how) ? 0 : VIRTIO_PCI_NO_MESSAGE;
    address_write(common->queue_descriptors, queue->address);
    address_write(common->queue_available, queue->address + virtqueue_available_offset(size));
    address_write(common->queue_used, queue->address + virtqueue_used_offset(size, queue->align));
    queue->doorbell = common->queue_notify_offset * place->notify_multiplier;
    if (queue->doorbell + sizeof(uint16_t) > place->notify_bytes)
        return false;
    common->queue_enable = 1;
    return true;
}

static void notify(struct virtio_device *device, const struct virtio_queue *queue)
{
    *(volatile uint16_t *)(place_of(device)->notify + queue->doorbell) = queue->index;
}

/* 4.1.5.1.2.1: a device that has no room for the message says so. */
static bool interrupts(struct virtio_device *device, const struct virtio_handlers *handlers)
{
    struct place *place = place_of(device);

    place->how = virtio_pci_interrupts(&place->pci, handlers);
    if (!virtio_pci_has_messages(place->how))
        return place->how == VIRTIO_PCI_LINE;
    place->common->config_vector = virtio_pci_changed(place->how);
    return place->common->config_vector == virtio_pci_changed(place->how);
}

/* To read the register is what makes the line fall. */
static unsigned interrupt_take(struct virtio_device *device)
{
    struct place *place = place_of(device);

    return virtio_pci_has_messages(place->how) ? virtio_pci_message_take(place->how)
                                               : *place->interrupt;
}

const struct virtio_transport virtio_pci_modern = {
    .name = "virtio-pci",
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
