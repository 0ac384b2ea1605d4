/* SPDX-License-Identifier: MIT
 *
 * Threads that are interrupted in the middle of malloc: each block is freed by another
 * thread than the one it is from, and holds what was written to it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include "check.h"

enum { THREADS = 8, PLACES = 512, SECONDS = 3 };

static _Atomic(unsigned char *) places[PLACES];
static atomic_bool over;
static atomic_ulong exchanges;

static void *worker(void *argument)
{
    uint64_t state = (uintptr_t)argument * 0x9e3779b97f4a7c15u + 1;
    unsigned long count = 0;

    while (!over) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        size_t size = state % 100 == 0 ? state / 128 % 300000 + 2 : state / 128 % 700 + 2;
        unsigned char *block = malloc(size);
        CHECK(block != NULL);
        block[0] = block[1] = block[size - 1] = (unsigned char)size;
        if (state % 7 == 0) {
            block = realloc(block, size * 2);
            CHECK(block != NULL && block[0] == block[size - 1]);
        }
        block = atomic_exchange(&places[state / 64 % PLACES], block);
        CHECK(block == NULL || block[0] == block[1]);
        if (block)
            memset(block, 0, 2);
        free(block);
        count++;
    }
    exchanges += count;
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS];
    struct timespec end, now;

    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += SECONDS;
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&threads[i], NULL, worker, (void *)(i + 1)) == 0);
    do {
        struct timespec pause = {.tv_nsec = 1000000};
        nanosleep(&pause, NULL); /* it interrupts whoever runs */
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec);
    over = true;
    for (size_t i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    for (size_t i = 0; i < PLACES; i++)
        free(places[i]);
    printf("%lu blocks\n", (unsigned long)exchanges);
    return success();
}
