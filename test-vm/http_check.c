/* SPDX-License-Identifier: MIT
 *
 * Talks to apps/httpd in raw bytes, as good clients, bad ones and slow ones do:
 *     http_check make FOLDER       the files that the checks ask for
 *     http_check PORT [NAME...]    all checks, or those named; SUCCESS at the end
 * The server is started with
 *     --head-timeout 1 --idle-timeout 2 --write-timeout 2 --connections 60
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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

#define BIG_BYTES       3000000
#define CONNECTIONS_MAX 60
#define PATIENCE_S      30 /* nothing takes so long: a hang */

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "FAIL: %s: line %d: %s\n", doing, __LINE__, #condition);               \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static const char *doing = "";
static unsigned port;

/* ---- a client ---- */

struct client {
    int fd;
    char in[1 << 16];
    size_t start, end;
};

struct reply {
    int status;
    char head[8192];
    char *body;
    size_t body_bytes;
};

/* Of bursts of connections QEMU's user network lets some lie for a second: those are
 * given up and made anew. -1: refused. */
static int connect_soon(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int tries = 0; tries < PATIENCE_S * 10; tries++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
        socklen_t length = sizeof error;
        if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0 ||
            (errno == EINPROGRESS && poll(&(struct pollfd){fd, POLLOUT, 0}, 1, 100) > 0)) {
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
            errno = error;
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
            return error ? -1 : fd;
        }
        close(fd);
    }
    errno = ETIMEDOUT;
    return -1;
}

static struct client *client_new(void)
{
    struct client *client = calloc(1, sizeof *client);
    struct timeval patience = {PATIENCE_S, 0};
    client->fd = connect_soon();
    if (client->fd < 0) {
        fprintf(stderr, "FAIL: %s: connect: %s\n", doing, strerror(errno));
        exit(1);
    }
    setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    return client;
}

static void client_end(struct client *client)
{
    close(client->fd);
    free(client);
}

/* Ends with a reset instead of a farewell. */
static void client_abort(struct client *client)
{
    setsockopt(client->fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    client_end(client);
}

static void say_bytes(struct client *client, const char *bytes, size_t size)
{
    while (size) {
        ssize_t sent = send(client->fd, bytes, size, MSG_NOSIGNAL);
        if (sent < 0)
            return; /* what comes back says why */
        bytes += sent;
        size -= (size_t)sent;
    }
}

static void say(struct client *client, const char *text)
{
    say_bytes(client, text, strlen(text));
}

/* False at the end. */
static bool fill(struct client *client)
{
    if (client->start) {
        memmove(client->in, client->in + client->start, client->end - client->start);
        client->end -= client->start;
        client->start = 0;
    }
    ssize_t got = recv(client->fd, client->in + client->end, sizeof client->in - client->end, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        fprintf(stderr, "FAIL: %s: nothing came for %d s\n", doing, PATIENCE_S);
        exit(1);
    }
    if (got <= 0)
        return false;
    client->end += (size_t)got;
    return true;
}

static bool is_closed(struct client *client)
{
    return client->start == client->end && !fill(client);
}

static const char *field(const struct reply *reply, const char *name)
{
    size_t length = strlen(name);
    for (const char *line = strstr(reply->head, "\r\n"); line; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':')
            return line + 2 + length + 2;
    return NULL;
}

/* The next answer; status 0 when the connection ended instead. */
static struct reply hear(struct client *client, bool no_body)
{
    struct reply reply = {0};
    char *end;
    while (!(end = memmem(client->in + client->start, client->end - client->start, "\r\n\r\n", 4)))
        if (!fill(client))
            return reply;
    size_t head_bytes = (size_t)(end + 4 - client->in) - client->start;
    CHECK(head_bytes < sizeof reply.head);
    memcpy(reply.head, client->in + client->start, head_bytes);
    client->start += head_bytes;
    CHECK(sscanf(reply.head, "HTTP/1.1 %d ", &reply.status) == 1);
    CHECK(field(&reply, "Date") && field(&reply, "Server"));
    const char *length = field(&reply, "Content-Length");
    CHECK(length || reply.status == 304);
    if (no_body || reply.status == 304)
        return reply;
    reply.body_bytes = strtoul(length, NULL, 10);
    reply.body = malloc(reply.body_bytes + 1);
    for (size_t done = 0; done < reply.body_bytes;) {
        size_t here = client->end - client->start;
        if (!here) {
            CHECK(fill(client));
            continue;
        }
        if (here > reply.body_bytes - done)
            here = reply.body_bytes - done;
        memcpy(reply.body + done, client->in + client->start, here);
        client->start += here;
        done += here;
    }
    reply.body[reply.body_bytes] = 0;
    return reply;
}

static char big_byte(size_t at)
{
    return (char)((at * 31 + at / 251) & 0xff);
}

static bool is_big(const struct reply *reply, size_t first)
{
    for (size_t i = 0; i < reply->body_bytes; i++)
        if (reply->body[i] != big_byte(first + i))
            return false;
    return true;
}

static struct reply get(struct client *client, const char *path, const char *fields)
{
    char text[2048];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, fields);
    say(client, text);
    return hear(client, false);
}

