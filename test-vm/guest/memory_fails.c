/* SPDX-License-Identifier: MIT
 *
 * The kernel's own paths when memory fails: each operation is done again and again,
 * its first request for memory failing, then its second, and so on until it needs no
 * more; once with that one failing, once with all after it as well. It must fail with
 * the right errno or succeed, and leave no page behind.
 */
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "check.h"

#define PAGE  4096ul
#define LARGE (40ul << 20) /* more page tables than are kept at hand */

/* The kernel's own names: after so many requests for memory so many fail. */
extern size_t fail_after __asm__("kernel.pages_fail_after");
extern size_t fail_count __asm__("kernel.pages_fail_count");

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
    char *memory = mmap(NULL, LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);

    if (memory == MAP_FAILED)
        return FAILED;
    memory[3 << 20] = 1;
    CHECK(munmap(memory, LARGE) == 0);
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
    char *memory =
        mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);

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

static sigjmp_buf back;

static void on_fault(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

/* What was not promised may fail when it is touched: with SIGBUS. */
static enum outcome touch(void)
{
    char *memory =
        mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);
    enum outcome outcome = DONE;

    if (memory == MAP_FAILED)
        return FAILED;
    if (sigsetjmp(back, 1) == 0)
        *(volatile char *)memory = 1;
    else
        outcome = FAILED;
    CHECK(munmap(memory, PAGE) == 0);
    errno = ENOMEM;
    return outcome;
}

static size_t free_pages(void)
{
    malloc_trim(0);
    return (size_t)sysconf(_SC_AVPHYS_PAGES);
}

/* Fails after n requests for memory, and says whether it came to that. */
static bool try_once(enum outcome (*operation)(void), size_t n, size_t failures, unsigned *failed)
{
    malloc_trim(0); /* each time alike: nothing is at hand */
    fail_after = n;
    fail_count = failures;
    errno = 0;
    enum outcome outcome = operation();
    int error = errno;
    bool reached = fail_count < failures;
    fail_count = 0;
    CHECK(outcome == DONE || (reached && error == ENOMEM));
    *failed += outcome == FAILED;
    return reached;
}

/* The first round fills what is kept for good: tables of tables, the heap's own table. */
static void try_all(const char *name, enum outcome (*operation)(void), bool first_round)
{
    unsigned failed = 0;

    CHECK(operation() == DONE);
    size_t before = free_pages();
    for (size_t n = 0; try_once(operation, n, 1, &failed); n++)
        CHECK(n < 1000);
    for (size_t n = 0; try_once(operation, n, SIZE_MAX, &failed); n++)
        CHECK(n < 1000);
    CHECK(operation() == DONE);
    size_t after = free_pages();
    printf("%-14s %u failures, %ld pages fewer\n", name, failed, (long)(before - after));
    CHECK(failed > 0);
    CHECK(first_round || before <= after + 14); /* page tables that are kept at hand */
}

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void *parked(void *argument)
{
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    return argument;
}

enum { THREADS = 60 };

/* Threads that stay: each needs a stack that was not there before. */
static void threads_parked(void)
{
    pthread_t ids[THREADS];
    unsigned failed = 0;

    pthread_mutex_lock(&gate);
    for (int i = 0; i < THREADS; i++) {
        int error = EAGAIN;
        for (size_t n = 0; error; n++) {
            size_t before = (size_t)sysconf(_SC_AVPHYS_PAGES);
            fail_after = n;
            fail_count = i % 2 ? 1 : SIZE_MAX;
            error = pthread_create(&ids[i], NULL, parked, NULL);
            fail_count = 0;
            CHECK(error == 0 || error == EAGAIN);
            failed += error != 0;
            CHECK(!error || before <= (size_t)sysconf(_SC_AVPHYS_PAGES) + 14);
        }
    }
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    printf("threads        %u failures\n", failed);
    CHECK(failed >= THREADS);
}

int main(void)
{
    area = mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(area != MAP_FAILED && signal(SIGBUS, on_fault) != SIG_ERR);
    for (int round = 0; round < 3; round++) {
        try_all("mmap", map_anonymous, round == 0);
        try_all("mmap large", map_large, round == 0);
        try_all("mmap file", map_file, round == 0);
        try_all("mmap fixed", map_over, round == 0);
        try_all("mprotect", protect, round == 0);
        try_all("munmap part", unmap_middle, round == 0);
        try_all("mremap", remap, round == 0);
        try_all("mlock", lock, round == 0);
        try_all("touch", touch, round == 0);
        try_all("malloc small", heap_small, round == 0);
        try_all("malloc large", heap_large, round == 0);
        try_all("sbrk", grow_break, round == 0);
    }
    threads_parked();
    return success();
}
