/* SPDX-License-Identifier: MIT
 *
 * The generator with sources that the test holds in its hand: what goes into a key,
 * when there is a new one, and that nothing of what was handed out stays behind.
 */
// sources: kernel/chacha20.c
#include "kernel/random.c"
#include "unit.h"

static struct {
    bool processor, device; /* are they there? */
    uint64_t processor_word, jitter_word, cycles;
    uint8_t device_byte;
    size_t device_bytes; /* how many it gives */
    uint64_t generation[GENERATION_WORDS];
    bool has_generation;
    unsigned processor_asked, device_asked, jitter_asked, generation_asked;
    uint64_t patience;
} world;

bool interrupts_off(void)
{
    return true;
}

void interrupts_restore(bool on)
{
    CHECK(on);
}

uint64_t cycles_now(void)
{
    return world.cycles;
}

bool cpu_random(uint64_t *word)
{
    world.processor_asked++;
    *word = world.processor_word;
    return world.processor;
}

uint64_t entropy_word(void)
{
    world.jitter_asked++;
    return world.jitter_word;
}

static size_t device_read(void *to, size_t n, uint64_t patience_cycles)
{
    world.device_asked++;
    world.patience = patience_cycles;
    if (!world.device)
        return 0;
    n = n < world.device_bytes ? n : world.device_bytes;
    memset(to, world.device_byte, n);
    return n;
}

static const volatile uint64_t *generation_find(void)
{
    world.generation_asked++;
    return world.has_generation ? world.generation : NULL;
}

static const struct entropy_device device = {"device", device_read};
const struct entropy_device *const entropy_devices[] = {&device, NULL};
static const struct generation_device guid = {"guid", generation_find};
const struct generation_device *const generation_devices[] = {&guid, NULL};

/* A new boot in a world with a processor's generator that always says the same. */
static void boot(void)
{
    memset(&generator, 0, sizeof generator);
    memset(&world, 0, sizeof world);
    world.processor = true;
    world.device_bytes = KEY_BYTES;
}

static uint64_t draw(void)
{
    uint64_t word;

    entropy_read(&word, sizeof word);
    return word;
}

/* The first draw after a change to the world differs from the one without it. */
#define CHECK_MATTERS(change)                                                                      \
    do {                                                                                           \
        boot();                                                                                    \
        world.device = true;                                                                       \
        world.has_generation = true;                                                               \
        uint64_t without = draw();                                                                 \
        boot();                                                                                    \
        world.device = true;                                                                       \
        world.has_generation = true;                                                               \
        change;                                                                                    \
        CHECK(draw() != without);                                                                  \
    } while (0)

static void every_source_matters(void)
{
    CHECK_MATTERS(world.processor_word = 1);
    CHECK_MATTERS(world.processor_word = 1ull << 63);
    CHECK_MATTERS(world.device_byte = 1);
    CHECK_MATTERS(world.device_byte = 1; world.device_bytes = 1);
    CHECK_MATTERS(world.cycles = 1);
    CHECK_MATTERS(world.generation[1] = 1);
    boot();
    world.processor = false;
    uint64_t without = draw();
    boot();
    world.processor = false;
    world.jitter_word = 1;
    CHECK(draw() != without);
}

static void jitter_is_the_last(void)
{
    boot();
    draw();
    CHECK(world.device_asked == 1 && !world.jitter_asked);
    CHECK(world.patience == PATIENCE_CYCLES_SHORT);
    boot();
    world.processor = false;
    world.device = true;
    draw();
    CHECK(!world.jitter_asked && world.patience == PATIENCE_CYCLES);
    boot();
    world.processor = false;
    world.device = true;
    world.device_bytes = KEY_BYTES - 1; /* not enough */
    draw();
    CHECK(world.jitter_asked == KEY_BYTES / 8);
}

static unsigned seeds(void)
{
    return world.device_asked;
}

static void new_keys(void)
{
    static uint8_t much[SEED_BYTES_MAX];

    boot();
    for (int i = 0; i < 1000; i++)
        draw();
    CHECK(seeds() == 1);
    entropy_read(much, sizeof much);
    CHECK(seeds() == 1);
    draw();
    CHECK(seeds() == 2);
    draw();
    CHECK(seeds() == 2);
    world.cycles += SEED_CYCLES_MAX;
    draw();
    CHECK(seeds() == 2);
    world.cycles++;
    draw();
    CHECK(seeds() == 3);
    CHECK(world.generation_asked == 1); /* and never again where there is none */
}

/* Two that go on from one moment: equal, until they are told. */
static void copies(void)
{
    boot();
    world.has_generation = true;
    draw();
    typeof(generator) saved = generator;
    uint64_t first = draw();
    generator = saved;
    CHECK(draw() == first);
    for (int word = 0; word < GENERATION_WORDS; word++) {
        generator = saved;
        world.generation[word] ^= 1ull << 63;
        uint64_t told = draw();
        CHECK(told != first && seeds() == 2u + (unsigned)word);
        CHECK(draw() != told && seeds() == 2u + (unsigned)word);
    }
}

/* What was handed out is nowhere in the generator, nor is a key that made it. */
static void forgotten(void)
{
    static const uint32_t nonce[CHACHA20_NONCE_WORDS];
    uint8_t bytes[BUFFER_BYTES * 2];

    boot();
    draw();
    for (size_t n = 1; n < sizeof bytes; n += 1 + n / 8) {
        entropy_read(bytes, n);
        const uint8_t *state = (const uint8_t *)&generator;
        for (size_t i = 0; n >= 8 && i + 8 <= sizeof generator; i++)
            CHECK(memcmp(state + i, bytes, 8) != 0 && memcmp(state + i, bytes + n - 8, 8) != 0);
        for (size_t i = 0; i < BUFFER_BYTES - generator.left; i++)
            CHECK(!generator.buffer[i]);
        uint32_t block[CHACHA20_BLOCK_WORDS]; /* the present key's stream is not yet in use */
        chacha20_block(block, generator.key, 0, nonce);
        CHECK(n < 8 || !memmem(block, sizeof block, bytes, 8));
    }
}

static void bytes_as_asked(void)
{
    uint8_t bytes[3000];

    boot();
    for (size_t n = 0; n < sizeof bytes - 1; n += 1 + n / 50) {
        memset(bytes, 0, sizeof bytes);
        entropy_read(bytes, n);
        CHECK(!bytes[n]);
        for (size_t i = 0, zeros = 0; i < n; i++)
            CHECK((zeros = bytes[i] ? 0 : zeros + 1) < 5);
    }
}

UNIT_MAIN(TEST(every_source_matters), TEST(jitter_is_the_last), TEST(new_keys), TEST(copies),
          TEST(forgotten), TEST(bytes_as_asked))