static void expect_alive(void)
{
    struct client *client = client_new();
    struct reply reply = get(client, "/hello.txt", "");
    CHECK(reply.status == 200 && strcmp(reply.body, "Hello, file\n") == 0);
    free(reply.body);
    client_end(client);
}

/* ---- the checks ---- */

/* One request, one answer: what is in its head, and whether the connection ends. */
static const struct exchange {
    const char *request;
    int status;
    bool closes;
    const char *has, *has_not, *body;
} exchanges[] = {
#define HOST      "Host: x\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST
    {GET("/hello.txt") "\r\n", 200, false, "Content-Type: text/plain", "Connection",
     "Hello, file\n"},
    {"HEAD /hello.txt HTTP/1.1\r\n" HOST "\r\n", 200, false, "Content-Length: 12", NULL, NULL},
    {"GET /hello.txt HTTP/1.0\r\n\r\n", 200, true, "Connection: close", NULL, "Hello, file\n"},
    {"GET /hello.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 200, false,
     "Connection: keep-alive", NULL, "Hello, file\n"},
    {GET("/hello.txt") "Connection: close\r\n\r\n", 200, true, "Connection: close", NULL, NULL},
    {GET("/hello.txt?query=1&x=/../..") "\r\n", 200, false, NULL, NULL, "Hello, file\n"},
    {GET("/h%65llo%2Etxt") "\r\n", 200, false, NULL, NULL, "Hello, file\n"},
    {GET("http://example.org/hello.txt") "\r\n", 200, false, NULL, NULL, "Hello, file\n"},
    {GET("/sub/../hello.txt") "\r\n", 200, false, NULL, NULL, "Hello, file\n"},
    {GET("//sub//./../hello.txt") "\r\n", 200, false, NULL, NULL, "Hello, file\n"},
    {GET("/with%20space.txt") "\r\n", 200, false, NULL, NULL, "blank\n"},
    {GET("/zero.txt") "\r\n", 200, false, "Content-Length: 0", NULL, ""},
    {GET("/") "\r\n", 200, false, "text/html", NULL, "<p>front\n"},
    {GET("/sub/") "\r\n", 200, false, "text/html", NULL, "<p>sub\n"},
    {GET("/sub") "\r\n", 301, false, "Location: /sub/\r\n", NULL, NULL},
    {GET("/sub?a=b") "\r\n", 301, false, "Location: /sub/?a=b\r\n", NULL, NULL},
    {GET("//sub") "\r\n", 301, false, "Location: /sub/\r\n", NULL, NULL},
    {GET("/empty/") "\r\n", 403, false, NULL, NULL, NULL},
    {GET("/nothing") "\r\n", 404, false, NULL, NULL, NULL},
    {GET("/hello.txt/") "\r\n", 404, false, NULL, NULL, NULL},
    {GET("/hello.txt/x") "\r\n", 404, false, NULL, NULL, NULL},
    {"HEAD /nothing HTTP/1.1\r\n" HOST "\r\n", 404, false, NULL, NULL, NULL},
    {GET("/../outside.txt") "\r\n", 400, false, NULL, NULL, NULL},
    {GET("/%2e%2e/outside.txt") "\r\n", 400, false, NULL, NULL, NULL},
    {GET("/sub/..%2f..%2foutside.txt") "\r\n", 400, false, NULL, NULL, NULL},
    {GET("/hello.txt%00.html") "\r\n", 400, false, NULL, NULL, NULL},
    {GET("/%zz") "\r\n", 400, false, NULL, NULL, NULL},
    {"GET /hello.txt HTTP/1.1\r\n\r\n", 400, true, "Connection: close", NULL, NULL},
    {"nonsense\r\n\r\n", 400, true, NULL, NULL, NULL},
    {"\x16\x03\x01\x02", 400, true, NULL, NULL, NULL},
    {GET("/") "Bad header: x\r\n\r\n", 400, true, NULL, NULL, NULL},
    {GET("/") "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400, true, NULL, NULL,
     NULL},
    {"POST /hello.txt HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405, false,
     "Allow: GET, HEAD", NULL, NULL},
    {"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 405,
     true, NULL, NULL, NULL},
    {"DELETE /hello.txt HTTP/1.1\r\n" HOST "\r\n", 405, false, NULL, NULL, NULL},
    {"BREW /pot HTTP/1.1\r\n" HOST "\r\n", 501, false, NULL, NULL, NULL},
    {GET("/") "Transfer-Encoding: gzip\r\n\r\n", 501, true, NULL, NULL, NULL},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 99999999999\r\n\r\n", 413, true, NULL, NULL, NULL},
    {"POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\nExpect: 100-continue\r\n\r\n", 405, true,
     NULL, NULL, NULL},
    {GET("/") "Expect: nothing\r\n\r\n", 417, true, NULL, NULL, NULL},
    {"GET / HTTP/2.0\r\n\r\n", 505, true, NULL, NULL, NULL},
    {GET("/hello.txt") "Range: bytes=7-10\r\n\r\n", 206, false, "Content-Range: bytes 7-10/12",
     NULL, "file"},
    {GET("/hello.txt") "Range: bytes=-5\r\n\r\n", 206, false, "Content-Range: bytes 7-11/12", NULL,
     "file\n"},
    {GET("/hello.txt") "Range: bytes=7-\r\nIf-Range: \"other\"\r\n\r\n", 200, false, NULL,
     "Content-Range", "Hello, file\n"},
    {GET("/hello.txt") "Range: bytes=0-0,2-3\r\n\r\n", 200, false, NULL, "Content-Range", NULL},
    {GET("/hello.txt") "Range: bytes=12-\r\n\r\n", 416, false, "Content-Range: bytes */12", NULL,
     NULL},
    {GET("/zero.txt") "Range: bytes=0-\r\n\r\n", 416, false, "Content-Range: bytes */0", NULL,
     NULL},
    {"HEAD /hello.txt HTTP/1.1\r\n" HOST "Range: bytes=0-1\r\n\r\n", 200, false,
     "Content-Length: 12", NULL, NULL},
    {GET("/hello.txt") "If-Modified-Since: Sat, 01 Jan 2101 00:00:00 GMT\r\n\r\n", 304, false,
     "ETag", "Content-Length", NULL},
    {GET("/hello.txt") "If-None-Match: *\r\n\r\n", 304, false, NULL, NULL, NULL},
    {GET("/hello.txt") "If-None-Match: \"x\", W/\"y\"\r\n"
                       "If-Modified-Since: Sat, 01 Jan 2101 00:00:00 GMT\r\n\r\n",
     200, false, NULL, NULL, NULL},
    {GET("/hello.txt") "If-Match: \"x\"\r\n\r\n", 412, false, NULL, NULL, NULL},
    {GET("/hello.txt") "If-Match: *\r\n\r\n", 200, false, NULL, NULL, NULL},
    {GET("/packed.txt") "\r\n", 200, false, "Vary: Accept-Encoding", "Content-Encoding", "plain\n"},
    {GET("/packed.txt") "Accept-Encoding: br, gzip\r\n\r\n", 200, false, "Content-Encoding: gzip",
     NULL, "squeezed"},
    {GET("/packed.txt") "Accept-Encoding: gzip\r\nRange: bytes=1-3\r\n\r\n", 206, false,
     "Content-Range: bytes 1-3/8", NULL, "que"},
    {GET("/packed.txt") "Accept-Encoding: gzip;q=0\r\n\r\n", 200, false, NULL, "Content-Encoding",
     "plain\n"},
    {GET("/hello.txt") "Accept-Encoding: gzip\r\n\r\n", 200, false, NULL, "Content-Encoding",
     "Hello, file\n"},
};

