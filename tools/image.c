/* SPDX-License-Identifier: MIT
 *
 * Opening and verifying images.
 */
#include "image.h"

#include <openssl/evp.h>
#include <string.h>

static int foreign(struct image *image, const char *why)
{
    failed("%s: not a Thimble image: %s", image->path, why);
    image_close(image);
    return -1;
}

static int damaged(struct image *image, const char *why)
{
    failed("%s: %s", image->path, why);
    image_close(image);
    return -1;
}

/* The bundle is the loaded segment that begins with its magic number. */
static bool find_bundle(struct image *image)
{
    for (unsigned i = 0; i < image->elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&image->elf, i);
        uint64_t magic;
        if (segment.p_type != PT_LOAD || segment.p_filesz < sizeof(struct bundle))
            continue;
        memcpy(&magic, elf64_bytes(&image->elf, segment.p_offset, sizeof magic), sizeof magic);
        if (magic != BUNDLE_MAGIC)
            continue;
        image->bundle_segment = segment;
        return true;
    }
    return false;
}

/* Takes apart what image->elf is to be opened from. */
static int read_image(struct image *image, const struct file_bytes *elf)
{
    const char *why;
    if (elf64_open(&image->elf, elf->bytes, elf->size_bytes, &why))
        return foreign(image, why);
    if (!find_bundle(image))
        return foreign(image, "an ELF file without Thimble's bundle");
    const uint8_t *bundle =
        elf64_bytes(&image->elf, image->bundle_segment.p_offset, image->bundle_segment.p_filesz);
    if (bundle_open(&image->bundle, bundle, image->bundle_segment.p_filesz, &why))
        return damaged(image, why);
    if (!elf64_pvh_entry(&image->elf, &image->pvh_entry))
        return damaged(image, "the image has lost its PVH boot note");
    const struct bundle_entry *id = bundle_find(&image->bundle, BUNDLE_BUILD_ID);
    if (!id || id->size_bytes != BUILD_ID_BYTES)
        return damaged(image, "the image has no build id");
    image->build_id = bundle + id->offset;
    return 0;
}

int image_open(struct image *image, const char *path, const char *name)
{
    *image = (struct image){.path = name};
    return file_map(path, &image->file) ? -1 : read_image(image, &image->file);
}

int image_open_bytes(struct image *image, const struct file_bytes *elf, const char *name)
{
    *image = (struct image){.path = name};
    return read_image(image, elf);
}

int image_verify(const struct image *image)
{
    uint8_t digest[BUILD_ID_BYTES] = {0};
    const uint8_t *start = image->elf.bytes, *end = start + image->elf.size_bytes;
    const uint8_t *after = image->build_id + BUILD_ID_BYTES;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool done = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) &&
                EVP_DigestUpdate(hash, start, (size_t)(image->build_id - start)) &&
                EVP_DigestUpdate(hash, after, (size_t)(end - after)) &&
                EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    if (!done || memcmp(digest, image->build_id, BUILD_ID_BYTES) != 0)
        return failed("%s: the image is damaged: its bytes do not fit its build id", image->path);
    return 0;
}

void image_close(struct image *image)
{
    file_unmap(&image->file);
}

uint64_t image_end(const struct image *image)
{
    uint64_t end = 0;
    for (unsigned i = 0; i < image->elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&image->elf, i);
        if (segment.p_type == PT_LOAD && segment.p_paddr + segment.p_memsz > end)
            end = segment.p_paddr + segment.p_memsz;
    }
    return end;
}

bool image_has_part(const struct image *image, const char *name)
{
    const struct bundle_entry *entry = bundle_find(&image->bundle, BUNDLE_PARTS);
    uint64_t count = entry ? entry->size_bytes / sizeof(struct part) : 0;
    for (uint64_t i = 0; i < count; i++) {
        struct part part;
        memcpy(&part, image->bundle.bytes + entry->offset + i * sizeof part, sizeof part);
        if (part.size_bytes && strncmp(part.name, name, sizeof part.name) == 0)
            return true;
    }
    return false;
}

bool image_is_program(const char *path)
{
    Elf64_Ehdr header = {0};
    ssize_t bytes = file_peek(path, &header, sizeof header);
    if (bytes < SELFMAG || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    return header.e_type != ET_REL || bytes < (ssize_t)sizeof header;
}
