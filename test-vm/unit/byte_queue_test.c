/* SPDX-License-Identifier: MIT
 *
 * The queue of pipes and stream sockets, at random, against an array of bytes: full ones
 * that begin anywhere within a page too.
 */
// sources: libc-glue/byte_queue.c
#include "libc-glue/pipe.h"
#include "unit.h"

#define MODEL_BYTES (1u << 24)

static size_t pages_out, objects_out;

void *memory_page_new(void)
{
    pages_out++;
    return malloc(BLOCK_BYTES);
}

void memory_page_free(void *page)
{
    CHECK(page);
    pages_out--;
    free(page);
}

void *object_new(size_t size_bytes)
{
    objects_out++;
    return calloc(1, size_bytes);
}

void object_free(void *object)
{
    objects_out -= object != NULL;
    free(object);
}

bool memory_probe(const void *address, size_t size_bytes, bool writing)
{
    (void)size_bytes, (void)writing;
    return address;
}

static unsigned char byte_of(uint64_t at)
{
    return (unsigned char)(at * 31 + at / 251);
}

/* Puts a run of bytes; `at` counts those that have been put. */
static void put(struct byte_queue *queue, uint64_t *at, size_t bytes)
{
    static unsigned char from[1 << 17];
    size_t room = queue_room(queue);

    for (size_t i = 0; i < bytes; i++)
        from[i] = byte_of(*at + i);
    ssize_t n = queue_put(queue, from, bytes);
    CHECK(n == (ssize_t)(bytes < room ? bytes : room));
    *at += (uint64_t)n;
}

static void take(struct byte_queue *queue, uint64_t *at, size_t bytes)
{
    static unsigned char to[1 << 17];
    size_t used = queue_used(queue);
    ssize_t n = queue_take(queue, to, bytes);

    CHECK(n == (ssize_t)(bytes < used ? bytes : used));
    for (ssize_t i = 0; i < n; i++)
        CHECK(to[i] == byte_of(*at + (uint64_t)i));
    *at += (uint64_t)n;
}

static void at_random(unsigned page_count)
{
    struct byte_queue queue;
    uint64_t in = 0, out = 0;

    CHECK(queue_init(&queue, page_count));
    while (in < MODEL_BYTES / 4) {
        put(&queue, &in, random_next() % (page_count * BLOCK_BYTES * 2) + 1);
        take(&queue, &out, random_next() % (page_count * BLOCK_BYTES * 2) + 1);
        CHECK(in - out == queue_used(&queue) && pages_out <= page_count + 1);
    }
    take(&queue, &out, page_count * BLOCK_BYTES);
    CHECK(in == out);
    queue_free(&queue);
    CHECK(pages_out == 0 && objects_out == 0);
}

/* What is in it when its size changes stays, or it is refused. */
static void resized(void)
{
    struct byte_queue queue;
    uint64_t in = 0, out = 0;

    CHECK(queue_init(&queue, 4));
    put(&queue, &in, 100);
    take(&queue, &out, 60);
    put(&queue, &in, 4 * BLOCK_BYTES);
    CHECK(queue_room(&queue) == 0 && queue_resize(&queue, 3) == -EBUSY);
    CHECK(queue_resize(&queue, 7) == 0 && queue_room(&queue) == 3 * BLOCK_BYTES);
    put(&queue, &in, 3 * BLOCK_BYTES);
    take(&queue, &out, 6 * BLOCK_BYTES + 5);
    CHECK(queue_resize(&queue, 1) == 0);
    take(&queue, &out, 2 * BLOCK_BYTES);
    CHECK(in == out);
    queue_free(&queue);
    CHECK(pages_out == 0 && objects_out == 0);
}

static void any_size(void)
{
    at_random(1);
    at_random(2);
    at_random(16);
}

UNIT_MAIN(TEST(any_size), TEST(resized))
