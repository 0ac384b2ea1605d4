/* SPDX-License-Identifier: MIT
 *
 * What threads, memory and time cost, in ticks of the time-stamp counter; under
 * QEMU's -icount these are instructions. test-vm/bench_primitives runs the same
 * program in a Thimble and in a Linux guest. Prints `NAME TICKS` for each primitive:
 * the median of some batches, per operation.
 *     primitives [NAME...]        only these
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include "measure.h"

#define SWITCHES    100 /* of each thread, in a batch */
#define THREADS     20
#define OPERATIONS  500
#define SLOTS       256
#define BLOCK_BYTES 64
#define LARGEST     4096

/* Two threads play ping-pong; every ball is one switch. */
static void (*play)(int me);
static volatile int stop, turn;
static sem_t balls[2];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *opponent(void *argument)
{
    while (!stop)
        play(1);
    return argument;
}

static void measure_game(const char *name, void (*game)(int me), uint64_t (*batch)(void))
{
    pthread_t id;

    if (!is_wanted(name))
        return;
    stop = 0;
    play = game;
    CHECK(pthread_create(&id, NULL, opponent, NULL) == 0);
    measure(name, batch, 2 * SWITCHES);
    pthread_mutex_lock(&mutex);
    stop = 1;
    turn = 1; /* wherever it waits */
    sem_post(&balls[1]);
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    CHECK(pthread_join(id, NULL) == 0);
}

static uint64_t rally(void)
{
    uint64_t start = ticks_now();

    for (int i = 0; i < SWITCHES; i++)
        play(0);
    return ticks_now() - start;
}

static void play_yield(int me)
{
    while (turn != me)
        sched_yield();
    turn = !me;
}

static void play_semaphore(int me)
{
    sem_post(&balls[!me]);
    sem_wait(&balls[me]);
}

static void play_condition(int me)
{
    pthread_mutex_lock(&mutex);
    while (turn != me && !stop)
        pthread_cond_wait(&cond, &mutex);
    turn = !me;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
}

/* The mutex has a waiter whenever it is given back. */
static int owner, changes;

static void play_mutex(int me)
{
    pthread_mutex_lock(&mutex);
    changes += owner != me;
    owner = me;
    sched_yield();
    pthread_mutex_unlock(&mutex);
}

static uint64_t rally_mutex(void)
{
    uint64_t start = ticks_now();

    for (changes = 0; changes < 2 * SWITCHES;)
        play(0);
    return ticks_now() - start;
}

static void *nothing(void *argument)
{
    return argument;
}

static uint64_t batch_threads(void)
{
    uint64_t start = ticks_now();

    for (int i = 0; i < THREADS; i++) {
        pthread_t id;
        CHECK(pthread_create(&id, NULL, nothing, NULL) == 0);
        CHECK(pthread_join(id, NULL) == 0);
    }
    return ticks_now() - start;
}

static uint64_t batch_mutex(void)
{
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
    }
    return ticks_now() - start;
}

static uint64_t batch_clock(void)
{
    struct timespec time;
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++)
        clock_gettime(CLOCK_MONOTONIC, &time);
    return ticks_now() - start;
}

static void *volatile slots[SLOTS];

static uint64_t batch_pairs(void)
{
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++) {
        slots[0] = malloc(BLOCK_BYTES);
        free(slots[0]);
    }
    slots[0] = NULL;
    return ticks_now() - start;
}

/* Blocks of all sizes come and go in no order; the same one in every run. */
static uint64_t batch_mix(void)
{
    static uint32_t random = 1;
    uint64_t start = ticks_now();

    for (int i = 0; i < OPERATIONS; i++) {
        random = random * 1664525 + 1013904223;
        unsigned slot = random >> 24, bytes = (random >> 8) % LARGEST >> (random >> 20) % 8;
        free(slots[slot]);
        slots[slot] = malloc(bytes + 1);
    }
    return ticks_now() - start;
}

int main(int argc, char **argv)
{
    (void)argc;
    wanted = argv + 1;
    CHECK(sem_init(&balls[0], 0, 0) == 0 && sem_init(&balls[1], 0, 0) == 0);
    measure_game("switch_yield", play_yield, rally);
    measure_game("switch_semaphore", play_semaphore, rally);
    measure_game("switch_condition", play_condition, rally);
    measure_game("switch_mutex", play_mutex, rally_mutex);
    measure("thread_create_join", batch_threads, THREADS);
    measure("mutex_lock_unlock", batch_mutex, OPERATIONS);
    measure("malloc_free_64", batch_pairs, OPERATIONS);
    measure("malloc_free_mix", batch_mix, OPERATIONS);
    measure("clock_gettime", batch_clock, OPERATIONS);
    return success();
}
