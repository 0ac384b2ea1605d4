/* SPDX-License-Identifier: MIT
 *
 * Priorities and what they do to mutexes and locks, mutexes whose owner ends, timers
 * that count, and a clock that is set. Sets the clock of where it runs.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define MS_NS 1000000

static char story[64]; /* who did something, in order */
static volatile int stop;

static void tell(char who)
{
    size_t length = strlen(story);

    CHECK(length + 1 < sizeof story);
    story[length] = who;
}

static pthread_t start(int policy, int priority, void *(*function)(void *), void *argument)
{
    struct sched_param param = {.sched_priority = priority};
    pthread_attr_t attr;
    pthread_t id;

    CHECK(pthread_attr_init(&attr) == 0);
    CHECK(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED) == 0);
    CHECK(pthread_attr_setschedpolicy(&attr, policy) == 0);
    CHECK(pthread_attr_setschedparam(&attr, &param) == 0);
    CHECK(pthread_create(&id, &attr, function, argument) == 0);
    return id;
}

static void priority_set(int priority)
{
    struct sched_param param = {.sched_priority = priority};

    CHECK(pthread_setschedparam(pthread_self(), priority ? SCHED_FIFO : SCHED_OTHER, &param) == 0);
}

static struct timespec from_now(clockid_t clock, long seconds)
{
    struct timespec time;

    CHECK(clock_gettime(clock, &time) == 0);
    time.tv_sec += seconds;
    return time;
}

static void work_ms(int ms)
{
    struct timespec start_time, now;

    clock_gettime(CLOCK_MONOTONIC, &start_time);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - start_time.tv_sec) * 1000 + (now.tv_nsec - start_time.tv_nsec) / MS_NS <
           ms);
}

static void *tell_work_tell(void *who)
{
    tell(*(char *)who);
    work_ms(60);
    tell(*(char *)who);
    return NULL;
}

/* First in, first out: no turns, and who was preempted goes on before its equals. */
static void order_of_equals(void)
{
    struct timespec nap = {.tv_nsec = 20 * MS_NS};
    pthread_t a, b;

    memset(story, 0, sizeof story);
    priority_set(50);
    a = start(SCHED_FIFO, 10, tell_work_tell, "a");
    b = start(SCHED_FIFO, 10, tell_work_tell, "b");
    nanosleep(&nap, NULL); /* it comes back while a is at work */
    tell('m');
    CHECK(pthread_join(a, NULL) == 0 && pthread_join(b, NULL) == 0);
    CHECK_TEXT(story, "amabb");
    memset(story, 0, sizeof story);
    a = start(SCHED_RR, 10, tell_work_tell, "a");
    b = start(SCHED_RR, 10, tell_work_tell, "b");
    CHECK(pthread_join(a, NULL) == 0 && pthread_join(b, NULL) == 0);
    CHECK_TEXT(story, "abab");
    priority_set(0);
}

static pthread_mutex_t mutex;

static void mutex_make(int protocol, int ceiling, int robust)
{
    pthread_mutexattr_t attr;

    CHECK(pthread_mutexattr_init(&attr) == 0);
    CHECK(pthread_mutexattr_setprotocol(&attr, protocol) == 0);
    if (ceiling)
        CHECK(pthread_mutexattr_setprioceiling(&attr, ceiling) == 0);
    CHECK(pthread_mutexattr_setrobust(&attr, robust) == 0);
    CHECK(pthread_mutex_init(&mutex, &attr) == 0);
}

static void *low(void *argument)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    sem_post(argument);
    work_ms(30);
    tell('l');
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    tell('L');
    return NULL;
}

static void *middle(void *argument)
{
    work_ms(60);
    tell('m');
    return argument;
}

static void *high(void *argument)
{
    CHECK(pthread_mutex_lock(&mutex) == 0);
    tell('h');
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return argument;
}

