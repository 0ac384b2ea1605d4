/* SPDX-License-Identifier: MIT
 *
 * Blocked signals that are read.
 */
#include <sys/signalfd.h>

#include "libc-glue/events.h"
#include "libc-glue/signal_glue.h"

struct reader {
    struct event_source source;
    sigset_t mask;
    struct reader *next;
};

static struct reader *all;

/* Called by signals.c, with interrupts off, when a signal has become pending. */
void signalfd_tell(int signal)
{
    for (struct reader *reader = all; reader; reader = reader->next)
        if (reader->mask & signal_bit(signal))
            source_changed(&reader->source, POLLIN | POLLRDNORM);
}

static void fill(struct signalfd_siginfo *to, const siginfo_t *info)
{
    *to = (struct signalfd_siginfo){
        .ssi_signo = (uint32_t)info->si_signo,
        .ssi_errno = info->si_errno,
        .ssi_code = info->si_code,
        .ssi_pid = (uint32_t)info->si_pid,
        .ssi_uid = (uint32_t)info->si_uid,
        .ssi_tid = (uint32_t)info->si_timerid,
        .ssi_overrun = (uint32_t)info->si_overrun,
        .ssi_status = info->si_status,
        .ssi_int = info->si_value.sival_int,
        .ssi_ptr = (uint64_t)info->si_value.sival_ptr,
        .ssi_addr = (uint64_t)info->si_addr,
    };
}

static ssize_t take(struct reader *reader, void *to, size_t size_bytes, unsigned *turn)
{
    struct signalfd_siginfo info;
    siginfo_t taken;
    size_t done = 0;

    *turn = __atomic_load_n(&reader->source.turn, __ATOMIC_ACQUIRE);
    while (done + sizeof info <= size_bytes && signal_take(reader->mask, &taken)) {
        fill(&info, &taken);
        if (user_write((char *)to + done, &info, sizeof info))
            return -EFAULT;
        done += sizeof info;
    }
    return done ? (ssize_t)done : -EAGAIN;
}

static ssize_t reader_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct reader *reader = file->object;
    unsigned turn;
    ssize_t n;
    int error;

    (void)at;
    if (size_bytes < sizeof(struct signalfd_siginfo))
        return -EINVAL;
    while ((n = take(reader, to, size_bytes, &turn)) == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = source_wait(&reader->source, false, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    return n;
}

static unsigned reader_ready(struct file *file)
{
    const struct reader *reader = file->object;
    sigset_t pending;

    sigpending(&pending);
    return pending & reader->mask ? POLLIN | POLLRDNORM : 0;
}

static struct event_source *reader_source(struct file *file)
{
    struct reader *reader = file->object;

    return &reader->source;
}

static void reader_release(struct file *file)
{
    struct reader *reader = file->object, **at = &all;
    bool were_on = interrupts_off();

    while (*at != reader)
        at = &(*at)->next;
    *at = reader->next;
    interrupts_restore(were_on);
    object_free(reader);
    file_free(file);
}

static const struct file_ops reader_ops = {
    .read = reader_read,
    .stat = event_stat,
    .ready = reader_ready,
    .source = reader_source,
    .release = reader_release,
};

static int make(sigset_t mask, int flags)
{
    struct reader *reader = object_new(sizeof *reader);
    int fd;

    if (!reader)
        return -ENOMEM;
    reader->mask = mask;
    bool were_on = interrupts_off();
    reader->next = all;
    all = reader;
    interrupts_restore(were_on);
    fd = event_install(&reader_ops, reader, O_RDWR | flags);
    if (fd == -ENOMEM) {
        all = reader->next;
        object_free(reader);
    }
    return fd;
}

static int change(int fd, sigset_t mask)
{
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    if (file->ops != &reader_ops) {
        file_put(file);
        return -EINVAL;
    }
    struct reader *reader = file->object;
    reader->mask = mask;
    source_changed(&reader->source, POLLIN | POLLRDNORM);
    file_put(file);
    return fd;
}

int signalfd(int fd, const sigset_t *mask, int flags)
{
    sigset_t wanted;

    if (user_read(&wanted, mask, sizeof wanted))
        return (int)result(-EFAULT);
    if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
        return (int)result(-EINVAL);
    wanted &= ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    return (int)result(fd == -1 ? make(wanted, flags) : change(fd, wanted));
}
