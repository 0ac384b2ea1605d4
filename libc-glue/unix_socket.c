/* SPDX-License-Identifier: MIT
 *
 * AF_UNIX: making sockets and ending them, and what they are as files.
 */
#define __LINUX_ERRNO_EXTENSIONS__ /* ESOCKTNOSUPPORT */
#include <sys/ioctl.h>

#include "libc-glue/unix_socket.h"

#define BUFFER_BYTES 212992 /* what Linux says */

void unix_hold(struct unix_socket *socket)
{
    __atomic_add_fetch(&socket->references, 1, __ATOMIC_RELAXED);
}

void unix_drop(struct unix_socket *socket)
{
    if (__atomic_sub_fetch(&socket->references, 1, __ATOMIC_ACQ_REL))
        return;
    packets_drop(socket->first);
    queue_free(&socket->bytes);
    object_free(socket);
}

struct unix_socket *unix_new(int type, int protocol)
{
    struct unix_socket *socket = object_new(sizeof *socket);

    if (!socket)
        return NULL;
    socket->base.family = AF_UNIX;
    socket->base.type = type;
    socket->base.protocol = protocol;
    socket->base.send_bytes = socket->base.receive_bytes = BUFFER_BYTES;
    socket->references = 1;
    if (queue_init(&socket->bytes, UNIX_QUEUE_PAGES))
        return socket;
    object_free(socket);
    return NULL;
}

struct file *unix_file(struct unix_socket *socket)
{
    struct file *file = file_new(&unix_file_ops, O_RDWR);

    if (file)
        file->object = socket;
    return file;
}

int unix_socket_make(int type, int protocol, struct file **made)
{
    struct unix_socket *socket;

    if (protocol && protocol != PF_UNIX)
        return -EPROTONOSUPPORT;
    if (type != SOCK_STREAM && type != SOCK_DGRAM && type != SOCK_SEQPACKET)
        return -ESOCKTNOSUPPORT;
    socket = unix_new(type, protocol);
    *made = socket ? unix_file(socket) : NULL;
    if (*made)
        return 0;
    if (socket)
        unix_drop(socket);
    return -ENOMEM;
}

int unix_socket_pair(int type, int protocol, struct file *made[2])
{
    int error = unix_socket_make(type, protocol, &made[0]);

    if (error)
        return error;
    error = unix_socket_make(type, protocol, &made[1]);
    if (error) {
        file_put(made[0]);
        return error;
    }
    struct unix_socket *a = unix_of(made[0]), *b = unix_of(made[1]);
    unix_hold(a->peer = b);
    unix_hold(b->peer = a);
    return 0;
}

/* Tells the other end, and lets go of it. */
static void part(struct unix_socket *socket, bool accepted)
{
    struct unix_socket *peer = socket->peer;
    bool unread = !accepted || queue_used(&socket->bytes) || socket->first;

    if (!peer)
        return;
    socket->peer = NULL;
    if (peer->peer == socket && socket->base.type != SOCK_DGRAM) {
        if (unread)
            peer->base.error = ECONNRESET;
        source_changed(&peer->base.source, EVENTS_END | POLLIN | POLLOUT | POLLRDNORM);
    }
    unix_drop(peer);
}

static void die(struct unix_socket *socket, bool accepted)
{
    struct unix_socket *waiting;

    socket->dead = true;
    unix_unbind(socket);
    while ((waiting = socket->waiting)) {
        socket->waiting = waiting->next_waiting;
        die(waiting, false);
        unix_drop(waiting);
    }
    part(socket, accepted);
    source_changed(&socket->base.source, EVENTS_END | POLLIN | POLLOUT);
}

static void unix_release(struct file *file)
{
    struct unix_socket *socket = unix_of(file);
    bool were_on = interrupts_off();

    die(socket, true);
    interrupts_restore(were_on);
    unix_drop(socket);
    file_free(file);
}

/* ---- as a file ---- */

