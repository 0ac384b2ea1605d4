/* SPDX-License-Identifier: MIT
 *
 * A counter that can be waited for.
 */
#include <sys/eventfd.h>
#include <unistd.h>

#include "libc-glue/events.h"

#define COUNT_MAX (UINT64_MAX - 1)

struct counter {
    struct event_source source;
    uint64_t count;
    bool semaphore;
};

static int take(struct counter *counter, uint64_t *value, unsigned *turn)
{
    bool were_on = interrupts_off();
    int error = counter->count ? 0 : -EAGAIN;

    if (!error) {
        *value = counter->semaphore ? 1 : counter->count;
        counter->count -= *value;
        source_changed(&counter->source, POLLOUT | POLLWRNORM);
    }
    if (counter->count)
        wake(&counter->source.in, 1);
    *turn = counter->source.turn;
    interrupts_restore(were_on);
    return error;
}

static ssize_t counter_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct counter *counter = file->object;
    uint64_t value;
    unsigned turn;
    int error;

    (void)at;
    if (size_bytes < sizeof value)
        return -EINVAL;
    if (!memory_probe(to, sizeof value, true))
        return -EFAULT;
    while ((error = take(counter, &value, &turn)) == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = source_wait(&counter->source, false, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    return error ? error : user_write(to, &value, sizeof value) ? -EFAULT : (ssize_t)sizeof value;
}

static int add(struct counter *counter, uint64_t value, unsigned *turn)
{
    bool were_on = interrupts_off();
    int error = value > COUNT_MAX - counter->count ? -EAGAIN : 0;

    if (!error) {
        counter->count += value;
        source_changed(&counter->source, POLLIN | POLLRDNORM);
    }
    *turn = counter->source.turn;
    interrupts_restore(were_on);
    return error;
}

static ssize_t counter_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    struct counter *counter = file->object;
    uint64_t value;
    unsigned turn;
    int error;

    (void)at;
    if (size_bytes < sizeof value)
        return -EINVAL;
    if (user_read(&value, from, sizeof value))
        return -EFAULT;
    if (value == UINT64_MAX)
        return -EINVAL;
    while ((error = add(counter, value, &turn)) == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = source_wait(&counter->source, true, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    return error ? error : (ssize_t)sizeof value;
}

static unsigned counter_ready(struct file *file)
{
    const struct counter *counter = file->object;

    return (counter->count ? POLLIN | POLLRDNORM : 0) |
           (counter->count < COUNT_MAX ? POLLOUT | POLLWRNORM : 0);
}

static struct event_source *counter_source(struct file *file)
{
    struct counter *counter = file->object;

    return &counter->source;
}

static void counter_release(struct file *file)
{
    object_free(file->object);
    file_free(file);
}

static const struct file_ops counter_ops = {
    .read = counter_read,
    .write = counter_write,
    .stat = event_stat,
    .ready = counter_ready,
    .source = counter_source,
    .release = counter_release,
};

static int make(unsigned count, int flags)
{
    struct counter *counter;
    int fd;

    if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
        return -EINVAL;
    counter = object_new(sizeof *counter);
    if (!counter)
        return -ENOMEM;
    counter->count = count;
    counter->semaphore = flags & EFD_SEMAPHORE;
    fd = event_install(&counter_ops, counter, O_RDWR | (flags & ~EFD_SEMAPHORE));
    if (fd == -ENOMEM)
        object_free(counter);
    return fd;
}

int eventfd(unsigned count, int flags)
{
    return (int)result(make(count, flags));
}

int eventfd_read(int fd, eventfd_t *value)
{
    return read(fd, value, sizeof *value) == sizeof *value ? 0 : -1;
}

int eventfd_write(int fd, eventfd_t value)
{
    return write(fd, &value, sizeof value) == sizeof value ? 0 : -1;
}
