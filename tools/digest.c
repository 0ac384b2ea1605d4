/* SPDX-License-Identifier: MIT
 *
 * Bytes to 64 hexadecimal digits.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "error.h"

void digest_hex(const uint8_t digest[32], char hex[DIGEST_HEX_BYTES])
{
    for (unsigned i = 0; i < 32; i++)
        sprintf(hex + 2 * i, "%02x", digest[i]);
}

void digest_bytes(const void *bytes, size_t size_bytes, char hex[DIGEST_HEX_BYTES])
{
    uint8_t digest[32];
    if (!EVP_Digest(bytes, size_bytes, digest, NULL, EVP_sha256(), NULL))
        die(EXIT_STATUS_FAILED, "SHA-256 is not available in this machine's libcrypto");
    digest_hex(digest, hex);
}
