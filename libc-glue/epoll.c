/* SPDX-License-Identifier: MIT
 *
 * epoll: a set of descriptors that are watched all the time, so that waiting costs by
 * what is ready and not by how many there are. epoll_wait.c waits.
 */
#include "libc-glue/epoll_glue.h"

void epoll_enqueue(struct epoll_item *item)
{
    struct epoll *epoll = item->epoll;

    if (item->queued)
        return;
    item->queued = true;
    item->next = NULL;
    item->previous = epoll->last;
    *(epoll->last ? &epoll->last->next : &epoll->first) = item;
    epoll->last = item;
}

void epoll_dequeue(struct epoll_item *item)
{
    struct epoll *epoll = item->epoll;

    if (!item->queued)
        return;
    item->queued = false;
    *(item->previous ? &item->previous->next : &epoll->first) = item->next;
    *(item->next ? &item->next->previous : &epoll->last) = item->previous;
}

static bool notify(struct watch *watch, unsigned events)
{
    struct epoll_item *item = (struct epoll_item *)watch;
    struct epoll *epoll = item->epoll;
    bool waited = epoll->source.in.first;

    if (!(item->events & ~PRIVATE) || !(events & item->events))
        return false;
    epoll_enqueue(item);
    if (waited || epoll->source.first)
        source_changed_undisturbed(&epoll->source, POLLIN | POLLRDNORM);
    else
        epoll->source.turn++; /* nobody waits for it */
    return waited;
}

unsigned epoll_item_ready(const struct epoll_item *item)
{
    if (!(item->events & ~PRIVATE))
        return 0;
    return file_ready(item->file) & item->events & ~PRIVATE;
}

/* ---- the set ---- */

static struct epoll_item **slot_of(struct epoll *epoll, int fd)
{
    struct epoll_item ***chunk = &epoll->by_fd[(size_t)fd / FANOUT];

    if (!*chunk)
        *chunk = object_new(OBJECT_MAX);
    return *chunk ? *chunk + (size_t)fd % FANOUT : NULL;
}

/* A number that was closed and given again may have two items, of different files. */
static struct epoll_item *item_find(struct epoll *epoll, int fd, const struct file *file)
{
    struct epoll_item **slot = slot_of(epoll, fd), *item = slot ? *slot : NULL;

    while (item && item->file != file)
        item = item->next_of_fd;
    return item;
}

static void unlink_item(struct epoll_item *item)
{
    struct epoll_item **at = slot_of(item->epoll, item->fd);

    while (*at != item)
        at = &(*at)->next_of_fd;
    *at = item->next_of_fd;
    at = &item->file->watched_by;
    while (*at != item)
        at = &(*at)->next_of_file;
    *at = item->next_of_file;
}

static void item_remove(struct epoll_item *item)
{
    epoll_dequeue(item);
    watch_remove(file_source(item->file), &item->watch);
    unlink_item(item);
    object_free(item);
}

void epoll_forget(struct file *file)
{
    bool were_on = interrupts_off();

    while (file->watched_by)
        item_remove(file->watched_by);
    interrupts_restore(were_on);
}

static void look(struct epoll_item *item)
{
    if (!epoll_item_ready(item))
        return;
    epoll_enqueue(item);
    source_changed(&item->epoll->source, POLLIN | POLLRDNORM);
}

static int item_add(struct epoll *epoll, int fd, struct file *file, const struct epoll_event *event)
{
    struct epoll_item *item, **slot = slot_of(epoll, fd);

    if (item_find(epoll, fd, file))
        return -EEXIST;
    item = slot ? object_new(sizeof *item) : NULL;
    if (!item)
        return -ENOMEM;
    item->watch.notify = notify;
    item->watch.exclusive = event->events & EPOLLEXCLUSIVE;
    item->epoll = epoll;
    item->file = file;
    item->fd = fd;
    item->events = event->events | ALWAYS;
    item->data = event->data;
    item->next_of_fd = *slot;
    *slot = item;
    item->next_of_file = file->watched_by;
    file->watched_by = item;
    watch_add(file_source(file), &item->watch);
    look(item);
    return 0;
}

static int item_change(struct epoll_item *item, const struct epoll_event *event)
{
    if (!item)
        return -ENOENT;
    if (item->events & EPOLLEXCLUSIVE || event->events & EPOLLEXCLUSIVE)
        return -EINVAL;
    item->events = event->events | ALWAYS;
    item->data = event->data;
    look(item);
    return 0;
}

/* How many sets are nested in this one, it included; more than allowed when it is in
 * itself. */
