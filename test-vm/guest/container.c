/* SPDX-License-Identifier: MIT
 *
 * What a program sees of its container: arguments, environment, streams,
 * signals, folders. It ends with 7 unless told otherwise.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t seen;

static void on_signal(int number)
{
    seen = number;
}

static int wait_for_signal(int handled)
{
    if (handled)
        signal(SIGTERM, on_signal);
    puts("ready");
    fflush(stdout);
    while (!seen)
        pause();
    printf("signal %d\n", (int)seen);
    return 9;
}

static int use_volume(void)
{
    char line[100] = "";
    FILE *in = fopen("/data/in", "r"), *out = fopen("/data/out", "w");
    if (in && fgets(line, sizeof line, in))
        printf("read: %s", line);
    printf("write: %s\n", out ? "fine" : strerror(errno));
    if (out)
        fputs("written\n", out);
    return 0;
}

static int grow(void)
{
    for (int i = 0; i < 256; i++) {
        char *piece = malloc(1 << 20);
        if (!piece)
            return 3;
        memset(piece, i + 1, 1 << 20);
    }
    puts("256 MB were to be had");
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const char *value = getenv("V");
    char folder[256] = "";
    if (strcmp(what, "cat") == 0) {
        for (int c; (c = getchar()) != EOF;)
            putchar(c);
        return 0;
    }
    if (strcmp(what, "wait") == 0 || strcmp(what, "hang") == 0)
        return wait_for_signal(*what == 'w');
    if (strcmp(what, "volume") == 0)
        return use_volume();
    if (strcmp(what, "grow") == 0)
        return grow();
    printf("argc=%d\n", argc);
    for (int i = 1; i < argc; i++)
        printf("<%s>\n", argv[i]);
    printf("V=<%s> in %s as %d\n", value ? value : "(unset)", getcwd(folder, sizeof folder),
           (int)getuid());
    fprintf(stderr, "on the error stream\n");
    return 7;
}
