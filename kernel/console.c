/* SPDX-License-Identifier: MIT
 *
 * The console: picks the devices, and frames the streams when the host asked
 * for it (kernel/abi/console.h).
 */
#include "kernel/console.h"
#include "kernel/abi/console.h"
#include "kernel/kernel.h"

static const struct console_device *output, *input;
bool (*console_frame_take)(unsigned char byte, bool is_letter);
static bool framed;
static unsigned tty_mask = TTY_STDIN | TTY_STDOUT | TTY_STDERR;
static int stream_shown = CONSOLE_OUT; /* the stream the host thinks we are on */

/* Decoded input that nobody has asked for yet. */
static struct {
    unsigned char bytes[CONSOLE_INPUT_BYTES];
    unsigned head, tail; /* tail - head bytes are waiting */
    bool escape;         /* FRAME_ESCAPE was the last byte */
    bool end;            /* end of input, after what is waiting */
} typed;

void console_init(void)
{
    for (const struct console_device *const *device = console_devices; *device; device++) {
        bool wanted = (!output && (*device)->write) || (!input && (*device)->read);
        if (!wanted || !(*device)->probe())
            continue;
        if (!output && (*device)->write)
            output = *device;
        if (!input && (*device)->read)
            input = *device;
    }
}

void console_set_tty(unsigned mask)
{
    tty_mask = mask;
}

bool console_is_tty(int stream)
{
    return tty_mask >> stream & 1;
}

static void frame_send(char kind)
{
    const char frame[2] = {FRAME_ESCAPE, kind};

    output->write(frame, sizeof frame);
}

void console_set_framed(bool on)
{
    framed = on;
    if (framed && output)
        frame_send(FRAME_START);
}

bool console_is_framed(void)
{
    return framed;
}

void console_report_control(void)
{
    if (output && framed)
        frame_send(FRAME_CONTROL);
}

static void framed_write(int stream, const char *at, const char *end)
{
    if (stream != stream_shown) {
        stream_shown = stream;
        frame_send(stream == CONSOLE_ERR ? FRAME_STDERR : FRAME_STDOUT);
    }
    while (at < end) {
        const char *from = at;
        while (at < end && *at != FRAME_ESCAPE)
            at++;
        if (at > from)
            output->write(from, (size_t)(at - from));
        if (at < end) {
            frame_send(FRAME_ESCAPE);
            at++;
        }
    }
}

void console_write(int stream, const void *bytes, size_t n)
{
    if (!output || !n)
        return;
    bool were_on = interrupts_off(); /* no other thread's bytes in between */
    if (framed)
        framed_write(stream, bytes, (const char *)bytes + n);
    else
        output->write(bytes, n);
    interrupts_restore(were_on);
}

void console_report_begin(void)
{
    if (output && framed)
        frame_send(FRAME_REPORT);
}

void console_report_exit(int status)
{
    static const char digits[] = "0123456789abcdef";
    const char frame[4] = {FRAME_ESCAPE, FRAME_EXIT, digits[status >> 4 & 15], digits[status & 15]};

    if (output && framed)
        output->write(frame, sizeof frame);
}

/* Moves what the device has into `typed`, as far as there is room. */
static void input_collect(void)
{
    static bool listening;
    int byte;

    if (framed && !listening) {
        listening = true;
        frame_send(FRAME_LISTEN);
    }
    while (input && typed.tail - typed.head < CONSOLE_INPUT_BYTES && (byte = input->read()) >= 0) {
        if (framed && !typed.escape && byte == FRAME_ESCAPE) {
            typed.escape = true;
            continue;
        }
        bool literal = !typed.escape || byte == FRAME_ESCAPE, is_letter = typed.escape && !literal;
        typed.escape = false;
        if (console_frame_take && console_frame_take((unsigned char)byte, is_letter))
            continue;
        if (literal)
            typed.bytes[typed.tail++ % CONSOLE_INPUT_BYTES] = (unsigned char)byte;
        else if (byte == FRAME_EOF)
            typed.end = true;
    }
}

static bool input_ready(void)
{
    input_collect();
    return typed.tail != typed.head || typed.end || !input;
}

size_t console_waiting(void)
{
    bool were_on = interrupts_off();

    input_ready();
    interrupts_restore(were_on);
    return typed.tail - typed.head;
}

bool console_at_end(void)
{
    return console_readable() && typed.tail == typed.head;
}

void console_discard(void)
{
    bool were_on = interrupts_off();

    while (console_waiting())
        typed.head = typed.tail;
    interrupts_restore(were_on);
}

bool console_listen(void)
{
    return !input || (input->listen && input->listen());
}

void console_set_mode(unsigned mode)
{
    const char frame[4] = {FRAME_ESCAPE, FRAME_TERMINAL, "0123456789abcdef"[mode >> 4 & 15],
                           "0123456789abcdef"[mode & 15]};

    bool were_on = interrupts_off();
    if (output && framed)
        output->write(frame, sizeof frame);
    interrupts_restore(were_on);
}

bool console_readable(void)
{
    bool were_on = interrupts_off();
    bool ready = input_ready();

    interrupts_restore(were_on);
    return ready;
}

long console_read(void *to, size_t max, bool (*give_up)(void))
{
    unsigned char *at = to;
    size_t n = 0;
    bool given_up = false;

    if (!max)
        return 0;
    bool were_on = interrupts_off(); /* what comes between the look and the wait ends it */
    while (!input_ready() && !given_up) {
        input->wait();
        given_up = give_up && give_up();
    }
    while (n < max && input_ready() && typed.tail != typed.head)
        at[n++] = typed.bytes[typed.head++ % CONSOLE_INPUT_BYTES];
    interrupts_restore(were_on);
    return given_up && !n ? -1 : (long)n;
}
