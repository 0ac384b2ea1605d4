/* SPDX-License-Identifier: MIT
 *
 * Everything at once, for some time: threads that move money under mutexes, hand things
 * on through condition variables, read and write, compute, come and go, are cancelled
 * wherever they wait, and get signals from timers and from each other; nothing may be
 * lost. Argument: for how many seconds.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define ACCOUNTS 16
#define MONEY    1000
#define SLOTS    8
#define THREADS  32

static volatile int stop;
static pthread_t ids[THREADS];
static unsigned threads;

static void start(void *(*function)(void *), intptr_t argument)
{
    CHECK(threads < THREADS);
    CHECK(pthread_create(&ids[threads++], NULL, function, (void *)argument) == 0);
}

static unsigned random_next(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

static struct timespec soon(unsigned us)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += us * 1000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

/* ---- mutexes: the sum stays ---- */

static struct {
    pthread_mutex_t mutex;
    long money;
} accounts[ACCOUNTS];
static long transfers, timeouts;

static int lock_somehow(pthread_mutex_t *mutex, unsigned how)
{
    struct timespec time;

    switch (how % 4) {
    case 0:
        return pthread_mutex_trylock(mutex);
    case 1:
        time = soon(500);
        return pthread_mutex_timedlock(mutex, &time);
    default:
        return pthread_mutex_lock(mutex);
    }
}

