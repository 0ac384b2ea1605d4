/* SPDX-License-Identifier: MIT
 *
 * The program ends although a thread has standard input locked, waiting for a line;
 * and once, although two threads end it.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>
#include "check.h"

static atomic_bool begun;

static void farewell(void)
{
    puts("farewell");
    begun = true;
    usleep(50000); /* for the other one to come */
}

static void *line_read(void *argument)
{
    char line[16];

    fgets(line, sizeof line, stdin);
    return argument;
}

static void *end(void *argument)
{
    usleep(20000);
    exit(7);
    return argument;
}

int main(void)
{
    pthread_t id;

    CHECK(atexit(farewell) == 0);
    CHECK(pthread_create(&id, NULL, line_read, NULL) == 0);
    CHECK(pthread_create(&id, NULL, end, NULL) == 0);
    while (!begun)
        usleep(1000);
    exit(8);
}
