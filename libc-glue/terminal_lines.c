/* SPDX-License-Identifier: MIT
 *
 * Lines gathered from keys, on consoles without a terminal of their own behind them:
 * echo, and the keys that take back, end the input and send signals.
 */
#include <signal.h>
#include <string.h>

#include "kernel/console.h"
#include "kernel/power.h"
#include "kernel/thread.h"
#include "libc-glue/signal_glue.h"
#include "libc-glue/terminal.h"

#define LINE_BYTES 4096

#pragma weak signal_kill

static struct {
    char bytes[LINE_BYTES];
    size_t length, given; /* given: of a line that is complete */
    bool complete;
} line;

void line_discard(void)
{
    line.length = line.given = 0;
    line.complete = false;
}

static void echo(const char *bytes, size_t count)
{
    if (terminal_state.c_lflag & ECHO)
        console_write(CONSOLE_OUT, bytes, count);
}

static void take_back(void)
{
    if (!line.length)
        return;
    /* the rest of a character of several bytes goes along */
    while (line.length > 1 && (line.bytes[line.length - 1] & 0xc0) == 0x80)
        line.length--;
    line.length--;
    if (terminal_state.c_lflag & ECHOE)
        echo("\b \b", 3);
}

static bool is_key(unsigned char byte, int which)
{
    return byte && byte == terminal_state.c_cc[which];
}

/* Keys that are signals. */
static bool signal_take_key(unsigned char byte)
{
    int signal = is_key(byte, VINTR) ? SIGINT : is_key(byte, VQUIT) ? SIGQUIT : 0;

    if (!signal || !(terminal_state.c_lflag & ISIG))
        return false;
    echo("^C\n", 3);
    line_discard();
    if (!signal_kill)
        power_off(128 + signal); /* a program that has never asked for signals */
    signal_kill(signal);
    return true;
}

static void key_take(unsigned char byte)
{
    if (signal_take_key(byte))
        return;
    if (byte == '\r' && terminal_state.c_iflag & ICRNL)
        byte = '\n';
    if (is_key(byte, VEOF)) {
        line.complete = true;
    } else if (is_key(byte, VERASE) || byte == '\b') {
        take_back();
    } else if (is_key(byte, VKILL)) {
        while (line.length)
            take_back();
    } else if (line.length < LINE_BYTES - 1 || byte == '\n') {
        line.bytes[line.length++] = (char)byte;
        line.complete = byte == '\n';
        echo((char *)&byte, 1);
    }
}

ssize_t line_read(struct file *file, char *to, size_t size_bytes)
{
    int error = 0;

    while (!line.complete && !error) {
        unsigned char byte;
        error = key_wait(file, WAIT_FOREVER);
        if (!error && console_read(&byte, 1, NULL) == 1)
            key_take(byte);
        else if (!error)
            line.complete = true; /* the end */
    }
    if (error)
        return error;
    size_t n = line.length - line.given;
    if (n > size_bytes)
        n = size_bytes;
    if (user_write(to, line.bytes + line.given, n))
        return -EFAULT;
    line.given += n;
    if (line.given == line.length)
        line_discard();
    return (ssize_t)n;
}
