/* SPDX-License-Identifier: MIT */
#include "terminal.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "kernel/abi/console.h"
#include "temporary.h"

static struct termios before;
static bool changed;

/* Runs in signal handlers too. */
void terminal_restore(void)
{
    if (changed)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    changed = false;
}

static tcflag_t flag(unsigned mode, unsigned which, tcflag_t flags)
{
    return mode & which ? flags : 0;
}

/* What a mode does not speak of stays as the terminal's owner has it. */
static struct termios state_of(unsigned mode)
{
    struct termios state = before;
    state.c_lflag &= ~(tcflag_t)(ICANON | IEXTEN | ECHO | ISIG);
    state.c_lflag |= flag(mode, TERMINAL_CANONICAL, ICANON | (before.c_lflag & IEXTEN)) |
                     flag(mode, TERMINAL_ECHO, ECHO) | flag(mode, TERMINAL_SIGNALS, ISIG);
    state.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | BRKINT | ISTRIP);
    state.c_iflag |= flag(mode, TERMINAL_CR, ICRNL) | flag(mode, TERMINAL_FLOW, IXON);
    state.c_oflag &= ~(tcflag_t)OPOST;
    state.c_oflag |= flag(mode, TERMINAL_OUTPUT, OPOST);
    if (!(mode & TERMINAL_CANONICAL)) {
        state.c_cc[VMIN] = 1; /* what the guest makes of it is its own affair */
        state.c_cc[VTIME] = 0;
    }
    return state;
}

void terminal_set_mode(unsigned mode)
{
    static bool at_end;
    if (!changed && (mode == TERMINAL_ALL || tcgetattr(STDIN_FILENO, &before)))
        return;
    if (mode == TERMINAL_ALL) {
        terminal_restore();
        return;
    }
    if (!at_end)
        temporary_at_end(terminal_restore);
    at_end = changed = true;
    struct termios state = state_of(mode);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &state);
}

bool terminal_size(unsigned *rows, unsigned *columns)
{
    struct winsize size;
    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        return false;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return true;
}
