/* SPDX-License-Identifier: MIT
 *
 * malloc and its family, as glibc's programs know them: sizes, alignments, contents,
 * what is refused, and that memory comes back.
 */
#include <malloc.h>
#include <stdint.h>
#include <unistd.h>
#include "check.h"

static size_t free_pages(void)
{
    malloc_trim(0);
    return (size_t)sysconf(_SC_AVPHYS_PAGES);
}

static uint64_t random_next(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Each block is filled with what follows from its address and size. */
static unsigned char mark_of(const void *block, size_t size_bytes)
{
    return (unsigned char)((uintptr_t)block / 16 * 31 + size_bytes * 7 + 1);
}

static void fill(void *block, size_t size_bytes)
{
    memset(block, mark_of(block, size_bytes), size_bytes);
}

static void check_filled(const unsigned char *block, size_t size_bytes)
{
    unsigned char mark = mark_of(block, size_bytes);

    for (size_t i = 0; i<size_bytes; i += size_bytes> 5000 && i > 100 ? 97 : 1)
        CHECK(block[i] == mark);
    CHECK(size_bytes == 0 || block[size_bytes - 1] == mark);
}

/* Every size to beyond the small ones; then some around powers of two. */
static void sizes(void)
{
    for (size_t size = 0; size < 20000; size += size < 2000 ? 1 : 37) {
        unsigned char *block = malloc(size), *other = malloc(size);

        CHECK(block != NULL && other != NULL && block != other);
        CHECK((uintptr_t)block % 16 == 0 && malloc_usable_size(block) >= size);
        fill(block, size);
        memset(other, 0, malloc_usable_size(other));
        check_filled(block, size);
        free(other);
        free(block);
    }
    for (size_t power = 4096; power <= 4 << 20; power *= 2)
        for (size_t size = power - 17; size <= power + 17; size++) {
            unsigned char *block = malloc(size);
            CHECK(block != NULL && malloc_usable_size(block) >= size);
            block[0] = 1;
            block[size - 1] = 2;
            free(block);
        }
    free(NULL);
    CHECK(malloc_usable_size(NULL) == 0);
}

static void alignments(void)
{
    for (size_t alignment = 1; alignment <= 1 << 20; alignment *= 2)
        for (size_t size = 1; size < 300000; size = size * 3 + 5) {
            unsigned char *block = memalign(alignment, size), *other = NULL;

            CHECK(block != NULL && (uintptr_t)block % alignment == 0);
            fill(block, size);
            if (alignment >= sizeof(void *)) {
                CHECK(posix_memalign((void **)&other, alignment, size) == 0);
                CHECK((uintptr_t)other % alignment == 0 && other != block);
                memset(other, 0, size);
            }
            check_filled(block, size);
            unsigned char *larger = realloc(block, 2 * size);
            CHECK(larger != NULL && malloc_usable_size(larger) >= 2 * size);
            free(larger);
            free(other);
        }
    void *kept = (void *)1;
    errno = 5;
    CHECK(posix_memalign(&kept, 24, 10) == EINVAL && posix_memalign(&kept, 4, 10) == EINVAL);
    CHECK(posix_memalign(&kept, 64, PTRDIFF_MAX) == ENOMEM);
    CHECK(kept == (void *)1 && errno == 5);
    volatile size_t odd = 3;
    CHECK(memalign(odd, 10) == NULL && errno == EINVAL);
    void *page = valloc(100), *pages = pvalloc(100), *whole = aligned_alloc(4096, 4096);
    CHECK((uintptr_t)page % 4096 == 0 && (uintptr_t)pages % 4096 == 0);
    CHECK(malloc_usable_size(pages) >= 4096 && (uintptr_t)whole % 4096 == 0);
    memset(whole, 1, 4096);
    free(page);
    free(pages);
    free(whole);
}

static void zeroed(void)
{
    for (size_t size = 1; size < 3 << 20; size = size * 2 + 7) {
        for (int round = 0; round < 3; round++) {
            unsigned char *block = calloc(size, 1);
            CHECK(block != NULL);
            for (size_t i = 0; i < size; i++)
                CHECK(block[i] == 0);
            memset(block, 0xff, malloc_usable_size(block));
            free(block);
        }
    }
    volatile size_t half = SIZE_MAX / 2 + 1;
    errno = 0;
    CHECK(calloc(half, 2) == NULL && errno == ENOMEM);
    CHECK(reallocarray(NULL, half, 4) == NULL && errno == ENOMEM);
    unsigned char *array = reallocarray(NULL, 100, 40);
    CHECK(array != NULL && malloc_usable_size(array) >= 4000);
    CHECK(realloc(array, 0) == NULL); /* as glibc: it is freed */
}

static void resized(void)
{
    size_t size = 1;
    unsigned char *block = malloc(size);

    fill(block, size);
    for (int round = 0; round < 3000; round++) {
        size_t wanted = random_next() % (1ul << random_next() % 22) + 1;
        size_t both = wanted < size ? wanted : size;
        unsigned char mark = block[0];
        unsigned char *moved = realloc(block, wanted);
        CHECK(moved != NULL);
        for (size_t i = 0; i<both; i += both> 5000 && i > 100 ? 4093 : 1)
            CHECK(moved[i] == mark);
        CHECK(moved[both - 1] == mark);
        block = moved;
        size = wanted;
        fill(block, size);
    }
    free(block);
    /* a vector that grows by pages must not be copied as a whole each time */
    size_t most = (size_t)sysconf(_SC_AVPHYS_PAGES) * 4096 / 3 & -4096ul;
    block = NULL;
    for (size = 4096; size <= most; size += 4096) {
        block = realloc(block, size);
        CHECK(block != NULL);
        block[size - 1] = (unsigned char)(size / 4096);
    }
    for (size = 4096; size <= most; size += 4096)
        CHECK(block[size - 1] == (unsigned char)(size / 4096));
    for (; size > 100; size = size / 3 * 2)
        CHECK((block = realloc(block, size)) != NULL && (size < 4096 || block[4095] == 1));
    free(block);
}

enum { BLOCKS = 3000 };

static void at_random(void)
{
    static struct {
        unsigned char *memory;
        size_t size_bytes;
    } blocks[BLOCKS];

    for (int round = 0; round < 60000; round++) {
        size_t k = random_next() % BLOCKS;
        size_t size = random_next() % (1ul << (random_next() % 13 + random_next() % 50 / 49 * 5));

        if (blocks[k].memory)
            check_filled(blocks[k].memory, blocks[k].size_bytes);
        free(blocks[k].memory);
        blocks[k].memory = malloc(size);
        blocks[k].size_bytes = size;
        CHECK(blocks[k].memory != NULL);
        fill(blocks[k].memory, size);
    }
    for (size_t k = 0; k < BLOCKS; k++) {
        if (blocks[k].memory)
            check_filled(blocks[k].memory, blocks[k].size_bytes);
        free(blocks[k].memory);
    }
}

static void given_back(void)
{
    size_t before = free_pages();
    char *block = malloc(8 << 20);

    CHECK(block != NULL && before - free_pages() >= 2048);
    memset(block, 1, 8 << 20);
    free(block);
    size_t rest = before > free_pages() ? before - free_pages() : 0;
    CHECK(rest < 100);
    printf("pages that do not come back: %zu\n", rest);
}

static void reported(void)
{
    struct mallinfo2 before = mallinfo2();
    void *volatile small = malloc(1000), *volatile large = malloc(1 << 20);
    struct mallinfo2 during = mallinfo2();

    CHECK(during.uordblks >= before.uordblks + 1000 && during.uordblks < before.uordblks + 3000);
    CHECK(during.hblks == before.hblks + 1 && during.hblkhd >= before.hblkhd + (1 << 20));
    CHECK(during.arena >= during.uordblks && during.fordblks <= during.arena);
    CHECK(mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1);
    free(small);
    free(large);
    struct mallinfo2 after = mallinfo2();
    CHECK(after.uordblks == before.uordblks && after.hblks == before.hblks);
    malloc_stats();
}

/* sbrk is still there for those who call it. */
static void broken(void)
{
    char *start = sbrk(0);
    size_t before = free_pages();

    CHECK(sbrk(100000) == start && sbrk(0) == start + 100000);
    CHECK(before - free_pages() >= 24 && start[0] == 0 && start[99999] == 0);
    memset(start, 1, 100000);
    CHECK(sbrk(-100000) == start + 100000 && before - free_pages() <= 3);
    CHECK(sbrk(5000) == start && start[0] == 0);
    errno = 0;
    CHECK(sbrk(PTRDIFF_MAX) == (void *)-1 && errno == ENOMEM);
    CHECK(sbrk(-100000) == (void *)-1);
}

int main(void)
{
    sizes();
    alignments();
    zeroed();
    resized();
    at_random();
    given_back();
    reported();
    broken();
    return success();
}