static void *transfer(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;

    while (!stop) {
        unsigned a = random_next(&random) % ACCOUNTS, b = random_next(&random) % ACCOUNTS;
        long amount = random_next(&random) % 100;
        if (a == b)
            continue;
        unsigned low = a < b ? a : b, high = a < b ? b : a;
        CHECK(pthread_mutex_lock(&accounts[low].mutex) == 0);
        int error = lock_somehow(&accounts[high].mutex, random_next(&random));
        CHECK(error == 0 || error == EBUSY || error == ETIMEDOUT);
        if (error == 0) {
            long before = accounts[a].money;
            if (amount % 8 == 0)
                sched_yield();
            accounts[a].money = before - amount;
            accounts[b].money += amount;
            CHECK(pthread_mutex_unlock(&accounts[high].mutex) == 0);
        }
        CHECK(pthread_mutex_unlock(&accounts[low].mutex) == 0);
        __atomic_add_fetch(error ? &timeouts : &transfers, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

static void accounts_check(void)
{
    long sum = 0;

    for (int i = 0; i < ACCOUNTS; i++)
        sum += accounts[i].money;
    CHECK(sum == ACCOUNTS * MONEY);
}

/* ---- condition variables: what goes in comes out ---- */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t filled, emptied;
    unsigned first, count;
    unsigned long slots[SLOTS];
    unsigned long in, out, in_sum, out_sum;
    unsigned producers;
} queue = {.mutex = PTHREAD_MUTEX_INITIALIZER,
           .filled = PTHREAD_COND_INITIALIZER,
           .emptied = PTHREAD_COND_INITIALIZER};

static void *produce(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;

    while (!stop) {
        pthread_mutex_lock(&queue.mutex);
        while (queue.count == SLOTS)
            CHECK(pthread_cond_wait(&queue.emptied, &queue.mutex) == 0);
        unsigned long thing = random_next(&random);
        queue.slots[(queue.first + queue.count++) % SLOTS] = thing;
        queue.in++;
        queue.in_sum += thing;
        pthread_cond_signal(&queue.filled);
        pthread_mutex_unlock(&queue.mutex);
    }
    pthread_mutex_lock(&queue.mutex);
    if (--queue.producers == 0)
        pthread_cond_broadcast(&queue.filled);
    pthread_mutex_unlock(&queue.mutex);
    return NULL;
}

static void *consume(void *argument)
{
    pthread_mutex_lock(&queue.mutex);
    for (;;) {
        struct timespec time = soon(2000);
        int error = 0;
        while (!queue.count && queue.producers && !error)
            error = pthread_cond_timedwait(&queue.filled, &queue.mutex, &time);
        CHECK(error == 0 || error == ETIMEDOUT);
        if (!queue.count && !queue.producers)
            break;
        if (!queue.count)
            continue;
        queue.out_sum += queue.slots[queue.first];
        queue.first = (queue.first + 1) % SLOTS;
        queue.count--;
        queue.out++;
        pthread_cond_signal(&queue.emptied);
    }
    pthread_mutex_unlock(&queue.mutex);
    return argument;
}

/* ---- locks for readers and writers: nobody sees half a change ---- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile long left, right;
static long reads, writes;

static void *read_and_write(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;

    while (!stop) {
        if (random_next(&random) % 4) {
            CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
            long seen = left;
            if (random_next(&random) % 16 == 0)
                sched_yield();
            CHECK(seen == right);
            __atomic_add_fetch(&reads, 1, __ATOMIC_RELAXED);
        } else {
            CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
            left++;
            if (random_next(&random) % 16 == 0)
                sched_yield();
            right++;
            writes++;
        }
        CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    }
    return NULL;
}

/* ---- registers, stacks and memory of threads that come and go ---- */

static long computed, came;

static void *compute(void *argument)
{
    double seed = (double)(intptr_t)argument + 0.5;
    long rounds = 0;

    while (!stop) {
        double sum = seed, product = 1;
        for (int i = 1; i < 200; i++)
            sum += i * 0.25, product *= 1 + 1.0 / i;
        CHECK(sum == seed + 0.25 * 19900 && product > 199.99 && product < 200.01);
        rounds++;
    }
    __atomic_add_fetch(&computed, rounds, __ATOMIC_RELAXED);
    return NULL;
}

static void *come_and_go(void *argument)
{
    unsigned size = (unsigned)(intptr_t)argument % 3000 + 1;
    char *block = malloc(size), local[600];

    CHECK(block != NULL);
    memset(block, (int)size, size);
    memset(local, (int)size, sizeof local);
    if (size % 4 == 0)
        sched_yield();
    for (unsigned i = 0; i < size; i++)
        CHECK(block[i] == (char)size && local[i % sizeof local] == (char)size);
    free(block);
    return argument;
}

static void *come(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;

    while (!stop) {
        intptr_t given = random_next(&random);
        pthread_t id;
        void *result;
        CHECK(pthread_create(&id, NULL, come_and_go, (void *)given) == 0);
        if (given % 2) {
            CHECK(pthread_join(id, &result) == 0 && (intptr_t)result == given);
        } else {
            CHECK(pthread_detach(id) == 0);
            sched_yield();
        }
        __atomic_add_fetch(&came, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* ---- barriers and semaphores whose memory goes as soon as they have done their part ---- */

struct meeting {
    pthread_barrier_t barrier;
    sem_t met;
};
static struct meeting *volatile meetings[2]; /* by party */
static volatile int no_more_meetings;
static long met;

static void *meet(void *party)
{
    while (!no_more_meetings) {
        struct meeting *meeting =
            __atomic_exchange_n(&meetings[(intptr_t)party], NULL, __ATOMIC_SEQ_CST);
        if (!meeting) {
            sched_yield();
            continue;
        }
        int serial = pthread_barrier_wait(&meeting->barrier);
        if (serial == PTHREAD_BARRIER_SERIAL_THREAD) {
            CHECK(pthread_barrier_destroy(&meeting->barrier) == 0);
            memset(&meeting->barrier, 0xa5, sizeof meeting->barrier);
            CHECK(sem_post(&meeting->met) == 0);
        }
    }
    return NULL;
}

static void *arrange_meetings(void *argument)
{
    while (!stop) {
        struct meeting *meeting = malloc(sizeof *meeting);
        CHECK(meeting != NULL && pthread_barrier_init(&meeting->barrier, NULL, 2) == 0);
        CHECK(sem_init(&meeting->met, 0, 0) == 0);
        meetings[0] = meetings[1] = meeting;
        while (sem_trywait(&meeting->met) < 0)
            sched_yield();
        CHECK(sem_destroy(&meeting->met) == 0);
        memset(meeting, 0x5a, sizeof *meeting);
        free(meeting);
        met++;
    }
    no_more_meetings = 1;
    return argument;
}

/* ---- cancellation, wherever they wait ---- */

static pthread_mutex_t never_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t never_sem;
static pthread_t sleeper;
static long cancelled, cleaned;

static void clean(void *argument)
{
    (void)argument;
    __atomic_add_fetch(&cleaned, 1, __ATOMIC_RELAXED);
}

static void unlock(void *argument)
{
    CHECK(pthread_mutex_unlock(argument) == 0);
}

static void wait_in_some_way(intptr_t way)
{
    sigset_t set;
    int signal;

    switch (way % 6) {
    case 0:
        for (;;)
            sleep(1000);
    case 1:
        for (;;)
            sem_wait(&never_sem);
    case 2:
        pthread_mutex_lock(&never_mutex);
        pthread_cleanup_push(unlock, &never_mutex);
        for (;;)
            pthread_cond_wait(&never, &never_mutex);
        pthread_cleanup_pop(1);
    case 3:
        sigemptyset(&set);
        sigaddset(&set, SIGUSR2);
        for (;;)
            sigwait(&set, &signal);
    case 4:
        pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
        for (volatile unsigned i = 0;; i++)
            ;
    default:
        pthread_join(sleeper, NULL);
    }
}

static void *victim(void *way)
{
    pthread_cleanup_push(clean, NULL);
    wait_in_some_way((intptr_t)way);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *cancel(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;
    pthread_t id;
    void *result;

    while (!stop) {
        CHECK(pthread_create(&id, NULL, victim, (void *)(intptr_t)(random_next(&random) % 6)) == 0);
        if (random_next(&random) % 2)
            usleep(random_next(&random) % 200);
        CHECK(pthread_cancel(id) == 0);
        CHECK(pthread_join(id, &result) == 0 && result == PTHREAD_CANCELED);
        cancelled++;
    }
    return NULL;
}

static void *sleep_until_cancelled(void *argument)
{
    for (;;)
        sleep(1000);
    return argument;
}

/* ---- signals: each that was queued arrives, with what came along ---- */

static volatile long alarms, kills_got;
static long queued, queued_sum, taken, taken_sum, kills;

static void note_alarm(int signal)
{
    (void)signal;
    __atomic_add_fetch(&alarms, 1, __ATOMIC_RELAXED);
}

static void note_kill(int signal)
{
    (void)signal;
    __atomic_add_fetch(&kills_got, 1, __ATOMIC_RELAXED);
}

static void *queue_signals(void *argument)
{
    unsigned random = (unsigned)(intptr_t)argument;

    while (!stop) {
        union sigval value = {.sival_int = (int)random_next(&random)};
        if (sigqueue(getpid(), SIGRTMIN + 1, value) == 0) {
            queued++;
            queued_sum += value.sival_int;
        } else {
            CHECK(errno == EAGAIN);
            sched_yield();
        }
        CHECK(pthread_kill(ids[random_next(&random) % 4], SIGUSR1) == 0);
        kills++;
    }
    return NULL;
}

static void *take_signals(void *argument)
{
    struct timespec patience = {.tv_nsec = 200000000};
    sigset_t set;
    siginfo_t info;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    for (;;) {
        if (sigtimedwait(&set, &info, &patience) < 0) {
            CHECK(errno == EAGAIN || errno == EINTR);
            if (errno == EAGAIN && stop)
                return argument;
            continue;
        }
        CHECK(info.si_code == SI_QUEUE);
        taken++;
        taken_sum += info.si_value.sival_int;
    }
}

static void signals_start(void)
{
    struct sigaction action = {.sa_handler = note_alarm, .sa_flags = SA_RESTART};
    struct itimerval often = {{.tv_usec = 5000}, {.tv_usec = 5000}};
    sigset_t set;

    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    action.sa_handler = note_kill;
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGUSR2);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
}

static void everybody_starts(void)
{
    sem_init(&never_sem, 0, 0);
    for (int i = 0; i < ACCOUNTS; i++) {
        pthread_mutex_init(&accounts[i].mutex, NULL);
        accounts[i].money = MONEY;
    }
    queue.producers = 2;
    signals_start();
    for (intptr_t i = 0; i < 4; i++)
        start(transfer, i + 1);
    for (intptr_t i = 0; i < 2; i++) {
        start(produce, i + 11);
        start(consume, i);
        start(read_and_write, i + 21);
        start(compute, i);
        start(come, i + 31);
    }
    CHECK(pthread_create(&sleeper, NULL, sleep_until_cancelled, NULL) == 0);
    start(meet, 0);
    start(meet, 1);
    start(arrange_meetings, 0);
    start(read_and_write, 23);
    start(cancel, 41);
    start(queue_signals, 51);
    start(take_signals, 0);
}

static void report(void)
{
    printf("transfers %ld (%ld in vain), things %lu, reads %ld, writes %ld, sums %ld\n", transfers,
           timeouts, queue.in, reads, writes, computed);
    printf("meetings %ld, threads %ld, cancelled %ld, signals queued %ld, sent to threads %ld, "
           "alarms %ld\n",
           met, came, cancelled, queued, kills, (long)alarms);
}

int main(int argc, char **argv)
{
    long seconds = argc > 1 ? atoi(argv[1]) : 2;
    struct itimerval no_more = {{0, 0}, {0, 0}};
    struct timespec end, now;

    everybody_starts();
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    do {
        sleep(1);
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec < end.tv_sec);
    stop = 1;
    for (unsigned i = 0; i < threads; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &no_more, NULL) == 0);
    CHECK(pthread_cancel(sleeper) == 0 && pthread_join(sleeper, NULL) == 0);
    report();
    accounts_check();
    CHECK(queue.in == queue.out && queue.in_sum == queue.out_sum);
    CHECK(left == right && left == writes);
    CHECK(cleaned == cancelled);
    CHECK(queued == taken && queued_sum == taken_sum);
    CHECK(kills_got > 0 && kills_got <= kills && alarms >= seconds * 20);
    long least = seconds * 5;
    CHECK(transfers > least && queue.in > (unsigned long)least && reads > least && writes > least);
    CHECK(came > least && cancelled > least && queued > least && computed > least &&
          met > least / 2);
    return success();
}
