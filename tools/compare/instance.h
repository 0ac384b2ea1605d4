/* SPDX-License-Identifier: MIT
 *
 * One running copy of a program, however it runs: a process of ours whose output
 * is read and stamped with the time it came.
 */
#ifndef THIMBLE_COMPARE_INSTANCE_H
#define THIMBLE_COMPARE_INSTANCE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "tools/frame.h"
#include "tools/text.h"

#define INSTANCE_TEXT_BYTES 65536

struct instance {
    /* set by who starts it */
    pid_t pid;         /* the child that ends when it ends */
    int output;        /* to read from */
    const char *mark;  /* bytes of the guest's own that come before the program's; or NULL */
    const char *ready; /* the text that means ready; NULL: the first byte */
    bool framed;       /* the console's frames (kernel/abi/console.h) are taken out */
    int ticket;        /* the guardian's */
    /* where it is asked over the network */
    uint16_t served_port;   /* of 127.0.0.1 */
    pid_t network_of;       /* in the network of that process; 0: in ours */
    bool network_inside;    /* in the container's own */
    const char *reached_by; /* for reports: "the host's network" */
    void *container;        /* an engine's, or NULL */
    /* what was seen; nanoseconds of the monotonic clock, 0: not yet */
    int64_t start_ns, mark_ns, ready_ns, end_ns;
    int status; /* at the end: as a shell says it */
    struct deframer deframer;
    size_t begin; /* where in text the program's own output begins */
    size_t size;  /* bytes in text */
    char text[INSTANCE_TEXT_BYTES + 1];
};

/* Somebody wants the comparison to stop (SIGINT, SIGTERM, SIGHUP). */
extern volatile sig_atomic_t interrupted;

int64_t clock_now_ns(void);
void clock_sleep_ms(unsigned ms); /* ends early when interrupted */

struct instance *instance_new(const char *mark, const char *ready);

/* Starts argv in a process group of its own that dies with us; both outputs are
 * the instance's. 0, or -1 after setting instance->text to the reason. */
int instance_spawn(struct instance *instance, const struct strings *argv);

/* The end of a pipe that the program writes to; the other end is the instance's. */
int instance_pipe(struct instance *instance);

enum wait_for { WAIT_READY, WAIT_END, WAIT_TEXT };

/* Reads all of them until each is ready (or has ended), or all have ended, or
 * one's output holds `text` (NULL: anything), or the deadline is over or we are interrupted.
 * Returns how many got there. */
size_t instances_wait(struct instance **list, size_t count, enum wait_for what, const char *text,
                      double deadline_s);
bool instance_wait(struct instance *instance, enum wait_for what, const char *text,
                   double deadline_s);

/* For instances that are plain processes: makes it end, collects its status. */
void instance_end(struct instance *instance, int patience_ms);

const char *instance_output(const struct instance *instance);    /* the program's own */
const char *instance_last_line(const struct instance *instance); /* for messages; "" when none */
double instance_ready_ms(const struct instance *instance);

#endif
