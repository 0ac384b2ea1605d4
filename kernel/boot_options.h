/* SPDX-License-Identifier: MIT
 *
 * What boot parameters (thimble.NAME=VALUE) say about matters of the layers above.
 */
#ifndef KERNEL_BOOT_OPTIONS_H
#define KERNEL_BOOT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRITABLE_MAX 12

struct boot_options {
    bool root_read_only;                /* root=ro */
    const char *writable[WRITABLE_MAX]; /* writable=/FOLDER, several; for a read-only root */
    unsigned writable_count;
    unsigned short rows, columns; /* size=ROWSxCOLUMNS: of the host's terminal */
    uint64_t files_max_bytes;     /* files-max=BYTES: of files in memory; 0: not said */
};
extern struct boot_options boot_options;

/* Takes one parameter; says whether its text is still needed. */
bool boot_option_apply(const char *option);

/* boot_words.c: the nth word that is PREFIX..., from after the prefix, cut to `max` with
 * its end. False: no such. */
bool boot_word(const char *prefix, unsigned n, char *to, size_t max);

#endif
