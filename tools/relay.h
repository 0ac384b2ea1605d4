/* SPDX-License-Identifier: MIT
 *
 * Carries bytes between this program's standard streams and the guest's framed
 * console, until one of them ends.
 */
#ifndef THIMBLE_TOOLS_RELAY_H
#define THIMBLE_TOOLS_RELAY_H

#include <stdint.h>

#include "frame.h"

enum relay_end {
    RELAY_EXITED,  /* the program ended; deframer.status says how */
    RELAY_STOPPED, /* the guest's side was closed without a word */
    RELAY_TIMEOUT,
    RELAY_SIGNAL,   /* somebody wants us to stop, at once or again; see signal */
    RELAY_STUBBORN, /* the program did not end in time after the signal */
    RELAY_CLOSED,   /* nobody reads our output any more */
};

struct relay {
    /* set by the caller; the guest's ends do not block */
    int guest_input, guest_output, guest_errors;
    int signals;        /* a signalfd */
    int control;        /* to the guest's control port */
    int64_t timeout_ns; /* from the start; 0: none */
    int64_t grace_ns;   /* for a program that was asked to end */
    /* asked every few milliseconds at the start until it says true; NULL: nothing to do */
    bool (*chore)(const void *of);
    const void *chore_of;
    /* results */
    int signal;       /* the first that came, or 0 */
    char noise[2048]; /* the end of what came before the guest's start, see deframer.deaf */
    size_t noise_bytes;
    char errors[4096]; /* the start of what the hypervisor itself said */
    size_t errors_bytes;
    char report[1 << 16]; /* what it said when it crashed, to be explained; the start of it */
    size_t report_bytes;
    /* its own */
    struct deframer deframer;
    uint8_t received[1 << 16]; /* from the guest, framed */
    size_t received_start, received_end;
    uint8_t decoded[(1 << 16) + 1]; /* for one of our streams; one byte may be left from before */
    size_t decoded_start, decoded_end;
    bool decoded_to_stderr;
    uint8_t typed[2 * 4096 + 2];
    size_t typed_start, typed_end;
    unsigned modes;   /* of the deframer's, those that were heeded */
    bool size_wanted; /* the guest is to learn the terminal's size */
    bool input_ended;
    bool guest_ended;
    bool guest_spoke; /* at least a byte came: it did start */
    int64_t start_ns, deadline_ns, grace_end_ns;
};

enum relay_end relay_run(struct relay *relay);

#endif
