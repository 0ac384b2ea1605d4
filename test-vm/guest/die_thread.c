/* SPDX-License-Identifier: MIT
 *
 * A thread that must not get away with what it does. Argument: overflow.
 */
#include <pthread.h>
#include "check.h"

static __attribute__((noinline)) int recurse(volatile char *above)
{
    volatile char here[1000];

    here[0] = *above;
    return recurse(here) + here[0];
}

static void *overflow(void *argument)
{
    volatile char top = 0;

    return recurse(&top) ? argument : NULL;
}

int main(int argc, char **argv)
{
    pthread_attr_t attr;
    pthread_t id;

    CHECK(argc == 2 && strcmp(argv[1], "overflow") == 0);
    CHECK(pthread_attr_init(&attr) == 0 && pthread_attr_setstacksize(&attr, 65536) == 0);
    CHECK(pthread_create(&id, &attr, overflow, NULL) == 0);
    CHECK(pthread_join(id, NULL) == 0);
    puts("SURVIVED");
    return 0;
}
