/* SPDX-License-Identifier: MIT
 *
 * Starting, reading and ending copies of a program.
 */
#include "instance.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/guardian.h"
#include "tools/process.h"
#include "tools/quoting.h"

volatile sig_atomic_t interrupted;

int64_t clock_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

void clock_sleep_ms(unsigned ms)
{
    if (!interrupted)
        poll(NULL, 0, (int)ms);
}

struct instance *instance_new(const char *mark, const char *ready)
{
    struct instance *instance = memory_new(sizeof *instance);
    instance->mark = mark;
    instance->ready = ready;
    instance->output = -1;
    return instance;
}

int instance_pipe(struct instance *instance)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        die(EXIT_STATUS_FAILED, "no pipe can be made: %s", strerror(errno));
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    instance->output = ends[0];
    return ends[1];
}

/* In the child. */
static _Noreturn void become(const struct strings *argv, int out, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS_NO_VM);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    int in = open("/dev/null", O_RDONLY);
    if (in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        _exit(EXIT_STATUS_NO_VM);
    execvp(argv->at[0], (char *const *)argv->at);
    dprintf(2, "%s: %s\n", argv->at[0], strerror(errno));
    _exit(EXIT_STATUS_NO_VM);
}

int instance_spawn(struct instance *instance, const struct strings *argv)
{
    if (process_verbose)
        fprintf(stderr, "%s\n", quote_list(argv));
    int out = instance_pipe(instance);
    pid_t parent = getpid();
    fflush(stdout);
    instance->start_ns = clock_now_ns();
    instance->pid = fork();
    if (instance->pid == 0)
        become(argv, out, parent);
    close(out);
    if (instance->pid < 0) {
        instance->pid = 0;
        close(instance->output);
        instance->output = -1;
        snprintf(instance->text, sizeof instance->text, "it cannot be started: %s",
                 strerror(errno));
        return -1;
    }
    instance->ticket = guardian_process(instance->pid);
    return 0;
}

/* The mark may come in pieces, after anything the firmware or the kernel said. */
static void look_for_mark(struct instance *instance, int64_t now)
{
    const char *found =
        memmem(instance->text, instance->size, instance->mark, strlen(instance->mark));
    if (!found)
        return;
    instance->mark_ns = now;
    instance->begin = (size_t)(found - instance->text) + strlen(instance->mark);
}

static void look(struct instance *instance, int64_t now)
{
    if (instance->mark && !instance->mark_ns)
        look_for_mark(instance, now);
    if (instance->ready_ns || (instance->mark && !instance->mark_ns))
        return;
    const char *own = instance->text + instance->begin;
    size_t bytes = instance->size - instance->begin;
    if (instance->ready ? memmem(own, bytes, instance->ready, strlen(instance->ready)) != NULL
                        : bytes > 0)
        instance->ready_ns = now;
}

/* Drops what came before the program's own output or was stepped over; when that
 * is not enough, the middle of the rest. */
static void make_room(struct instance *instance)
{
    size_t quarter = INSTANCE_TEXT_BYTES / 4;
    if (instance->size < INSTANCE_TEXT_BYTES)
        return;
    instance->size -= instance->begin;
    memmove(instance->text, instance->text + instance->begin, instance->size);
    instance->begin = 0;
    if (instance->size <= 3 * quarter)
        return;
    memmove(instance->text + quarter, instance->text + instance->size - 2 * quarter, 2 * quarter);
    instance->size = 3 * quarter;
}

/* Leaves what the program wrote; returns how much that is. Frames only shrink. */
static size_t take_frames(struct instance *instance, size_t count)
{
    uint8_t *start = (uint8_t *)instance->text + instance->size, *to = start;
    for (size_t used = 0; used < count;) {
        struct frame_run run;
        used += deframe(&instance->deframer, start + used, count - used, &run);
        if (run.size_bytes)
            memmove(to, run.bytes, run.size_bytes);
        to += run.size_bytes;
    }
    return (size_t)(to - start);
}

static void take_output(struct instance *instance)
{
    make_room(instance);
    ssize_t count = read(instance->output, instance->text + instance->size,
                         INSTANCE_TEXT_BYTES - instance->size);
    int64_t now = clock_now_ns();
    if (count > 0) {
        instance->size += instance->framed ? take_frames(instance, (size_t)count) : (size_t)count;
        instance->text[instance->size] = 0;
        look(instance, now);
        return;
    }
    if (count < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    close(instance->output);
    instance->output = -1;
    instance->end_ns = now;
}

static bool is_there(const struct instance *instance, enum wait_for what, const char *text)
{
    if (what == WAIT_READY)
        return instance->ready_ns != 0;
    if (what == WAIT_END)
        return instance->output < 0;
    const char *own = instance->text + instance->begin;
    size_t bytes = instance->size - instance->begin;
    return text ? memmem(own, bytes, text, strlen(text)) != NULL : bytes > 0;
}

size_t instances_wait(struct instance **list, size_t count, enum wait_for what, const char *text,
                      double deadline_s)
{
    struct pollfd polls[count ? count : 1];
    int64_t deadline_ns = clock_now_ns() + (int64_t)(deadline_s * 1e9);
    for (;;) {
        size_t there = 0, waiting = 0;
        for (size_t i = 0; i < count; i++) {
            bool done = is_there(list[i], what, text);
            there += done;
            waiting += !done && list[i]->output >= 0;
            polls[i] = (struct pollfd){list[i]->output, POLLIN, 0};
        }
        int64_t left_ns = deadline_ns - clock_now_ns();
        if (!waiting || left_ns <= 0 || interrupted)
            return there;
        if (poll(polls, count, (int)(left_ns / 1000000) + 1) <= 0)
            continue;
        for (size_t i = 0; i < count; i++)
            if (polls[i].revents)
                take_output(list[i]);
    }
}

bool instance_wait(struct instance *instance, enum wait_for what, const char *text,
                   double deadline_s)
{
    return instances_wait(&instance, 1, what, text, deadline_s) == 1;
}

void instance_end(struct instance *instance, int patience_ms)
{
    if (instance->pid > 0) {
        int status = 0;
        int fd = (int)syscall(SYS_pidfd_open, instance->pid, 0);
        if (fd < 0 || poll(&(struct pollfd){fd, POLLIN, 0}, 1, patience_ms) <= 0)
            kill(-instance->pid, SIGKILL), kill(instance->pid, SIGKILL);
        if (fd >= 0)
            close(fd);
        while (waitpid(instance->pid, &status, 0) < 0 && errno == EINTR)
            ;
        instance->status = process_status(status);
        guardian_forget(instance->ticket);
        instance->pid = 0;
    }
    if (instance->output >= 0)
        close(instance->output);
    instance->output = -1;
    if (!instance->end_ns)
        instance->end_ns = clock_now_ns();
}

const char *instance_output(const struct instance *instance)
{
    return instance->text + instance->begin;
}

const char *instance_last_line(const struct instance *instance)
{
    size_t end = instance->size;
    while (end > instance->begin && isspace((unsigned char)instance->text[end - 1]))
        end--;
    size_t start = end;
    while (start > instance->begin && instance->text[start - 1] != '\n')
        start--;
    char *line = text_copy_bytes(instance->text + start, end - start);
    for (char *c = line; *c; c++)
        if (iscntrl((unsigned char)*c))
            *c = ' ';
    return strlen(line) > 160 ? text_format("%.157s...", line) : line;
}

double instance_ready_ms(const struct instance *instance)
{
    return (double)(instance->ready_ns - instance->start_ns) / 1e6;
}
