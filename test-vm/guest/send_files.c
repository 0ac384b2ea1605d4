/* SPDX-License-Identifier: MIT
 *
 * sendfile from a file of some megabytes to stream sockets: every byte, whole and in
 * pieces, also of a file whose middle was written over. The test runs on Linux as well.
 *     send_files FOLDER    (with the file `big` in it)
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static const char *path;
static char *wanted;
static size_t wanted_bytes;

static void tcp_pair(int ends[2])
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 1) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(ends[0], (struct sockaddr *)&name, sizeof name) == 0);
    ends[1] = accept(fd, NULL, NULL);
    CHECK(ends[1] >= 0 && close(fd) == 0);
}

static void unix_pair(int ends[2])
{
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
}

/* Reads to the end and compares with what the file has from `from` on. */
struct reading {
    int fd;
    size_t from, size_bytes;
};

static void *reader(void *argument)
{
    const struct reading *reading = argument;
    char *got = malloc(reading->size_bytes + 1);
    size_t done = 0;
    ssize_t n;

    CHECK(got);
    while ((n = read(reading->fd, got + done, reading->size_bytes + 1 - done)) > 0)
        done += (size_t)n;
    CHECK(n == 0 && done == reading->size_bytes);
    CHECK(memcmp(got, wanted + reading->from, done) == 0);
    free(got);
    return NULL;
}

/* So many bytes from there on, in calls of at most so many. */
static void transfer(void (*pair)(int ends[2]), size_t from, size_t size_bytes, size_t call_bytes)
{
    int file = open(path, O_RDONLY), ends[2];
    off_t at = (off_t)from;
    pthread_t thread;

    pair(ends);
    struct reading reading = {ends[1], from, size_bytes};
    CHECK(file >= 0 && pthread_create(&thread, NULL, reader, &reading) == 0);
    for (size_t left = size_bytes; left;) {
        ssize_t n = sendfile(ends[0], file, &at, left < call_bytes ? left : call_bytes);
        CHECK(n > 0);
        left -= (size_t)n;
    }
    CHECK(at == (off_t)(from + size_bytes) && lseek(file, 0, SEEK_CUR) == 0);
    close(file); /* what is under way needs it no longer */
    close(ends[0]);
    CHECK(pthread_join(thread, NULL) == 0);
    close(ends[1]);
}

static void whole_and_pieces(void (*pair)(int ends[2]))
{
    transfer(pair, 0, wanted_bytes, wanted_bytes);
    transfer(pair, 4095, 200000, 7001);
    transfer(pair, wanted_bytes - 1, 1, 1);
}

/* Behind a header that is still being gathered. */
static void behind_header(void)
{
    int file = open(path, O_RDONLY), ends[2];
    char got[16];

    tcp_pair(ends);
    CHECK(send(ends[0], "head", 4, MSG_MORE) == 4);
    CHECK(sendfile(ends[0], file, NULL, 8) == 8 && lseek(file, 0, SEEK_CUR) == 8);
    CHECK(recv(ends[1], got, 12, MSG_WAITALL) == 12);
    CHECK(memcmp(got, "head", 4) == 0 && memcmp(got + 4, wanted, 8) == 0);
    close(ends[0]), close(ends[1]), close(file);
}

static void at_the_ends(void)
{
    int file = open(path, O_RDONLY), ends[2];
    off_t at = (off_t)wanted_bytes;
    char got[8];

    tcp_pair(ends);
    CHECK(sendfile(ends[0], file, &at, 5) == 0 && at == (off_t)wanted_bytes);
    at = (off_t)wanted_bytes - 3; /* more is asked for than there is */
    CHECK(sendfile(ends[0], file, &at, 1 << 20) == 3 && at == (off_t)wanted_bytes);
    CHECK(recv(ends[1], got, 3, MSG_WAITALL) == 3);
    CHECK(memcmp(got, wanted + wanted_bytes - 3, 3) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    ssize_t n = 1; /* as often as there is room for some of it, then none */
    for (int turn = 0; n > 0 && turn < 10000; turn++) {
        at = 0;
        n = sendfile(ends[0], file, &at, wanted_bytes);
        CHECK(at == (n > 0 ? n : 0));
    }
    CHECK(n == -1 && errno == EAGAIN);
    close(ends[1]);
    signal(SIGPIPE, SIG_IGN);
    for (int turn = 0; turn < 1000 && errno == EAGAIN; turn++, usleep(1000))
        n = sendfile(ends[0], file, &at, 1);
    CHECK(n == -1 && (errno == EPIPE || errno == ECONNRESET));
    close(ends[0]), close(file);
}

/* From here on the file is the image's at both ends, and not in the middle. */
static void write_over(void)
{
    size_t from = wanted_bytes / 2;
    int file = open(path, O_RDWR);

    if (file < 0 && errno == EROFS)
        return;
    memset(wanted + from, '#', 5000);
    CHECK(file >= 0 && pwrite(file, wanted + from, 5000, (off_t)from) == 5000);
    close(file);
    whole_and_pieces(tcp_pair);
    transfer(tcp_pair, from - 100, 6000, 6000);
    CHECK(truncate(path, 10000) == 0);
    wanted_bytes = 10000;
    transfer(tcp_pair, 100, 9900, 1 << 20);
}

int main(int argc, char **argv)
{
    char name[256];
    struct stat status;

    snprintf(name, sizeof name, "%s/big", argc > 1 ? argv[1] : "");
    path = name;
    int file = open(path, O_RDONLY);
    CHECK(file >= 0 && fstat(file, &status) == 0);
    wanted_bytes = (size_t)status.st_size;
    wanted = malloc(wanted_bytes);
    CHECK(wanted && read(file, wanted, wanted_bytes) == (ssize_t)wanted_bytes && close(file) == 0);
    whole_and_pieces(tcp_pair);
    whole_and_pieces(unix_pair);
    behind_header();
    at_the_ends();
    write_over();
    return success();
}
