/* SPDX-License-Identifier: MIT
 *
 * The child and the socket to it.
 */
#include "guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "temporary.h"
#include "tree.h"

#define TEXT_BYTES_MAX   8192
#define DUTIES_MAX       1024
#define STOP_PATIENCE_MS 10000
#define COMMAND_MAX_MS   30000

enum duty_kind { DUTY_NONE, DUTY_COMMAND, DUTY_TREE, DUTY_CGROUP, DUTY_PROCESS };
enum message_verb { VERB_ADD, VERB_FORGET, VERB_UNDO };

struct duty {
    enum duty_kind kind;
    int ticket;
    pid_t pid;
    int pidfd;
    uint32_t text_bytes;
    char *text; /* a path, or words that end with zeros */
};

struct message {
    enum message_verb verb;
    struct duty duty;
    char text[TEXT_BYTES_MAX];
};

/* ---- the child ---- */

static struct duty duties[DUTIES_MAX];

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

static bool wait_pidfd(int pidfd, int patience_ms)
{
    struct pollfd wanted = {pidfd, POLLIN, 0};
    return poll(&wanted, 1, patience_ms) > 0;
}

static void stop_process(const struct duty *duty)
{
    if (duty->pidfd < 0)
        return;
    syscall(SYS_pidfd_send_signal, duty->pidfd, SIGTERM, NULL, 0);
    if (wait_pidfd(duty->pidfd, STOP_PATIENCE_MS))
        return;
    syscall(SYS_pidfd_send_signal, duty->pidfd, SIGKILL, NULL, 0);
    wait_pidfd(duty->pidfd, STOP_PATIENCE_MS);
}

static void run_command(const struct duty *duty)
{
    char *argv[64];
    size_t count = 0;
    for (char *at = duty->text; at < duty->text + duty->text_bytes && count < 63;
         at += strlen(at) + 1)
        argv[count++] = at;
    argv[count] = NULL;
    if (!argv[0])
        return;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    int pidfd = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
    if (pidfd >= 0 && !wait_pidfd(pidfd, COMMAND_MAX_MS))
        kill(pid, SIGKILL);
    if (pid > 0)
        waitpid(pid, NULL, 0);
    if (pidfd >= 0)
        close(pidfd);
}

static void perform(const struct duty *duty)
{
    switch (duty->kind) {
    case DUTY_NONE:
        break;
    case DUTY_COMMAND:
        run_command(duty);
        break;
    case DUTY_TREE:
        tree_remove_mounted(duty->text);
        break;
    case DUTY_CGROUP:
        cgroup_remove(duty->text);
        break;
    case DUTY_PROCESS:
        stop_process(duty);
        break;
    }
}

static void forget(struct duty *duty)
{
    if (duty->kind == DUTY_PROCESS && duty->pidfd >= 0)
        close(duty->pidfd);
    free(duty->text);
    *duty = (struct duty){0};
}

static void add(const struct message *message)
{
    for (size_t i = 0; i < DUTIES_MAX; i++) {
        if (duties[i].kind != DUTY_NONE)
            continue;
        duties[i] = message->duty;
        duties[i].text = malloc(message->duty.text_bytes + 1);
        if (!duties[i].text)
            abort();
        memcpy(duties[i].text, message->text, message->duty.text_bytes);
        duties[i].text[message->duty.text_bytes] = 0;
        if (duties[i].kind == DUTY_PROCESS)
            duties[i].pidfd = (int)syscall(SYS_pidfd_open, message->duty.pid, 0);
        return;
    }
}

static struct duty *find(int ticket)
{
    for (size_t i = 0; i < DUTIES_MAX; i++)
        if (duties[i].kind != DUTY_NONE && duties[i].ticket == ticket)
            return &duties[i];
    return NULL;
}

/* The youngest first. Commands go twice when we were killed: what an engine had
 * been asked for may have come to be only after the first time. */
static void perform_all(void)
{
    for (;;) {
        struct duty *youngest = NULL;
        for (size_t i = 0; i < DUTIES_MAX; i++)
            if (duties[i].kind != DUTY_NONE && (!youngest || duties[i].ticket > youngest->ticket))
                youngest = &duties[i];
        if (!youngest)
            return;
        perform(youngest);
        if (youngest->kind == DUTY_COMMAND) {
            sleep_ms(300);
            perform(youngest);
        }
        forget(youngest);
    }
}

