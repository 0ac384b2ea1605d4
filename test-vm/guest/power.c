/* SPDX-License-Identifier: MIT
 *
 * A program that is asked to end: power HOW WHERE. HOW it takes SIGTERM: handle,
 * handle-exit (exits in the handler), default, ignore, wait (a thread in sigwait). WHERE it is
 * at that time: sleep, spin, read, read-once (then it spins), fgets, lock (another thread
 * reads), thread (it spins).
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>
#include "check.h"

static volatile sig_atomic_t stops;
static sig_atomic_t stops_wanted = 1;

static void farewell(void)
{
    puts("farewell");
}

static void on_term(int signal)
{
    CHECK(signal == SIGTERM);
    CHECK(write(STDOUT_FILENO, "asked\n", 6) == 6);
    stops++;
}

static void on_term_exit(int signal)
{
    (void)signal;
    exit(43);
}

static void *term_wait(void *argument)
{
    sigset_t set;
    int signal;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    CHECK(sigwait(&set, &signal) == 0 && signal == SIGTERM);
    puts("waited");
    stops++;
    return argument;
}

static void term_block(void)
{
    pthread_t id;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(pthread_create(&id, NULL, term_wait, NULL) == 0);
}

static void term_prepare(const char *how)
{
    struct sigaction action = {.sa_handler = on_term};

    if (strcmp(how, "handle-twice") == 0)
        stops_wanted = 2;
    if (strcmp(how, "handle") == 0 || stops_wanted == 2)
        CHECK(sigaction(SIGTERM, &action, NULL) == 0);
    else if (strcmp(how, "handle-exit") == 0)
        CHECK(signal(SIGTERM, on_term_exit) != SIG_ERR);
    else if (strcmp(how, "ignore") == 0)
        CHECK(signal(SIGTERM, SIG_IGN) != SIG_ERR);
    else if (strcmp(how, "wait") == 0)
        term_block();
    else
        CHECK(strcmp(how, "default") == 0);
}

static bool is_going(void)
{
    return stops < stops_wanted;
}

/* Some time with numbers in all vector registers, which nobody may change: true when they are the
 * same. */
static bool vectors_kept(void)
{
    static const unsigned long long pattern[2] = {0x0123456789abcdef, 0xfedcba9876543210};
    int same;

    __asm__ volatile("movdqu %1, %%xmm0\n movdqa %%xmm0, %%xmm1\n movdqa %%xmm0, %%xmm2\n"
                     "movdqa %%xmm0, %%xmm3\n movdqa %%xmm0, %%xmm7\n movdqa %%xmm0, %%xmm15\n"
                     "movl $1000000, %%ecx\n"
                     "1: decl %%ecx\n jnz 1b\n"
                     "movdqu %1, %%xmm8\n"
                     "pcmpeqb %%xmm8, %%xmm0\n pcmpeqb %%xmm8, %%xmm1\n pcmpeqb %%xmm8, %%xmm2\n"
                     "pcmpeqb %%xmm8, %%xmm3\n pcmpeqb %%xmm8, %%xmm7\n pcmpeqb %%xmm8, %%xmm15\n"
                     "pand %%xmm1, %%xmm0\n pand %%xmm2, %%xmm0\n pand %%xmm3, %%xmm0\n"
                     "pand %%xmm7, %%xmm0\n pand %%xmm15, %%xmm0\n pmovmskb %%xmm0, %0\n"
                     : "=r"(same)
                     : "m"(pattern)
                     : "ecx", "xmm0", "xmm1", "xmm2", "xmm3", "xmm7", "xmm8", "xmm15", "cc");
    return same == 0xffff;
}

static void *spin(void *argument)
{
    while (is_going())
        CHECK(vectors_kept());
    return argument;
}

/* Holds the lock of standard input for as long as none comes. */
static void *lines_read(void *argument)
{
    char line[16];

    while (is_going() && fgets(line, sizeof line, stdin))
        ;
    return argument;
}

static void term_await(const char *where)
{
    char bytes[16];
    pthread_t id;

    if (strcmp(where, "sleep") == 0) {
        while (is_going())
            sleep(5);
    } else if (strcmp(where, "spin") == 0) {
        spin(NULL);
    } else if (strcmp(where, "read") == 0) {
        while (is_going() && read(STDIN_FILENO, bytes, sizeof bytes) > 0)
            ;
        CHECK(stops);
        CHECK(errno == EINTR);
    } else if (strcmp(where, "read-once") == 0) {
        CHECK(read(STDIN_FILENO, bytes, sizeof bytes) > 0);
        spin(NULL);
    } else if (strcmp(where, "fgets") == 0) {
        lines_read(NULL);
    } else {
        void *(*function)(void *) = strcmp(where, "lock") == 0 ? lines_read : spin;
        CHECK(pthread_create(&id, NULL, function, NULL) == 0);
        CHECK(pthread_join(id, NULL) == 0);
    }
}

int main(int argc, char **argv)
{
    CHECK(argc == 3);
    CHECK(setvbuf(stdout, NULL, _IOLBF, 0) == 0);
    CHECK(atexit(farewell) == 0);
    term_prepare(argv[1]);
    puts("ready");
    term_await(argv[2]);
    return 42;
}
