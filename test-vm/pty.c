/* SPDX-License-Identifier: MIT
 *
 * Runs a command on a terminal of its own and talks to it:
 *     pty ROWS COLUMNS COMMAND... < SCRIPT
 * Lines of the script: `expect TEXT` waits for it, `send TEXT` types it (\n \r \e \xNN),
 * `size ROWS COLUMNS` changes the window, `mode` shows whether the terminal is raw,
 * `end` waits for the end. What came goes to standard output; the status is the command's.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static int terminal;
static char seen[1 << 16];
static size_t seen_bytes;

static void fail(const char *what, const char *text)
{
    printf("\npty: %s: %s\n", what, text);
    exit(1);
}

/* Reads once; false at the end. */
static int more(void)
{
    struct pollfd entry = {terminal, POLLIN, 0};
    ssize_t n;

    if (poll(&entry, 1, PATIENCE_MS) <= 0)
        return 0;
    if (seen_bytes > sizeof seen / 2)
        seen_bytes = 0;
    n = read(terminal, seen + seen_bytes, sizeof seen - 1 - seen_bytes);
    if (n <= 0)
        return 0;
    fwrite(seen + seen_bytes, 1, (size_t)n, stdout);
    fflush(stdout);
    seen_bytes += (size_t)n;
    seen[seen_bytes] = '\0';
    return 1;
}

static void expect(const char *text)
{
    char *at;

    while (!(at = memmem(seen, seen_bytes, text, strlen(text))))
        if (!more())
            fail("did not come", text);
    at += strlen(text);
    seen_bytes -= (size_t)(at - seen);
    memmove(seen, at, seen_bytes);
}

static void type(const char *text)
{
    char bytes[512];
    size_t n = 0;

    for (; *text && n < sizeof bytes; text++) {
        if (*text != '\\') {
            bytes[n++] = *text;
            continue;
        }
        text++;
        if (*text == 'x') {
            char digits[3] = {text[1], text[2], 0};
            bytes[n++] = (char)strtol(digits, NULL, 16);
            text += 2;
        } else {
            bytes[n++] = *text == 'n' ? '\n' : *text == 'r' ? '\r' : *text == 'e' ? 27 : *text;
        }
    }
    if (write(terminal, bytes, n) != (ssize_t)n)
        fail("cannot type", strerror(errno));
}

static void size_set(const char *text)
{
    struct winsize size = {0};

    if (sscanf(text, "%hu %hu", &size.ws_row, &size.ws_col) != 2)
        fail("no size", text);
    ioctl(terminal, TIOCSWINSZ, &size);
}

static void mode_show(void)
{
    struct termios state;

    tcgetattr(terminal, &state);
    printf("\nmode:%s%s%s%s\n", state.c_lflag & ICANON ? " icanon" : "",
           state.c_lflag & ECHO ? " echo" : "", state.c_lflag & ISIG ? " isig" : "",
           state.c_oflag & OPOST ? " opost" : "");
}

static void step(char *line)
{
    char *text = strchr(line, ' ');

    line[strcspn(line, "\n")] = '\0';
    text = text ? text + 1 : line + strlen(line);
    if (strncmp(line, "expect ", 7) == 0)
        expect(text);
    else if (strncmp(line, "send ", 5) == 0)
        type(text);
    else if (strncmp(line, "size ", 5) == 0)
        size_set(text);
    else if (strcmp(line, "mode") == 0)
        mode_show();
    else if (strcmp(line, "end") == 0)
        while (more())
            ;
    else if (*line)
        fail("unknown step", line);
}

int main(int argc, char **argv)
{
    struct winsize size = {0};
    char line[1024];
    int status;
    pid_t pid;

    if (argc < 4) {
        fprintf(stderr, "usage: pty ROWS COLUMNS COMMAND... < SCRIPT\n");
        return 2;
    }
    size.ws_row = (unsigned short)atoi(argv[1]);
    size.ws_col = (unsigned short)atoi(argv[2]);
    pid = forkpty(&terminal, NULL, NULL, &size);
    if (pid < 0)
        fail("no terminal", strerror(errno));
    if (pid == 0) {
        execvp(argv[3], argv + 3);
        _exit(127);
    }
    while (fgets(line, sizeof line, stdin))
        step(line);
    while (more())
        ;
    if (waitpid(pid, &status, 0) < 0)
        return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
