/* SPDX-License-Identifier: MIT
 *
 * Time. Nothing is measured before the first question is asked.
 */
#ifndef KERNEL_TIME_H
#define KERNEL_TIME_H

#include <stdint.h>

uint64_t clock_monotonic_ns(void); /* since boot */
uint64_t clock_realtime_ns(void);  /* since 1970 */
void clock_sleep_ns(uint64_t duration_ns);

#endif
