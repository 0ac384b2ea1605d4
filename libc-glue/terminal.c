/* SPDX-License-Identifier: MIT
 *
 * termios. Under `mkimage run` the host's terminal does what the program asks for: it
 * gathers lines, echoes and turns keys into signals, or leaves that alone. On a plain
 * console every key comes as it is, and terminal_lines.c does the same here.
 */
#define _GNU_SOURCE
#include <string.h>
#include <unistd.h>

#include "kernel/abi/console.h"
#include "kernel/console.h"
#include "kernel/time.h"
#include "libc-glue/events.h"
#include "libc-glue/pthread_glue.h"
#include "libc-glue/terminal.h"

#define TENTH_NS 100000000ull

struct termios terminal_state = {
    .c_iflag = ICRNL | IXON,
    .c_oflag = OPOST | ONLCR,
    .c_cflag = CS8 | CREAD | B38400,
    .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    .c_cc = {[VINTR] = 'C' & 31,
             [VQUIT] = '\\' & 31,
             [VERASE] = 127,
             [VKILL] = 'U' & 31,
             [VEOF] = 'D' & 31,
             [VMIN] = 1,
             [VSTART] = 'Q' & 31,
             [VSTOP] = 'S' & 31,
             [VSUSP] = 'Z' & 31,
             [VREPRINT] = 'R' & 31,
             [VDISCARD] = 'O' & 31,
             [VWERASE] = 'W' & 31,
             [VLNEXT] = 'V' & 31},
    .c_ispeed = B38400,
    .c_ospeed = B38400,
};

static unsigned mode_of(const struct termios *state)
{
    return (state->c_lflag & ICANON ? TERMINAL_CANONICAL : 0) |
           (state->c_lflag & ECHO ? TERMINAL_ECHO : 0) |
           (state->c_lflag & ISIG ? TERMINAL_SIGNALS : 0) |
           (state->c_iflag & ICRNL ? TERMINAL_CR : 0) |
           (state->c_oflag & OPOST ? TERMINAL_OUTPUT : 0) |
           (state->c_iflag & IXON ? TERMINAL_FLOW : 0);
}

/* ---- reading ---- */

int key_wait(struct file *file, uint64_t deadline_ns)
{
    int error = 0;

    while (!error && !console_readable())
        error = file->flags & O_NONBLOCK ? -EAGAIN : console_wait(deadline_ns);
    return error;
}

/* From a host that gathers lines: one of them at most. */
static ssize_t lines_read(struct file *file, char *to, size_t size_bytes)
{
    size_t n = 0;
    int error = key_wait(file, WAIT_FOREVER);

    if (error)
        return error;
    while (n < size_bytes && console_waiting()) {
        console_read(to + n, 1, NULL);
        if (to[n++] == '\n')
            break;
    }
    return (ssize_t)n;
}

/* At least VMIN bytes, and as many as there are; VTIME is the pause after which it is
 * enough, or without VMIN the time to wait for the first. */
static ssize_t keys_read(struct file *file, char *to, size_t size_bytes)
{
    size_t least = terminal_state.c_cc[VMIN], n = 0;
    uint64_t pause_ns = terminal_state.c_cc[VTIME] * TENTH_NS;
    int error = 0;

    if (least > size_bytes)
        least = size_bytes;
    if (!least && !pause_ns && !console_readable())
        return 0;
    while (!error && !console_at_end()) {
        bool timed = pause_ns && (n || !terminal_state.c_cc[VMIN]);
        error = key_wait(file, timed ? clock_monotonic_ns() + pause_ns : WAIT_FOREVER);
        if (!error && console_waiting())
            n += (size_t)console_read(to + n, size_bytes - n, NULL);
        if (n >= least && n)
            break;
    }
    bool timed_out = error == -EAGAIN && !(file->flags & O_NONBLOCK);
    return n ? (ssize_t)n : timed_out ? 0 : error;
}

static void cr_translate(char *at, ssize_t count)
{
    for (ssize_t i = 0; i < count; i++)
        if (at[i] == '\r')
            at[i] = '\n';
}

ssize_t terminal_read(struct file *file, void *to, size_t size_bytes)
{
    ssize_t n;

    if (!console_is_tty(CONSOLE_IN) || terminal_state.c_lflag & ICANON)
        return console_is_framed() || !console_is_tty(CONSOLE_IN) ? lines_read(file, to, size_bytes)
                                                                  : line_read(file, to, size_bytes);
    if (!memory_probe(to, size_bytes, true))
        return -EFAULT;
    n = keys_read(file, to, size_bytes);
    if (!console_is_framed() && terminal_state.c_iflag & ICRNL)
        cr_translate(to, n);
    return n;
}

/* ---- what programs call ---- */

/* The descriptor must be a terminal: 0, or -errno. */
static int terminal_check(int fd)
{
    int answer = fd_is_terminal(fd);

    return answer < 0 ? answer : 0;
}

int tcgetattr(int fd, struct termios *to)
{
    int error = terminal_check(fd);

    return (int)result(error ? error : user_write(to, &terminal_state, sizeof *to));
}

static int set(int fd, int when, const struct termios *from)
{
    struct termios wanted;
    int error = terminal_check(fd);

    if (error)
        return error;
    if (when < TCSANOW || when > TCSAFLUSH)
        return -EINVAL;
    if (user_read(&wanted, from, sizeof wanted))
        return -EFAULT;
    if (when == TCSAFLUSH) {
        console_discard();
        line_discard();
    }
    if (mode_of(&wanted) != mode_of(&terminal_state))
        console_set_mode(mode_of(&wanted));
    terminal_state = wanted;
    return 0;
}

int tcsetattr(int fd, int when, const struct termios *wanted)
{
    return (int)result(set(fd, when, wanted));
}

int tcflush(int fd, int what)
{
    int error = terminal_check(fd);

    if (!error && (what < TCIFLUSH || what > TCIOFLUSH))
        error = -EINVAL;
    if (!error && what != TCOFLUSH) {
        console_discard();
        line_discard();
    }
    return (int)result(error);
}

/* Output is never kept back. */
int tcdrain(int fd)
{
    cancellation_point();
    return (int)result(terminal_check(fd));
}

int tcflow(int fd, int action)
{
    int error = terminal_check(fd);

    return (int)result(error ? error : action < TCOOFF || action > TCION ? -EINVAL : 0);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return (int)result(terminal_check(fd));
}

pid_t tcgetsid(int fd)
{
    int error = terminal_check(fd);

    return (pid_t)result(error ? error : 1);
}

speed_t cfgetispeed(const struct termios *state)
{
    return state->c_ispeed;
}

speed_t cfgetospeed(const struct termios *state)
{
    return state->c_ospeed;
}

static int speed_set(speed_t *to, speed_t speed)
{
    if (speed > B38400 && (speed < B57600 || speed > B230400))
        return (int)result(-EINVAL);
    *to = speed;
    return 0;
}

int cfsetispeed(struct termios *state, speed_t speed)
{
    return speed_set(&state->c_ispeed, speed);
}

int cfsetospeed(struct termios *state, speed_t speed)
{
    return speed_set(&state->c_ospeed, speed);
}

int cfsetspeed(struct termios *state, speed_t speed)
{
    return cfsetispeed(state, speed) < 0 ? -1 : cfsetospeed(state, speed);
}

void cfmakeraw(struct termios *state)
{
    state->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    state->c_oflag &= ~OPOST;
    state->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    state->c_cflag &= ~(CSIZE | PARENB);
    state->c_cflag |= CS8;
    state->c_cc[VMIN] = 1;
    state->c_cc[VTIME] = 0;
}
