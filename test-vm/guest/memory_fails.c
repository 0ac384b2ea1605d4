/* SPDX-License-Identifier: MIT
 *
 * The kernel's own paths when memory fails: each operation is done again and again,
 * its first request for memory failing, then its second, and so on until it needs no
 * more. It must fail with the right errno or succeed, and leave no page behind.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <unistd.h>
#include "check.h"

#define PAGE 4096ul

/* The kernel's own name: the n-th request from now fails. */
extern size_t fail_at __asm__("kernel.pages_fail_at");

enum outcome { DONE, FAILED };

static char *area;

/* A table, a node and so on that one time leaves is there for the next one. */
static enum outcome map_anonymous(void)
{
    char *memory = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    memset(memory, 1, 3 * PAGE); /* promised: the faults do not fail */
    CHECK(munmap(memory, 3 * PAGE) == 0);
    return DONE;
}

static enum outcome map_large(void)
{
    char *memory = mmap(NULL, 5 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    memory[3 << 20] = 1;
    CHECK(munmap(memory, 5 << 20) == 0);
    return DONE;
}

static enum outcome map_file(void)
{
    int fd = open("/dev/zero", O_RDWR);

    if (fd < 0)
        return FAILED;
    char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    int error = errno;
    CHECK(close(fd) == 0);
    errno = error;
    if (memory == MAP_FAILED)
        return FAILED;
    CHECK(munmap(memory, PAGE) == 0);
    return DONE;
}

static enum outcome map_over(void)
{
    return mmap(area + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_FIXED,
                -1, 0) == MAP_FAILED
               ? FAILED
               : DONE;
}

static enum outcome protect(void)
{
    char *space = mmap(NULL, 8 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (space == MAP_FAILED)
        return FAILED;
    int status = mprotect(space + (3 << 20), 3 << 20, PROT_READ | PROT_WRITE), error = errno;
    if (status == 0)
        memset(space + (3 << 20), 1, 3 << 20);
    CHECK(munmap(space, 8 << 20) == 0);
    errno = error;
    return status == 0 ? DONE : FAILED;
}

static enum outcome unmap_middle(void)
{
    char *memory = mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    int status = munmap(memory + 2 * PAGE, PAGE), error = errno;
    CHECK(munmap(memory, 5 * PAGE) == 0);
    errno = error;
    return status == 0 ? DONE : FAILED;
}

static enum outcome remap(void)
{
    char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    memset(memory, 1, 2 * PAGE);
    char *moved = mremap(memory, 2 * PAGE, 3 << 20, MREMAP_MAYMOVE);
    int error = errno;
    if (moved != MAP_FAILED)
        CHECK(moved[0] == 1 && moved[2 * PAGE] == 0);
    CHECK(munmap(moved != MAP_FAILED ? moved : memory, moved != MAP_FAILED ? 3 << 20 : 2 * PAGE) ==
          0);
    errno = error;
    return moved != MAP_FAILED ? DONE : FAILED;
}

static enum outcome lock(void)
{
    char *memory = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    int status = mlock(memory, 3 * PAGE), error = errno;
    CHECK(munmap(memory, 3 * PAGE) == 0);
    errno = error;
    return status == 0 ? DONE : FAILED;
}

static enum outcome heap_small(void)
{
    void *volatile blocks[100];
    size_t count = 0;

    while (count < 100 && (blocks[count] = malloc(3000)) != NULL)
        memset(blocks[count++], 1, 3000);
    int error = errno;
    for (size_t i = 0; i < count; i++)
        free(blocks[i]);
    errno = error;
    return count == 100 ? DONE : FAILED;
}

static enum outcome heap_large(void)
{
    char *volatile block = malloc(5 << 20);

    if (block == NULL)
        return FAILED;
    block[0] = block[4 << 20] = 1;
    char *volatile larger = realloc(block, 9 << 20);
    int error = errno;
    CHECK((larger != NULL ? larger : block)[4 << 20] == 1);
    free(larger != NULL ? larger : block);
    errno = error;
    return larger != NULL ? DONE : FAILED;
}

static enum outcome grow_break(void)
{
    if (sbrk(3 << 20) == (void *)-1)
        return FAILED;
    CHECK(sbrk(-(3 << 20)) != (void *)-1);
    return DONE;
}

static void *nothing(void *argument)
{
    return argument;
}

static enum outcome thread(void)
{
    pthread_t id;
    int error = pthread_create(&id, NULL, nothing, NULL);

    CHECK(error == 0 || error == EAGAIN);
    errno = ENOMEM;
    if (error)
        return FAILED;
    CHECK(pthread_join(id, NULL) == 0);
    return DONE;
}

static size_t free_pages(void)
{
    malloc_trim(0);
    return (size_t)sysconf(_SC_AVPHYS_PAGES);
}

/* The first round fills what is kept for good: tables of tables, the heap's own table. */
static void try_all(const char *name, enum outcome (*operation)(void), bool first_round)
{
    unsigned failures = 0;
    enum outcome outcome = FAILED;
    bool reached = true;

    CHECK(operation() == DONE);
    size_t before = free_pages();
    for (size_t n = 1; reached; n++) {
        malloc_trim(0); /* each time alike: nothing is at hand */
        fail_at = n;
        errno = 0;
        outcome = operation();
        int error = errno;
        reached = fail_at == 0;
        fail_at = 0;
        CHECK(outcome == DONE || (reached && (error == ENOMEM || error == EAGAIN)));
        failures += outcome == FAILED;
        CHECK(n < 1000);
    }
    CHECK(outcome == DONE && operation() == DONE);
    size_t after = free_pages();
    printf("%-14s %u failures, %ld pages fewer\n", name, failures, (long)(before - after));
    CHECK(first_round || before <= after + 14); /* page tables that are kept at hand */
}

int main(void)
{
    area = mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(area != MAP_FAILED);
    for (int round = 0; round < 3; round++) {
        try_all("mmap", map_anonymous, round == 0);
        try_all("mmap large", map_large, round == 0);
        try_all("mmap file", map_file, round == 0);
        try_all("mmap fixed", map_over, round == 0);
        try_all("mprotect", protect, round == 0);
        try_all("munmap part", unmap_middle, round == 0);
        try_all("mremap", remap, round == 0);
        try_all("mlock", lock, round == 0);
        try_all("malloc small", heap_small, round == 0);
        try_all("malloc large", heap_large, round == 0);
        try_all("sbrk", grow_break, round == 0);
        try_all("thread", thread, round == 0);
    }
    return success();
}
