/* SPDX-License-Identifier: MIT
 *
 * The block function of ChaCha20 (RFC 8439): arithmetic, and nothing else.
 */
#ifndef KERNEL_CHACHA20_H
#define KERNEL_CHACHA20_H

#include <stddef.h>
#include <stdint.h>

enum {
    CHACHA20_KEY_WORDS = 8,
    CHACHA20_NONCE_WORDS = 3,
    CHACHA20_BLOCK_WORDS = 16,
    CHACHA20_BLOCK_BYTES = 64,
};

void chacha20_block(uint32_t out[CHACHA20_BLOCK_WORDS], const uint32_t key[CHACHA20_KEY_WORDS],
                    uint32_t counter, const uint32_t nonce[CHACHA20_NONCE_WORDS]);

#endif
