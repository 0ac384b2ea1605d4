/* SPDX-License-Identifier: MIT
 *
 * SHA-256 as container images write it.
 */
#ifndef THIMBLE_TOOLS_DIGEST_H
#define THIMBLE_TOOLS_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_HEX_BYTES 65 /* with its end */

void digest_hex(const uint8_t digest[32], char hex[DIGEST_HEX_BYTES]);
void digest_bytes(const void *bytes, size_t size_bytes, char hex[DIGEST_HEX_BYTES]);

#endif
