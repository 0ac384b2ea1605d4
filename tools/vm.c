/* SPDX-License-Identifier: MIT
 *
 * QEMU as a child process: pipes to it, its start and its end.
 */
#include "vm.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backlog.h"
#include "debug_info.h"
#include "process.h"
#include "quoting.h"
#include "relay.h"
#include "terminal.h"

#define PIPE_BYTES  (1 << 20) /* the guest writes byte by byte: let much of it gather */
#define END_WAIT_MS 300       /* for QEMU to end by itself after the guest has */
#define CONTROL_FD  3         /* QEMU's end of the control port */

struct pipe_ends {
    int read, write;
};

static struct pipe_ends pipe_new(void)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        die(EXIT_STATUS_NO_VM, "no pipe can be made: %s", strerror(errno));
    return (struct pipe_ends){ends[0], ends[1]};
}

/* Numbers for the child's ends, in their order, which must not get in each other's way. */
static bool give(const int ends[CONTROL_FD + 1])
{
    int copies[CONTROL_FD + 1];
    for (int i = 0; i <= CONTROL_FD; i++)
        if ((copies[i] = fcntl(ends[i], F_DUPFD_CLOEXEC, CONTROL_FD + 1)) < 0)
            return false;
    for (int i = 0; i <= CONTROL_FD; i++)
        if (dup2(copies[i], i) < 0)
            return false;
    return true;
}

/* In the child: become QEMU. It dies with us, and Ctrl-C is ours to handle. */
static _Noreturn void become(const struct strings *argv, const int ends[CONTROL_FD + 1],
                             pid_t parent, const sigset_t *mask)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS_NO_VM);
    setpgid(0, 0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    if (!give(ends))
        _exit(EXIT_STATUS_NO_VM);
    execv(argv->at[0], (char *const *)argv->at);
    dprintf(STDERR_FILENO, "%s: %s\n", argv->at[0], strerror(errno));
    _exit(EXIT_STATUS_NO_VM);
}

static pid_t start(const struct strings *argv, struct relay *relay, const sigset_t *mask)
{
    struct pipe_ends in = pipe_new(), out = pipe_new(), err = pipe_new();
    int control[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, control))
        die(EXIT_STATUS_NO_VM, "no socket can be made: %s", strerror(errno));
    if (process_verbose)
        fprintf(stderr, "%s\n", quote_list(argv));
    fcntl(out.read, F_SETPIPE_SZ, PIPE_BYTES);
    fcntl(in.write, F_SETFL, O_NONBLOCK);
    fcntl(out.read, F_SETFL, O_NONBLOCK);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        die(EXIT_STATUS_NO_VM, "QEMU could not start: %s", strerror(errno));
    if (pid == 0)
        become(argv, (const int[]){in.read, out.write, err.write, control[0]}, parent, mask);
    close(in.read);
    close(out.write);
    close(err.write);
    close(control[0]);
    relay->control = control[1];
    relay->guest_input = in.write;
    relay->guest_output = out.read;
    relay->guest_errors = err.read;
    return pid;
}

/* Waits a moment for QEMU to end by itself, then makes it. Returns its wait status. */
static int finish(pid_t pid, int patience_ms)
{
    int status = 0;
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 || poll(&(struct pollfd){fd, POLLIN, 0}, 1, patience_ms) <= 0)
        kill(pid, SIGKILL);
    if (fd >= 0)
        close(fd);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* QEMU's own words without its name and the line's end. */
static const char *first_words(struct relay *relay)
{
    char *words = relay->errors;
    words[relay->errors_bytes] = 0;
    words[strcspn(words, "\n")] = 0;
    return text_starts_with(words, HYPERVISOR ": ") ? words + strlen(HYPERVISOR ": ") : words;
}

