/* SPDX-License-Identifier: MIT
 *
 * poll and ppoll.
 */
#define _GNU_SOURCE
#include <poll.h>

#include "libc-glue/poll_list.h"
#include "libc-glue/pthread_glue.h"

static int list_fill(struct poll_list *list, const struct pollfd *fds, nfds_t count)
{
    int error = 0;

    for (nfds_t i = 0; i < count && !error; i++)
        if (fds[i].fd >= 0)
            error = poll_add(list, fds[i].fd, (unsigned short)fds[i].events);
    return error;
}

static void answers_give(struct poll_list *list, struct pollfd *fds, nfds_t count)
{
    struct pollfd *at = fds;

    POLL_EACH(list, page, entry)
    {
        while (at->fd < 0)
            at++->revents = 0;
        at++->revents = (short)entry->got;
    }
    while (at < fds + count)
        at++->revents = 0;
}

static int poll_once(struct pollfd *fds, nfds_t count, uint64_t deadline_ns)
{
    struct poll_list list;
    int ready;

    if (count > (nfds_t)fd_limit)
        return -EINVAL;
    if (!memory_probe(fds, count * sizeof *fds, true))
        return -EFAULT;
    poll_begin(&list);
    ready = list_fill(&list, fds, count);
    if (!ready)
        ready = poll_run(&list, deadline_ns);
    if (ready >= 0)
        answers_give(&list, fds, count);
    poll_end(&list);
    return ready;
}

int poll(struct pollfd *fds, nfds_t count, int wait_ms)
{
    uint64_t deadline_ns = deadline_after_ms(wait_ms);
    long ready;

    cancellation_point();
    handlers_forget();
    do
        ready = poll_once(fds, count, deadline_ns);
    while (ready == -INTERRUPTED && (ready = interruption_end_any(ready)) == 0);
    return (int)result(ready);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *wait, const sigset_t *mask)
{
    struct mask_change change;
    uint64_t deadline_ns;
    long ready = deadline_after(wait, &deadline_ns);

    cancellation_point();
    if (!ready)
        ready = mask_begin(&change, mask, &deadline_ns);
    if (ready < 0)
        return (int)result(ready);
    do
        ready = poll_once(fds, count, deadline_ns);
    while (ready == -INTERRUPTED && (ready = interruption_end_any(ready)) == 0);
    return (int)result(mask_end(&change, ready));
}
