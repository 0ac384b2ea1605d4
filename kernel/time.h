/* SPDX-License-Identifier: MIT
 *
 * Time. Nothing is measured before the first question is asked.
 */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdint.h>

void clock_prepare(void);          /* the time will be asked for */
uint64_t clock_monotonic_ns(void); /* since boot */
uint64_t clock_realtime_ns(void);  /* since 1970 */
void clock_realtime_set(uint64_t now_ns);
uint64_t clock_cycles_of_ns(uint64_t ns);
uint64_t clock_ns_of_cycles(uint64_t cycles); /* both: of a duration */

/* sched.c: not before due_ns of the monotonic clock */
void clock_sleep_until_ns(uint64_t due_ns);

#endif
