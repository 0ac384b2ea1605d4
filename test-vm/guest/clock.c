/* SPDX-License-Identifier: MIT
 *
 * Time: monotonic never goes back, sleeping takes at least as long as asked,
 * the date is the host's (argument: the host's seconds since 1970 at start).
 * Nothing here depends on how fast the machine is.
 */
#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;

    CHECK(clock_gettime(clock, &now) == 0);
    CHECK(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sleeping(void)
{
    const struct timespec nap = {.tv_nsec = 50 * 1000 * 1000};
    int64_t start_ns = now_ns(CLOCK_MONOTONIC);

    CHECK(nanosleep(&nap, NULL) == 0);
    CHECK(now_ns(CLOCK_MONOTONIC) - start_ns >= nap.tv_nsec);
    start_ns = now_ns(CLOCK_MONOTONIC);
    CHECK(usleep(20000) == 0);
    CHECK(now_ns(CLOCK_MONOTONIC) - start_ns >= 20 * 1000 * 1000);
}

/* One reading of the real clock between two of the monotonic one: whatever stops
 * the guest in between is seen by both. */
struct reading {
    int64_t before_ns, real_ns, after_ns;
};

static struct reading read_both(void)
{
    struct reading r;

    r.before_ns = now_ns(CLOCK_MONOTONIC);
    r.real_ns = now_ns(CLOCK_REALTIME);
    r.after_ns = now_ns(CLOCK_MONOTONIC);
    return r;
}

int main(int argc, char **argv)
{
    struct reading first = read_both();
    int64_t last_ns = first.after_ns;

    for (int i = 0; i < 20000; i++) {
        int64_t ns = now_ns(CLOCK_MONOTONIC);

        CHECK(ns >= last_ns);
        last_ns = ns;
    }
    CHECK(last_ns > first.after_ns);
    sleeping();

    /* The two clocks run at one rate. */
    struct reading second = read_both();
    int64_t passed_real_ns = second.real_ns - first.real_ns;
    CHECK(passed_real_ns >= second.before_ns - first.after_ns);
    CHECK(passed_real_ns <= second.after_ns - first.before_ns);

    struct timeval day;
    struct timezone zone = {1, 1};
    CHECK(gettimeofday(&day, NULL) == 0 && gettimeofday(NULL, &zone) == 0);
    CHECK(zone.tz_minuteswest == 0 && zone.tz_dsttime == 0);
    CHECK(time(NULL) - day.tv_sec <= 1);
    if (argc > 1) {
        long long apart_s = (long long)day.tv_sec - atoll(argv[1]);
        printf("the host's date is %lld s behind\n", apart_s);
        CHECK(apart_s >= -2 && apart_s < 120);
    }
    CHECK(clock() != (clock_t)-1);
    return success();
}
