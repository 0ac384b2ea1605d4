/* SPDX-License-Identifier: MIT
 *
 * One poll loop. Nothing in it waits except poll itself: output is written in
 * pieces that a ready pipe takes whole, and input is read only when the guest
 * has asked for some and what was read before has been delivered. So a slow
 * reader slows the guest down, as it would a local program, and loses nothing.
 */
#include "relay.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "kernel/abi/console.h"
#include "terminal.h"

#define NS_PER_MS    1000000ll
#define CHORE_MS     5
#define CHORE_END_MS 10000 /* then it will not be done any more */
#define BACKGROUND_LOOK_MS                                                                         \
    500 /* how often a job in the background looks whether it came forward                         \
         */

enum { SIGNALS, STDIN, GUEST_INPUT, GUEST_OUTPUT, GUEST_ERRORS, OUTPUT, POLL_COUNT };

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
}

/* Reading a terminal from the background would stop us (SIGTTIN). */
static bool in_background(void)
{
    pid_t foreground = tcgetpgrp(STDIN_FILENO);
    return foreground >= 0 && foreground != getpgrp();
}

static bool wants_input(const struct relay *relay)
{
    return relay->deframer.listening && !relay->input_ended &&
           relay->typed_start == relay->typed_end;
}

static void read_input(struct relay *relay)
{
    uint8_t bytes[4096];
    ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    relay->typed_start = 0;
    if (count > 0) {
        relay->typed_end = frame_bytes(bytes, (size_t)count, relay->typed);
        return;
    }
    /* The end, or an input that cannot be read: the same for the program. A
     * terminal's end of input may be typed again, but so it is for a pipe's reader. */
    relay->input_ended = true;
    relay->typed[0] = FRAME_ESCAPE;
    relay->typed[1] = FRAME_EOF;
    relay->typed_end = 2;
}

/* In front of what is typed next. */
static void type_size(struct relay *relay)
{
    unsigned rows, columns;
    relay->size_wanted = false;
    if (!terminal_size(&rows, &columns))
        return;
    frame_size(rows, columns, relay->typed);
    relay->typed_start = 0;
    relay->typed_end = FRAME_SIZE_BYTES;
}

static void take_mode(struct relay *relay)
{
    if (relay->modes == relay->deframer.modes)
        return;
    relay->size_wanted |= relay->modes == 0;
    relay->modes = relay->deframer.modes;
    terminal_set_mode(relay->deframer.mode);
}

static void deliver_input(struct relay *relay)
{
    ssize_t count = write(relay->guest_input, relay->typed + relay->typed_start,
                          relay->typed_end - relay->typed_start);
    if (count > 0)
        relay->typed_start += (size_t)count;
    else if (count < 0 && errno == EPIPE) { /* the guest is gone; its output tells why */
        relay->typed_start = relay->typed_end = 0;
        relay->input_ended = true;
    }
}

static void read_guest(struct relay *relay)
{
    ssize_t count = read(relay->guest_output, relay->received, sizeof relay->received);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        relay->guest_ended = true;
    relay->guest_spoke |= count > 0;
    relay->received_start = 0;
    relay->received_end = count > 0 ? (size_t)count : 0;
}

static void read_errors(struct relay *relay)
{
    char dropped[512];
    size_t room = sizeof relay->errors - 1 - relay->errors_bytes;
    ssize_t count = room ? read(relay->guest_errors, relay->errors + relay->errors_bytes, room)
                         : read(relay->guest_errors, dropped, sizeof dropped);
    if (count > 0 && room)
        relay->errors_bytes += (size_t)count;
    if (count == 0)
        relay->guest_errors = -1;
}

/* What firmware and boot loader say is no output of the program; the last of it
 * is kept, for when the guest never starts. */
static void keep_noise(struct relay *relay, struct frame_run *run)
{
    for (size_t i = 0; i < run->size_bytes; i++) {
        if (relay->noise_bytes == sizeof relay->noise) {
            relay->noise_bytes /= 2;
            memmove(relay->noise, relay->noise + relay->noise_bytes, relay->noise_bytes);
        }
        relay->noise[relay->noise_bytes++] = (char)run->bytes[i];
    }
    run->size_bytes = 0;
}

static void keep_report(struct relay *relay, struct frame_run *run)
{
    size_t room = sizeof relay->report - 1 - relay->report_bytes;
    size_t kept = run->size_bytes < room ? run->size_bytes : room;
    memcpy(relay->report + relay->report_bytes, run->bytes, kept);
    relay->report_bytes += kept;
    run->size_bytes = 0;
}

/* Decodes what was received, as far as it goes to one and the same stream. */
static void decode(struct relay *relay)
{
    struct frame_run run;
    relay->decoded_start = relay->decoded_end = 0;
    while (relay->received_start < relay->received_end) {
        struct deframer before = relay->deframer;
        size_t used = deframe(&relay->deframer, relay->received + relay->received_start,
                              relay->received_end - relay->received_start, &run);
        if (relay->deframer.deaf)
            keep_noise(relay, &run);
        if (relay->deframer.reporting && run.size_bytes)
            keep_report(relay, &run);
        if (run.size_bytes && relay->decoded_end && run.to_stderr != relay->decoded_to_stderr) {
            relay->deframer = before; /* the other stream's turn comes next */
            return;
        }
        if (run.size_bytes) {
            memcpy(relay->decoded + relay->decoded_end, run.bytes, run.size_bytes);
            relay->decoded_end += run.size_bytes;
            relay->decoded_to_stderr = run.to_stderr;
        }
        relay->received_start += used;
    }
}

