/* SPDX-License-Identifier: MIT
 *
 * Between lwIP's buffers and the pieces of the program's memory.
 */
#include "libc-glue/net/inet.h"

#include <string.h>

struct iovec piece_find(const struct message *message, size_t done)
{
    size_t i = 0;

    while (i < message->piece_count && done >= message->pieces[i].iov_len)
        done -= message->pieces[i++].iov_len;
    if (i == message->piece_count)
        return (struct iovec){NULL, 0};
    return (struct iovec){(char *)message->pieces[i].iov_base + done,
                          message->pieces[i].iov_len - done};
}

ssize_t pieces_from_pbufs(const struct message *message, size_t done, const struct pbuf *first,
                          size_t size_bytes)
{
    struct iovec piece = {NULL, 0};
    size_t copied = 0, skip = 0;

    while (first && copied < size_bytes) {
        size_t part = first->len - skip;
        if (!piece.iov_len) {
            piece = piece_at(message, done + copied);
            if (!piece.iov_len)
                break;
            if (!memory_probe(piece.iov_base, piece.iov_len, true))
                return copied ? (ssize_t)copied : -EFAULT;
        }
        part = part < piece.iov_len ? part : piece.iov_len;
        part = part < size_bytes - copied ? part : size_bytes - copied;
        memcpy(piece.iov_base, (char *)first->payload + skip, part);
        piece.iov_base = (char *)piece.iov_base + part;
        piece.iov_len -= part;
        copied += part;
        skip += part;
        if (skip == first->len) {
            first = first->next;
            skip = 0;
        }
    }
    return (ssize_t)copied;
}

struct pbuf *pbuf_of_pieces(const struct message *message, pbuf_layer layer, int *error)
{
    size_t size_bytes = message->size_bytes, done = 0;
    bool small = size_bytes <= 1800;
    struct pbuf *p = pbuf_alloc(layer, (u16_t)size_bytes, small ? PBUF_RAM : PBUF_POOL);

    *error = p ? 0 : -ENOBUFS;
    for (struct pbuf *at = p; at && done < size_bytes; at = at->next)
        for (size_t filled = 0; filled < at->len;) {
            struct iovec piece = piece_at(message, done);
            size_t part = at->len - filled < piece.iov_len ? at->len - filled : piece.iov_len;
            if (!memory_probe(piece.iov_base, part, false)) {
                pbuf_free(p);
                *error = -EFAULT;
                return NULL;
            }
            memcpy((char *)at->payload + filled, piece.iov_base, part);
            filled += part;
            done += part;
        }
    return p;
}
