/* SPDX-License-Identifier: MIT
 *
 * POSIX threads: they come and go, keep their own data, wait for each other in every
 * way there is, and are preempted without losing a register.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

#define WORKERS 8
#define ROUNDS  20000

static _Thread_local int own = 7;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;
static volatile int stop;

static void *identity(void *argument)
{
    CHECK(own == 7);
    own = (int)(intptr_t)argument;
    errno = own;
    sched_yield();
    CHECK(own == (int)(intptr_t)argument && errno == own);
    return argument;
}

static void come_and_go(void)
{
    pthread_t id[WORKERS];
    void *result;

    for (intptr_t i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&id[i], NULL, identity, (void *)i) == 0);
    for (intptr_t i = 0; i < WORKERS; i++) {
        CHECK(pthread_join(id[i], &result) == 0);
        CHECK((intptr_t)result == i);
    }
    CHECK(own == 7);
    CHECK(pthread_join(pthread_self(), NULL) == EDEADLK);
    for (int i = 0; i < 2000; i++) {
        CHECK(pthread_create(&id[0], NULL, identity, NULL) == 0);
        CHECK(i % 2 ? pthread_join(id[0], NULL) == 0 : pthread_detach(id[0]) == 0);
    }
}

static void *count(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        long before = counter;
        if (i % 64 == 0)
            sched_yield();
        counter = before + 1;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return argument;
}

static void mutual_exclusion(void)
{
    pthread_t id[WORKERS];

    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&id[i], NULL, count, NULL) == 0);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_join(id[i], NULL) == 0);
    CHECK(counter == (long)WORKERS * ROUNDS);
}

static void mutex_kinds(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t m;
    struct timespec soon;

    CHECK(pthread_mutexattr_init(&attr) == 0);
    CHECK(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE) == 0);
    CHECK(pthread_mutex_init(&m, &attr) == 0);
    CHECK(pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == 0);
    CHECK(pthread_mutex_trylock(&m) == 0);
    CHECK(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
    CHECK(pthread_mutex_destroy(&m) == EBUSY);
    CHECK(pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == EPERM);
    CHECK(pthread_mutex_destroy(&m) == 0);
    CHECK(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK) == 0);
    CHECK(pthread_mutex_init(&m, &attr) == 0);
    CHECK(pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == EDEADLK);
    CHECK(pthread_mutex_trylock(&m) == EBUSY && pthread_mutex_unlock(&m) == 0);
    CHECK(pthread_mutex_unlock(&m) == EPERM);

    pthread_mutex_t normal = PTHREAD_MUTEX_INITIALIZER;
    CHECK(pthread_mutex_lock(&normal) == 0);
    CHECK(clock_gettime(CLOCK_REALTIME, &soon) == 0);
    if ((soon.tv_nsec += 20000000) >= 1000000000)
        soon.tv_sec++, soon.tv_nsec -= 1000000000;
    CHECK(pthread_mutex_timedlock(&normal, &soon) == ETIMEDOUT);
}

/* One at a time: each turn is handed over through the condition. */
static int turn;

static void *take_turns(void *argument)
{
    int mine = (int)(intptr_t)argument;

    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != mine)
            CHECK(pthread_cond_wait(&cond, &mutex) == 0);
        turn = (turn + 1) % WORKERS;
        pthread_cond_broadcast(&cond);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void conditions(void)
{
    pthread_t id[WORKERS];
    struct timespec soon;
    pthread_condattr_t attr;
    pthread_cond_t steady;

    for (intptr_t i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&id[i], NULL, take_turns, (void *)i) == 0);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_join(id[i], NULL) == 0);

    CHECK(pthread_condattr_init(&attr) == 0);
    CHECK(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
    CHECK(pthread_cond_init(&steady, &attr) == 0);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &soon) == 0);
    if ((soon.tv_nsec += 30000000) >= 1000000000)
        soon.tv_sec++, soon.tv_nsec -= 1000000000;
    pthread_mutex_lock(&mutex);
    CHECK(pthread_cond_timedwait(&steady, &mutex, &soon) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    CHECK(now.tv_sec > soon.tv_sec || (now.tv_sec == soon.tv_sec && now.tv_nsec >= soon.tv_nsec));
}

/* Nobody yields here: without preemption the main thread would not come back. */
static void *compute(void *argument)
{
    double seed = (double)(intptr_t)argument + 0.5;
    double a = seed, b = seed * 3, c = seed * 5, d = seed * 7;

    while (!stop) {
        a = a * 1.0000001 + 1, b = b * 1.0000001 + 1, c = c * 1.0000001 + 1;
        d = d * 1.0000001 + 1;
        double check = seed;
        for (int i = 0; i < 50; i++)
            check = check * 1.5 - check * 0.5;
        CHECK(check == seed);
        a -= a, b -= b, c -= c, d -= d;
        CHECK(a == 0 && b == 0 && c == 0 && d == 0);
        a = seed, b = seed * 3, c = seed * 5, d = seed * 7;
    }
    return NULL;
}

static void preemption(void)
{
    pthread_t id[4];
    struct timespec nap = {.tv_nsec = 300000000};

    for (intptr_t i = 0; i < 4; i++)
        CHECK(pthread_create(&id[i], NULL, compute, (void *)i) == 0);
    CHECK(nanosleep(&nap, NULL) == 0);
    stop = 1;
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(id[i], NULL) == 0);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static pthread_spinlock_t spin;
static int readers, written;

