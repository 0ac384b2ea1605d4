/* SPDX-License-Identifier: MIT
 *
 * Framing and deframing. Bytes that look like a frame but are none (firmware
 * may print anything before the guest does) pass through unchanged.
 */
#include "frame.h"

#include <string.h>

#include "kernel/abi/console.h"

enum { PLAIN, ESCAPED, EXIT_FIRST, EXIT_SECOND, MODE_FIRST, MODE_SECOND };

static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* The byte after an escape. */
static void take_letter(struct deframer *deframer, uint8_t letter, struct frame_run *run)
{
    static const uint8_t escape = FRAME_ESCAPE;
    deframer->state = PLAIN;
    if (letter == FRAME_START)
        deframer->deaf = false;
    else if (deframer->deaf)
        return;
    else if (letter == FRAME_STDOUT || letter == FRAME_STDERR)
        deframer->to_stderr = letter == FRAME_STDERR;
    else if (letter == FRAME_LISTEN)
        deframer->listening = true;
    else if (letter == FRAME_REPORT)
        deframer->reporting = true;
    else if (letter == FRAME_CONTROL)
        deframer->heeding = true;
    else if (letter == FRAME_EXIT)
        deframer->state = EXIT_FIRST;
    else if (letter == FRAME_TERMINAL)
        deframer->state = MODE_FIRST;
    else {
        run->bytes = &escape;
        run->size_bytes = 1;
    }
}

static void take_digit(struct deframer *deframer, uint8_t c)
{
    int value = digit_value(c);
    if (value < 0) {
        deframer->state = PLAIN;
    } else if (deframer->state == EXIT_FIRST || deframer->state == MODE_FIRST) {
        deframer->digit = (uint8_t)value;
        deframer->state++; /* the second one */
    } else if (deframer->state == MODE_SECOND) {
        deframer->mode = (uint8_t)(deframer->digit << 4 | value);
        deframer->modes++;
        deframer->state = PLAIN;
    } else {
        deframer->status = (uint8_t)(deframer->digit << 4 | value);
        deframer->exited = true;
    }
}

size_t deframe(struct deframer *deframer, const uint8_t *bytes, size_t size_bytes,
               struct frame_run *run)
{
    *run = (struct frame_run){.to_stderr = deframer->to_stderr};
    if (!size_bytes)
        return 0;
    if (deframer->exited)
        return size_bytes;
    if (deframer->state == ESCAPED) {
        take_letter(deframer, bytes[0], run);
        /* After an escape that stands for itself, a letter that is no frame's
         * follows as plain text. */
        return run->size_bytes && bytes[0] != FRAME_ESCAPE ? 0 : 1;
    }
    if (deframer->state != PLAIN) {
        take_digit(deframer, bytes[0]);
        return 1;
    }
    if (bytes[0] == FRAME_ESCAPE) {
        deframer->state = ESCAPED;
        return 1;
    }
    const uint8_t *escape = memchr(bytes, FRAME_ESCAPE, size_bytes);
    run->bytes = bytes;
    run->size_bytes = escape ? (size_t)(escape - bytes) : size_bytes;
    return run->size_bytes;
}

size_t frame_bytes(const uint8_t *bytes, size_t size_bytes, uint8_t *to)
{
    size_t used = 0;
    for (size_t i = 0; i < size_bytes; i++) {
        if (bytes[i] == FRAME_ESCAPE)
            to[used++] = FRAME_ESCAPE;
        to[used++] = bytes[i];
    }
    return used;
}

void frame_size(unsigned rows, unsigned columns, uint8_t *to)
{
    static const char digits[] = "0123456789abcdef";
    uint32_t both = (rows & 0xffff) << 16 | (columns & 0xffff);
    *to++ = FRAME_ESCAPE;
    *to++ = FRAME_SIZE;
    for (int shift = 28; shift >= 0; shift -= 4)
        *to++ = (uint8_t)digits[both >> shift & 15];
}
