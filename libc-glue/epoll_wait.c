/* SPDX-License-Identifier: MIT
 *
 * Waiting for what an epoll set watches.
 */
#define _GNU_SOURCE
#include "libc-glue/epoll_glue.h"
#include "libc-glue/pthread_glue.h"

/* What becomes of an item whose events were given. */
static void given(struct epoll_item *item)
{
    if (item->events & EPOLLONESHOT)
        item->events &= PRIVATE;
    else if (!(item->events & EPOLLET))
        epoll_enqueue(item); /* behind the others: each gets its turn */
}

/* Looks at those that may be ready, each once. */
static int collect(struct epoll *epoll, struct epoll_event *to, int max)
{
    struct epoll_item *last = epoll->last, *item;
    int count = 0;
    bool end = !last;

    while (!end && count < max) {
        item = epoll->first;
        end = item == last;
        unsigned ready = epoll_item_ready(item);
        epoll_dequeue(item);
        if (!ready)
            continue;
        if (!memory_probe(&to[count], sizeof *to, true)) {
            epoll_enqueue(item);
            return count ? count : -EFAULT;
        }
        to[count++] = (struct epoll_event){.events = ready, .data = item->data};
        given(item);
    }
    if (epoll->first)
        wake(&epoll->source.in, 1); /* there is more for another thread */
    return count;
}

static int wait_once(struct file *file, struct epoll_event *to, int max, uint64_t deadline_ns)
{
    struct epoll *epoll = file->object;
    int count, error = 0;
    /* With interrupts off from the look to the sleep: no handler runs in between, of which
     * the sleep would not know. */
    bool were_on = interrupts_off(), handled = false;

    events_begin(); /* once: who wakes us has looked */
    for (;;) {
        unsigned turn = epoll->source.turn;
        count = collect(epoll, to, max);
        if (count || error || !deadline_ns)
            break;
        handled = signal_pass();
        if (handled)
            break;
        error = source_wait(&epoll->source, false, turn, deadline_ns);
        interrupts_off();
    }
    interrupts_restore(were_on);
    return count ? count : handled ? -EINTR : error == -EAGAIN ? 0 : error;
}

static int wait_on_fd(int fd, struct epoll_event *to, int max, uint64_t deadline_ns)
{
    struct file *file = fd_get(fd);
    int count = !file ? -EBADF : 0;

    if (!count && (max <= 0 || (size_t)max > INT32_MAX / sizeof *to || file->ops != &epoll_ops))
        count = -EINVAL;
    if (!count)
        count = wait_once(file, to, max, deadline_ns);
    if (file)
        file_put(file);
    return count;
}

static int wait_masked(int fd, struct epoll_event *to, int max, uint64_t deadline_ns,
                       const sigset_t *mask)
{
    struct mask_change change;
    long count;

    cancellation_point();
    count = mask_begin(&change, mask, &deadline_ns);
    if (count < 0)
        return (int)result(count);
    do
        count = wait_on_fd(fd, to, max, deadline_ns);
    while (count == -INTERRUPTED && (count = interruption_end_any(count)) == 0);
    return (int)result(mask_end(&change, count));
}

int epoll_wait(int fd, struct epoll_event *to, int max, int wait_ms)
{
    return wait_masked(fd, to, max, deadline_after_ms(wait_ms), NULL);
}

int epoll_pwait(int fd, struct epoll_event *to, int max, int wait_ms, const sigset_t *mask)
{
    return wait_masked(fd, to, max, deadline_after_ms(wait_ms), mask);
}

int epoll_pwait2(int fd, struct epoll_event *to, int max, const struct timespec *wait,
                 const sigset_t *mask)
{
    uint64_t deadline_ns;
    int error = deadline_after(wait, &deadline_ns);

    return error ? (int)result(error) : wait_masked(fd, to, max, deadline_ns, mask);
}
