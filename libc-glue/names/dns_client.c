/* SPDX-License-Identifier: MIT
 *
 * Asks name servers: all questions about a name at once by UDP, by TCP what does not
 * fit, the next server when one does not answer or cannot tell.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "libc-glue/names/names.h"

#define QUESTIONS_MAX 2
#define PORT_TRIES    8
#define PORT_FIRST    1024

struct question {
    unsigned char bytes[DNS_QUERY_BYTES];
    size_t size;
    struct dns_answer *answer;
    enum dns_verdict verdict; /* DNS_FOREIGN: nothing yet */
    bool failed;              /* some server could not tell */
};

/* The server that answered last is asked first. */
static unsigned server_first;

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static unsigned random16(void)
{
    uint16_t value = 0;

    if (getrandom(&value, sizeof value, 0) != sizeof value)
        value = (uint16_t)now_ms();
    return value;
}

/* Waits for the socket. False: not before the deadline. */
static bool socket_wait(int fd, short events, uint64_t deadline_ms)
{
    struct pollfd poll_fd = {.fd = fd, .events = events};
    uint64_t now;

    while ((now = now_ms()) < deadline_ms) {
        int ready = poll(&poll_fd, 1, (int)(deadline_ms - now));
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static socklen_t server_name(const struct resolver_server *server, struct sockaddr_storage *to)
{
    struct host_address address = {.family = server->family, .scope = server->scope};

    memcpy(address.bytes, server->address, sizeof address.bytes);
    return host_address_name(&address, server->port, to);
}

/* A port that nobody can guess, together with the id: what forged answers must know. */
static void port_draw(int fd, int family)
{
    struct host_address any = {.family = family};
    struct sockaddr_storage name;

    for (int tries = 0; tries < PORT_TRIES; tries++) {
        unsigned port = PORT_FIRST + random16() % (65536 - PORT_FIRST);
        if (!bind(fd, (struct sockaddr *)&name, host_address_name(&any, port, &name)))
            return;
    }
}

static int server_socket(const struct resolver_server *server, int type)
{
    struct sockaddr_storage name;
    int fd = socket(server->family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    if (type == SOCK_DGRAM)
        port_draw(fd, server->family);
    if (connect(fd, (struct sockaddr *)&name, server_name(server, &name)) && errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

/* ---- by TCP ---- */

static bool stream_put(int fd, const unsigned char *from, size_t size, uint64_t deadline_ms)
{
    while (size) {
        ssize_t put = send(fd, from, size, MSG_NOSIGNAL);
        if (put > 0) {
            from += put;
            size -= (size_t)put;
        } else if ((errno != EAGAIN && errno != EINTR) || !socket_wait(fd, POLLOUT, deadline_ms)) {
            return false;
        }
    }
    return true;
}

static bool stream_get(int fd, unsigned char *to, size_t size, uint64_t deadline_ms)
{
    while (size) {
        ssize_t got = recv(fd, to, size, 0);
        if (got > 0) {
            to += got;
            size -= (size_t)got;
        } else if (!got || (errno != EAGAIN && errno != EINTR) ||
                   !socket_wait(fd, POLLIN, deadline_ms)) {
            return false;
        }
    }
    return true;
}

/* One question, its length in front of it, and one answer. */
static enum dns_verdict stream_exchange(int fd, const struct question *question,
                                        unsigned char *message, uint64_t deadline_ms)
{
    unsigned char length[2] = {(unsigned char)(question->size >> 8), (unsigned char)question->size};
    enum dns_verdict verdict;
    size_t size;

    if (!socket_wait(fd, POLLOUT, deadline_ms) || !stream_put(fd, length, 2, deadline_ms) ||
        !stream_put(fd, question->bytes, question->size, deadline_ms) ||
        !stream_get(fd, length, 2, deadline_ms))
        return DNS_FAILED;
    size = (size_t)length[0] << 8 | length[1];
    if (!stream_get(fd, message, size, deadline_ms))
        return DNS_FAILED;
    verdict = dns_answer_take(message, size, question->bytes, question->size, question->answer);
    return verdict == DNS_TRUNCATED || verdict == DNS_FOREIGN ? DNS_FAILED : verdict;
}

static enum dns_verdict stream_ask(const struct resolver_server *server,
                                   const struct question *question, uint64_t deadline_ms)
{
    unsigned char *message = malloc(65536);
    int fd = message ? server_socket(server, SOCK_STREAM) : -1;
    enum dns_verdict verdict = DNS_FAILED;

    if (fd >= 0) {
        verdict = stream_exchange(fd, question, message, deadline_ms);
        close(fd);
    }
    free(message);
    return verdict;
}

/* ---- by UDP ---- */

static bool all_answered(const struct question *questions, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (questions[i].verdict == DNS_FOREIGN)
            return false;
    return true;
}

static void datagram_take(const unsigned char *message, size_t size, struct question *questions,
                          unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct question *question = &questions[i];
        if (question->verdict != DNS_FOREIGN)
            continue;
        question->verdict =
            dns_answer_take(message, size, question->bytes, question->size, question->answer);
        if (question->verdict != DNS_FOREIGN)
            return;
    }
}

/* A server that is not there says so (ECONNREFUSED): no need to wait for it. */
static void datagrams_exchange(int fd, struct question *questions, unsigned count,
                               uint64_t deadline_ms)
{
    unsigned char message[DNS_MESSAGE_BYTES];

    for (unsigned i = 0; i < count; i++)
        if (questions[i].verdict == DNS_FOREIGN &&
            send(fd, questions[i].bytes, questions[i].size, MSG_NOSIGNAL) < 0 && errno != EAGAIN)
            return;
    while (!all_answered(questions, count) && socket_wait(fd, POLLIN, deadline_ms)) {
        ssize_t got = recv(fd, message, sizeof message, 0);
        if (got >= 0)
            datagram_take(message, (size_t)got, questions, count);
        else if (errno != EAGAIN && errno != EINTR)
            return;
    }
}

/* Whether the server has told all there is to tell. */
static bool server_ask(const struct resolver_server *server, struct question *questions,
                       unsigned count, uint64_t deadline_ms)
{
    int fd = server_socket(server, SOCK_DGRAM);
    bool told = true;

    if (fd < 0)
        return false;
    datagrams_exchange(fd, questions, count, deadline_ms);
    close(fd);
    for (unsigned i = 0; i < count; i++) {
        struct question *question = &questions[i];
        if (question->verdict == DNS_TRUNCATED)
            question->verdict = stream_ask(server, question, deadline_ms);
        if (question->verdict == DNS_FAILED) { /* another server may know */
            question->verdict = DNS_FOREIGN;
            question->failed = true;
        }
        told = told && question->verdict != DNS_FOREIGN;
    }
    return told;
}

static void servers_ask(const struct resolver_settings *settings, struct question *questions,
                        unsigned count)
{
    unsigned servers = settings->names.server_count;
    unsigned first = __atomic_load_n(&server_first, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < servers * settings->attempts; i++) {
        unsigned which = (first + i) % servers;
        uint64_t deadline_ms = now_ms() + settings->timeout_s * 1000ull;
        if (server_ask(&settings->names.servers[which], questions, count, deadline_ms)) {
            if (settings->rotate)
                which++;
            __atomic_store_n(&server_first, which, __ATOMIC_RELAXED);
            return;
        }
    }
}

/* What is said of a name when the questions about it end differently. */
static const unsigned char verdict_rank[] = {
    [DNS_NO_NAME] = 1, [DNS_NO_DATA] = 2, [DNS_FAILED] = 3, [DNS_FOREIGN] = 4, [DNS_FOUND] = 5};

enum dns_verdict dns_ask(const struct resolver_settings *settings, const char *name,
                         const int *types, unsigned type_count, struct dns_answer *answers)
{
    struct question questions[QUESTIONS_MAX];
    enum dns_verdict all = DNS_NO_NAME;
    uint16_t id = (uint16_t)random16();
    int cancel_state;

    for (unsigned i = 0; i < type_count; i++) {
        struct question *question = &questions[i];
        question->size = dns_question_put(question->bytes, (uint16_t)(id + i), name, types[i]);
        question->answer = &answers[i];
        question->verdict = DNS_FOREIGN;
        question->failed = false;
        if (!question->size)
            return DNS_NO_NAME;
    }
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
    if (settings->names.server_count)
        servers_ask(settings, questions, type_count);
    pthread_setcancelstate(cancel_state, NULL);
    for (unsigned i = 0; i < type_count; i++) {
        enum dns_verdict verdict = questions[i].verdict;
        if (verdict == DNS_FOREIGN && questions[i].failed)
            verdict = DNS_FAILED;
        answers[i].count = verdict == DNS_FOUND ? answers[i].count : 0;
        all = verdict_rank[verdict] > verdict_rank[all] ? verdict : all;
    }
    return all;
}
