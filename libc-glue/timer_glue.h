/* SPDX-License-Identifier: MIT
 *
 * What the files of timers share.
 */
#ifndef GLUE_TIMER_GLUE_H
#define GLUE_TIMER_GLUE_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define ITIMERS 3 /* ITIMER_REAL and its two siblings */

/* timer_service.c. Changed with interrupts off. */
struct alarm {
    bool used;
    bool pending; /* its signal waits to be taken; what expires meanwhile is an overrun */
    clockid_t clock;
    struct sigevent event;
    uint64_t deadline;  /* of clock; 0: not armed */
    clockid_t counting; /* ... which for a time from now is CLOCK_MONOTONIC instead */
    uint64_t interval_ns;
    uint64_t rest_until_ns; /* of the monotonic clock */
    int missed, overruns;   /* of the signal to come, and of the last that was taken */
    pthread_attr_t attributes;
};
extern struct alarm alarms[]; /* TIMERS_MAX; the first are setitimer's */
/* To go off in or, if absolute, at value_ns of its clock; 0: never. */
int alarm_set(struct alarm *alarm, bool absolute, uint64_t value_ns, uint64_t interval_ns);
void alarm_stop(struct alarm *alarm);
uint64_t alarm_left_ns(const struct alarm *alarm);
/* signals.c says that the signal was taken, or that nobody will take it. */
void timer_signal_gone(siginfo_t *info, bool taken) __attribute__((weak));

#pragma GCC visibility pop

#endif
