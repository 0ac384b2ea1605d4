/* SPDX-License-Identifier: MIT
 *
 * A frame to send, from addresses of the program's to those of a card's.
 */
#include "drivers/nic.h"
#include "kernel/device.h"
#include "kernel/kernel.h"

/* The stack's memory is seen in the view of RAM, where nothing has to be looked up. */
static uint32_t piece_of(const char *at, uint32_t size_bytes, uint64_t *address)
{
    uintptr_t seen = (uintptr_t)at - placement.direct_map;

    if (seen >= DIRECT_MAP_MAX)
        return (uint32_t)device_piece(at, size_bytes, address);
    *address = seen;
    return size_bytes;
}

unsigned nic_pieces(const struct nic_send *send, struct virtqueue_part *pieces)
{
    uint32_t total_bytes = 0;
    uint64_t end = 0; /* of the last piece; no piece begins at 0 */
    unsigned count = 0;

    for (unsigned i = 0; i < send->part_count; i++) {
        const char *at = send->parts[i].data;
        uint32_t left = send->parts[i].size_bytes;
        if (left > NIC_FRAME_BYTES_MAX || (total_bytes += left) > NIC_FRAME_BYTES_MAX)
            return 0;
        while (left) {
            uint64_t address;
            uint32_t size_bytes = piece_of(at, left, &address);
            if (address == end)
                pieces[count - 1].size_bytes += size_bytes;
            else if (count == NIC_PIECES_MAX)
                return 0;
            else
                pieces[count++] = (struct virtqueue_part){address, size_bytes};
            end = address + size_bytes;
            at += size_bytes;
            left -= size_bytes;
        }
    }
    return count;
}

bool nic_frame_copy(const struct nic_send *send, unsigned char *to, uint32_t max_bytes,
                    uint32_t *size_bytes)
{
    *size_bytes = 0;
    for (unsigned i = 0; i < send->part_count; i++) {
        const unsigned char *from = send->parts[i].data;
        uint32_t n = send->parts[i].size_bytes;
        if (n > max_bytes - *size_bytes)
            return false;
        for (uint32_t k = 0; k < n; k++)
            to[*size_bytes + k] = from[k];
        *size_bytes += n;
    }
    return true;
}
