/* SPDX-License-Identifier: MIT
 *
 * Buffers that network cards receive into. They go from the card to the stack, which may
 * keep them long, and back. A card that runs out of them would be deaf, so it keeps a
 * reserve: before that is touched, the stack is asked to copy what it wants to keep
 * (NIC_FRAME_SCARCE), and then frames are dropped.
 */
#include "drivers/nic.h"
#include "kernel/device.h"
#include "kernel/memory.h"

#define PAGE_BYTES     4096u
#define NOTES_PER_PAGE (PAGE_BYTES / sizeof(struct nic_buffer))

static unsigned reserve_least(unsigned buffers)
{
    return buffers / 8;
}

bool nic_buffers_init(struct nic_buffers *buffers, struct nic *nic, uint32_t size_bytes,
                      size_t memory_bytes, unsigned reserve)
{
    *buffers = (struct nic_buffers){.nic = nic, .size_bytes = size_bytes, .reserve = reserve};
    buffers->count_max = (unsigned)(memory_bytes / (size_bytes + sizeof(struct nic_buffer)));
    if (buffers->reserve < reserve_least(buffers->count_max))
        buffers->reserve = reserve_least(buffers->count_max);
    return buffers->count_max > buffers->reserve;
}

static struct nic_buffer *note_new(struct nic_buffers *buffers)
{
    if (!buffers->unused_count) {
        buffers->unused = memory_page_new();
        buffers->unused_count = buffers->unused ? NOTES_PER_PAGE : 0;
    }
    return buffers->unused_count ? &buffers->unused[--buffers->unused_count] : NULL;
}

static bool buffer_add(struct nic_buffers *buffers, unsigned char *start, uint64_t address)
{
    struct nic_buffer *buffer = note_new(buffers);

    if (!buffer)
        return false;
    *buffer = (struct nic_buffer){.frame.nic = buffers->nic, .start = start, .address = address};
    nic_buffer_put(buffers, buffer);
    buffers->count++;
    return true;
}

/* A page makes some small buffers; a large one is made of some pages. */
static bool grow(struct nic_buffers *buffers)
{
    uint64_t address = 0;
    unsigned char *memory;
    bool good = true;

    if (buffers->size_bytes <= PAGE_BYTES) {
        memory = memory_page_new();
        address = memory ? memory_page_physical(memory) : 0;
    } else {
        memory = device_memory(buffers->size_bytes, &address);
    }
    if (!memory)
        return false;
    uint32_t at = 0;
    do {
        good = buffer_add(buffers, memory + at, address + at);
        at += buffers->size_bytes;
    } while (good && at < PAGE_BYTES && buffers->count < buffers->count_max);
    return good;
}

/* When there is no memory, what there is has to do. */
struct nic_buffer *nic_buffer_make(struct nic_buffers *buffers)
{
    if (buffers->count >= buffers->count_max)
        return NULL;
    if (!grow(buffers)) {
        buffers->count_max = buffers->count;
        buffers->reserve = reserve_least(buffers->count);
    }
    struct nic_buffer *buffer = buffers->free;
    if (buffer)
        buffers->free = buffer->next;
    return buffer;
}

void nic_frame_drop(struct nic_buffers *buffers, struct nic_buffer *first)
{
    struct nic_frame *frame = &first->frame, *next;

    for (; frame; frame = next) {
        next = frame->next;
        nic_buffer_put(buffers, (struct nic_buffer *)frame);
    }
    buffers->nic->dropped_frames++;
}

void nic_frame_lend(struct nic_buffers *buffers, struct nic_buffer *first, unsigned count)
{
    unsigned lent = buffers->lent + count;

    if (lent + buffers->reserve > buffers->count_max) {
        nic_frame_drop(buffers, first);
        return;
    }
    if (lent > buffers->count_max / 2)
        first->frame.flags |= NIC_FRAME_SCARCE;
    buffers->lent = lent;
    buffers->nic->received_frames++;
    buffers->nic->received(buffers->nic, &first->frame);
}
