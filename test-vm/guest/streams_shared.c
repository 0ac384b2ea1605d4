/* SPDX-License-Identifier: MIT
 *
 * Threads that write to one stream and share malloc, and lose the processor in the
 * middle of it: each waits for the lock of the other.
 */
#include <pthread.h>
#include "check.h"

#define THREADS 4
#define LINES   4000

static void *lines_write(void *argument)
{
    for (int i = 0; i < LINES; i++) {
        char *line = malloc(64 + (size_t)i % 512);
        CHECK(line != NULL);
        sprintf(line, "thread %d line %d", *(int *)argument, i);
        fprintf(stderr, "%s\n", line);
        free(line);
    }
    return NULL;
}

int main(void)
{
    static int numbers[THREADS];
    pthread_t ids[THREADS];

    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&ids[i], NULL, lines_write, &numbers[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    return success();
}
