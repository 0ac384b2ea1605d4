/* SPDX-License-Identifier: MIT
 *
 * Sockets of AF_UNIX. The same program runs on Linux, as root.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define REFUSED(call, error) CHECK((errno = 0, (call)) == -1 && errno == (error))

static void *volatile nowhere;

static struct sockaddr_un name_of(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    strcpy(name.sun_path, path);
    return name;
}

static int bind_to(int fd, const char *path)
{
    struct sockaddr_un name = name_of(path);

    return bind(fd, (struct sockaddr *)&name, sizeof name);
}

static int connect_to(int fd, const char *path)
{
    struct sockaddr_un name = name_of(path);

    return connect(fd, (struct sockaddr *)&name, sizeof name);
}

static void pairs(void)
{
    char text[16];
    int fds[2];
    struct stat status;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    CHECK(fcntl(fds[0], F_GETFD) == FD_CLOEXEC && fstat(fds[0], &status) == 0);
    CHECK(S_ISSOCK(status.st_mode) && write(fds[0], "hello", 5) == 5);
    int left;
    CHECK(ioctl(fds[1], FIONREAD, &left) == 0 && left == 5);
    CHECK(recv(fds[1], text, 3, MSG_PEEK) == 3 && read(fds[1], text, 16) == 5);
    CHECK(send(fds[1], "back", 4, 0) == 4 && recv(fds[0], text, 16, MSG_DONTWAIT) == 4);
    REFUSED(recv(fds[0], text, 16, MSG_DONTWAIT), EAGAIN);
    REFUSED(lseek(fds[0], 0, SEEK_SET), ESPIPE);
    REFUSED(send(fds[0], nowhere, 4, 0), EFAULT);
    struct iovec out[2] = {{"ab", 2}, {"cde", 3}}, in[2] = {{text, 1}, {text + 8, 8}};
    CHECK(writev(fds[0], out, 2) == 5 && readv(fds[1], in, 2) == 5 && text[8] == 'b');
    CHECK(write(fds[0], "end", 3) == 3 && shutdown(fds[0], SHUT_WR) == 0);
    CHECK(read(fds[1], text, 16) == 3 && read(fds[1], text, 16) == 0);
    CHECK(write(fds[1], "x", 1) == 1 && read(fds[0], text, 1) == 1);
    signal(SIGPIPE, SIG_IGN);
    REFUSED(write(fds[0], "x", 1), EPIPE);
    CHECK(close(fds[0]) == 0);
    REFUSED(send(fds[1], "x", 1, MSG_NOSIGNAL), EPIPE);
    CHECK(read(fds[1], text, 1) == 0 && close(fds[1]) == 0);
    REFUSED(socketpair(AF_INET, SOCK_STREAM, 0, fds), EOPNOTSUPP);
    CHECK(socketpair(AF_UNIX, 7, 0, fds) == -1);
    REFUSED(socketpair(AF_UNIX, SOCK_STREAM, 9, fds), EPROTONOSUPPORT);
    REFUSED(socket(77, SOCK_STREAM, 0), EAFNOSUPPORT);
    REFUSED(send(0, "x", 1, 0), ENOTSOCK);
    REFUSED(send(900, "x", 1, 0), EBADF);
    /* unread data when the other end closes */
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0 && write(fds[0], "x", 1) == 1);
    CHECK(close(fds[1]) == 0);
    REFUSED(read(fds[0], text, 1), ECONNRESET);
    CHECK(read(fds[0], text, 1) == 0 && close(fds[0]) == 0);
}

