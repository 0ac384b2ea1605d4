/* SPDX-License-Identifier: MIT
 *
 * virtio-mmio (virtio 1.2, section 4.2), version 2 and, with its own way to name a
 * queue's memory, version 1.
 *
 * Such devices cannot be found; one is told of them: by words of the command line,
 *     virtio_mmio.device=SIZE@ADDRESS:LINE
 * as Firecracker and QEMU write them. QEMU's microvm with ACPI on writes none; its
 * devices are always in the same window, where they are looked for when the machine
 * is QEMU's and has no PCI, whose devices might be there instead.
 */
#include "drivers/pci.h"
#include "drivers/registers.h"
#include "drivers/virtio.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

#define PARAMETER "virtio_mmio.device="

#define MICROVM_WINDOW  0xfeb00000ul
#define MICROVM_STEP    512
#define MICROVM_DEVICES 24

#define MAGIC       0x74726976 /* "virt" */
#define VERSION_OLD 1
#define VERSION_NEW 2
#define PAGE_BYTES  4096u
#define RESET_TRIES 1000000

struct registers {
    uint32_t magic;
    uint32_t version;
    uint32_t type; /* 0: nothing is plugged in */
    uint32_t vendor;
    uint32_t device_features;
    uint32_t device_features_select;
    uint32_t reserved0[2];
    uint32_t driver_features;
    uint32_t driver_features_select;
    uint32_t old_page_bytes;
    uint32_t reserved1;
    uint32_t queue_select;
    uint32_t queue_size_max;
    uint32_t queue_size;
    uint32_t old_queue_align;
    uint32_t old_queue_page;
    uint32_t queue_ready;
    uint32_t reserved2[2];
    uint32_t queue_notify;
    uint32_t reserved3[3];
    uint32_t interrupt_status;
    uint32_t interrupt_acknowledge;
    uint32_t reserved4[2];
    uint32_t status;
    uint32_t reserved5[3];
    uint32_t queue_descriptors[2];
    uint32_t reserved6[2];
    uint32_t queue_available[2];
    uint32_t reserved7[2];
    uint32_t queue_used[2];
    uint32_t reserved8[21];
    uint32_t config_generation;
    uint8_t config[];
};

_Static_assert(offsetof(struct registers, queue_notify) == 0x50, "virtio 4.2.2");
_Static_assert(offsetof(struct registers, queue_used) == 0xa0, "virtio 4.2.2");
_Static_assert(offsetof(struct registers, config) == 0x100, "virtio 4.2.2");

struct place {
    volatile struct registers *registers;
    uint32_t config_bytes;
    uint32_t line; /* of its interrupt; 0: not known */
    bool is_old;
};

_Static_assert(sizeof(struct place) <= VIRTIO_PLACE_BYTES, "it stands in struct virtio_device");

static struct place *place_of(struct virtio_device *device)
{
    return (struct place *)device->place;
}

/* A number as the C library's strtoull(…, 0) reads it, and what stands behind it. */
static uint64_t number_read(const char **at)
{
    uint64_t value = 0;
    unsigned base = 10;

    if ((*at)[0] == '0' && ((*at)[1] == 'x' || (*at)[1] == 'X')) {
        base = 16;
        *at += 2;
    }
    for (;; (*at)++) {
        unsigned c = (unsigned char)**at, digit = c - '0';
        if (digit > 9)
            digit = (c | 0x20) - 'a' < 6 ? (c | 0x20) - 'a' + 10 : base;
        if (digit >= base)
            return value;
        value = value * base + digit;
    }
}

/* 4K@0xd0000000:5 */
static bool word_parse(const char *at, uint64_t *size, uint64_t *address, uint64_t *line)
{
    *size = number_read(&at);
    if (*at == 'K' || *at == 'k') {
        *size <<= 10;
        at++;
    }
    if (*at++ != '@')
        return false;
    *address = number_read(&at);
    if (*at++ != ':')
        return false;
    *line = number_read(&at);
    return *size > sizeof(struct registers) && *address;
}

/* The nth place where a device may be, and its registers; false: there are no more. */
static bool place_look(unsigned n, struct place *place)
{
    static bool window_tried;
    static volatile char *window;
    uint64_t size, address, line;
    char word[64];

    *place = (struct place){0};
    if (device_word(PARAMETER, n, word, sizeof word)) {
        if (word_parse(word, &size, &address, &line) && size <= UINT32_MAX)
            *place = (struct place){.registers = device_registers(address, size),
                                    .config_bytes = (uint32_t)(size - sizeof(struct registers)),
                                    .line = (uint32_t)line};
        return true;
    }
    if (n >= MICROVM_DEVICES || device_word(PARAMETER, 0, word, sizeof word))
        return false;
    if (!window_tried && machine_is_qemu() && !pci_is_there())
        window = device_registers(MICROVM_WINDOW, (size_t)MICROVM_STEP * MICROVM_DEVICES);
    window_tried = true;
    if (!window)
        return false;
    place->registers = (volatile void *)(window + (size_t)MICROVM_STEP * n);
    place->config_bytes = MICROVM_STEP - sizeof(struct registers);
    return true;
}

