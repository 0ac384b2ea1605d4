/* SPDX-License-Identifier: MIT
 *
 * One thread waits for input while another goes on working.
 */
#include <pthread.h>
#include <unistd.h>
#include "check.h"

static volatile int done;
static volatile long turns;

static void *work(void *argument)
{
    while (!done) {
        turns++;
        usleep(1000);
    }
    return argument;
}

int main(void)
{
    char line[16];
    pthread_t id;

    CHECK(pthread_create(&id, NULL, work, NULL) == 0);
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    CHECK_TEXT(line, "hi\n");
    done = 1;
    CHECK(pthread_join(id, NULL) == 0);
    fprintf(stderr, "%ld turns while waiting\n", turns);
    CHECK(turns > 10);
    return success();
}