static void check_exchanges(void)
{
    for (int turn = 0; turn < 2; turn++) /* from the files, and from what was kept */
        for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
            const struct exchange *one = &exchanges[i];
            struct client *client = client_new();
            doing = one->request;
            say(client, one->request);
            struct reply reply = hear(client, strncmp(one->request, "HEAD", 4) == 0);
            if (reply.status != one->status)
                fprintf(stderr, "status %d instead of %d\n", reply.status, one->status);
            CHECK(reply.status == one->status);
            CHECK(!one->has || strstr(reply.head, one->has));
            CHECK(!one->has_not || !strstr(reply.head, one->has_not));
            CHECK(!one->body || (reply.body && strcmp(reply.body, one->body) == 0));
            CHECK((strstr(reply.head, "Connection: close") != NULL) == one->closes);
            if (one->closes) {
                CHECK(is_closed(client));
            } else {
                free(reply.body);
                reply = get(client, "/hello.txt", "");
                CHECK(reply.status == 200);
            }
            free(reply.body);
            client_end(client);
        }
}

static void check_validators(void)
{
    struct client *client = client_new();
    struct reply reply = get(client, "/hello.txt", "");
    char fields[256], tag[64] = "", date[64] = "";
    CHECK(sscanf(field(&reply, "ETag"), "%63s", tag) == 1);
    CHECK(sscanf(field(&reply, "Last-Modified"), "%63[^\r]", date) == 1);
    free(reply.body);
    snprintf(fields, sizeof fields, "If-None-Match: \"a\", %s\r\n", tag);
    CHECK(get(client, "/hello.txt", fields).status == 304);
    snprintf(fields, sizeof fields, "If-Modified-Since: %s\r\n", date);
    CHECK(get(client, "/hello.txt", fields).status == 304);
    snprintf(fields, sizeof fields, "If-Unmodified-Since: %s\r\nIf-Match: %s\r\n", date, tag);
    CHECK(get(client, "/hello.txt", fields).status == 200);
    snprintf(fields, sizeof fields, "Range: bytes=0-4\r\nIf-Range: %s\r\n", tag);
    CHECK(get(client, "/hello.txt", fields).status == 206);
    snprintf(fields, sizeof fields, "Range: bytes=0-4\r\nIf-Range: %s\r\n", date);
    CHECK(get(client, "/hello.txt", fields).status == 206);
    client_end(client);
}