static bool find(struct virtio_device *device, enum virtio_type type, unsigned *skip)
{
    struct place *place = place_of(device);

    for (unsigned n = 0; place_look(n, place); n++) {
        volatile struct registers *registers = place->registers;
        if (!registers || registers->magic != MAGIC || registers->type != type)
            continue;
        uint32_t version = registers->version;
        place->is_old = version == VERSION_OLD;
        if ((version == VERSION_OLD || version == VERSION_NEW) && !(*skip)--)
            return true;
    }
    return false;
}

static uint8_t status_read(struct virtio_device *device)
{
    return (uint8_t)place_of(device)->registers->status;
}

static void status_write(struct virtio_device *device, uint8_t status)
{
    volatile struct registers *registers = place_of(device)->registers;

    registers->status = status;
    for (int i = 0; !status && registers->status && i < RESET_TRIES; i++)
        ;
}

static uint64_t features_read(struct virtio_device *device)
{
    volatile struct registers *registers = place_of(device)->registers;

    registers->device_features_select = 1;
    uint64_t high = place_of(device)->is_old ? 0 : registers->device_features;
    registers->device_features_select = 0;
    return high << 32 | registers->device_features;
}

static bool features_write(struct virtio_device *device, uint64_t features)
{
    volatile struct registers *registers = place_of(device)->registers;

    registers->driver_features_select = 0;
    registers->driver_features = (uint32_t)features;
    if (place_of(device)->is_old)
        return true;
    registers->driver_features_select = 1;
    registers->driver_features = (uint32_t)(features >> 32);
    return features & VIRTIO_F_VERSION_1;
}

static bool has_config(const struct place *place, unsigned offset, unsigned bytes)
{
    return offset < place->config_bytes && bytes <= place->config_bytes - offset;
}

static uint32_t config_read(struct virtio_device *device, unsigned offset, unsigned bytes)
{
    struct place *place = place_of(device);

    if (!has_config(place, offset, bytes))
        return 0;
    return register_read(place->registers->config + offset, bytes);
}

static void config_write(struct virtio_device *device, unsigned offset, unsigned bytes,
                         uint32_t value)
{
    struct place *place = place_of(device);

    if (has_config(place, offset, bytes))
        register_write(place->registers->config + offset, bytes, value);
}

static uint32_t config_generation(struct virtio_device *device)
{
    return place_of(device)->is_old ? 0 : place_of(device)->registers->config_generation;
}

static unsigned queue_size(struct virtio_device *device, unsigned index, bool *fixed)
{
    volatile struct registers *registers = place_of(device)->registers;

    *fixed = false;
    registers->queue_select = index;
    return registers->queue_size_max;
}

static void address_write(volatile uint32_t *to, uint64_t address)
{
    to[0] = (uint32_t)address;
    to[1] = (uint32_t)(address >> 32);
}

static bool queue_start(struct virtio_device *device, struct virtio_queue *queue)
{
    volatile struct registers *registers = place_of(device)->registers;
    unsigned size = queue->ring.size;

    registers->queue_select = queue->index;
    registers->queue_size = size;
    if (place_of(device)->is_old) {
        if (queue->address / PAGE_BYTES > UINT32_MAX)
            return false;
        registers->old_page_bytes = PAGE_BYTES;
        registers->old_queue_align = queue->align;
        registers->old_queue_page = (uint32_t)(queue->address / PAGE_BYTES);
        return true;
    }
    address_write(registers->queue_descriptors, queue->address);
    address_write(registers->queue_available, queue->address + virtqueue_available_offset(size));
    address_write(registers->queue_used,
                  queue->address + virtqueue_used_offset(size, queue->align));
    registers->queue_ready = 1;
    return true;
}

static void notify(struct virtio_device *device, const struct virtio_queue *queue)
{
    place_of(device)->registers->queue_notify = queue->index;
}

static bool interrupts(struct virtio_device *device, const struct virtio_handlers *handlers)
{
    uint32_t line = place_of(device)->line;

    return line && interrupt_line_enable(line, handlers->all);
}

static unsigned interrupt_take(struct virtio_device *device)
{
    volatile struct registers *registers = place_of(device)->registers;
    uint32_t status = registers->interrupt_status;

    if (status)
        registers->interrupt_acknowledge = status;
    return status;
}

const struct virtio_transport virtio_mmio = {
    .name = "virtio-mmio",
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
