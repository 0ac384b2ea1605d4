/* SPDX-License-Identifier: MIT
 *
 * CRC-32, and identifiers that come from the image instead of from chance.
 */
#include "checksum.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "tools/bundle.h"
#include "tools/text.h"

uint32_t checksum_crc32(uint32_t polynomial, const void *bytes, size_t size_bytes)
{
    const uint8_t *at = bytes;
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size_bytes; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
    }
    return ~crc;
}

static void sha256(const void *bytes, size_t size_bytes, uint8_t digest[32])
{
    if (!EVP_Digest(bytes, size_bytes, digest, NULL, EVP_sha256(), NULL))
        die(EXIT_STATUS_FAILED, "SHA-256 is not available in this machine's libcrypto");
}

struct guid guid_derive(const uint8_t *build_id, const char *purpose)
{
    uint8_t seed[BUILD_ID_BYTES + 32] = {0}, digest[32];
    struct guid guid;
    memcpy(seed, build_id, BUILD_ID_BYTES);
    strncpy((char *)seed + BUILD_ID_BYTES, purpose, 31);
    sha256(seed, sizeof seed, digest);
    memcpy(guid.bytes, digest, sizeof guid.bytes);
    guid.bytes[7] = (guid.bytes[7] & 0x0f) | 0x80; /* version 8: by a rule of one's own */
    guid.bytes[8] = (guid.bytes[8] & 0x3f) | 0x80; /* variant of RFC 9562 */
    return guid;
}

const char *guid_text(const uint8_t *b)
{
    return text_format("%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", b[3],
                       b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12],
                       b[13], b[14], b[15]);
}

const char *sha256_text(const void *bytes, size_t size_bytes)
{
    uint8_t digest[32];
    char *text = memory_new(65);
    sha256(bytes, size_bytes, digest);
    for (int i = 0; i < 32; i++)
        sprintf(text + 2 * i, "%02x", digest[i]);
    return text;
}
