/* SPDX-License-Identifier: MIT
 *
 * A number for each thread that asks; the main thread's is the process's.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "kernel/thread.h"

pid_t gettid(void)
{
    static _Thread_local pid_t own;
    static atomic_int last = 1;

    if (!own)
        own = thread_self()->stack_start ? ++last : getpid();
    return own;
}
