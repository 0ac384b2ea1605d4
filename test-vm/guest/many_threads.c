/* SPDX-License-Identifier: MIT
 *
 * 10,000 threads at the same time, with small stacks; argument: another number.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <unistd.h>
#include "check.h"

#define THREADS_MAX 100000

static pthread_t ids[THREADS_MAX];
static sem_t ready, go;

static void *wait_in_line(void *argument)
{
    char block[512];

    memset(block, (int)(intptr_t)argument, sizeof block);
    sem_post(&ready);
    sem_wait(&go);
    for (size_t i = 0; i < sizeof block; i++)
        CHECK(block[i] == (char)(intptr_t)argument);
    return argument;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 10000;
    pthread_attr_t attr;
    void *result;

    CHECK(threads <= THREADS_MAX);
    CHECK(pthread_attr_init(&attr) == 0 && pthread_attr_setstacksize(&attr, 8192) == 0);
    CHECK(sem_init(&ready, 0, 0) == 0 && sem_init(&go, 0, 0) == 0);
    for (intptr_t i = 0; i < threads; i++)
        CHECK(pthread_create(&ids[i], &attr, wait_in_line, (void *)i) == 0);
    for (int i = 0; i < threads; i++)
        CHECK(sem_wait(&ready) == 0);
    for (int i = 0; i < threads; i++)
        CHECK(sem_post(&go) == 0);
    for (intptr_t i = 0; i < threads; i++)
        CHECK(pthread_join(ids[i], &result) == 0 && (intptr_t)result == i);
    return success();
}
