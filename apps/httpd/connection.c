/* SPDX-License-Identifier: MIT
 *
 * One connection: requests are read into a buffer that all of them share and answered
 * from there; what is not whole is kept. Answers of one turn go out together; what does
 * not is kept too, and until it is out nothing more is read from that client.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

#define PIECES_MAX       48
#define RELEASES_MAX     12
#define TEXT_BYTES       16384
#define TEXT_FREE_BYTES  6144       /* as much as one answer may write */
#define PIECES_FREE      4          /* and as many pieces it may have */
#define FILE_TURN_BYTES  (1u << 20) /* of a file at once; then others have their turn */
#define LINGER_MS        2000
#define SHARED_BYTES_MAX 65536
#define LINGER_TURNS     8

/* What goes out, of the connection whose turn it is. */
static struct {
    struct iovec pieces[PIECES_MAX];
    unsigned count;
    struct file *releases[RELEASES_MAX];
    unsigned release_count;
    char text[TEXT_BYTES];
    size_t text_bytes;
} output;

static char shared[SHARED_BYTES_MAX];

void output_add(const void *bytes, size_t size)
{
    output.pieces[output.count++] = (struct iovec){(void *)bytes, size};
}

void output_release(struct file *file)
{
    output.releases[output.release_count++] = file;
}

void output_printf(const char *format, ...)
{
    char *to = output.text + output.text_bytes;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(to, TEXT_BYTES - output.text_bytes, format, arguments);
    va_end(arguments);
    output.text_bytes += (size_t)size;
    output_add(to, (size_t)size);
}

void output_file(struct connection *connection, struct file *file, uint64_t at, uint64_t bytes)
{
    file->users++;
    connection->file = file;
    connection->file_at = at;
    connection->file_left = bytes;
}

static bool output_is_full(void)
{
    return output.count > PIECES_MAX - PIECES_FREE || output.release_count == RELEASES_MAX ||
           TEXT_BYTES - output.text_bytes < TEXT_FREE_BYTES;
}

static void output_clear(void)
{
    while (output.release_count)
        file_release(output.releases[--output.release_count]);
    output.count = 0;
    output.text_bytes = 0;
}

static bool is_pending(const struct connection *connection)
{
    return connection->out || connection->file;
}

/* What is left of the pieces from the first on, of which `done` bytes have gone. */
static int keep_output(struct connection *connection, unsigned first, size_t done)
{
    size_t bytes = 0;
    for (unsigned i = first; i < output.count; i++)
        bytes += output.pieces[i].iov_len;
    char *to = connection->out = malloc(bytes - done);
    if (!to)
        return -1;
    connection->out_at = 0;
    connection->out_bytes = bytes - done;
    for (; first < output.count; first++, done = 0) {
        size_t left = output.pieces[first].iov_len - done;
        memcpy(to, (char *)output.pieces[first].iov_base + done, left);
        to += left;
    }
    return 0;
}

static ssize_t send_pieces(int fd, struct iovec *pieces, unsigned count, bool more)
{
    int flags = MSG_NOSIGNAL | (more ? MSG_MORE : 0);
    if (count == 1)
        return send(fd, pieces->iov_base, pieces->iov_len, flags);
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    return sendmsg(fd, &message, flags);
}

/* 0 when the pieces are out or kept for later; -1 when the connection is lost. */
static int output_flush(struct connection *connection)
{
    int result = 0;
    if (output.count) {
        ssize_t sent = send_pieces(connection->fd, output.pieces, output.count, connection->file);
        unsigned first = 0;
        if (sent < 0 && errno != EAGAIN && errno != EINTR)
            result = -1;
        size_t done = sent < 0 ? 0 : (size_t)sent;
        while (first < output.count && done >= output.pieces[first].iov_len)
            done -= output.pieces[first++].iov_len;
        if (result == 0 && first < output.count)
            result = keep_output(connection, first, done);
    }
    output_clear();
    return result;
}

static void drop_file(struct connection *connection)
{
    file_release(connection->file);
    connection->file = NULL;
}

static int send_kept(struct connection *connection)
{
    size_t left = connection->out_bytes - connection->out_at;
    struct iovec piece = {connection->out + connection->out_at, left};
    ssize_t sent = send_pieces(connection->fd, &piece, 1, connection->file);
    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    connection->out_at += (size_t)sent;
    if ((size_t)sent == left) {
        free(connection->out);
        connection->out = NULL;
    }
    return 0;
}

static int send_file(struct connection *connection)
{
    for (size_t turn = 0; connection->file_left && turn < FILE_TURN_BYTES;) {
        off_t at = (off_t)connection->file_at;
        size_t size =
            connection->file_left < FILE_TURN_BYTES ? connection->file_left : FILE_TURN_BYTES;
        ssize_t sent = sendfile(connection->fd, connection->file->fd, &at, size);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR ? 0 : -1;
        if (!sent)
            return -1; /* the file has become shorter than was promised */
        connection->file_at += (uint64_t)sent;
        connection->file_left -= (uint64_t)sent;
        turn += (size_t)sent;
    }
    if (!connection->file_left)
        drop_file(connection);
    return 0;
}

/* As much as the client takes of what is pending. -1: the connection is lost. */
static int send_pending(struct connection *connection)
{
    if (connection->out && send_kept(connection))
        return -1;
    if (!connection->out && connection->file)
        return send_file(connection);
    return 0;
}

