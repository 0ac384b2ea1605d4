/* SPDX-License-Identifier: MIT
 *
 * The terminal as line editors use it. Runs on Linux as well.
 */
#define _GNU_SOURCE 1
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static struct termios cooked;
static volatile sig_atomic_t resized, interrupted;

static void on_resize(int number)
{
    resized = number;
}

static void on_interrupt(int number)
{
    interrupted = number;
}

static void size_show(void)
{
    struct winsize size;

    CHECK(ioctl(0, TIOCGWINSZ, &size) == 0);
    printf("size %hux%hu\r\n", size.ws_row, size.ws_col);
}

static void lines(void)
{
    char line[100];

    printf("lines\r\n");
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    printf("line <%.*s>\r\n", (int)strcspn(line, "\n"), line);
}

static void keys(void)
{
    unsigned char key = 0;
    struct termios raw = cooked;

    cfmakeraw(&raw);
    CHECK(tcsetattr(0, TCSAFLUSH, &raw) == 0);
    printf("keys\r\n");
    while (key != 'q') {
        CHECK(read(0, &key, 1) == 1);
        printf("key %02x\r\n", key);
    }
    /* a tenth of a second without a key */
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 1;
    CHECK(tcsetattr(0, TCSANOW, &raw) == 0 && read(0, &key, 1) == 0);
    raw.c_cc[VTIME] = 0;
    CHECK(tcsetattr(0, TCSANOW, &raw) == 0 && read(0, &key, 1) == 0);
    /* three keys at least */
    char three[8];
    raw.c_cc[VMIN] = 3;
    CHECK(tcsetattr(0, TCSANOW, &raw) == 0);
    printf("three\r\n");
    ssize_t n = read(0, three, sizeof three);
    printf("got %d <%.*s>\r\n", (int)n, (int)n, three);
    CHECK(n >= 3 && tcsetattr(0, TCSADRAIN, &cooked) == 0);
}

static void polling(void)
{
    struct pollfd entry = {0, POLLIN, 0};
    char line[100];
    int left;

    CHECK(poll(&entry, 1, 50) == 0);
    printf("poll\r\n");
    CHECK(poll(&entry, 1, 20000) == 1 && entry.revents == POLLIN);
    CHECK(ioctl(0, FIONREAD, &left) == 0 && left > 0);
    CHECK(read(0, line, sizeof line) == left && line[left - 1] == '\n');
    printf("polled %d\r\n", left);
}

static void resizing(void)
{
    struct timespec nap = {0, 20000000};
    struct sigaction action = {.sa_handler = on_resize};

    CHECK(sigaction(SIGWINCH, &action, NULL) == 0);
    printf("resize\r\n");
    for (int i = 0; i < 500 && !resized; i++)
        nanosleep(&nap, NULL);
    CHECK(resized == SIGWINCH);
    size_show();
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    CHECK(isatty(0) == 1 && tcgetattr(0, &cooked) == 0);
    CHECK(cooked.c_lflag & ICANON && cooked.c_lflag & ECHO && cooked.c_lflag & ISIG);
    CHECK(cooked.c_cc[VMIN] == 1 && cooked.c_cc[VEOF] == 4 && cooked.c_cc[VINTR] == 3);
    CHECK(tcsetattr(0, 77, &cooked) == -1 && errno == EINVAL);
    CHECK(tcgetattr(77, &cooked) == -1 && errno == EBADF);
    CHECK(ttyname(0) != NULL && strncmp(ttyname(0), "/dev/", 5) == 0);
    CHECK(signal(SIGINT, on_interrupt) != SIG_ERR);
    size_show();
    lines();
    keys();
    polling();
    resizing();
    return success();
}
