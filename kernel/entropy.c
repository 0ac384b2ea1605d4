/* SPDX-License-Identifier: MIT
 *
 * Random bytes: the processor's generator where it has one, stirred together with
 * the jitter of the clock, stretched by ChaCha20 with a key that is replaced
 * after every request, so that what was handed out cannot be computed later.
 */
#include "kernel/entropy.h"
#include "kernel/kernel.h"

#define JITTER_SAMPLES 512 /* used only without a hardware generator */
#define KEY_WORDS      8

static uint32_t key[KEY_WORDS];
static bool seeded;

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void quarter_round(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
    *a += *b, *d = rotate(*d ^ *a, 16);
    *c += *d, *b = rotate(*b ^ *c, 12);
    *a += *b, *d = rotate(*d ^ *a, 8);
    *c += *d, *b = rotate(*b ^ *c, 7);
}

static void chacha20_block(uint32_t out[16], uint64_t counter)
{
    uint32_t in[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};

    for (int i = 0; i < KEY_WORDS; i++)
        in[4 + i] = key[i];
    in[12] = (uint32_t)counter;
    in[13] = (uint32_t)(counter >> 32);
    for (int i = 0; i < 16; i++)
        out[i] = in[i];
    for (int i = 0; i < 10; i++) {
        for (int k = 0; k < 4; k++)
            quarter_round(&out[k], &out[4 + k], &out[8 + k], &out[12 + k]);
        for (int k = 0; k < 4; k++)
            quarter_round(&out[k], &out[4 + (k + 1) % 4], &out[8 + (k + 2) % 4],
                          &out[12 + (k + 3) % 4]);
    }
    for (int i = 0; i < 16; i++)
        out[i] += in[i];
}

static void key_replace(void)
{
    uint32_t block[16];

    chacha20_block(block, ~0ull);
    for (int i = 0; i < KEY_WORDS; i++)
        key[i] = block[i];
}

uint64_t entropy_word(void)
{
    uint64_t word = 0;

    if (!cpu_random(&word))
        for (int k = 0; k < JITTER_SAMPLES; k++)
            word = (word << 7 | word >> 57) * 0x9e3779b97f4a7c15ull ^ cycles_now();
    return word ^ cycles_now();
}

static void key_seed(void)
{
    for (int i = 0; i < KEY_WORDS; i += 2) {
        uint64_t word = entropy_word();
        key[i] ^= (uint32_t)word;
        key[i + 1] ^= (uint32_t)(word >> 32);
    }
    key_replace();
    seeded = true;
}

void entropy_read(void *to, size_t n)
{
    unsigned char *at = to;
    uint32_t block[16];
    bool were_on = interrupts_off();

    if (!seeded)
        key_seed();
    for (uint64_t counter = 0; n; counter++) {
        chacha20_block(block, counter);
        size_t part = n < sizeof block ? n : sizeof block;
        for (size_t i = 0; i < part; i++)
            *at++ = (unsigned char)(block[i / 4] >> i % 4 * 8);
        n -= part;
    }
    key_replace();
    interrupts_restore(were_on);
}