struct connection *connection_new(int fd, const struct sockaddr_storage *peer)
{
    struct connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->fd = fd;
    if (peer->ss_family == AF_INET6) {
        connection->peer = ((const struct sockaddr_in6 *)peer)->sin6_addr;
    } else { /* ::ffff:a.b.c.d */
        connection->peer.s6_addr[10] = connection->peer.s6_addr[11] = 0xff;
        memcpy(connection->peer.s6_addr + 12, &((const struct sockaddr_in *)peer)->sin_addr, 4);
    }
    return connection;
}

void connection_close(struct connection *connection)
{
    loop_forget(connection);
    close(connection->fd);
    if (connection->file)
        drop_file(connection);
    free(connection->out);
    free(connection->in);
    free(connection);
}

/* Answers whole requests. Returns how many bytes they were, or -1 when the connection is lost. */
static ssize_t take_requests(struct connection *connection, const char *bytes, size_t size)
{
    size_t used = 0;
    while (used < size && !is_pending(connection)) {
        struct request request;
        if (connection->closing)
            return output_flush(connection) ? -1 : (ssize_t)size;
        if (connection->skip_bytes) {
            uint64_t skipped = size - used;
            if (skipped > connection->skip_bytes)
                skipped = connection->skip_bytes;
            connection->skip_bytes -= skipped;
            used += skipped;
            continue;
        }
        int head = request_parse(bytes + used, size - used, &options.limits, &request);
        if (!head)
            break;
        if (head < 0)
            answer_error(connection, &request, -head);
        else
            answer(connection, &request);
        used += head < 0 ? size - used : (size_t)head;
        if ((connection->file || output_is_full()) && output_flush(connection))
            return -1;
    }
    return output_flush(connection) ? -1 : (ssize_t)used;
}

/* Keeps the start of a request that was read into `bytes`; -1: there is no memory. */
static int keep_input(struct connection *connection, const char *bytes, size_t size)
{
    if (!size) {
        free(connection->in);
        connection->in = NULL;
    } else {
        if (!connection->in && !(connection->in = malloc(options.limits.head_bytes)))
            return -1;
        memmove(connection->in, bytes, size);
    }
    connection->in_bytes = size;
    return 0;
}

static void linger(struct connection *connection)
{
    shutdown(connection->fd, SHUT_WR);
    loop_deadline(connection, LINGER_MS);
    if (connection->writing)
        loop_watch(connection, EPOLLIN);
    connection->writing = false;
}

/* Where a connection stands after a turn. It may be gone afterwards. */
static void settle(struct connection *connection, bool answered)
{
    if (is_pending(connection)) {
        if (!connection->writing)
            loop_watch(connection, EPOLLOUT);
        connection->writing = true;
        loop_deadline(connection, options.write_ms);
    } else if (connection->lingering) {
        linger(connection);
    } else if (connection->closing) {
        connection_close(connection);
    } else {
        if (connection->writing)
            loop_watch(connection, EPOLLIN);
        connection->writing = false;
        if (!connection->in_bytes)
            loop_deadline(connection, options.idle_ms);
        else if (answered)
            loop_deadline(connection, options.head_ms);
    }
}

/* Answers what can be, as long as it goes out. */
static void take(struct connection *connection, const char *bytes, size_t size, bool is_new)
{
    ssize_t used;
    for (;;) {
        used = take_requests(connection, bytes, size);
        if (used < 0 || (is_pending(connection) && send_pending(connection))) {
            connection_close(connection);
            return;
        }
        is_new |= used > 0;
        bytes += used;
        size -= (size_t)used;
        if (!used || !size || is_pending(connection))
            break;
    }
    if ((size || connection->in) && keep_input(connection, bytes, size)) {
        connection_close(connection);
        return;
    }
    settle(connection, is_new);
}

static void read_requests(struct connection *connection)
{
    char *to = connection->in ? connection->in + connection->in_bytes : shared;
    size_t room = options.limits.head_bytes - connection->in_bytes;
    ssize_t got = recv(connection->fd, to, room, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        connection_close(connection);
        return;
    }
    if (!connection->in)
        take(connection, shared, (size_t)got, true);
    else
        take(connection, connection->in, connection->in_bytes + (size_t)got, false);
}

static void throw_away(struct connection *connection)
{
    ssize_t got = 0;
    for (int turn = 0; turn < LINGER_TURNS; turn++)
        if ((got = recv(connection->fd, shared, sizeof shared, 0)) <= 0)
            break;
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
        connection_close(connection);
}

void connection_ready(struct connection *connection)
{
    if (!connection->writing && connection->lingering) {
        throw_away(connection);
    } else if (!connection->writing) {
        read_requests(connection);
    } else if (send_pending(connection)) {
        connection_close(connection);
    } else if (is_pending(connection)) {
        loop_deadline(connection, options.write_ms);
    } else {
        take(connection, connection->in, connection->in_bytes, true);
    }
}

void connection_dismiss(struct connection *connection, int status)
{
    static const struct request nothing = {.method = METHOD_UNKNOWN, .minor = 1};
    answer_error(connection, &nothing, status);
    if (output_flush(connection))
        connection_close(connection);
    else
        settle(connection, true);
}

void connection_late(struct connection *connection)
{
    if (connection->writing || connection->lingering || !connection->in_bytes)
        connection_close(connection);
    else
        connection_dismiss(connection, 408);
}

void connection_stop(struct connection *connection)
{
    if (!connection->writing && !connection->in_bytes && !connection->skip_bytes)
        connection_close(connection);
}
