/* SPDX-License-Identifier: MIT
 *
 * select and pselect.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>

#include "kernel/time.h"
#include "libc-glue/poll_list.h"
#include "libc-glue/pthread_glue.h"

#define READING (POLLIN | POLLRDNORM | POLLRDBAND)
#define WRITING (POLLOUT | POLLWRNORM | POLLWRBAND)
#define ENDS    (POLLHUP | POLLERR)

struct sets {
    fd_set *of[3]; /* to read, to write, exceptions */
    int count;
};

static bool is_in(fd_set *set, int fd)
{
    return set && FD_ISSET(fd, set);
}

static unsigned wanted_of(const struct sets *sets, int fd)
{
    return (is_in(sets->of[0], fd) ? READING : 0) | (is_in(sets->of[1], fd) ? WRITING : 0) |
           (is_in(sets->of[2], fd) ? POLLPRI : 0);
}

static int list_fill(struct poll_list *list, const struct sets *sets)
{
    int error = 0;

    for (int fd = 0; fd < sets->count && !error; fd++) {
        unsigned wanted = wanted_of(sets, fd);
        if (!wanted)
            continue;
        error = poll_add(list, fd, wanted);
        if (!error && !list->last->entries[list->last->count - 1].file)
            error = -EBADF;
    }
    return error;
}

/* Leaves one descriptor in a set only if what it asked for is there. */
static int keep(fd_set *set, int fd, bool ready)
{
    if (!is_in(set, fd))
        return 0;
    if (!ready)
        FD_CLR(fd, set);
    return ready;
}

static int answers_give(struct poll_list *list, const struct sets *sets)
{
    int fd = 0, ready = 0;

    POLL_EACH(list, page, entry)
    {
        while (!wanted_of(sets, fd))
            fd++;
        ready += keep(sets->of[0], fd, entry->got & (READING | ENDS));
        ready += keep(sets->of[1], fd, entry->got & (WRITING | POLLERR));
        ready += keep(sets->of[2], fd, entry->got & POLLPRI);
        fd++;
    }
    return ready;
}

static int select_once(const struct sets *sets, uint64_t deadline_ns)
{
    size_t bytes = ((size_t)sets->count + 63) / 64 * 8;
    struct poll_list list;
    int ready;

    for (int i = 0; i < 3; i++)
        if (sets->of[i] && !memory_probe(sets->of[i], bytes, true))
            return -EFAULT;
    poll_begin(&list);
    ready = list_fill(&list, sets);
    if (!ready)
        ready = poll_run(&list, deadline_ns);
    if (ready >= 0)
        ready = answers_give(&list, sets);
    poll_end(&list);
    return ready;
}

static int sets_check(struct sets *sets)
{
    if (sets->count < 0)
        return -EINVAL;
    if (sets->count > fd_limit)
        sets->count = fd_limit;
    return 0;
}

int pselect(int count, fd_set *restrict reading, fd_set *restrict writing,
            fd_set *restrict exceptions, const struct timespec *restrict wait,
            const sigset_t *restrict mask)
{
    struct sets sets = {{reading, writing, exceptions}, count};
    struct mask_change change;
    uint64_t deadline_ns;
    long ready = deadline_after(wait, &deadline_ns);

    cancellation_point();
    if (!ready)
        ready = sets_check(&sets);
    if (!ready)
        ready = mask_begin(&change, mask, &deadline_ns);
    if (ready < 0)
        return (int)result(ready);
    do
        ready = select_once(&sets, deadline_ns);
    while (ready == -INTERRUPTED && (ready = interruption_end_any(ready)) == 0);
    return (int)result(mask_end(&change, ready));
}

/* As on Linux, what is left of the time is given back. */
static void time_give(struct timeval *wait, uint64_t deadline_ns)
{
    uint64_t now_ns = clock_monotonic_ns(),
             left_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;

    wait->tv_sec = (time_t)(left_ns / 1000000000);
    wait->tv_usec = (suseconds_t)(left_ns % 1000000000 / 1000);
}

int select(int count, fd_set *restrict reading, fd_set *restrict writing,
           fd_set *restrict exceptions, struct timeval *restrict wait)
{
    struct sets sets = {{reading, writing, exceptions}, count};
    struct timespec time;
    struct timeval given;
    uint64_t deadline_ns;
    long ready = wait ? user_read(&given, wait, sizeof given) : 0;

    cancellation_point();
    handlers_forget();
    if (!ready && wait && (given.tv_sec < 0 || given.tv_usec < 0))
        ready = -EINVAL;
    if (!ready && wait)
        time = (struct timespec){given.tv_sec + given.tv_usec / 1000000,
                                 given.tv_usec % 1000000 * 1000};
    if (!ready)
        ready = deadline_after(wait ? &time : NULL, &deadline_ns);
    if (!ready)
        ready = sets_check(&sets);
    if (ready < 0)
        return (int)result(ready);
    do
        ready = select_once(&sets, deadline_ns);
    while (ready == -INTERRUPTED && (ready = interruption_end_any(ready)) == 0);
    if (wait && deadline_ns)
        time_give(wait, deadline_ns);
    return (int)result(ready);
}
