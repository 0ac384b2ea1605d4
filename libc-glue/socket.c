/* SPDX-License-Identifier: MIT
 *
 * The calls that make sockets, name them and connect them.
 */
#define _GNU_SOURCE
#include <string.h>

#include "kernel/time.h"
#include "libc-glue/pthread_glue.h"
#include "libc-glue/sockets.h"

#define FLAGS (SOCK_CLOEXEC | SOCK_NONBLOCK)

static int make(int family, int type, int protocol, struct file **made)
{
    if (family == AF_UNIX)
        return unix_socket_make(type & ~FLAGS, protocol, made);
    if (inet_socket_make && (family == AF_INET || family == AF_INET6))
        return inet_socket_make(family, type & ~FLAGS, protocol, made);
    return -EAFNOSUPPORT;
}

static void flags_apply(struct file *file, int type)
{
    file->flags |= type & SOCK_NONBLOCK;
}

static int socket_install(int family, int type, int protocol)
{
    struct file *file;
    int error = make(family, type, protocol, &file);

    if (error)
        return error;
    flags_apply(file, type);
    return fd_install_new(file, type & SOCK_CLOEXEC);
}

int socket(int family, int type, int protocol)
{
    return (int)result(socket_install(family, type, protocol));
}

static int pair(int family, int type, int protocol, int to[2])
{
    struct file *files[2];
    int fds[2], error;

    if (family != AF_UNIX)
        return family == AF_INET || family == AF_INET6 ? -EOPNOTSUPP : -EAFNOSUPPORT;
    error = unix_socket_pair(type & ~FLAGS, protocol, files);
    if (error)
        return error;
    flags_apply(files[0], type);
    flags_apply(files[1], type);
    fds[0] = fd_install_new(files[0], type & SOCK_CLOEXEC);
    fds[1] = fd_install_new(files[1], type & SOCK_CLOEXEC);
    error = fds[0] < 0 ? fds[0] : fds[1] < 0 ? fds[1] : user_write(to, fds, sizeof fds);
    for (int i = 0; error && i < 2; i++)
        if (fds[i] >= 0)
            fd_close(fds[i]);
    return error;
}

int socketpair(int family, int type, int protocol, int fds[2])
{
    return (int)result(pair(family, type, protocol, fds));
}

/* The descriptor's file if it is a socket. */
struct file *socket_get(int fd, int *error)
{
    struct file *file = fd_get(fd);

    *error = !file ? -EBADF : file->flags & O_PATH ? -EBADF : !file->ops->socket ? -ENOTSOCK : 0;
    if (*error && file)
        file_put(file);
    return *error ? NULL : file;
}

uint64_t socket_deadline(struct file *file, int flags, bool sending)
{
    const struct socket *socket = socket_of(file);
    uint64_t wait_ns = sending ? socket->send_wait_ns : socket->receive_wait_ns;

    if (file->flags & O_NONBLOCK || flags & MSG_DONTWAIT)
        return 0;
    return wait_ns ? clock_monotonic_ns() + wait_ns : WAIT_FOREVER;
}

/* A name from the program, in the glue's memory. */
static int name_take(const struct sockaddr *name, socklen_t bytes, struct sockaddr_storage *to)
{
    if (bytes > sizeof *to)
        return -EINVAL;
    memset(to, 0, sizeof *to);
    return user_read(to, name, bytes);
}

/* And back, cut to the room there is; the length is that of the whole name. */
static int name_give(struct sockaddr *name, socklen_t *bytes, const struct sockaddr_storage *from,
                     socklen_t from_bytes)
{
    socklen_t room;

    if (!name)
        return 0;
    if (user_read(&room, bytes, sizeof room))
        return -EFAULT;
    if ((int)room < 0)
        return -EINVAL;
    if (user_write(name, from, room < from_bytes ? room : from_bytes))
        return -EFAULT;
    return user_write(bytes, &from_bytes, sizeof from_bytes);
}

static int named(int fd, const struct sockaddr *name, socklen_t bytes, bool connecting)
{
    struct sockaddr_storage taken;
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    const struct socket_ops *ops = file->ops->socket;
    error = name_take(name, bytes, &taken);
    if (!error && connecting)
        error = ops->connect ? ops->connect(file, (struct sockaddr *)&taken, bytes) : -EOPNOTSUPP;
    else if (!error)
        error = ops->bind ? ops->bind(file, (struct sockaddr *)&taken, bytes) : -EOPNOTSUPP;
    file_put(file);
    return error;
}

int bind(int fd, const struct sockaddr *name, socklen_t bytes)
{
    return (int)result(named(fd, name, bytes, false));
}

int connect(int fd, const struct sockaddr *name, socklen_t bytes)
{
    cancellation_point();
    return (int)result(RESTARTING(named(fd, name, bytes, true)));
}

static int listen_on(int fd, int backlog)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    error = file->ops->socket->listen ? file->ops->socket->listen(file, backlog) : -EOPNOTSUPP;
    file_put(file);
    return error;
}

int listen(int fd, int backlog)
{
    return (int)result(listen_on(fd, backlog));
}

static int shut(int fd, int how)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    if (how < SHUT_RD || how > SHUT_RDWR)
        error = -EINVAL;
    else
        error = file->ops->socket->shutdown ? file->ops->socket->shutdown(file, how) : -EOPNOTSUPP;
    file_put(file);
    return error;
}

int shutdown(int fd, int how)
{
    return (int)result(shut(fd, how));
}

static int name_tell(struct file *file, bool peer, struct sockaddr *name, socklen_t *bytes)
{
    struct sockaddr_storage own = {0};
    int length = file->ops->socket->name(file, peer, &own);

    return length < 0 ? length : name_give(name, bytes, &own, (socklen_t)length);
}

static int name_ask(int fd, bool peer, struct sockaddr *name, socklen_t *bytes)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (!file)
        return error;
    error = name ? name_tell(file, peer, name, bytes) : -EFAULT;
    file_put(file);
    return error;
}

int getsockname(int fd, struct sockaddr *restrict name, socklen_t *restrict bytes)
{
    return (int)result(name_ask(fd, false, name, bytes));
}

int getpeername(int fd, struct sockaddr *restrict name, socklen_t *restrict bytes)
{
    return (int)result(name_ask(fd, true, name, bytes));
}

static int accept_on(int fd, struct sockaddr *name, socklen_t *bytes, int flags)
{
    struct file *accepted = NULL;
    int error;
    struct file *file = flags & ~FLAGS ? NULL : socket_get(fd, &error);

    if (!file)
        return flags & ~FLAGS ? -EINVAL : error;
    error = fd_room(); /* without a number for it the connection waits on */
    if (!file->ops->socket->accept)
        error = -EOPNOTSUPP;
    if (!error)
        error = file->ops->socket->accept(file, &accepted);
    file_put(file);
    if (error)
        return error;
    flags_apply(accepted, flags);
    error = name ? name_tell(accepted, true, name, bytes) : 0;
    if (error) {
        file_put(accepted);
        return error;
    }
    return fd_install_new(accepted, flags & SOCK_CLOEXEC);
}

int accept4(int fd, struct sockaddr *restrict name, socklen_t *restrict bytes, int flags)
{
    cancellation_point();
    return (int)result(RESTARTING(accept_on(fd, name, bytes, flags)));
}

int accept(int fd, struct sockaddr *restrict name, socklen_t *restrict bytes)
{
    return accept4(fd, name, bytes, 0);
}

int sockatmark(int fd)
{
    int error;
    struct file *file = socket_get(fd, &error);

    if (file)
        file_put(file);
    return (int)result(file ? 0 : error);
}
