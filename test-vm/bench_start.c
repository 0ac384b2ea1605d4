/* SPDX-License-Identifier: MIT
 *
 * Start-up times. Runs several commands in turn (A B A B ...), each as often as
 * asked, and takes the time from just before fork to the moment the expected
 * text has arrived on any of the command's outputs.
 *     bench_start RUNS TEXT -- COMMAND... [-- COMMAND...]...
 * Prints one line per command: median, minimum, 90th percentile in ms, and the
 * largest resident memory of the process in KiB; `-` where the text never came.
 *
 * Outputs are standard output and, so that QEMU's own lines can be used as they
 * are, every `fd=N` in the command's words: those descriptors become one end of
 * a socket pair.
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COMMANDS_MAX = 8, OUTPUTS_MAX = 8, TEXT_BYTES_MAX = 1 << 16, DEADLINE_MS = 20000 };

struct output {
    int fd_child; /* the number the command expects */
    int fd_here;
    size_t size_bytes;
    char bytes[TEXT_BYTES_MAX];
};

struct command {
    char **argv;
    double *ms;
    int runs_good;
    long resident_max_kib;
};

static struct output outputs[OUTPUTS_MAX];
static int output_count;

static double clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

/* Which descriptors the command wants: 1, and each fd=N it names. */
static void outputs_find(char **argv)
{
    output_count = 0;
    outputs[output_count++].fd_child = STDOUT_FILENO;
    for (; *argv != NULL; argv++) {
        const char *found = strstr(*argv, "fd=");

        if (found != NULL && output_count < OUTPUTS_MAX)
            outputs[output_count++].fd_child = atoi(found + 3);
    }
}

static pid_t command_spawn(char **argv)
{
    int ends[OUTPUTS_MAX];

    outputs_find(argv);
    for (int i = 0; i < output_count; i++) {
        int pair[2];

        /* standard output is a pipe, because QEMU may open it again by its path */
        if (i == 0 ? pipe2(pair, O_CLOEXEC)
                   : socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
            err(1, "pipe");
        outputs[i].fd_here = pair[0];
        outputs[i].size_bytes = 0;
        /* Out of the way of the numbers that the child needs. */
        ends[i] = fcntl(pair[1], F_DUPFD_CLOEXEC, 100);
        close(pair[1]);
    }
    pid_t pid = fork();
    if (pid < 0)
        err(1, "fork");
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);

        dup2(null, STDIN_FILENO);
        for (int i = 0; i < output_count; i++)
            dup2(ends[i], outputs[i].fd_child);
        execvp(argv[0], argv);
        err(127, "%s", argv[0]);
    }
    for (int i = 0; i < output_count; i++)
        close(ends[i]);
    return pid;
}

/* Reads from one output; true when the text is complete. */
static bool output_read(struct output *output, const char *text)
{
    size_t room = sizeof output->bytes - output->size_bytes;
    ssize_t got = read(output->fd_here, output->bytes + output->size_bytes, room);

    if (got <= 0) {
        close(output->fd_here);
        output->fd_here = -1;
        return false;
    }
    output->size_bytes += (size_t)got;
    return memmem(output->bytes, output->size_bytes, text, strlen(text)) != NULL;
}

/* Waits for the text; the time it came, or -1. */
static double text_wait(const char *text, double start_ms)
{
    for (;;) {
        struct pollfd polled[OUTPUTS_MAX];
        int open_count = 0;

        for (int i = 0; i < output_count; i++) {
            polled[i] = (struct pollfd){.fd = outputs[i].fd_here, .events = POLLIN};
            open_count += outputs[i].fd_here >= 0;
        }
        int left_ms = (int)(start_ms + DEADLINE_MS - clock_ms());
        if (open_count == 0 || left_ms <= 0 || poll(polled, (nfds_t)output_count, left_ms) <= 0)
            return -1;
        for (int i = 0; i < output_count; i++)
            if (polled[i].revents != 0 && output_read(&outputs[i], text))
                return clock_ms();
    }
}

/* The guest stops by itself after its line; one that does not is ended. */
static void command_end(pid_t pid, struct command *command)
{
    struct rusage usage;
    double start_ms = clock_ms();

    while (wait4(pid, NULL, WNOHANG, &usage) == 0) {
        if (clock_ms() - start_ms > DEADLINE_MS / 10)
            kill(pid, SIGKILL);
        poll(NULL, 0, 1);
    }
    if (usage.ru_maxrss > command->resident_max_kib)
        command->resident_max_kib = usage.ru_maxrss;
    for (int i = 0; i < output_count; i++)
        if (outputs[i].fd_here >= 0)
            close(outputs[i].fd_here);
}

static void command_run(struct command *command, const char *text)
{
    double start_ms = clock_ms();
    pid_t pid = command_spawn(command->argv);
    double end_ms = text_wait(text, start_ms);

    if (end_ms >= 0)
        command->ms[command->runs_good++] = end_ms - start_ms;
    else
        kill(pid, SIGKILL);
    command_end(pid, command);
}

static int ms_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void figures_print(struct command *command)
{
    int n = command->runs_good;

    if (n == 0) {
        printf("- - - %ld\n", command->resident_max_kib);
        return;
    }
    qsort(command->ms, (size_t)n, sizeof *command->ms, ms_compare);
    printf("%.2f %.2f %.2f %ld\n", command->ms[n / 2], command->ms[0], command->ms[n * 9 / 10],
           command->resident_max_kib);
}

int main(int argc, char **argv)
{
    struct command commands[COMMANDS_MAX] = {0};
    int command_count = 0;

    if (argc < 5)
        errx(2, "usage: bench_start RUNS TEXT -- COMMAND... [-- COMMAND...]...");
    int runs = atoi(argv[1]);
    for (int i = 3; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        argv[i] = NULL;
        if (command_count == COMMANDS_MAX)
            errx(2, "more than %d commands", COMMANDS_MAX);
        commands[command_count].argv = &argv[i + 1];
        commands[command_count++].ms = calloc((size_t)runs + 1, sizeof(double));
    }
    for (int run = 0; run < runs; run++)
        for (int i = 0; i < command_count; i++)
            command_run(&commands[i], argv[2]);
    for (int i = 0; i < command_count; i++)
        figures_print(&commands[i]);
    return 0;
}