/* Returns false when nobody reads. PIPE_BUF is what a pipe that polls as
 * writable takes without blocking. */
static bool write_decoded(struct relay *relay)
{
    size_t left = relay->decoded_end - relay->decoded_start;
    ssize_t count = write(relay->decoded_to_stderr ? STDERR_FILENO : STDOUT_FILENO,
                          relay->decoded + relay->decoded_start, left < PIPE_BUF ? left : PIPE_BUF);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    relay->decoded_start += (size_t)count;
    return true;
}

static bool is_writing(const struct relay *relay)
{
    return relay->decoded_start < relay->decoded_end;
}

static int wait_ms(const struct relay *relay, bool background)
{
    int64_t wait = -1, end_ns = relay->deadline_ns;
    if (relay->grace_end_ns && (!end_ns || relay->grace_end_ns < end_ns))
        end_ns = relay->grace_end_ns;
    if (end_ns) {
        int64_t left = end_ns - now_ns();
        wait = left > 0 ? (left + NS_PER_MS - 1) / NS_PER_MS : 0;
    }
    if (background && (wait < 0 || wait > BACKGROUND_LOOK_MS))
        wait = BACKGROUND_LOOK_MS;
    if (relay->chore && (wait < 0 || wait > CHORE_MS))
        wait = CHORE_MS;
    return wait > INT_MAX ? INT_MAX : (int)wait;
}

static void fill(const struct relay *relay, struct pollfd *polls, bool background)
{
    bool writing = is_writing(relay);
    bool delivering = relay->typed_start < relay->typed_end;
    bool listening = wants_input(relay) && !background;
    polls[SIGNALS] = (struct pollfd){relay->signals, POLLIN, 0};
    polls[STDIN] = (struct pollfd){listening ? STDIN_FILENO : -1, POLLIN, 0};
    polls[GUEST_INPUT] = (struct pollfd){delivering ? relay->guest_input : -1, POLLOUT, 0};
    polls[GUEST_OUTPUT] = (struct pollfd){writing ? -1 : relay->guest_output, POLLIN, 0};
    polls[GUEST_ERRORS] = (struct pollfd){relay->guest_errors, POLLIN, 0};
    polls[OUTPUT] = (struct pollfd){!writing                   ? -1
                                    : relay->decoded_to_stderr ? STDERR_FILENO
                                                               : STDOUT_FILENO,
                                    POLLOUT, 0};
}

/* The power button, as far as the guest has one. */
static bool press(const struct relay *relay, int number)
{
    uint8_t byte = (uint8_t)(CONTROL_TERMINATE + number);
    return relay->deframer.heeding && write(relay->control, &byte, 1) == 1;
}

/* True when the guest is to be stopped at once: it cannot be asked, or the person at
 * the keyboard has asked before. Others may ask as often as they like. */
static bool take_signal(struct relay *relay)
{
    struct signalfd_siginfo info;
    if (read(relay->signals, &info, sizeof info) != sizeof info)
        return false;
    int number = (int)info.ssi_signo;
    if (number == SIGWINCH) {
        relay->size_wanted = relay->modes;
        return false;
    }
    bool again = relay->signal && (number == SIGINT || number == SIGQUIT);
    if (!relay->signal) {
        relay->signal = number;
        relay->grace_end_ns = now_ns() + relay->grace_ns;
    }
    return again || !press(relay, relay->signal);
}

/* Moves what is ready; true when it is over, and then *end says why. */
static bool step(struct relay *relay, const struct pollfd *polls, enum relay_end *end)
{
    if (polls[SIGNALS].revents && take_signal(relay)) {
        *end = RELAY_SIGNAL;
        return true;
    }
    if (polls[OUTPUT].revents && !write_decoded(relay)) {
        *end = RELAY_CLOSED;
        return true;
    }
    if (polls[GUEST_ERRORS].revents)
        read_errors(relay);
    if (polls[GUEST_OUTPUT].revents)
        read_guest(relay);
    if (polls[GUEST_INPUT].revents)
        deliver_input(relay);
    if (polls[STDIN].revents)
        read_input(relay);
    if (!is_writing(relay))
        decode(relay);
    take_mode(relay);
    if (relay->size_wanted && relay->typed_start == relay->typed_end)
        type_size(relay);
    if (is_writing(relay))
        return false;
    *end = relay->deframer.exited ? RELAY_EXITED : RELAY_STOPPED;
    return relay->deframer.exited || relay->guest_ended;
}

static void do_chore(struct relay *relay)
{
    if (relay->chore &&
        (relay->chore(relay->chore_of) || now_ns() - relay->start_ns > CHORE_END_MS * NS_PER_MS))
        relay->chore = NULL;
}

enum relay_end relay_run(struct relay *relay)
{
    enum relay_end end = RELAY_STOPPED;
    struct pollfd polls[POLL_COUNT];
    relay->start_ns = now_ns();
    relay->deadline_ns = relay->timeout_ns ? relay->start_ns + relay->timeout_ns : 0;
    for (;;) {
        bool background = wants_input(relay) && in_background();
        do_chore(relay);
        fill(relay, polls, background);
        if (poll(polls, POLL_COUNT, wait_ms(relay, background)) < 0 && errno != EINTR)
            return RELAY_STOPPED;
        if (relay->deadline_ns && now_ns() >= relay->deadline_ns)
            return RELAY_TIMEOUT;
        if (relay->grace_end_ns && now_ns() >= relay->grace_end_ns)
            return RELAY_STUBBORN;
        if (step(relay, polls, &end))
            return end;
    }
}