/* Many requests at once, of all kinds; the answers come in their order. */
static void check_pipeline(void)
{
    static const struct {
        const char *request;
        int status;
    } kinds[] = {
        {GET("/hello.txt") "\r\n", 200},
        {"HEAD /big.bin HTTP/1.1\r\n" HOST "\r\n", 200},
        {GET("/nothing") "\r\n", 404},
        {GET("/hello.txt") "If-None-Match: *\r\n\r\n", 304},
        {GET("/big.bin") "Range: bytes=1000-200999\r\n\r\n", 206},
        {"POST / HTTP/1.1\r\n" HOST "Content-Length: 10\r\n\r\nGET / HTTP", 405},
        {"\r\nGET /sub/ HTTP/1.1\r\n" HOST "\r\n", 200},
    };
    const size_t count = 7 * 60;
    struct client *client = client_new();
    if (fork() == 0) { /* it does not wait for answers */
        for (size_t i = 0; i < count; i++)
            say(client, kinds[i % 7].request);
        _exit(0);
    }
    for (size_t i = 0; i < count; i++) {
        struct reply reply = hear(client, i % 7 == 1);
        CHECK(reply.status == kinds[i % 7].status);
        CHECK(i % 7 != 4 || (reply.body_bytes == 200000 && is_big(&reply, 1000)));
        CHECK(i % 7 != 0 || strcmp(reply.body, "Hello, file\n") == 0);
        CHECK(i % 7 != 6 || strcmp(reply.body, "<p>sub\n") == 0);
        free(reply.body);
    }
    client_end(client);
}

/* 200 small ones in one write, which the server reads in pieces as they fall. */
static void check_pipeline_small(void)
{
    static char text[200 * 64];
    struct client *client = client_new();
    for (int i = 0; i < 200; i++)
        strcat(text, GET("/hello.txt") "\r\n");
    say(client, text);
    for (int i = 0; i < 200; i++) {
        struct reply reply = hear(client, false);
        CHECK(reply.status == 200 && strcmp(reply.body, "Hello, file\n") == 0);
        free(reply.body);
    }
    client_end(client);
}

