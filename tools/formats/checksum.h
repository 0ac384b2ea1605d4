/* SPDX-License-Identifier: MIT
 *
 * The checksums and identifiers that disk formats want.
 */
#ifndef THIMBLE_TOOLS_FORMATS_CHECKSUM_H
#define THIMBLE_TOOLS_FORMATS_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#define CRC32_ISO        0xedb88320u /* GPT; reflected polynomials */
#define CRC32_CASTAGNOLI 0x82f63b78u /* VHDX */

/* Not called crc32: libarchive would find it in place of zlib's. */
uint32_t checksum_crc32(uint32_t polynomial, const void *bytes, size_t size_bytes);

struct guid {
    uint8_t bytes[16]; /* as on disk: the first three fields little-endian */
};

/* The same for the same image and purpose, different for any other. */
struct guid guid_derive(const uint8_t *build_id, const char *purpose);
const char *guid_text(const uint8_t *bytes);

/* SHA-256, in hexadecimal. */
const char *sha256_text(const void *bytes, size_t size_bytes);

#endif