/* The guest's side closed without an exit frame: from QEMU's status to ours. */
static int explain(struct relay *relay, const char *what, int wait_status)
{
    int status = process_status(wait_status);
    while (relay->guest_errors >= 0 && relay->errors_bytes < sizeof relay->errors - 1) {
        ssize_t count = read(relay->guest_errors, relay->errors + relay->errors_bytes,
                             sizeof relay->errors - 1 - relay->errors_bytes);
        if (count <= 0)
            break;
        relay->errors_bytes += (size_t)count;
    }
    /* An odd status is from isa-debug-exit, but QEMU's own failures are 1 too. */
    if (WIFEXITED(wait_status) && status & 1 &&
        (status > 1 || (relay->guest_spoke && !relay->deframer.deaf)) &&
        status != EXIT_STATUS_NO_VM)
        return status >> 1;
    if (WIFSIGNALED(wait_status))
        warn("%s: QEMU was stopped by signal %d", what, WTERMSIG(wait_status));
    else if (status)
        warn("QEMU could not start: %s",
             relay->errors_bytes ? first_words(relay) : "it does not say why");
    else {
        warn("%s: the guest stopped without saying why", what);
        return EXIT_STATUS_PANIC;
    }
    return EXIT_STATUS_NO_VM;
}

/* The signals that end us, save those that whoever started us wants ignored. */
static sigset_t ending_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction now;
        if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
            sigaddset(&set, numbers[i]);
    }
    sigaddset(&set, SIGWINCH); /* not one of them, but relay.c hears of it in the same way */
    return set;
}

/* The guest never spoke: the last line of firmware or boot loader says why. */
static void repeat_noise(const struct relay *relay)
{
    char line[201];
    size_t length = 0, start = relay->noise_bytes;
    if (!relay->deframer.deaf)
        return;
    while (start && !isgraph((unsigned char)relay->noise[start - 1]))
        start--;
    size_t end = start;
    while (start && relay->noise[start - 1] != '\n' && end - start < sizeof line - 1)
        start--;
    for (size_t i = start; i < end; i++)
        if (isprint((unsigned char)relay->noise[i]))
            line[length++] = relay->noise[i];
    line[length] = 0;
    warn("the machine did not get as far as the image%s%s", length ? "; its last words: " : "",
         line);
}

struct ports {
    pid_t hypervisor;
    const struct publications *published;
};

static bool ports_widen(const void *of)
{
    const struct ports *ports = of;
    return backlog_raise(ports->hypervisor, ports->published);
}

int vm_run(const struct machine *given, const char *what, const struct patience *patience)
{
    static struct relay relay;
    sigset_t wanted = ending_signals(), before;
    sigprocmask(SIG_BLOCK, &wanted, &before);
    signal(SIGPIPE, SIG_IGN);

    struct machine machine = *given;
    machine.control_fd = CONTROL_FD;
    struct strings argv = hypervisor_arguments(&machine);
    relay.deframer.deaf = machine.disk != NULL;
    relay.timeout_ns = (int64_t)(patience->timeout_s * 1e9);
    relay.grace_ns = (int64_t)(patience->grace_s * 1e9);
    relay.signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    pid_t pid = start(&argv, &relay, &before);
    struct ports ports = {pid, machine.network ? &machine.network->published : NULL};
    relay.chore = ports.published && ports.published->count ? ports_widen : NULL;
    relay.chore_of = &ports;
    enum relay_end end = relay_run(&relay);
    terminal_restore();
    bool by_itself = end == RELAY_EXITED || end == RELAY_STOPPED;
    int wait_status = finish(pid, by_itself ? END_WAIT_MS : 0);
    if (end != RELAY_SIGNAL && end != RELAY_STUBBORN && end != RELAY_CLOSED)
        repeat_noise(&relay);

    if (relay.report_bytes)
        debug_info_explain(machine.program, &(struct crash_text){relay.report, relay.report_bytes});

    switch (end) {
    case RELAY_EXITED:
        return relay.deframer.status;
    case RELAY_TIMEOUT:
        warn("%s: stopped after %g s (--timeout)", what, patience->timeout_s);
        return EXIT_STATUS_TIMEOUT;
    case RELAY_STUBBORN:
        warn("%s: it did not end within %g s of being asked to (--stop-timeout): stopped", what,
             patience->grace_s);
        return EXIT_STATUS_SIGNAL + relay.signal;
    case RELAY_SIGNAL:
        return EXIT_STATUS_SIGNAL + relay.signal;
    case RELAY_CLOSED:
        return EXIT_STATUS_SIGNAL + SIGPIPE;
    case RELAY_STOPPED:
        break;
    }
    if (machine.gdb_socket && wait_status == 0)
        return 0; /* the debugger ended it */
    return explain(&relay, what, wait_status);
}