static _Noreturn void watch(int fd)
{
    static struct message message;
    ssize_t bytes;
    while ((bytes = recv(fd, &message, sizeof message, 0)) > 0 || (bytes < 0 && errno == EINTR)) {
        struct duty *duty = bytes > 0 ? find(message.duty.ticket) : NULL;
        if (bytes > 0 && message.verb == VERB_ADD)
            add(&message);
        if (duty && message.verb == VERB_UNDO)
            perform(duty);
        if (duty)
            forget(duty);
        if (bytes > 0 && message.verb != VERB_FORGET)
            send(fd, "", 1, MSG_NOSIGNAL);
    }
    perform_all();
    _exit(0);
}

/* Nothing of ours stays open in the child, and no signal meant for us ends it. */
static _Noreturn void become(int fd)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        signal(ignored[i], SIG_IGN);
    setsid();
    prctl(PR_SET_NAME, "mkimage-guard");
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    dup2(fd, 3);
    close_range(4, ~0u, 0);
    fcntl(3, F_SETFD, FD_CLOEXEC);
    if (chdir("/"))
        _exit(1);
    watch(3);
}

/* ---- our side ---- */

static volatile int guardian_fd = -1;
static volatile pid_t guardian_pid;
static int tickets;

/* Runs in signal handlers too. */
static void guardian_end(void)
{
    int fd = guardian_fd;
    guardian_fd = -1;
    if (fd < 0)
        return;
    close(fd);
    while (waitpid(guardian_pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

static void start(void)
{
    int ends[2];
    if (guardian_fd >= 0)
        return;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        die(EXIT_STATUS_NO_VM, "no socket can be made: %s", strerror(errno));
    pid_t pid = fork();
    if (pid < 0)
        die(EXIT_STATUS_NO_VM, "no process can be started: %s", strerror(errno));
    if (pid == 0)
        become(ends[1]);
    close(ends[1]);
    guardian_pid = pid;
    guardian_fd = ends[0];
    temporary_at_end(guardian_end);
}

/* Tells it, and waits until it has heard (or done) that. */
static void tell(const struct message *message, bool answer)
{
    char byte;
    size_t bytes = offsetof(struct message, text) + message->duty.text_bytes;
    if (guardian_fd < 0)
        return;
    if (send(guardian_fd, message, bytes, MSG_NOSIGNAL) != (ssize_t)bytes)
        return;
    while (answer && recv(guardian_fd, &byte, 1, 0) < 0 && errno == EINTR)
        ;
}

/* A duty as old as the guardian itself, so it comes last: the folder we work in. */
static void entrust_folder(void)
{
    static struct message message = {.verb = VERB_ADD, .duty.kind = DUTY_TREE};
    const char *path = temporary_folder();
    message.duty.text_bytes = (uint32_t)strlen(path) + 1;
    if (message.duty.text_bytes > sizeof message.text || temporary_folder_kept())
        return;
    memcpy(message.text, path, message.duty.text_bytes);
    message.duty.ticket = ++tickets;
    tell(&message, true);
}

static int entrust(struct message *message)
{
    bool first = guardian_fd < 0;
    start();
    if (first)
        entrust_folder();
    message->verb = VERB_ADD;
    message->duty.ticket = ++tickets;
    tell(message, true);
    return message->duty.ticket;
}

static void append(struct message *message, const char *text)
{
    size_t bytes = strlen(text) + 1;
    if (bytes > sizeof message->text - message->duty.text_bytes)
        die(EXIT_STATUS_NO_VM, "a command is too long: %s", text);
    memcpy(message->text + message->duty.text_bytes, text, bytes);
    message->duty.text_bytes += (uint32_t)bytes;
}

int guardian_command(const struct strings *argv)
{
    struct message message = {.duty.kind = DUTY_COMMAND};
    for (size_t i = 0; i < argv->count; i++)
        append(&message, argv->at[i]);
    return entrust(&message);
}

int guardian_tree(const char *path)
{
    struct message message = {.duty.kind = DUTY_TREE};
    append(&message, path);
    return entrust(&message);
}

int guardian_cgroup(const char *path)
{
    struct message message = {.duty.kind = DUTY_CGROUP};
    append(&message, path);
    return entrust(&message);
}

int guardian_process(pid_t pid)
{
    struct message message = {.duty.kind = DUTY_PROCESS, .duty.pid = pid};
    return entrust(&message);
}

void guardian_forget(int ticket)
{
    struct message message = {.verb = VERB_FORGET, .duty.ticket = ticket};
    if (ticket)
        tell(&message, false);
}

void guardian_undo(int ticket)
{
    struct message message = {.verb = VERB_UNDO, .duty.ticket = ticket};
    if (ticket)
        tell(&message, true);
}
