/* SPDX-License-Identifier: MIT
 *
 * Whole files as bytes to read: mapped, never copied.
 */
#ifndef THIMBLE_TOOLS_FILE_H
#define THIMBLE_TOOLS_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct file_bytes {
    const uint8_t *bytes;
    size_t size_bytes;
};

/* -1, with a message that names the path, when it is no readable regular file. */
int file_map(const char *path, struct file_bytes *file);
void file_unmap(struct file_bytes *file);

/* The first bytes of a file; how many there were, or -1 (errno says why). */
ssize_t file_peek(const char *path, void *to, size_t max_bytes);

#endif
