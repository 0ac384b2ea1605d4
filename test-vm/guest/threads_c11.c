/* SPDX-License-Identifier: MIT
 *
 * The threads of ISO C.
 */
#include <threads.h>
#include <time.h>
#include "check.h"

static mtx_t lock;
static cnd_t changed;
static once_flag once = ONCE_FLAG_INIT;
static tss_t slot;
static thread_local int own;
static int count, initialised, dropped;

static void initialise(void)
{
    initialised++;
}

static void drop(void *value)
{
    dropped += *(int *)value;
}

static int add(void *argument)
{
    static int one = 1;

    call_once(&once, initialise);
    CHECK(tss_set(slot, &one) == thrd_success && tss_get(slot) == &one);
    for (int i = 0; i < 1000; i++) {
        CHECK(mtx_lock(&lock) == thrd_success);
        count++, own++;
        CHECK(cnd_signal(&changed) == thrd_success && mtx_unlock(&lock) == thrd_success);
        if (i % 100 == 0)
            thrd_yield();
    }
    CHECK(own == 1000);
    return *(int *)argument;
}

int main(void)
{
    thrd_t threads[4];
    struct timespec when;
    int status, wanted = -3;

    CHECK(mtx_init(&lock, mtx_timed | mtx_recursive) == thrd_success);
    CHECK(cnd_init(&changed) == thrd_success && tss_create(&slot, drop) == thrd_success);
    for (int i = 0; i < 4; i++)
        CHECK(thrd_create(&threads[i], add, &wanted) == thrd_success);
    CHECK(mtx_lock(&lock) == thrd_success && mtx_lock(&lock) == thrd_success);
    CHECK(mtx_unlock(&lock) == thrd_success);
    while (count < 4000)
        CHECK(cnd_wait(&changed, &lock) == thrd_success);
    CHECK(clock_gettime(CLOCK_REALTIME, &when) == 0);
    CHECK(cnd_timedwait(&changed, &lock, &when) == thrd_timedout);
    CHECK(mtx_unlock(&lock) == thrd_success);
    for (int i = 0; i < 4; i++)
        CHECK(thrd_join(threads[i], &status) == thrd_success && status == wanted);
    CHECK(initialised == 1 && dropped == 4 && own == 0);
    CHECK(thrd_sleep(&(struct timespec){.tv_nsec = 1000000}, NULL) == 0);
    return success();
}
