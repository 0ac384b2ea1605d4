/* SPDX-License-Identifier: MIT
 *
 * A server's clients: the first answer of one that starts, and load.
 */
#ifndef THIMBLE_COMPARE_LOAD_H
#define THIMBLE_COMPARE_LOAD_H

#include <netinet/in.h>

#include "exchange.h"

struct load_figures {
    double per_second, p50_ms, p99_ms;
    const char *trouble; /* or NULL */
};

/* Asks again and again until an answer has come; -1: none did in time. Who waited for one
 * connection would wait for the kernel's next attempt, so that a new one is made every few
 * milliseconds. `stop` ends it early when it is not 0. */
int first_answer(const struct sockaddr_in *to, const struct exchange *exchange, double deadline_s,
                 const volatile int *stop);

/* So many connections that are kept, a request on each at any time. */
struct load_figures load_run(const struct sockaddr_in *to, const struct exchange *exchange,
                             unsigned connections, double seconds);

#endif
