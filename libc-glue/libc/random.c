/* SPDX-License-Identifier: MIT
 *
 * random() and rand(): the additive feedback generator of BSD, which glibc has too, so
 * that a program draws the same numbers here as there. In place of newlib's.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#define KIND_COUNT 5
#define WARM_UP    10 /* numbers drawn and thrown away, for each of the state's */

/* A state is a word that names its kind and where it stands, then its numbers. */
static const struct kind {
    size_t bytes;
    int degree, separation;
} kinds[KIND_COUNT] = {{8, 0, 0}, {32, 7, 3}, {64, 15, 1}, {128, 31, 3}, {256, 63, 1}};

static uint32_t first_state[32];
static uint32_t *numbers; /* of the state in use; NULL: nothing was drawn or seeded yet */
static int kind = 3, front, rear;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static uint32_t step(void)
{
    uint32_t drawn;

    if (kinds[kind].degree == 0) {
        numbers[0] = (numbers[0] * 1103515245u + 12345u) & 0x7fffffff;
        return numbers[0];
    }
    drawn = numbers[front] += numbers[rear];
    front = (front + 1) % kinds[kind].degree;
    rear = (rear + 1) % kinds[kind].degree;
    return drawn >> 1;
}

static void seed(unsigned value)
{
    int32_t word = value ? (int32_t)value : 1;

    numbers[0] = (uint32_t)word;
    if (kinds[kind].degree == 0)
        return;
    for (int i = 1; i < kinds[kind].degree; i++) {
        /* 16807 * word mod 2^31 - 1, as Schrage wrote it */
        word = 16807 * (word % 127773) - 2836 * (word / 127773);
        if (word < 0)
            word += INT32_MAX;
        numbers[i] = (uint32_t)word;
    }
    front = kinds[kind].separation;
    rear = 0;
    for (int i = 0; i < kinds[kind].degree * WARM_UP; i++)
        step();
}

static void ready(void)
{
    if (numbers)
        return;
    numbers = first_state + 1;
    seed(1);
}

/* Where the state stands goes into its first word, so that it can be taken up again. */
static void put_away(void)
{
    numbers[-1] = (uint32_t)(rear * KIND_COUNT + kind);
}

long random(void)
{
    pthread_mutex_lock(&lock);
    ready();
    long drawn = step();
    pthread_mutex_unlock(&lock);
    return drawn;
}

void srandom(unsigned value)
{
    pthread_mutex_lock(&lock);
    ready();
    seed(value);
    pthread_mutex_unlock(&lock);
}

int rand(void)
{
    return (int)random();
}

void srand(unsigned value)
{
    srandom(value);
}

char *initstate(unsigned value, char *state, size_t size_bytes)
{
    if (size_bytes < kinds[0].bytes) {
        errno = EINVAL;
        return NULL;
    }
    pthread_mutex_lock(&lock);
    ready();
    put_away();
    char *old = (char *)(numbers - 1);
    kind = 0;
    while (kind + 1 < KIND_COUNT && kinds[kind + 1].bytes <= size_bytes)
        kind++;
    numbers = (uint32_t *)(void *)state + 1;
    seed(value);
    put_away();
    pthread_mutex_unlock(&lock);
    return old;
}

char *setstate(char *state)
{
    uint32_t word = *(uint32_t *)(void *)state;
    int rear_then = (int)(word / KIND_COUNT), kind_then = (int)(word % KIND_COUNT);

    if (rear_then && rear_then >= kinds[kind_then].degree) {
        errno = EINVAL;
        return NULL;
    }
    pthread_mutex_lock(&lock);
    ready();
    put_away();
    char *old = (char *)(numbers - 1);
    kind = kind_then;
    rear = rear_then;
    if (kinds[kind].degree)
        front = (rear + kinds[kind].separation) % kinds[kind].degree;
    numbers = (uint32_t *)(void *)state + 1;
    pthread_mutex_unlock(&lock);
    return old;
}
