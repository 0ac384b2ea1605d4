/* SPDX-License-Identifier: MIT
 *
 * An image of any format, opened for reading: the file, the disk in it, the
 * kernel in that. The file is untrusted.
 */
#ifndef THIMBLE_TOOLS_FORMATS_MEDIA_H
#define THIMBLE_TOOLS_FORMATS_MEDIA_H

#include "format.h"
#include "gpt.h"
#include "tools/image.h"

#define MEDIA_FACTS_MAX 16

struct media_fact {
    const char *name, *text;
};

struct media {
    const char *path; /* where the file is */
    const char *name; /* what messages call it */
    const struct image_format *format;
    struct file_bytes file; /* the file itself */
    struct file_bytes disk; /* the raw disk: part of it, or unpacked */
    struct file_bytes unpacked;
    const char *unpacked_path; /* of a temporary file, or NULL */
    struct disk_view view;
    struct file_bytes kernel; /* the ELF file */
    bool boots_bios, boots_uefi;
    struct media_fact facts[MEDIA_FACTS_MAX]; /* for inspect */
    unsigned fact_count;
    struct image image;
};

/* Opens and checks; -1 with one sentence that calls the file `name` when it is no image of ours. */
int media_open(struct media *media, const char *path, const char *name);
void media_close(struct media *media);

/* Is it, by its contents, one of the formats other than ELF? */
bool media_recognise(const char *path);

/* For formats: the disk is this part of the file; it is unpacked there. */
int media_read_disk(struct media *media, struct file_bytes disk, const char **why);
int media_read_unpacked(struct media *media, const char *path, const char **why);
void media_fact(struct media *media, const char *name, const char *text);

#endif
