/* SPDX-License-Identifier: MIT
 *
 * ChaCha20 as RFC 8439 has it, section 2.3.
 */
#include "kernel/chacha20.h"

#define ROTATE(x, n) ((x) << (n) | (x) >> (32 - (n)))

#define QUARTER_ROUND(a, b, c, d)                                                                  \
    do {                                                                                           \
        (a) += (b), (d) = ROTATE((d) ^ (a), 16);                                                   \
        (c) += (d), (b) = ROTATE((b) ^ (c), 12);                                                   \
        (a) += (b), (d) = ROTATE((d) ^ (a), 8);                                                    \
        (c) += (d), (b) = ROTATE((b) ^ (c), 7);                                                    \
    } while (0)

void chacha20_block(uint32_t out[CHACHA20_BLOCK_WORDS], const uint32_t key[CHACHA20_KEY_WORDS],
                    uint32_t counter, const uint32_t nonce[CHACHA20_NONCE_WORDS])
{
    const uint32_t in[CHACHA20_BLOCK_WORDS] = {
        0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, /* "expand 32-byte k" */
        key[0],     key[1],     key[2],     key[3],     key[4],   key[5],
        key[6],     key[7],     counter,    nonce[0],   nonce[1], nonce[2],
    };
    uint32_t x[CHACHA20_BLOCK_WORDS];

    for (int i = 0; i < CHACHA20_BLOCK_WORDS; i++)
        x[i] = in[i];
    for (int i = 0; i < 10; i++) {
        QUARTER_ROUND(x[0], x[4], x[8], x[12]);
        QUARTER_ROUND(x[1], x[5], x[9], x[13]);
        QUARTER_ROUND(x[2], x[6], x[10], x[14]);
        QUARTER_ROUND(x[3], x[7], x[11], x[15]);
        QUARTER_ROUND(x[0], x[5], x[10], x[15]);
        QUARTER_ROUND(x[1], x[6], x[11], x[12]);
        QUARTER_ROUND(x[2], x[7], x[8], x[13]);
        QUARTER_ROUND(x[3], x[4], x[9], x[14]);
    }
    for (int i = 0; i < CHACHA20_BLOCK_WORDS; i++)
        out[i] = x[i] + in[i];
}