static unsigned ready_connected(const struct unix_socket *socket)
{
    const struct unix_socket *peer = socket->peer;
    bool ended = !peer || peer->dead || peer->shut_write || socket->shut_read;
    bool closed = !peer || peer->dead || (ended && (socket->shut_write || peer->shut_read));
    unsigned events = 0;

    if (queue_used(&socket->bytes) || socket->first || ended)
        events |= POLLIN | POLLRDNORM;
    if (ended)
        events |= POLLRDHUP;
    if (closed)
        events |= POLLHUP;
    if (closed || (peer && queue_room(&peer->bytes) >= BLOCK_BYTES))
        events |= POLLOUT | POLLWRNORM;
    return events;
}

static unsigned unix_ready(struct file *file)
{
    const struct unix_socket *socket = unix_of(file);
    unsigned events = socket->base.error ? POLLERR : 0;

    if (socket->listening)
        return events | (socket->waiting ? POLLIN | POLLRDNORM : 0);
    if (socket->base.type != SOCK_DGRAM && socket->peer)
        return events | ready_connected(socket);
    if (socket->base.type != SOCK_DGRAM)
        return events | POLLOUT | POLLWRNORM | POLLHUP;
    if (socket->first || socket->shut_read)
        events |= POLLIN | POLLRDNORM;
    if (!socket->peer || socket->peer->dead || queue_room(&socket->peer->bytes) >= BLOCK_BYTES)
        events |= POLLOUT | POLLWRNORM;
    return events;
}

static int unix_shutdown(struct file *file, int how)
{
    struct unix_socket *socket = unix_of(file);
    bool were_on = interrupts_off();
    struct unix_socket *peer = socket->peer;

    if (!peer && !socket->listening) {
        interrupts_restore(were_on);
        return -ENOTCONN;
    }
    if (how != SHUT_WR)
        socket->shut_read = true;
    if (how != SHUT_RD)
        socket->shut_write = true;
    source_changed(&socket->base.source, EVENTS_END | POLLIN | POLLOUT);
    if (peer)
        source_changed(&peer->base.source, EVENTS_END | POLLIN | POLLOUT);
    interrupts_restore(were_on);
    return 0;
}

static int unix_control(struct file *file, unsigned long request, void *argument)
{
    const struct unix_socket *socket = unix_of(file);
    int count;

    if (request == FIONREAD)
        count = (int)(is_stream(socket) ? queue_used(&socket->bytes)
                      : socket->first   ? socket->first->size_bytes
                                        : 0);
    else if (request == TIOCOUTQ)
        count = socket->peer ? (int)queue_used(&socket->peer->bytes) : 0;
    else
        return -ENOTTY;
    return socket->listening ? -EINVAL : user_write(argument, &count, sizeof count);
}

static int unix_option_get(struct file *file, int level, int option, void *value, socklen_t *bytes)
{
    static const struct ucred self = {.pid = 1};
    const struct unix_socket *socket = unix_of(file);
    int number = socket->listening;

    if (level != SOL_SOCKET)
        return -EOPNOTSUPP;
    const void *from = option == SO_PEERCRED ? (const void *)&self : &number;
    socklen_t size = option == SO_PEERCRED ? sizeof self : sizeof number;
    if (option != SO_PEERCRED && option != SO_ACCEPTCONN)
        return -ENOPROTOOPT;
    if (*bytes > size)
        *bytes = size;
    __builtin_memcpy(value, from, *bytes);
    return 0;
}

static int unix_option_set(struct file *file, int level, int option, const void *value,
                           socklen_t bytes)
{
    (void)file, (void)option, (void)value, (void)bytes;
    return level == SOL_SOCKET ? -ENOPROTOOPT : -EOPNOTSUPP;
}

static const struct socket_ops unix_ops = {
    .bind = unix_bind,
    .listen = unix_listen,
    .accept = unix_accept,
    .connect = unix_connect,
    .shutdown = unix_shutdown,
    .name = unix_name,
    .send = unix_send,
    .receive = unix_receive,
    .option_get = unix_option_get,
    .option_set = unix_option_set,
};

const struct file_ops unix_file_ops = {
    .read = socket_file_read,
    .write = socket_file_write,
    .stat = socket_file_stat,
    .control = unix_control,
    .ready = unix_ready,
    .source = socket_file_source,
    .release = unix_release,
    .socket = &unix_ops,
};