static void check_keep_alive(void)
{
    struct client *client = client_new();
    for (int i = 0; i < 1000; i++) {
        struct reply reply = get(client, i % 3 ? "/hello.txt" : "/", "");
        CHECK(reply.status == 200);
        free(reply.body);
    }
    client_end(client);
}

static void check_byte_by_byte(void)
{
    static const char text[] = GET("/hello.txt") "Accept: */*\r\n\r\n" GET("/") "\r\n";
    struct client *client = client_new();
    for (const char *at = text; *at; at++)
        say_bytes(client, at, 1);
    for (int i = 0; i < 2; i++) {
        struct reply reply = hear(client, false);
        CHECK(reply.status == 200);
        free(reply.body);
    }
    client_end(client);
}

static void check_big(void)
{
    struct client *client = client_new();
    struct reply reply = get(client, "/big.bin", "");
    CHECK(reply.status == 200 && reply.body_bytes == BIG_BYTES && is_big(&reply, 0));
    free(reply.body);
    reply = get(client, "/big.bin", "Range: bytes=2999990-\r\n");
    CHECK(reply.status == 206 && reply.body_bytes == 10 && is_big(&reply, BIG_BYTES - 10));
    free(reply.body);
    reply = get(client, "/big.bin", "Range: bytes=1234567-2345678\r\n");
    CHECK(reply.status == 206 && reply.body_bytes == 1111112 && is_big(&reply, 1234567));
    free(reply.body);
    client_end(client);
}

static void check_half_closed(void)
{
    struct client *client = client_new();
    say(client, GET("/big.bin") "\r\n");
    shutdown(client->fd, SHUT_WR);
    struct reply reply = hear(client, false);
    CHECK(reply.status == 200 && reply.body_bytes == BIG_BYTES && is_big(&reply, 0));
    free(reply.body);
    CHECK(is_closed(client));
    client_end(client);
}

static void check_leavers(void)
{
    for (int i = 0; i < 60; i++) {
        struct client *client = client_new();
        if (i % 4 == 1)
            say(client, "GET /hel");
        if (i % 4 >= 2)
            say(client, GET("/big.bin") "\r\n");
        if (i % 4 == 3)
            fill(client);
        if (i % 2)
            client_abort(client);
        else
            client_end(client);
    }
    expect_alive();
}

static void check_large_heads(void)
{
    static char text[20000];
    struct client *client = client_new();
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "GET /", 5);
    say(client, text);
    struct reply reply = hear(client, false);
    CHECK(reply.status == 414 && is_closed(client));
    free(reply.body);
    client_end(client);
    client = client_new();
    memcpy(text, GET("/") "X: ", 16 + sizeof HOST + 3);
    memset(text + 16 + sizeof HOST - 1 + 3, 'a', 9000);
    say(client, text);
    reply = hear(client, false);
    CHECK(reply.status == 431 && is_closed(client));
    free(reply.body);
    client_end(client);
}

static void check_bodies(void)
{
    static char body[100000];
    struct client *client = client_new();
    memset(body, 'x', sizeof body);
    for (int i = 0; i < 3; i++) {
        say(client, "PUT /a HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n");
        say_bytes(client, body, sizeof body);
        struct reply reply = hear(client, false);
        CHECK(reply.status == 405);
        free(reply.body);
        reply = get(client, "/hello.txt", "");
        CHECK(reply.status == 200);
        free(reply.body);
    }
    client_end(client);
}

static void check_crowd(void)
{
    struct client *clients[20]; /* all come before the first has been idle for too long */
    size_t count = sizeof clients / sizeof *clients;
    for (size_t i = 0; i < count; i++)
        clients[i] = client_new();
    for (int turn = 0; turn < 5; turn++) {
        for (size_t i = 0; i < count; i++)
            say(clients[i], GET("/hello.txt") "\r\n");
        for (size_t i = 0; i < count; i++) {
            struct reply reply = hear(clients[i], false);
            CHECK(reply.status == 200);
            free(reply.body);
        }
    }
    for (size_t i = 0; i < count; i++)
        client_end(clients[i]);
}