static void listening(void)
{
    struct sockaddr_un name;
    socklen_t bytes = sizeof name;
    char text[8];
    int server = socket(AF_UNIX, SOCK_STREAM, 0), client = socket(AF_UNIX, SOCK_STREAM, 0), got;

    REFUSED(connect_to(client, "sock"), ENOENT);
    REFUSED(listen(server, 5), EINVAL);
    CHECK(bind_to(server, "sock") == 0);
    REFUSED(bind_to(client, "sock"), EADDRINUSE);
    REFUSED(bind_to(server, "other"), EINVAL);
    REFUSED(bind_to(client, "none/sock"), ENOENT);
    REFUSED(connect_to(client, "sock"), ECONNREFUSED);
    REFUSED(accept(server, NULL, NULL), EINVAL);
    REFUSED(open("sock", O_RDWR), ENXIO);
    struct stat status;
    CHECK(stat("sock", &status) == 0 && S_ISSOCK(status.st_mode) && listen(server, 2) == 0);
    CHECK(fcntl(server, F_SETFL, O_NONBLOCK) == 0);
    REFUSED(accept(server, NULL, NULL), EAGAIN);
    struct pollfd entry = {server, POLLIN, 0};
    CHECK(poll(&entry, 1, 0) == 0 && connect_to(client, "sock") == 0);
    CHECK(poll(&entry, 1, 0) == 1 && entry.revents == POLLIN);
    REFUSED(connect_to(client, "sock"), EISCONN);
    CHECK(write(client, "early", 5) == 5);
    got = accept4(server, (struct sockaddr *)&name, &bytes, SOCK_CLOEXEC | SOCK_NONBLOCK);
    CHECK(got >= 0 && bytes == sizeof(sa_family_t) && name.sun_family == AF_UNIX);
    CHECK(fcntl(got, F_GETFL) & O_NONBLOCK && read(got, text, 8) == 5);
    bytes = sizeof name;
    CHECK(getsockname(got, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(bytes == offsetof(struct sockaddr_un, sun_path) + 5 && !strcmp(name.sun_path, "sock"));
    bytes = sizeof name;
    CHECK(getpeername(client, (struct sockaddr *)&name, &bytes) == 0 && bytes > 2);
    REFUSED(getpeername(server, (struct sockaddr *)&name, &bytes), ENOTCONN);
    int others[4], connected = 0;
    for (int i = 0; i < 4; i++) {
        others[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connected += connect_to(others[i], "sock") == 0;
    }
    CHECK(connected == 3 && errno == EAGAIN); /* one more than the backlog */
    CHECK(close(server) == 0);
    REFUSED(read(others[0], text, 1), ECONNRESET);
    for (int i = 0; i < 4; i++)
        CHECK(close(others[i]) == 0);
    REFUSED(connect_to(socket(AF_UNIX, SOCK_DGRAM, 0), "sock"), ECONNREFUSED);
    CHECK(close(got) == 0 && read(client, text, 1) == 0 && close(client) == 0);
    CHECK(unlink("sock") == 0);
}

static void abstract(void)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0thimble-test"};
    socklen_t bytes = offsetof(struct sockaddr_un, sun_path) + 13;
    int server = socket(AF_UNIX, SOCK_SEQPACKET, 0), client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    char text[8];

    CHECK(bind(server, (struct sockaddr *)&name, bytes) == 0 && listen(server, 5) == 0);
    REFUSED(bind(client, (struct sockaddr *)&name, bytes), EADDRINUSE);
    int stream = socket(AF_UNIX, SOCK_STREAM, 0);
    REFUSED(connect(stream, (struct sockaddr *)&name, bytes), ECONNREFUSED); /* another type */
    CHECK(close(stream) == 0 && connect(client, (struct sockaddr *)&name, bytes) == 0);
    int got = accept(server, NULL, NULL);
    CHECK(got >= 0 && send(client, "one", 3, 0) == 3 && send(client, "two", 3, 0) == 3);
    CHECK(recv(got, text, 8, 0) == 3 && recv(got, text, 2, MSG_TRUNC) == 3 && text[1] == 'w');
    CHECK(close(client) == 0 && recv(got, text, 8, 0) == 0 && close(got) == 0);
    CHECK(close(server) == 0);
    client = socket(AF_UNIX, SOCK_SEQPACKET, 0);
    REFUSED(connect(client, (struct sockaddr *)&name, bytes), ECONNREFUSED);
    CHECK(close(client) == 0);
    /* a name of its own */
    client = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK(bind(client, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0);
    bytes = sizeof name;
    CHECK(getsockname(client, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(bytes == sizeof(sa_family_t) + 6 && name.sun_path[0] == '\0' && close(client) == 0);
}

static void datagrams(void)
{
    struct sockaddr_un to = name_of("server"), from;
    socklen_t bytes = sizeof from;
    char text[8];
    int server = socket(AF_UNIX, SOCK_DGRAM, 0), client = socket(AF_UNIX, SOCK_DGRAM, 0), fds[2];

    CHECK(bind_to(server, "server") == 0 && bind_to(client, "client") == 0);
    CHECK(sendto(client, "one", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
    CHECK(sendto(client, "", 0, 0, (struct sockaddr *)&to, sizeof to) == 0);
    CHECK(sendto(client, "second", 6, 0, (struct sockaddr *)&to, sizeof to) == 6);
    CHECK(recvfrom(server, text, 8, 0, (struct sockaddr *)&from, &bytes) == 3);
    CHECK(!strcmp(from.sun_path, "client") && recv(server, text, 8, 0) == 0);
    CHECK(recv(server, text, 3, 0) == 3 && memcmp(text, "sec", 3) == 0);
    REFUSED(recv(server, text, 3, MSG_DONTWAIT), EAGAIN);
    REFUSED(send(client, "x", 1, 0), ENOTCONN);
    CHECK(connect_to(client, "server") == 0 && send(client, "x", 1, 0) == 1);
    CHECK(sendto(server, "y", 1, 0, (struct sockaddr *)&from, bytes) == 1);
    CHECK(recv(client, text, 8, 0) == 1 && text[0] == 'y');
    REFUSED(listen(server, 1), EOPNOTSUPP);
    REFUSED(accept(server, NULL, NULL), EOPNOTSUPP);
    to = name_of("nobody");
    REFUSED(sendto(client, "x", 1, 0, (struct sockaddr *)&to, sizeof to), ENOENT);
    CHECK(close(server) == 0);
    REFUSED(send(client, "x", 1, 0), ECONNREFUSED);
    CHECK(close(client) == 0 && unlink("server") == 0 && unlink("client") == 0);
    /* no more fits: nobody is kept waiting who does not want to */
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fds) == 0);
    int sent = 0;
    while (send(fds[0], text, 8, 0) == 8)
        sent++;
    CHECK(errno == EAGAIN && sent >= 10);
    struct pollfd entry = {fds[0], POLLOUT, 0};
    while (recv(fds[1], text, 8, 0) == 8)
        sent--;
    CHECK(sent == 0 && poll(&entry, 1, 0) == 1);
    static char large[1 << 20];
    REFUSED(send(fds[0], large, sizeof large, 0), EMSGSIZE);
    CHECK(send(fds[0], large, 100000, 0) == 100000 &&
          recv(fds[1], large, sizeof large, 0) == 100000);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

/* Sends `count` descriptors with some text. */
static ssize_t send_fds(int to, const int *fds, size_t count, const char *text)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(4 * sizeof(int))];
    } control = {0};
    struct iovec piece = {(void *)text, strlen(text)};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(count * sizeof(int))};

    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(count * sizeof(int)),
                                      .cmsg_level = SOL_SOCKET,
                                      .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), fds, count * sizeof(int));
    return sendmsg(to, &message, 0);
}

