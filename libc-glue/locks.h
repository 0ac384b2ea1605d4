/* SPDX-License-Identifier: MIT
 *
 * newlib's locks: of streams, of malloc, of the environment.
 */
#ifndef GLUE_LOCKS_H
#define GLUE_LOCKS_H

#include <stdbool.h>

#include "kernel/thread.h"

struct __lock {
    struct thread *owner; /* NULL: free */
    unsigned depth;       /* locked so many times more by the owner */
    unsigned waiting;
    struct wait_queue queue;
    struct __lock *next_free;
};

#endif
