/* SPDX-License-Identifier: MIT
 *
 * The console framing of kernel/abi/console.h, seen from the host: bytes in,
 * runs of bytes out. No memory, no file descriptors.
 */
#ifndef THIMBLE_TOOLS_FRAME_H
#define THIMBLE_TOOLS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What has been seen of the guest's stream so far. All zeros at the start. */
struct deframer {
    uint8_t state;  /* of a frame cut by the end of the bytes */
    uint8_t digit;  /* the exit frame's first digit */
    bool deaf;      /* set by the caller: nothing counts before FRAME_START */
    bool to_stderr; /* where bytes go now */
    bool listening; /* the guest wants input */
    bool reporting; /* from here on it reports a crash */
    bool heeding;   /* the guest listens at the control port */
    uint8_t mode;   /* what the guest wants of the terminal, see modes */
    unsigned modes; /* how often it has said so */
    bool exited;    /* an exit frame came; bytes after it are dropped */
    uint8_t status; /* then: the program's exit status */
};

/* Bytes for one stream; they lie in the input, or are constant. */
struct frame_run {
    const uint8_t *bytes;
    size_t size_bytes;
    bool to_stderr;
};

/* Takes the next run from the input and returns how many bytes of input it used
 * (run->size_bytes may be 0: only a frame). Call it as long as there is input. */
size_t deframe(struct deframer *deframer, const uint8_t *bytes, size_t size_bytes,
               struct frame_run *run);

/* Writes the size of the terminal as the guest is to read it: FRAME_SIZE_BYTES. */
#define FRAME_SIZE_BYTES 10
void frame_size(unsigned rows, unsigned columns, uint8_t *to);

/* Writes bytes as the guest is to read them; `to` has room for 2 * size_bytes. */
size_t frame_bytes(const uint8_t *bytes, size_t size_bytes, uint8_t *to);

#endif