/* Without inheritance, who has the mutex waits for the one in the middle. */
static void inheritance(int protocol, const char *wanted)
{
    pthread_t id[3];
    sem_t taken;

    memset(story, 0, sizeof story);
    mutex_make(protocol, 0, PTHREAD_MUTEX_STALLED);
    CHECK(sem_init(&taken, 0, 0) == 0);
    priority_set(50);
    id[0] = start(SCHED_FIFO, 10, low, &taken);
    CHECK(sem_wait(&taken) == 0);
    id[1] = start(SCHED_FIFO, 20, middle, NULL);
    id[2] = start(SCHED_FIFO, 30, high, NULL);
    for (int i = 0; i < 3; i++)
        CHECK(pthread_join(id[i], NULL) == 0);
    CHECK_TEXT(story, wanted);
    priority_set(0);
    CHECK(pthread_mutex_destroy(&mutex) == 0);
}

static void ceiling(void)
{
    struct sched_param param;
    int policy, before;
    pthread_t id;

    memset(story, 0, sizeof story);
    mutex_make(PTHREAD_PRIO_PROTECT, 30, PTHREAD_MUTEX_STALLED);
    priority_set(10);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    id = start(SCHED_FIFO, 20, middle, NULL); /* it would run now, were it not for the mutex */
    tell('l');
    CHECK(pthread_getschedparam(pthread_self(), &policy, &param) == 0);
    CHECK(param.sched_priority == 10);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    tell('L');
    CHECK(pthread_join(id, NULL) == 0);
    CHECK_TEXT(story, "lmL");
    CHECK(pthread_mutex_setprioceiling(&mutex, 5, &before) == 0 && before == 30);
    CHECK(pthread_mutex_lock(&mutex) == EINVAL);
    priority_set(0);
    CHECK(pthread_mutex_destroy(&mutex) == 0);
}

static void *end_with_it(void *argument)
{
    CHECK(pthread_mutex_lock(&mutex) == (int)(intptr_t)argument);
    return NULL;
}

static void *wait_for_it(void *argument)
{
    (void)argument;
    return (void *)(intptr_t)pthread_mutex_lock(&mutex);
}

static void outlive(void)
{
    pthread_t id, waiting;
    void *result;

    mutex_make(PTHREAD_PRIO_NONE, 0, PTHREAD_MUTEX_ROBUST);
    CHECK(pthread_create(&id, NULL, end_with_it, NULL) == 0 && pthread_join(id, NULL) == 0);
    CHECK(pthread_mutex_trylock(&mutex) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&mutex) == 0 && pthread_mutex_consistent(&mutex) == EINVAL);
    CHECK(pthread_create(&waiting, NULL, end_with_it, NULL) == 0);
    usleep(1000);
    CHECK(pthread_mutex_unlock(&mutex) == 0 && pthread_join(waiting, NULL) == 0);
    CHECK(pthread_mutex_lock(&mutex) == EOWNERDEAD);
    CHECK(pthread_create(&waiting, NULL, wait_for_it, NULL) == 0);
    usleep(1000);
    CHECK(pthread_mutex_unlock(&mutex) == 0); /* and nobody made it consistent */
    CHECK(pthread_join(waiting, &result) == 0 && (intptr_t)result == ENOTRECOVERABLE);
    CHECK(pthread_mutex_lock(&mutex) == ENOTRECOVERABLE);
    CHECK(pthread_mutex_destroy(&mutex) == 0);
}

/* Who gives a mutex back and takes it again at once does not keep others out. */
static void *take_and_give(void *argument)
{
    while (!stop) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        ++*(int *)argument;
        sched_yield();
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return NULL;
}

static void fairness(void)
{
    int counts[2] = {0};
    pthread_t id[2];

    CHECK(pthread_mutex_init(&mutex, NULL) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_create(&id[i], NULL, take_and_give, &counts[i]) == 0);
    usleep(100000);
    stop = 1;
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(id[i], NULL) == 0);
    CHECK(counts[0] > 100 && counts[1] > 100);
    CHECK(counts[0] / counts[1] < 4 && counts[1] / counts[0] < 4);
    stop = 0;
}

static pthread_rwlock_t rwlock;

static void *write_once(void *argument)
{
    CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
    tell('w');
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    return argument;
}