static ssize_t receive_fds(int from, int *fds, size_t room, size_t *count, char *text, int *flags)
{
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(4 * sizeof(int))];
    } control = {0};
    struct iovec piece = {text, 16};
    struct msghdr message = {.msg_iov = &piece,
                             .msg_iovlen = 1,
                             .msg_control = room ? &control : NULL,
                             .msg_controllen = room ? CMSG_SPACE(room * sizeof(int)) : 0};
    ssize_t n = recvmsg(from, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    *count = 0;
    *flags = message.msg_flags;
    if (n >= 0 && header && header->cmsg_type == SCM_RIGHTS) {
        *count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(header), *count * sizeof(int));
    }
    return n;
}

static void descriptors(void)
{
    char text[16];
    int pair[2], ends[2], got[4], flags;
    size_t count;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(ends) == 0);
    CHECK(write(pair[0], "before", 6) == 6);
    CHECK(send_fds(pair[0], ends, 2, "with") == 4 && write(pair[0], "after", 5) == 5);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
    /* what comes with descriptors is not joined to what comes after */
    CHECK(receive_fds(pair[1], got, 2, &count, text, &flags) == 10 && count == 2);
    CHECK(fcntl(got[0], F_GETFD) == FD_CLOEXEC && !(flags & MSG_CTRUNC));
    CHECK(write(got[1], "through", 7) == 7 && read(got[0], text, 16) == 7);
    CHECK(close(got[1]) == 0 && read(got[0], text, 16) == 0 && close(got[0]) == 0);
    CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
    /* no room for them: they are closed */
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0 && pipe(ends) == 0);
    CHECK(send_fds(pair[0], &ends[1], 1, "x") == 1 && close(ends[1]) == 0);
    CHECK(receive_fds(pair[1], got, 0, &count, text, &flags) == 1 && flags & MSG_CTRUNC);
    CHECK(read(ends[0], text, 1) == 0 && close(ends[0]) == 0);
    int bad = 900;
    REFUSED(send_fds(pair[0], &bad, 1, "x"), EBADF);
    /* on their way when the socket is closed */
    CHECK(pipe(ends) == 0 && send_fds(pair[0], &ends[1], 1, "x") == 1 && close(ends[1]) == 0);
    CHECK(close(pair[0]) == 0 && close(pair[1]) == 0);
    CHECK(read(ends[0], text, 1) == 0 && close(ends[0]) == 0);
}