static int depth(const struct epoll *epoll, const struct epoll *above, int level)
{
    int deepest = 1;

    if (epoll == above || level > NESTING_MAX)
        return NESTING_MAX + 2;
    for (size_t i = 0; i < FD_MAX / FANOUT; i++)
        for (size_t j = 0; epoll->by_fd[i] && j < FANOUT; j++)
            for (struct epoll_item *item = epoll->by_fd[i][j]; item; item = item->next_of_fd) {
                if (item->file->ops != &epoll_ops)
                    continue;
                int below = 1 + depth(item->file->object, above, level + 1);
                if (below > deepest)
                    deepest = below;
            }
    return deepest;
}

static int add_check(struct epoll *epoll, struct file *file, const struct epoll_event *event)
{
    if (!file->ops->source)
        return -EPERM; /* never changes: nothing to wait for */
    if (event->events & EPOLLEXCLUSIVE &&
        (file->ops == &epoll_ops || event->events & ~(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP |
                                                      EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)))
        return -EINVAL;
    if (file->ops == &epoll_ops && depth(file->object, epoll, 0) > NESTING_MAX)
        return -ELOOP;
    return 0;
}

static int change(struct epoll *epoll, int operation, int fd, struct file *file,
                  const struct epoll_event *event)
{
    struct epoll_item *item;
    int error;

    if (operation == EPOLL_CTL_ADD) {
        error = add_check(epoll, file, event);
        return error ? error : item_add(epoll, fd, file, event);
    }
    item = item_find(epoll, fd, file);
    if (operation == EPOLL_CTL_MOD)
        return item_change(item, event);
    if (item)
        item_remove(item);
    return item ? 0 : -ENOENT;
}

static int control(int epoll_fd, int operation, int fd, const struct epoll_event *given)
{
    struct file *set = fd_get(epoll_fd), *file = fd_get(fd);
    struct epoll_event event = {0};
    int error = !set || !file ? -EBADF : 0;

    if (!error && !file->ops->source)
        error = -EPERM;
    if (!error && (set == file || set->ops != &epoll_ops || operation < EPOLL_CTL_ADD ||
                   operation > EPOLL_CTL_MOD))
        error = -EINVAL;
    if (!error && operation != EPOLL_CTL_DEL && user_read(&event, given, sizeof event))
        error = -EFAULT;
    if (!error) {
        bool were_on = interrupts_off();
        error = change(set->object, operation, fd, file, &event);
        interrupts_restore(were_on);
    }
    if (set)
        file_put(set);
    if (file)
        file_put(file);
    return error;
}

int epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event)
{
    return (int)result(control(epoll_fd, operation, fd, event));
}

/* ---- the descriptor ---- */

/* Items that turn out not to be ready leave the list. */
static unsigned epoll_ready(struct file *file)
{
    struct epoll *epoll = file->object;

    while (epoll->first) {
        if (epoll_item_ready(epoll->first))
            return POLLIN | POLLRDNORM;
        epoll_dequeue(epoll->first);
    }
    return 0;
}

static struct event_source *epoll_source(struct file *file)
{
    struct epoll *epoll = file->object;

    return &epoll->source;
}

static void epoll_release(struct file *file)
{
    struct epoll *epoll = file->object;
    bool were_on = interrupts_off();

    for (size_t i = 0; i < FD_MAX / FANOUT; i++) {
        for (size_t j = 0; epoll->by_fd[i] && j < FANOUT; j++)
            while (epoll->by_fd[i][j])
                item_remove(epoll->by_fd[i][j]);
        if (epoll->by_fd[i])
            object_free(epoll->by_fd[i]);
    }
    interrupts_restore(were_on);
    object_free(epoll);
    file_free(file);
}

const struct file_ops epoll_ops = {
    .stat = event_stat,
    .ready = epoll_ready,
    .source = epoll_source,
    .release = epoll_release,
};

static int make(int flags)
{
    struct epoll *epoll;
    int fd;

    if (flags & ~EPOLL_CLOEXEC)
        return -EINVAL;
    console_events_use();
    epoll = object_new(sizeof *epoll);
    if (!epoll)
        return -ENOMEM;
    fd = event_install(&epoll_ops, epoll, O_RDWR | flags);
    if (fd == -ENOMEM)
        object_free(epoll);
    return fd;
}

int epoll_create1(int flags)
{
    return (int)result(make(flags));
}

int epoll_create(int size)
{
    return (int)result(size > 0 ? make(0) : -EINVAL);
}
