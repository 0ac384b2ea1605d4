/* SPDX-License-Identifier: MIT
 *
 * Every limit of the glue in one place.
 */
#ifndef GLUE_PARAM_H
#define GLUE_PARAM_H

#define FD_MAX              65536 /* open descriptors, and so high setrlimit() goes */
#define FD_LIMIT_START      1024  /* so many before it */
#define TIMERS_MAX          35    /* of setitimer, three, and of timer_create */
#define SERVICE_STACK_BYTES 12000 /* of the timers' thread */
#define SIGNALS_QUEUED_MAX  64    /* with what was sent along */
#define FD_CONSOLE_END      3     /* descriptors below this are open at start */
#define LINK_DEPTH_MAX      40    /* symbolic links followed in one path: ELOOP beyond */
#define IOV_COUNT_MAX       1024
#define TICKS_PER_S         100          /* what times() counts in */
#define BLOCK_BYTES         4096         /* st_blksize: what stdio buffers */
#define LOCK_PATIENCE_NS    100000000ull /* for locks, of the thread that ends the program */
#define STACK_DEFAULT_BYTES                                                                        \
    0x7f0000 /* of a thread; with its data 8 MiB. Only what is touched takes memory */
#define DELAY_TIMER_MAX 0x7fffffff /* overruns that are counted */
#define TIMER_REST_NS   100000     /* between two signals of a timer, at least */

#endif
