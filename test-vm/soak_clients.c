/* SPDX-License-Identifier: MIT
 *
 * Clients of a web server, good ones and bad ones, for as long as one likes:
 *     soak_clients run ADDRESS FOLDER SECONDS    FOLDER holds what the server has
 *     soak_clients vanish ADDRESS FROM N         N clients at the address FROM ask for the largest
 *                                                file, and do nothing any more
 * Good ones (on connections that stay, several requests at once, slow readers) compare each
 * byte of each answer; a wrong one, one that breaks off and one that does not come for a minute are
 * told, and make the status 1. Of bad ones (garbage, halves of requests, clients that leave in the
 * middle) nothing is expected. At the end: `right N wrong N broken N bytes N bad N`.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX  64
#define GOOD       8
#define SLOW       4
#define BAD        6
#define PATIENCE_S 60

static struct file {
    char name[64];
    unsigned char *data;
    size_t size_bytes;
} files[FILES_MAX];
static unsigned file_count, largest;
static struct sockaddr_in server = {.sin_family = AF_INET};
static time_t end_s;
static unsigned long right, wrong, broken, bytes, bad;
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;

static void count(unsigned long *what, unsigned long by)
{
    __atomic_fetch_add(what, by, __ATOMIC_RELAXED);
}

static void complain(unsigned long *what, const char *name, const char *how, size_t at)
{
    char stamp[16];
    time_t now = time(NULL);
    struct tm tm;

    pthread_mutex_lock(&counting);
    strftime(stamp, sizeof stamp, "%H:%M:%S", gmtime_r(&now, &tm));
    printf("%s %s: %s at %zu\n", stamp, name, how, at);
    fflush(stdout);
    (*what)++;
    pthread_mutex_unlock(&counting);
}

static bool files_read(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[1024];
    struct stat stat;

    while (dir && (entry = readdir(dir)) && file_count < FILES_MAX) {
        struct file *file = &files[file_count];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        int fd = open(path, O_RDONLY);
        if (fd < 0 || fstat(fd, &stat) || !S_ISREG(stat.st_mode)) {
            close(fd);
            continue;
        }
        snprintf(file->name, sizeof file->name, "%.60s", entry->d_name);
        file->size_bytes = (size_t)stat.st_size;
        file->data = malloc(file->size_bytes + 1);
        if (read(fd, file->data, file->size_bytes) != stat.st_size)
            return false;
        if (file->size_bytes > files[largest].size_bytes)
            largest = file_count;
        file_count++;
        close(fd);
    }
    return file_count;
}

/* ---- one connection ---- */