/* A reader does not pass a writer that waits, where that is asked for. */
static void readers_and_writers(void)
{
    struct timespec past = {.tv_sec = 1};
    pthread_rwlockattr_t attr;
    pthread_t id;

    CHECK(pthread_rwlockattr_init(&attr) == 0);
    for (int kind = PTHREAD_RWLOCK_PREFER_READER_NP; kind < 3; kind++) {
        bool passes = kind != PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
        memset(story, 0, sizeof story);
        CHECK(pthread_rwlockattr_setkind_np(&attr, kind) == 0);
        CHECK(pthread_rwlock_init(&rwlock, &attr) == 0);
        CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
        CHECK(pthread_create(&id, NULL, write_once, NULL) == 0);
        usleep(1000);
        CHECK(pthread_rwlock_tryrdlock(&rwlock) == (passes ? 0 : EBUSY));
        CHECK(pthread_rwlock_timedwrlock(&rwlock, &past) == ETIMEDOUT);
        tell('r');
        CHECK(pthread_rwlock_unlock(&rwlock) == 0);
        if (passes)
            CHECK(pthread_rwlock_unlock(&rwlock) == 0);
        CHECK(pthread_join(id, NULL) == 0);
        CHECK_TEXT(story, "rw");
        CHECK(pthread_rwlock_destroy(&rwlock) == 0);
    }
}

static volatile sig_atomic_t got;

static void note(int signal)
{
    (void)signal;
    got++;
}

static void overruns(void)
{
    struct itimerspec often = {.it_value = {.tv_nsec = MS_NS}, .it_interval = {.tv_nsec = MS_NS}};
    struct itimerspec never = {.it_value = {0, 0}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    sigset_t set;
    siginfo_t info;
    timer_t timer;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &often, NULL) == 0);
    work_ms(51);
    CHECK(timer_getoverrun(timer) == 0);
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_code == SI_TIMER);
    CHECK(timer_getoverrun(timer) >= 48 && timer_getoverrun(timer) == info.si_overrun);
    CHECK(timer_settime(timer, 0, &never, NULL) == 0);
    CHECK(timer_delete(timer) == 0);
}

static void processor_time(void)
{
    struct itimerval soon = {.it_value = {.tv_usec = 20000}};
    struct timespec nap = {.tv_nsec = 60 * MS_NS};

    CHECK(signal(SIGVTALRM, note) != SIG_ERR);
    got = 0;
    CHECK(setitimer(ITIMER_VIRTUAL, &soon, NULL) == 0);
    CHECK(nanosleep(&nap, NULL) == 0 && got == 0);
    work_ms(40);
    CHECK(got == 1);
}

static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static void *wait_a_hundred(void *argument)
{
    struct timespec then = from_now(CLOCK_REALTIME, 100);

    if (argument)
        return (void *)(intptr_t)clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &then, NULL);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    intptr_t result = pthread_cond_timedwait(&cond, &mutex, &then);
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return (void *)result;
}

/* Absolute waits end by the clock that was set; the monotonic one goes on. */
static void clock_is_set(void)
{
    struct timespec before, later, now;
    pthread_t id[2];
    void *result[2];

    CHECK(pthread_mutex_init(&mutex, NULL) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
    for (intptr_t i = 0; i < 2; i++)
        CHECK(pthread_create(&id[i], NULL, wait_a_hundred, (void *)i) == 0);
    usleep(10000);
    later = from_now(CLOCK_REALTIME, 200);
    CHECK(clock_settime(CLOCK_REALTIME, &later) == 0);
    for (int i = 0; i < 2; i++)
        CHECK(pthread_join(id[i], &result[i]) == 0);
    CHECK((intptr_t)result[0] == ETIMEDOUT && result[1] == NULL);
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0 && now.tv_sec - later.tv_sec <= 5);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec - before.tv_sec <= 50);
    CHECK(clock_settime(CLOCK_MONOTONIC, &now) == -1 && errno == EINVAL);
}

int main(void)
{
    order_of_equals();
    inheritance(PTHREAD_PRIO_NONE, "mlhL");
    inheritance(PTHREAD_PRIO_INHERIT, "lhmL");
    ceiling();
    outlive();
    fairness();
    readers_and_writers();
    overruns();
    processor_time();
    clock_is_set();
    return success();
}
