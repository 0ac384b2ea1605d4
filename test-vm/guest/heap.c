/* SPDX-License-Identifier: MIT
 *
 * A guest that runs out of memory gets NULL and ENOMEM and goes on: takes all
 * there is in blocks of several sizes, gives it back, takes it again.
 */
#include <stdint.h>
#include "check.h"

struct block {
    struct block *next;
};

/* Takes blocks until there is no more; each is written from end to end. */
static struct block *memory_take(size_t size_bytes, size_t *total_bytes)
{
    struct block *blocks = NULL;

    *total_bytes = 0;
    for (;;) {
        errno = 0;
        struct block *block = malloc(size_bytes);

        if (block == NULL)
            break;
        memset(block, 0x5a, size_bytes);
        block->next = blocks;
        blocks = block;
        *total_bytes += size_bytes;
    }
    CHECK(errno == ENOMEM);
    return blocks;
}

static void memory_give(struct block *blocks)
{
    while (blocks != NULL) {
        struct block *next = blocks->next;

        free(blocks);
        blocks = next;
    }
}

static void huge_refused(void)
{
    static const size_t sizes[] = {PTRDIFF_MAX, SIZE_MAX, SIZE_MAX / 2, (size_t)1 << 40};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        volatile size_t size = sizes[i];

        errno = 0;
        void *volatile block = malloc(size);
        CHECK(block == NULL && errno == ENOMEM);
    }
    volatile size_t half = SIZE_MAX / 2;
    void *volatile block = calloc(half, 3);
    CHECK(block == NULL);
    char *small = malloc(10);
    CHECK(small != NULL);
    strcpy(small, "kept");
    volatile size_t max = PTRDIFF_MAX;
    CHECK(realloc(small, max) == NULL);
    CHECK_TEXT(small, "kept");
    free(small);
}

int main(void)
{
    static const size_t sizes_bytes[] = {64, 1000, 65536, 1 << 20};
    size_t first_bytes = 0;

    huge_refused();
    for (size_t i = 0; i < sizeof sizes_bytes / sizeof sizes_bytes[0]; i++) {
        size_t total_bytes;

        memory_give(memory_take(sizes_bytes[i], &total_bytes));
        printf("blocks of %zu: %zu KiB\n", sizes_bytes[i], total_bytes / 1024);
        if (i == 0)
            first_bytes = total_bytes;
        CHECK(total_bytes >= first_bytes / 2);
    }
    return success();
}