/* ---- the slow ones ---- */

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void check_slow_head(void)
{
    struct client *client = client_new(), *silent = client_new();
    double start = now();
    say(client, "GET /hello.txt HTT");
    for (int i = 0; i < 3; i++) { /* a byte now and then is no excuse */
        usleep(200000);
        say(client, "P");
    }
    struct reply reply = hear(client, false);
    CHECK(reply.status == 408 && is_closed(client));
    CHECK(now() - start > 0.8 && now() - start < 10);
    free(reply.body);
    client_end(client);
    CHECK(hear(silent, false).status == 0); /* who says nothing is told nothing */
    CHECK(now() - start > 1.8);
    client_end(silent);
}

/* A client that does not read what it asked for. */
static void check_slow_reader(void)
{
    struct client *client = client_new();
    size_t bytes = 0;
    for (int i = 0; i < 20; i++) /* more than all buffers between us hold */
        say(client, GET("/big.bin") "\r\n");
    expect_alive();
    usleep(4500000);
    while (fill(client)) {
        bytes += client->end;
        client->start = client->end = 0;
    }
    CHECK(bytes < 20 * (size_t)BIG_BYTES);
    client_end(client);
    /* One that is merely slow gets all of it. */
    client = client_new();
    setsockopt(client->fd, SOL_SOCKET, SO_RCVBUF, &(int){20000}, sizeof(int));
    say(client, GET("/big.bin") "Range: bytes=0-999999\r\n\r\n");
    for (bytes = 0; bytes < 1000000;) {
        CHECK(fill(client));
        bytes += client->end;
        client->start = client->end = 0;
        usleep(20000);
    }
    client_end(client);
}

static void check_too_many(void)
{
    static struct client *clients[CONNECTIONS_MAX];
    usleep(2500000); /* those of the checks before have left */
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        clients[i] = client_new();
        struct reply reply = get(clients[i], "/hello.txt", "");
        CHECK(reply.status == 200);
        free(reply.body);
    }
    struct client *client = client_new();
    struct reply reply = hear(client, false);
    CHECK(reply.status == 503 && field(&reply, "Retry-After") && is_closed(client));
    free(reply.body);
    client_end(client);
    for (size_t i = 0; i < CONNECTIONS_MAX; i++)
        client_end(clients[i]);
    usleep(300000);
    expect_alive();
}

static const struct {
    const char *name;
    void (*run)(void);
} checks[] = {
    {"exchanges", check_exchanges},
    {"validators", check_validators},
    {"pipeline", check_pipeline},
    {"pipeline-small", check_pipeline_small},
    {"keep-alive", check_keep_alive},
    {"byte-by-byte", check_byte_by_byte},
    {"big", check_big},
    {"half-closed", check_half_closed},
    {"leavers", check_leavers},
    {"large-heads", check_large_heads},
    {"bodies", check_bodies},
    {"crowd", check_crowd},
    {"slow-head", check_slow_head},
    {"slow-reader", check_slow_reader},
    {"too-many", check_too_many},
};

/* ---- the files ---- */

static void put(const char *folder, const char *name, const char *bytes, size_t size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, size, file) != size || fclose(file)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
}

static int make(const char *folder)
{
    static const char *const files[][2] = {
        {"index.html", "<p>front\n"},        {"hello.txt", "Hello, file\n"},
        {"sub/index.html", "<p>sub\n"},      {"empty/x", "x"},
        {"with space.txt", "blank\n"},       {"zero.txt", ""},
        {"packed.txt", "plain\n"},           {"packed.txt.gz", "squeezed"},
        {"../outside.txt", "not for you\n"},
    };
    static char big[BIG_BYTES];
    static const char *const folders[] = {"", "/sub", "/empty"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s%s", folder, folders[i]);
        mkdir(path, 0755);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        put(folder, files[i][0], files[i][1], strlen(files[i][1]));
    for (size_t i = 0; i < BIG_BYTES; i++)
        big[i] = big_byte(i);
    put(folder, "big.bin", big, sizeof big);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0)
        return make(argv[2]);
    if (argc < 2 || !(port = (unsigned)atoi(argv[1]))) {
        fprintf(stderr, "usage: http_check make FOLDER | http_check PORT [NAME...]\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        bool wanted = argc == 2;
        for (int j = 2; j < argc; j++)
            wanted |= strcmp(argv[j], checks[i].name) == 0;
        if (!wanted)
            continue;
        double start = now();
        doing = checks[i].name;
        checks[i].run();
        printf("%s: %.2f s\n", checks[i].name, now() - start);
        fflush(stdout);
    }
    puts("SUCCESS");
    return 0;
}
