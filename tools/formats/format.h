/* SPDX-License-Identifier: MIT
 *
 * The kinds of file an image can be. Each is one file of this folder that says
 * whether it can hold an image, writes it, and finds it again: what was written
 * is read back by the same code that `inspect`, `run` and `config` use.
 */
#ifndef THIMBLE_TOOLS_FORMATS_FORMAT_H
#define THIMBLE_TOOLS_FORMATS_FORMAT_H

#include "tools/bundle.h"
#include "tools/file.h"
#include "tools/output.h"

struct media;

/* A finished image, to be put into a format. */
struct format_source {
    const char *program; /* its argv[0] */
    const char *stem;    /* the output's name without folder and extension */
    struct file_bytes elf;
    const uint8_t *build_id; /* BUILD_ID_BYTES */
};

struct image_format {
    const char *name;      /* of -f */
    const char *extension; /* with its dot */
    const char *title;     /* "raw disk" */
    const char *driver;    /* what QEMU calls it, to attach it; NULL: it cannot */
    /* -1 and a reason when this image, or this installation, cannot have it. */
    int (*check)(const struct format_source *source, const char **why);
    void (*write)(const struct format_source *source, struct output *output);
    /* Untrusted bytes: is it this format, and where in it is the kernel? */
    bool (*recognise)(const struct file_bytes *file);
    int (*read)(struct media *media, const char **why);
};

extern const struct image_format format_elf, format_raw, format_iso, format_qcow2, format_vmdk,
    format_ova, format_vhd, format_vhdx, format_gce;

/* All of them, NULL at the end; a bit per format in sets of them. */
extern const struct image_format *const image_formats[];
#define FORMAT_ELF 1u
#define FORMAT_RAW 2u

unsigned formats_parse(const char *option, const char *list); /* "elf,raw"; dies on others */
const char *formats_list(void);                               /* "elf, raw, ..." */

/* "dir/app.iso": its format, when that is the extension of one, else NULL. */
const struct image_format *format_of_name(const char *path);

/* Writes `path`, reads it back and verifies it; returns its size. Dies when it cannot. */
unsigned long long format_write(const struct image_format *format,
                                const struct format_source *source, const char *path, mode_t mode);

#endif