static int connect_from(const char *from, int receive_bytes)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    struct timeval patience = {PATIENCE_S, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (receive_bytes)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    if ((!from || (inet_pton(AF_INET, from, &at.sin_addr) == 1 &&
                   bind(fd, (struct sockaddr *)&at, sizeof at) == 0)) &&
        connect(fd, (struct sockaddr *)&server, sizeof server) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool ask(int fd, const struct file *file)
{
    char text[256];
    int length = snprintf(text, sizeof text, "GET /%s HTTP/1.1\r\nHost: soak\r\n\r\n", file->name);

    return send(fd, text, (size_t)length, MSG_NOSIGNAL) == length;
}

/* The head, byte by byte so that nothing of what follows is read. */
static const char *head_read(int fd, size_t *length)
{
    char head[2048], *field;
    size_t got = 0;

    while (got < sizeof head - 1) {
        ssize_t one = recv(fd, head + got, 1, 0);
        if (one <= 0)
            return one ? strerror(errno) : "it ended";
        got++;
        head[got] = '\0';
        if (got >= 4 && memcmp(head + got - 4, "\r\n\r\n", 4) == 0)
            break;
    }
    field = strcasestr(head, "\r\nContent-Length:");
    if (strncmp(head, "HTTP/1.1 200 ", 13) != 0 || !field)
        return "a wrong head";
    *length = strtoul(field + 17, NULL, 10);
    return NULL;
}

/* NULL: right. *at is how far it was. */
static const char *answer_read(int fd, const struct file *file, bool slowly, size_t *at)
{
    unsigned char part[16384];
    size_t length = 0;
    const char *why = head_read(fd, &length);

    *at = 0;
    if (why)
        return why;
    if (length != file->size_bytes)
        return "a wrong length";
    while (*at < length) {
        size_t wanted = slowly ? 2000 : sizeof part;
        ssize_t got = recv(fd, part, wanted < length - *at ? wanted : length - *at, 0);
        if (got <= 0)
            return got ? strerror(errno) : "it ended";
        if (memcmp(part, file->data + *at, (size_t)got) != 0)
            return "a wrong byte";
        *at += (size_t)got;
        if (slowly)
            usleep(5000);
    }
    return NULL;
}

static bool is_wrong(const char *why)
{
    return strncmp(why, "a wrong", 7) == 0;
}

static bool is_over(void)
{
    return time(NULL) >= end_s;
}

/* ---- clients ---- */

static void *good(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    bool slowly = seed >= GOOD;

    while (!is_over()) {
        int fd = connect_from(NULL, slowly ? 8192 : 0);
        const char *why = fd < 0 ? strerror(errno) : NULL;
        const struct file *asked[5] = {&files[0]};
        size_t at = 0;
        for (int turns = rand_r(&seed) % 30; turns >= 0 && !why && !is_over(); turns--) {
            int n = 1 + (slowly ? 0 : rand_r(&seed) % 5), sent = 0;
            while (sent < n && !why) {
                asked[sent] = &files[(unsigned)rand_r(&seed) % file_count];
                if (!ask(fd, asked[sent++]))
                    why = strerror(errno);
            }
            for (int i = 0; i < sent && !why; i++) {
                why = answer_read(fd, asked[i], slowly, &at);
                if (why)
                    asked[0] = asked[i];
                else
                    count(&right, 1), count(&bytes, at);
            }
        }
        if (why)
            complain(is_wrong(why) ? &wrong : &broken, asked[0]->name, why, at);
        if (fd >= 0)
            close(fd);
    }
    return NULL;
}

static void leave(int fd, unsigned *seed)
{
    char part[4096];

    for (int i = rand_r(seed) % 20; i > 0; i--)
        if (recv(fd, part, sizeof part, 0) <= 0)
            break;
    if (rand_r(seed) & 1)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
}

static void garbage(int fd, unsigned *seed)
{
    unsigned char noise[3000];
    size_t size = 1 + (size_t)rand_r(seed) % sizeof noise;
    struct timeval patience = {3, 0};

    for (size_t i = 0; i < size; i++)
        noise[i] = (unsigned char)rand_r(seed);
    if (rand_r(seed) & 1)
        memcpy(noise, "GET / HTTP/1.1\r\nHost", size < 20 ? size : 20);
    send(fd, noise, size, MSG_NOSIGNAL);
    shutdown(fd, rand_r(seed) & 1 ? SHUT_WR : SHUT_RD);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    while (recv(fd, noise, sizeof noise, 0) > 0)
        ;
}

static void *badly(void *argument)
{
    unsigned seed = 1000 + (unsigned)(uintptr_t)argument;

    for (; !is_over(); usleep(20000)) {
        int fd = connect_from(NULL, 4096);
        if (fd < 0)
            continue;
        if (rand_r(&seed) % 3 == 0)
            garbage(fd, &seed);
        else if (ask(fd, &files[rand_r(&seed) & 1 ? largest : 0]))
            leave(fd, &seed);
        close(fd);
        count(&bad, 1);
    }
    return NULL;
}

static int run(const char *seconds)
{
    pthread_t threads[GOOD + SLOW + BAD];

    end_s = time(NULL) + atoi(seconds);
    for (unsigned i = 0; i < GOOD + SLOW + BAD; i++)
        pthread_create(&threads[i], NULL, i < GOOD + SLOW ? good : badly, (void *)(uintptr_t)i);
    for (unsigned i = 0; i < GOOD + SLOW + BAD; i++)
        pthread_join(threads[i], NULL);
    printf("right %lu wrong %lu broken %lu bytes %lu bad %lu\n", right, wrong, broken, bytes, bad);
    return wrong || broken || !right;
}

static int vanish(const char *from, int n)
{
    static const char request[] = "GET /big HTTP/1.1\r\nHost: soak\r\n\r\n";

    while (n-- > 0) {
        int fd = connect_from(from, 4096);
        if (fd >= 0)
            send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    }
    printf("all there\n");
    fflush(stdout);
    pause();
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    server.sin_port = htons(80);
    if (argc != 5 || inet_pton(AF_INET, argv[2], &server.sin_addr) != 1) {
        fprintf(stderr, "usage: soak_clients run ADDRESS FOLDER SECONDS\n"
                        "       soak_clients vanish ADDRESS FROM N\n");
        return 2;
    }
    if (strcmp(argv[1], "vanish") == 0)
        return vanish(argv[3], atoi(argv[4]));
    if (!files_read(argv[3])) {
        fprintf(stderr, "soak_clients: %s: no files\n", argv[3]);
        return 2;
    }
    return run(argv[4]);
}
