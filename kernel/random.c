/* SPDX-License-Identifier: MIT
 *
 * The generator of random bytes. A key makes a buffer of ChaCha20's stream: its first
 * bytes are the next key, the others are handed out. The key is forgotten when the
 * buffer is made, and every byte when it is handed out, so that who reads this memory
 * later learns nothing of what was drawn before (fast key erasure, after D. Bernstein).
 *
 * The key is drawn anew after many bytes, after a while, and when the machine has
 * become a copy of itself; until then nobody's draws tell the next. All sources
 * there are go into each new key, over the old one: one that lies does no harm as
 * long as another is good.
 */
#include "kernel/chacha20.h"
#include "kernel/entropy.h"
#include "kernel/kernel.h"

#define KEY_BYTES       sizeof(uint32_t[CHACHA20_KEY_WORDS])
#define BUFFER_BLOCKS   8
#define BUFFER_BYTES    (BUFFER_BLOCKS * CHACHA20_BLOCK_BYTES)
#define SEED_BYTES_MAX  (1ul << 20)  /* drawn with one seed */
#define SEED_CYCLES_MAX (1ull << 38) /* one to four minutes, as processors go */

/* For a device to answer: 20 to 130 ms, as cycle counters go; a good one takes less
 * than one. Short where the processor's generator has answered already. */
#define PATIENCE_CYCLES       (1ull << 27)
#define PATIENCE_CYCLES_SHORT (1ull << 22)

static struct {
    uint32_t key[CHACHA20_KEY_WORDS];
    uint8_t buffer[BUFFER_BYTES];
    size_t left; /* bytes at the buffer's end that were not handed out yet */
    bool seeded;
    uint64_t drawn_bytes, seeded_cycles; /* of this seed */
    const volatile uint64_t *generation; /* of the machine, or NULL */
    uint64_t generation_seen[GENERATION_WORDS];
} generator;

/* A compiler must not take these stores for useless. */
static void bytes_erase(void *at, size_t n)
{
    volatile uint8_t *to = at;

    while (n--)
        *to++ = 0;
}

/* n bytes of the key's stream, from its beginning. */
static void stream_make(const uint32_t *key, uint8_t *to, size_t n)
{
    static const uint32_t nonce[CHACHA20_NONCE_WORDS];
    uint32_t block[CHACHA20_BLOCK_WORDS], counter = 0;

    for (; n >= sizeof block; n -= sizeof block, to += sizeof block) {
        chacha20_block(block, key, counter++, nonce);
        __builtin_memcpy(to, block, sizeof block);
    }
    if (n)
        chacha20_block(block, key, counter, nonce);
    for (size_t i = 0; i < n; i++)
        to[i] = ((const uint8_t *)block)[i];
    bytes_erase(block, sizeof block);
}

/* Copies n bytes and leaves none behind. */
static void bytes_move(uint8_t *to, uint8_t *from, size_t n)
{
    for (; n >= sizeof(uint32_t); n -= sizeof(uint32_t)) {
        __builtin_memcpy(to, from, sizeof(uint32_t));
        __builtin_memset(from, 0, sizeof(uint32_t));
        to += sizeof(uint32_t);
        from += sizeof(uint32_t);
    }
    for (; n; n--) {
        *to++ = *from;
        *from++ = 0;
    }
}

static void buffer_fill(void)
{
    stream_make(generator.key, generator.buffer, BUFFER_BYTES);
    bytes_move((uint8_t *)generator.key, generator.buffer, KEY_BYTES);
    generator.left = BUFFER_BYTES - KEY_BYTES;
}

/* Stirs n bytes into the key, KEY_BYTES at the most; the new key does not tell them. */
static void key_stir(const void *bytes, size_t n)
{
    uint8_t next[KEY_BYTES];

    for (size_t i = 0; i < n; i++)
        ((uint8_t *)generator.key)[i] ^= ((const uint8_t *)bytes)[i];
    stream_make(generator.key, next, KEY_BYTES);
    bytes_move((uint8_t *)generator.key, next, KEY_BYTES);
}

static bool key_stir_words(bool (*draw)(uint64_t *word))
{
    uint64_t words[KEY_BYTES / sizeof(uint64_t)];
    bool good = true;

    for (size_t i = 0; i < sizeof words / sizeof *words && good; i++)
        good = draw(&words[i]);
    if (good)
        key_stir(words, sizeof words);
    bytes_erase(words, sizeof words);
    return good;
}

/* Where the processor's generator has failed this is the jitter of its clock. */
static bool jitter_draw(uint64_t *word)
{
    *word = entropy_word();
    return true;
}

static bool generation_changed(void)
{
    bool changed = false;

    for (int i = 0; generator.generation && i < GENERATION_WORDS; i++)
        if (generator.generation[i] != generator.generation_seen[i])
            changed = true;
    return changed;
}

/* Looks at the generation first: if it changes later, there will be another seed. */
static void generation_look(void)
{
    const struct generation_device *const *device = generation_devices;

    while (!generator.seeded && !generator.generation && *device)
        generator.generation = (*device++)->find();
    for (int i = 0; generator.generation && i < GENERATION_WORDS; i++)
        generator.generation_seen[i] = generator.generation[i];
    if (generator.generation)
        key_stir(generator.generation_seen, sizeof generator.generation_seen);
}

static void seed(void)
{
    uint8_t bytes[KEY_BYTES];
    uint64_t now = cycles_now();

    bytes_erase(generator.buffer, BUFFER_BYTES); /* of the key before */
    generator.left = 0;
    generation_look();
    bool good = key_stir_words(cpu_random);
    uint64_t patience = good ? PATIENCE_CYCLES_SHORT : PATIENCE_CYCLES;
    for (const struct entropy_device *const *device = entropy_devices; *device; device++) {
        size_t n = (*device)->read(bytes, sizeof bytes, patience);
        key_stir(bytes, n);
        good |= n == sizeof bytes;
    }
    if (!good)
        key_stir_words(jitter_draw);
    bytes_erase(bytes, sizeof bytes);
    key_stir(&now, sizeof now);
    generator.seeded = true;
    generator.drawn_bytes = 0;
    generator.seeded_cycles = cycles_now();
}

static bool is_stale(void)
{
    return !generator.seeded || generator.drawn_bytes > SEED_BYTES_MAX ||
           cycles_now() - generator.seeded_cycles > SEED_CYCLES_MAX || generation_changed();
}

static void take(uint8_t *to, size_t n)
{
    while (n) {
        if (!generator.left)
            buffer_fill();
        size_t part = n < generator.left ? n : generator.left;
        bytes_move(to, generator.buffer + BUFFER_BYTES - generator.left, part);
        generator.left -= part;
        to += part;
        n -= part;
    }
}

/* Many bytes come from a key of their own, outside of the time without interrupts. */
void entropy_read(void *to, size_t n)
{
    uint32_t key[CHACHA20_KEY_WORDS];
    bool is_long = n >= BUFFER_BYTES;
    bool were_on = interrupts_off();

    if (is_stale())
        seed();
    generator.drawn_bytes += n;
    if (is_long)
        take((uint8_t *)key, sizeof key);
    else
        take(to, n);
    interrupts_restore(were_on);
    if (is_long) {
        stream_make(key, to, n);
        bytes_erase(key, sizeof key);
    }
}
