/* SPDX-License-Identifier: MIT
 *
 * ioctl on the console: how much there is to read, and the size of the window. The
 * host tells that at boot (thimble.size=ROWSxCOLUMNS) and, once it was asked for it,
 * whenever it changes.
 */
#include <signal.h>

#include "kernel/abi/console.h"
#include "kernel/boot_options.h"
#include "kernel/console.h"
#include "libc-glue/signal_glue.h"
#include "libc-glue/events.h"
#include "libc-glue/terminal.h"

#pragma weak signal_send_interrupt
#pragma weak signal_kill

struct winsize terminal_size;

static unsigned digits_left, digits;

static int digit_value(unsigned char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 0;
}

/* With interrupts off, perhaps in an interrupt. */
static bool frame_take(unsigned char byte, bool is_letter)
{
    if (is_letter && byte == FRAME_SIZE) {
        digits_left = 8;
        digits = 0;
        return true;
    }
    if (!digits_left)
        return false;
    digits = digits << 4 | (unsigned)digit_value(byte);
    if (--digits_left)
        return true;
    struct winsize size = {.ws_row = (unsigned short)(digits >> 16),
                           .ws_col = (unsigned short)digits};
    bool changed = size.ws_row != terminal_size.ws_row || size.ws_col != terminal_size.ws_col;
    terminal_size.ws_row = size.ws_row;
    terminal_size.ws_col = size.ws_col;
    if (changed && signal_send_interrupt)
        signal_send_interrupt(SIGWINCH, 0);
    return true;
}

static void size_begin(void)
{
    static bool begun;

    if (begun)
        return;
    begun = true;
    console_events_use();
    terminal_size.ws_row = boot_options.rows;
    terminal_size.ws_col = boot_options.columns;
    console_frame_take = frame_take;
    if (console_is_framed() && console_is_tty(CONSOLE_IN)) {
        console_source(NULL);           /* interrupts from now on */
        console_set_mode(TERMINAL_ALL); /* nothing new, but the host knows that we listen */
    }
}

static int size_set(const void *argument)
{
    struct winsize wanted;

    if (user_read(&wanted, argument, sizeof wanted))
        return -EFAULT;
    bool changed = wanted.ws_row != terminal_size.ws_row || wanted.ws_col != terminal_size.ws_col;
    terminal_size = wanted;
    if (changed && signal_kill)
        signal_kill(SIGWINCH);
    return 0;
}

int console_control(struct file *file, unsigned long request, void *argument)
{
    int count = (int)console_waiting();

    if (request == FIONREAD)
        return user_write(argument, &count, sizeof count);
    if (request == TIOCOUTQ)
        return user_write(argument, &(int){0}, sizeof(int));
    if (!console_file_is_terminal(file))
        return -ENOTTY;
    size_begin();
    if (request == TIOCGWINSZ)
        return user_write(argument, &terminal_size, sizeof terminal_size);
    return request == TIOCSWINSZ ? size_set(argument) : -ENOTTY;
}
