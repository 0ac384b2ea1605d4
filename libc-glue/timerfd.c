/* SPDX-License-Identifier: MIT
 *
 * Timers that are read. One that went off is set again when it is read: nobody who
 * does not look is woken.
 */
#define _GNU_SOURCE /* CLOCK_BOOTTIME */
#include <sys/timerfd.h>

#include "kernel/time.h"
#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"

#define S_NS 1000000000ull

struct alarm {
    struct event_source source;
    struct timer timer;
    clockid_t clock;
    uint64_t due_ns; /* of the monotonic clock; 0: not set */
    uint64_t interval_ns;
    uint64_t expirations; /* those that nobody has read yet */
};

static struct alarm *alarm_of(struct timer *timer)
{
    return (struct alarm *)((char *)timer - offsetof(struct alarm, timer));
}

static void fire(struct timer *timer)
{
    struct alarm *alarm = alarm_of(timer);

    alarm->expirations++;
    if (!alarm->interval_ns)
        alarm->due_ns = 0;
    source_changed(&alarm->source, POLLIN | POLLRDNORM);
}

/* Counts what has passed meanwhile, and waits for the next. */
static void set_again(struct alarm *alarm)
{
    uint64_t now_ns = clock_monotonic_ns(), passed;

    if (!alarm->interval_ns || !alarm->due_ns || !alarm->expirations)
        return;
    passed = now_ns > alarm->due_ns ? (now_ns - alarm->due_ns) / alarm->interval_ns : 0;
    alarm->expirations += passed;
    alarm->due_ns += (passed + 1) * alarm->interval_ns;
    timer_start(&alarm->timer, alarm->due_ns, fire);
}

static int take(struct alarm *alarm, uint64_t *value, unsigned *turn)
{
    bool were_on = interrupts_off();

    set_again(alarm);
    *value = alarm->expirations;
    alarm->expirations = 0;
    *turn = alarm->source.turn;
    interrupts_restore(were_on);
    return *value ? 0 : -EAGAIN;
}

static ssize_t alarm_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct alarm *alarm = file->object;
    uint64_t value;
    unsigned turn;
    int error;

    (void)at;
    if (size_bytes < sizeof value)
        return -EINVAL;
    if (!memory_probe(to, sizeof value, true))
        return -EFAULT;
    while ((error = take(alarm, &value, &turn)) == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = source_wait(&alarm->source, false, turn, WAIT_FOREVER);
        if (error)
            return error;
    }
    return error ? error : user_write(to, &value, sizeof value) ? -EFAULT : (ssize_t)sizeof value;
}

static unsigned alarm_ready(struct file *file)
{
    const struct alarm *alarm = file->object;

    return alarm->expirations ? POLLIN | POLLRDNORM : 0;
}

static struct event_source *alarm_source(struct file *file)
{
    struct alarm *alarm = file->object;

    return &alarm->source;
}

static void alarm_release(struct file *file)
{
    struct alarm *alarm = file->object;

    timer_stop(&alarm->timer);
    object_free(alarm);
    file_free(file);
}

static const struct file_ops alarm_ops = {
    .read = alarm_read,
    .stat = event_stat,
    .ready = alarm_ready,
    .source = alarm_source,
    .release = alarm_release,
};

static int create(clockid_t clock, int flags)
{
    struct alarm *alarm;
    int fd;

    if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK))
        return -EINVAL;
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME)
        return -EINVAL;
    alarm = object_new(sizeof *alarm);
    if (!alarm)
        return -ENOMEM;
    alarm->clock = clock;
    fd = event_install(&alarm_ops, alarm, O_RDWR | flags);
    if (fd == -ENOMEM)
        object_free(alarm);
    return fd;
}

int timerfd_create(clockid_t clock, int flags)
{
    return (int)result(create(clock, flags));
}

static struct timespec timespec_of(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / S_NS), .tv_nsec = (long)(ns % S_NS)};
}

static bool ns_of(const struct timespec *time, uint64_t *ns)
{
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= (long)S_NS)
        return false;
    if (__builtin_mul_overflow((uint64_t)time->tv_sec, S_NS, ns))
        *ns = WAIT_FOREVER / 2;
    *ns += (uint64_t)time->tv_nsec;
    return true;
}

static void get(struct alarm *alarm, struct itimerspec *value)
{
    bool were_on = interrupts_off();
    uint64_t now_ns = clock_monotonic_ns(), left_ns = 0;

    set_again(alarm);
    if (alarm->due_ns)
        left_ns = alarm->due_ns > now_ns ? alarm->due_ns - now_ns : 1;
    value->it_value = timespec_of(left_ns);
    value->it_interval = timespec_of(alarm->interval_ns);
    interrupts_restore(were_on);
}

/* value_ns is a time of the alarm's clock when that was now at clock_now_ns; else 0. */
static void set(struct alarm *alarm, uint64_t value_ns, uint64_t interval_ns, uint64_t clock_now_ns)
{
    bool were_on = interrupts_off();
    uint64_t wait_ns = value_ns > clock_now_ns ? value_ns - clock_now_ns : 0;

    timer_stop(&alarm->timer);
    alarm->expirations = 0;
    alarm->interval_ns = interval_ns;
    alarm->due_ns = 0;
    if (value_ns) {
        if (__builtin_add_overflow(clock_monotonic_ns(), wait_ns, &alarm->due_ns))
            alarm->due_ns = WAIT_FOREVER - 1;
        timer_start(&alarm->timer, alarm->due_ns, fire);
    }
    interrupts_restore(were_on);
    waiting_allow();
}

static struct file *alarm_file(int fd, int *error)
{
    struct file *file = fd_get(fd);

    *error = !file ? -EBADF : file->ops != &alarm_ops ? -EINVAL : 0;
    if (*error && file)
        file_put(file);
    return *error ? NULL : file;
}

static int settime(struct file *file, int flags, const struct itimerspec *value,
                   struct itimerspec *before)
{
    struct alarm *alarm = file->object;
    struct itimerspec wanted, had;
    uint64_t value_ns, interval_ns, now_ns = 0;

    if (user_read(&wanted, value, sizeof wanted))
        return -EFAULT;
    if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) ||
        !ns_of(&wanted.it_value, &value_ns) || !ns_of(&wanted.it_interval, &interval_ns))
        return -EINVAL;
    get(alarm, &had);
    if (flags & TFD_TIMER_ABSTIME && clock_read(alarm->clock, &now_ns))
        return -EINVAL;
    set(alarm, value_ns, interval_ns, now_ns);
    return before ? user_write(before, &had, sizeof had) : 0;
}

int timerfd_settime(int fd, int flags, const struct itimerspec *value, struct itimerspec *before)
{
    int error;
    struct file *file = alarm_file(fd, &error);

    if (file) {
        error = settime(file, flags, value, before);
        file_put(file);
    }
    return (int)result(error);
}

int timerfd_gettime(int fd, struct itimerspec *to)
{
    struct itimerspec value;
    int error;
    struct file *file = alarm_file(fd, &error);

    if (file) {
        get(file->object, &value);
        file_put(file);
        error = user_write(to, &value, sizeof value);
    }
    return (int)result(error);
}
