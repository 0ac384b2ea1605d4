/* SPDX-License-Identifier: MIT
 *
 * Other names for what POSIX does in another way: ISO C's, BSD's and old ones.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timeb.h>
#include <time.h>

int ftime(struct timeb *time)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeb){.time = now.tv_sec, .millitm = (unsigned short)(now.tv_nsec / 1000000)};
    return 0;
}

int timespec_get(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int timespec_getres(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_getres(CLOCK_REALTIME, time) == 0 ? base : 0;
}

void psiginfo(const siginfo_t *info, const char *words)
{
    if (words && *words)
        fprintf(stderr, "%s: ", words);
    fprintf(stderr, "%s\n", strsignal(info->si_signo));
}

void cfree(void *block)
{
    free(block);
}
