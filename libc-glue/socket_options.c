/* SPDX-License-Identifier: MIT
 *
 * Options of sockets that mean the same in all families.
 */
#include <string.h>
#include <sys/time.h>

#include "libc-glue/sockets.h"

#define S_NS       1000000000ull
#define BUFFER_MIN 2304
#define BUFFER_MAX 425984

/* Kept and given back; what they mean is the family's affair. */
#define SWITCHES                                                                                   \
    (1u << SO_DEBUG | 1u << SO_REUSEADDR | 1u << SO_DONTROUTE | 1u << SO_BROADCAST |               \
     1u << SO_KEEPALIVE | 1u << SO_OOBINLINE | 1u << SO_REUSEPORT | 1u << SO_PASSCRED)

int option_int(const void *value, socklen_t bytes, int *to)
{
    if (bytes < sizeof *to)
        return -EINVAL;
    memcpy(to, value, sizeof *to);
    return 0;
}

static int give(void *to, socklen_t *bytes, const void *from, socklen_t from_bytes)
{
    if (*bytes > from_bytes)
        *bytes = from_bytes;
    memcpy(to, from, *bytes);
    return 0;
}

static int give_int(void *to, socklen_t *bytes, int value)
{
    return give(to, bytes, &value, sizeof value);
}

static int give_time(void *to, socklen_t *bytes, uint64_t ns)
{
    struct timeval time = {.tv_sec = (time_t)(ns / S_NS),
                           .tv_usec = (suseconds_t)(ns % S_NS / 1000)};

    return give(to, bytes, &time, sizeof time);
}

int socket_option_get(struct socket *socket, int option, void *value, socklen_t *bytes)
{
    int error;

    switch (option) {
    case SO_TYPE:
        return give_int(value, bytes, socket->type);
    case SO_DOMAIN:
        return give_int(value, bytes, socket->family);
    case SO_PROTOCOL:
        return give_int(value, bytes, socket->protocol);
    case SO_ERROR:
        error = __atomic_exchange_n(&socket->error, 0, __ATOMIC_RELAXED);
        return give_int(value, bytes, error);
    case SO_SNDBUF:
        return give_int(value, bytes, socket->send_bytes);
    case SO_RCVBUF:
        return give_int(value, bytes, socket->receive_bytes);
    case SO_RCVLOWAT:
    case SO_SNDLOWAT:
        return give_int(value, bytes, 1);
    case SO_RCVTIMEO:
        return give_time(value, bytes, socket->receive_wait_ns);
    case SO_SNDTIMEO:
        return give_time(value, bytes, socket->send_wait_ns);
    case SO_LINGER:
        return give(value, bytes, &socket->linger, sizeof socket->linger);
    default:
        if (option < 0 || option > 31 || !(SWITCHES >> option & 1))
            return -ENOPROTOOPT;
        return give_int(value, bytes, socket->flags >> option & 1);
    }
}

static int time_set(uint64_t *ns, const void *value, socklen_t bytes)
{
    struct timeval time;

    if (bytes < sizeof time)
        return -EINVAL;
    memcpy(&time, value, sizeof time);
    if (time.tv_usec < 0 || time.tv_usec >= 1000000)
        return -EDOM;
    *ns = time.tv_sec < 0 ? 1 : (uint64_t)time.tv_sec * S_NS + (uint64_t)time.tv_usec * 1000;
    return 0;
}

/* As on Linux: twice of what is asked for, within limits. */
static int buffer_set(int *size_bytes, int wanted)
{
    *size_bytes = wanted > BUFFER_MAX / 2 || wanted < 0 ? BUFFER_MAX : wanted * 2;
    if (*size_bytes < BUFFER_MIN)
        *size_bytes = BUFFER_MIN;
    return 0;
}

static int linger_set(struct socket *socket, const void *value, socklen_t bytes)
{
    if (bytes < sizeof socket->linger)
        return -EINVAL;
    memcpy(&socket->linger, value, sizeof socket->linger);
    return 0;
}

int socket_option_set(struct socket *socket, int option, const void *value, socklen_t bytes)
{
    int number, error;

    if (option == SO_RCVTIMEO)
        return time_set(&socket->receive_wait_ns, value, bytes);
    if (option == SO_SNDTIMEO)
        return time_set(&socket->send_wait_ns, value, bytes);
    if (option == SO_LINGER)
        return linger_set(socket, value, bytes);
    error = option_int(value, bytes, &number);
    if (error)
        return error;
    if (option == SO_SNDBUF || option == SO_RCVBUF)
        return buffer_set(option == SO_SNDBUF ? &socket->send_bytes : &socket->receive_bytes,
                          number);
    if (option == SO_RCVLOWAT)
        return number <= 1 ? 0 : -ENOPROTOOPT;
    if (option < 0 || option > 31 || !(SWITCHES >> option & 1))
        return -ENOPROTOOPT;
    socket->flags = (socket->flags & ~(1u << option)) | (unsigned)(number != 0) << option;
    return 0;
}

/* ---- what programs call ---- */

#define VALUE_MAX 256

static int get(int fd, int level, int option, void *to, socklen_t *user_bytes)
{
    char value[VALUE_MAX];
    socklen_t bytes;
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    error = user_read(&bytes, user_bytes, sizeof bytes);
    if (!error && (int)bytes < 0)
        error = -EINVAL;
    if (!error) {
        if (bytes > VALUE_MAX)
            bytes = VALUE_MAX;
        const struct socket_ops *ops = file->ops->socket;
        error =
            ops->option_get ? ops->option_get(file, level, option, value, &bytes) : -ENOPROTOOPT;
        if (error == -ENOPROTOOPT && level == SOL_SOCKET)
            error = socket_option_get(socket_of(file), option, value, &bytes);
    }
    if (!error)
        error = user_write(to, value, bytes) || user_write(user_bytes, &bytes, sizeof bytes)
                    ? -EFAULT
                    : 0;
    file_put(file);
    return error;
}

int getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict bytes)
{
    return (int)result(get(fd, level, option, value, bytes));
}

static int set(int fd, int level, int option, const void *given, socklen_t bytes)
{
    char value[VALUE_MAX];
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    if (bytes > VALUE_MAX)
        bytes = VALUE_MAX;
    error = user_read(value, given, bytes);
    if (!error) {
        const struct socket_ops *ops = file->ops->socket;
        error = ops->option_set ? ops->option_set(file, level, option, value, bytes) : -ENOPROTOOPT;
        if (error == -ENOPROTOOPT && level == SOL_SOCKET)
            error = socket_option_set(socket_of(file), option, value, bytes);
    }
    file_put(file);
    return error;
}

int setsockopt(int fd, int level, int option, const void *value, socklen_t bytes)
{
    return (int)result(set(fd, level, option, value, bytes));
}
