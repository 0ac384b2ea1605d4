/* SPDX-License-Identifier: MIT
 *
 * Making and reading program ids.
 */
#include "program_id.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "bundle.h"
#include "error.h"

static bool take_segment(EVP_MD_CTX *hash, const struct elf64 *linked, const Elf64_Phdr *segment)
{
    const uint64_t place[] = {segment->p_vaddr, segment->p_filesz, segment->p_memsz};
    const uint8_t *bytes = elf64_bytes(linked, segment->p_offset, segment->p_filesz);
    return EVP_DigestUpdate(hash, place, sizeof place) &&
           (!bytes || EVP_DigestUpdate(hash, bytes, segment->p_filesz));
}

void program_id_make(const struct elf64 *linked, uint8_t id[PROGRAM_ID_BYTES])
{
    uint8_t digest[32];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool good = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    for (unsigned i = 0; good && i < linked->segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(linked, i);
        if (segment.p_type == PT_LOAD)
            good = take_segment(hash, linked, &segment);
    }
    if (!good || !EVP_DigestFinal_ex(hash, digest, NULL))
        die(EXIT_STATUS_FAILED, "SHA-256 is not available in this machine's libcrypto");
    EVP_MD_CTX_free(hash);
    memcpy(id, digest, PROGRAM_ID_BYTES);
}

bool program_id_text(const struct bundle_view *bundle, char text[PROGRAM_ID_TEXT_BYTES])
{
    const struct bundle_entry *entry = bundle_find(bundle, BUNDLE_PROGRAM_ID);
    if (!entry || entry->size_bytes != PROGRAM_ID_BYTES)
        return false;
    for (unsigned i = 0; i < PROGRAM_ID_BYTES; i++)
        sprintf(text + 2 * i, "%02x", bundle->bytes[entry->offset + i]);
    return true;
}

bool program_id_of_file(const struct file_bytes *file, char text[PROGRAM_ID_TEXT_BYTES])
{
    struct elf64 elf;
    struct bundle_view bundle;
    const char *why;
    if (elf64_open(&elf, file->bytes, file->size_bytes, &why))
        return false;
    for (unsigned i = 0; i < elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&elf, i);
        const uint8_t *bytes = elf64_bytes(&elf, segment.p_offset, segment.p_filesz);
        if (segment.p_type == PT_LOAD && bytes &&
            bundle_open(&bundle, bytes, segment.p_filesz, &why) == 0)
            return program_id_text(&bundle, text);
    }
    return false;
}
