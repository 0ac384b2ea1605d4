/* SPDX-License-Identifier: MIT
 *
 * The types of POSIX threads. What is declared with = {0}, or lies in zeroed
 * memory, is ready for use.
 */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <stddef.h>
#include <sys/_types.h>
#include <sys/sched.h>

typedef unsigned long pthread_t; /* 0: no thread */

/* Who waits: struct wait_queue of the kernel. */
struct __pthread_queue {
    void *__first, *__last;
};

typedef struct {
    void *__stack;
    size_t __stack_bytes, __guard_bytes;
    int __detached, __inherit, __policy, __scope;
    struct sched_param __param;
} pthread_attr_t;

typedef struct {
    unsigned __word; /* 0 free, 1 taken; 2 and 3 taken, and somebody waits */
    unsigned __kind; /* type; robust and protocol above it */
    unsigned __depth;
    int __ceiling;
    pthread_t __owner;
    struct __pthread_queue __queue;
    void *__next; /* of those the owner has, when their kind asks for a list */
} pthread_mutex_t;

typedef struct {
    int __type, __shared, __robust, __protocol, __ceiling;
} pthread_mutexattr_t;

typedef struct {
    unsigned __turn;
    unsigned __waiters;
    int __clock; /* 0: CLOCK_REALTIME */
    struct __pthread_queue __queue;
} pthread_cond_t;

typedef struct {
    int __clock, __shared;
} pthread_condattr_t;

typedef struct {
    unsigned __turn;
    unsigned __readers;
    pthread_t __writer;
    struct __pthread_queue __queue, __writers; /* who waits to read, and to write */
    int __kind;
} pthread_rwlock_t;

typedef struct {
    int __shared, __kind;
} pthread_rwlockattr_t;

typedef struct {
    unsigned __turn;
    unsigned __count, __here, __leaving;
    struct __pthread_queue __queue;
} pthread_barrier_t;

typedef struct {
    int __shared;
} pthread_barrierattr_t;

typedef struct {
    unsigned __word;
} pthread_spinlock_t;

typedef unsigned pthread_once_t;

typedef unsigned pthread_key_t;

#define _PTHREAD_MUTEX_INITIALIZER                                                                 \
    {                                                                                              \
        0, 0, 0, 0, 0, {0, 0}, 0                                                                   \
    }
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP                                                     \
    {                                                                                              \
        0, 1, 0, 0, 0, {0, 0}, 0                                                                   \
    }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP                                                    \
    {                                                                                              \
        0, 2, 0, 0, 0, {0, 0}, 0                                                                   \
    }
#define _PTHREAD_COND_INITIALIZER                                                                  \
    {                                                                                              \
        0, 0, 0,                                                                                   \
        {                                                                                          \
            0, 0                                                                                   \
        }                                                                                          \
    }
#define _PTHREAD_RWLOCK_INITIALIZER                                                                \
    {                                                                                              \
        0, 0, 0, {0, 0}, {0, 0}, 0                                                                 \
    }
#define _PTHREAD_ONCE_INIT 0

#define PTHREAD_SCOPE_PROCESS   0
#define PTHREAD_SCOPE_SYSTEM    1
#define PTHREAD_INHERIT_SCHED   1
#define PTHREAD_EXPLICIT_SCHED  2
#define PTHREAD_CREATE_DETACHED 0
#define PTHREAD_CREATE_JOINABLE 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED  1

#define PTHREAD_MUTEX_NORMAL     0
#define PTHREAD_MUTEX_RECURSIVE  1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT    PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_STALLED    0
#define PTHREAD_MUTEX_ROBUST     1
#define PTHREAD_PRIO_NONE        0
#define PTHREAD_PRIO_INHERIT     1
#define PTHREAD_PRIO_PROTECT     2

/* Threads with other attributes than PTHREAD_STACK_MIN get 8 MiB, as on Linux:
 * only what is touched takes memory. */
#define PTHREAD_STACK_MIN             8192
#define PTHREAD_KEYS_MAX              128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_THREADS_MAX           32768

#endif