static void options(void)
{
    int fds[2], value;
    struct ucred who;
    struct timeval wait = {0, 30000};
    socklen_t bytes = sizeof value;
    char byte;

    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0);
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_TYPE, &value, &bytes) == 0 && value == SOCK_STREAM);
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_DOMAIN, &value, &bytes) == 0 && value == AF_UNIX);
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_ERROR, &value, &bytes) == 0 && value == 0);
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_ACCEPTCONN, &value, &bytes) == 0 && value == 0);
    value = 10000;
    CHECK(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &value, sizeof value) == 0);
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &value, &bytes) == 0 && value == 20000);
    bytes = sizeof who;
    CHECK(getsockopt(fds[0], SOL_SOCKET, SO_PEERCRED, &who, &bytes) == 0 && who.pid == getpid());
    REFUSED(getsockopt(fds[0], SOL_SOCKET, 9999, &value, &bytes), ENOPROTOOPT);
    REFUSED(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &value, 1), EINVAL);
    CHECK(setsockopt(fds[0], SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0);
    REFUSED(recv(fds[0], &byte, 1, 0), EAGAIN);
    CHECK(close(fds[0]) == 0 && close(fds[1]) == 0);
}

static int echo_server;

static void *echo(void *unused)
{
    static char bytes[10000];
    int fd = accept(echo_server, NULL, NULL);
    ssize_t n;

    (void)unused;
    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        for (ssize_t done = 0; done < n;) {
            ssize_t put = write(fd, bytes + done, (size_t)(n - done));
            CHECK(put > 0);
            done += put;
        }
    CHECK(close(fd) == 0);
    return NULL;
}

/* A million bytes to another thread and back, one way waiting for the other. */
static void much(void)
{
    static unsigned char out[1000000], in[1000000];
    pthread_t id;
    size_t sent = 0, got = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), set = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};

    echo_server = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(bind_to(echo_server, "echo") == 0 && listen(echo_server, 1) == 0);
    CHECK(pthread_create(&id, NULL, echo, NULL) == 0 && connect_to(fd, "echo") == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event) == 0);
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (unsigned char)(i * 31 + i / 251);
    while (got < sizeof in) {
        ssize_t n;
        CHECK(epoll_wait(set, &event, 1, 10000) == 1);
        if (event.events & EPOLLOUT && (n = write(fd, out + sent, sizeof out - sent)) > 0)
            sent += (size_t)n;
        if (event.events & EPOLLIN && (n = read(fd, in + got, sizeof in - got)) > 0)
            got += (size_t)n;
        if (sent == sizeof out) {
            event.events = EPOLLIN;
            CHECK(epoll_ctl(set, EPOLL_CTL_MOD, fd, &event) == 0);
        }
    }
    CHECK(memcmp(in, out, sizeof in) == 0 && close(fd) == 0 && pthread_join(id, NULL) == 0);
    CHECK(close(set) == 0 && close(echo_server) == 0 && unlink("echo") == 0);
}

int main(void)
{
    char folder[] = "/tmp/unix-XXXXXX";

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    pairs();
    listening();
    abstract();
    datagrams();
    descriptors();
    options();
    much();
    return success();
}