static void *read_and_write(void *argument)
{
    int serial = pthread_barrier_wait(&barrier);

    for (int i = 0; i < 2000; i++) {
        if (i % 8) {
            CHECK(pthread_rwlock_rdlock(&rwlock) == 0);
            __atomic_add_fetch(&readers, 1, __ATOMIC_SEQ_CST);
            int seen = written;
            if (i % 32 == 1)
                sched_yield();
            CHECK(seen == written);
            __atomic_sub_fetch(&readers, 1, __ATOMIC_SEQ_CST);
        } else {
            CHECK(pthread_rwlock_wrlock(&rwlock) == 0);
            CHECK(readers == 0);
            written++;
        }
        CHECK(pthread_rwlock_unlock(&rwlock) == 0);
    }
    CHECK(pthread_spin_lock(&spin) == 0);
    counter++;
    CHECK(pthread_spin_unlock(&spin) == 0);
    (void)argument;
    return serial == PTHREAD_BARRIER_SERIAL_THREAD ? (void *)1 : NULL;
}

static void other_locks(void)
{
    pthread_t id[WORKERS];
    intptr_t serial = 0;

    counter = 0;
    CHECK(pthread_barrier_init(&barrier, NULL, WORKERS) == 0);
    CHECK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE) == 0);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&id[i], NULL, read_and_write, NULL) == 0);
    for (int i = 0; i < WORKERS; i++) {
        void *result;
        CHECK(pthread_join(id[i], &result) == 0);
        serial += (intptr_t)result;
    }
    CHECK(serial == 1 && counter == WORKERS && written == WORKERS * 250);
    CHECK(pthread_rwlock_rdlock(&rwlock) == 0 && pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0 && pthread_rwlock_trywrlock(&rwlock) == 0);
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == EBUSY && pthread_rwlock_wrlock(&rwlock) == EDEADLK);
    CHECK(pthread_rwlock_unlock(&rwlock) == 0);
}

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int once_count, destroyed;

static void destructor(void *value)
{
    destroyed += *(int *)value;
}

static void only_once(void)
{
    once_count++;
}

static void *with_key(void *argument)
{
    pthread_once(&once, only_once);
    CHECK(pthread_getspecific(key) == NULL);
    CHECK(pthread_setspecific(key, argument) == 0);
    sched_yield();
    CHECK(pthread_getspecific(key) == argument);
    pthread_exit(argument);
}

static void keys(void)
{
    pthread_t id[WORKERS];
    int one = 1;

    CHECK(pthread_key_create(&key, destructor) == 0);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_create(&id[i], NULL, with_key, &one) == 0);
    for (int i = 0; i < WORKERS; i++)
        CHECK(pthread_join(id[i], NULL) == 0);
    CHECK(destroyed == WORKERS && once_count == 1);
    CHECK(pthread_key_delete(key) == 0 && pthread_setspecific(key, &one) == EINVAL);
}

static sem_t sem;
static int cleaned;

static void clean(void *argument)
{
    cleaned += (int)(intptr_t)argument;
}

static void unlock(void *argument)
{
    pthread_mutex_unlock(argument);
}

static void *wait_forever(void *argument)
{
    pthread_cleanup_push(clean, (void *)1);
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    if (argument)
        for (;;)
            sleep(1000);
    for (;;)
        pthread_cond_wait(&cond, &mutex);
    pthread_cleanup_pop(1);
    pthread_cleanup_pop(0);
    return NULL;
}

static void *spin_forever(void *argument)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    sem_post(&sem);
    for (;;)
        *(volatile int *)argument += 1;
    return NULL;
}

static void cancellation(void)
{
    static int spins;
    pthread_t id;
    void *result;

    CHECK(sem_init(&sem, 0, 0) == 0);
    for (intptr_t kind = 0; kind < 2; kind++) {
        CHECK(pthread_create(&id, NULL, wait_forever, (void *)kind) == 0);
        usleep(1000);
        CHECK(pthread_cancel(id) == 0);
        CHECK(pthread_join(id, &result) == 0 && result == PTHREAD_CANCELED);
        CHECK(cleaned == kind + 1);
        CHECK(pthread_mutex_trylock(&mutex) == 0 && pthread_mutex_unlock(&mutex) == 0);
    }
    CHECK(pthread_create(&id, NULL, spin_forever, &spins) == 0);
    CHECK(sem_wait(&sem) == 0);
    CHECK(pthread_cancel(id) == 0);
    CHECK(pthread_join(id, &result) == 0 && result == PTHREAD_CANCELED);
}

static void semaphores(void)
{
    struct timespec past = {.tv_sec = 1};
    int value;

    CHECK(sem_trywait(&sem) == -1 && errno == EAGAIN);
    CHECK(sem_timedwait(&sem, &past) == -1 && errno == ETIMEDOUT);
    sem_t *named = sem_open("/a", O_CREAT | O_EXCL, 0600, 2);
    CHECK(named != SEM_FAILED && sem_open("/a", 0) == named);
    CHECK(sem_open("/a", O_CREAT | O_EXCL, 0600, 2) == SEM_FAILED && errno == EEXIST);
    CHECK(sem_wait(named) == 0 && sem_getvalue(named, &value) == 0 && value == 1);
    CHECK(sem_close(named) == 0 && sem_unlink("/a") == 0 && sem_close(named) == 0);
    CHECK(sem_open("/a", 0) == SEM_FAILED && errno == ENOENT);
}

static void names(void)
{
    char name[16];

    CHECK(pthread_getname_np(pthread_self(), name, sizeof name) == 0);
    CHECK(pthread_setname_np(pthread_self(), "a thread") == 0);
    CHECK(pthread_getname_np(pthread_self(), name, sizeof name) == 0);
    CHECK_TEXT(name, "a thread");
    CHECK(pthread_setname_np(pthread_self(), "a name of more than fifteen") == ERANGE);
}

int main(void)
{
    come_and_go();
    mutual_exclusion();
    mutex_kinds();
    conditions();
    preemption();
    other_locks();
    keys();
    cancellation();
    semaphores();
    names();
    return success();
}
