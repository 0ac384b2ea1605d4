/* SPDX-License-Identifier: MIT
 *
 * Runs a container in the foreground and waits for its end, or makes it end.
 */
#include "container_run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

#define END_PATIENCE_MS 10000 /* for a program that was asked to end, as docker stop has it */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether the program handles the signal. As the first process of a container it
 * is not ended by one that it does not handle. */
static bool handles(const struct engine_container *container, int number)
{
    char line[256];
    unsigned long long caught = 0;
    pid_t pid = engine_init_pid(container);
    FILE *file = pid > 0 ? fopen(text_format("/proc/%d/status", pid), "re") : NULL;
    if (!file)
        return pid > 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "SigCgt: %llx", &caught) == 1)
            break;
    fclose(file);
    return caught >> (number - 1) & 1;
}

struct wait {
    struct engine_container *container;
    const struct container_run *run;
    int signals;        /* a signalfd */
    int64_t timeout_ms; /* when; 0: never */
    int64_t kill_ms;    /* when; 0: never */
    int asked;          /* the signal that somebody sent us */
    bool timed_out;
};

static void pass_on(struct wait *wait)
{
    struct signalfd_siginfo info;
    if (read(wait->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    bool again = wait->asked != 0;
    wait->asked = (int)info.ssi_signo;
    if (again || !handles(wait->container, wait->asked)) {
        wait->kill_ms = now_ms();
        return;
    }
    engine_signal(wait->container, wait->asked);
    wait->kill_ms = now_ms() + END_PATIENCE_MS;
}

static int next_event_ms(const struct wait *wait)
{
    int64_t next = 0, now = now_ms();
    if (wait->timeout_ms)
        next = wait->timeout_ms;
    if (wait->kill_ms && (!next || wait->kill_ms < next))
        next = wait->kill_ms;
    if (!next)
        return -1;
    return next <= now ? 0 : next - now > 1 << 30 ? 1 << 30 : (int)(next - now);
}

/* Until the program has ended, or must. Returns its status. */
static int wait_for_end(struct wait *wait)
{
    int pidfd = (int)syscall(SYS_pidfd_open, wait->container->client, 0);
    struct pollfd wanted[] = {{pidfd, POLLIN, 0}, {wait->signals, POLLIN, 0}};
    bool killed = false;
    while (!killed && !(wanted[0].revents & POLLIN)) {
        wanted[0].revents = wanted[1].revents = 0;
        if (poll(wanted, 2, next_event_ms(wait)) < 0 && errno != EINTR)
            break;
        if (wanted[1].revents & POLLIN)
            pass_on(wait);
        wait->timed_out = wait->timeout_ms && now_ms() >= wait->timeout_ms;
        killed = wait->timed_out || (wait->kill_ms && now_ms() >= wait->kill_ms);
    }
    if (pidfd >= 0)
        close(pidfd);
    if (!killed || wanted[0].revents & POLLIN)
        return engine_wait(wait->container, -1);
    engine_kill(wait->container);
    return wait->timed_out ? EXIT_STATUS_TIMEOUT : EXIT_STATUS_SIGNAL + wait->asked;
}

static int run_loaded(struct engine *engine, const struct engine_image *image,
                      const struct container_run *run, int signals)
{
    struct engine_container container;
    struct wait wait = {&container, run, signals, 0, 0, 0, false};
    int64_t timeout_ms = (int64_t)(run->timeout_s * 1000);
    if (run->timeout_s > 0)
        wait.timeout_ms = now_ms() + (timeout_ms ? timeout_ms : 1);
    if (engine_start(engine, image, &run->how, &container))
        return EXIT_STATUS_NO_VM;
    int status = wait_for_end(&wait);
    if (wait.timed_out)
        warn("%s: stopped after %g s (--timeout)", image->container->name, run->timeout_s);
    engine_remove(&container);
    return status;
}

static int choose(struct engine *engine, const struct container_run *run)
{
    const char *wish = run->engine ? run->engine : "auto";
    bool docker = strcmp(wish, "docker") == 0, any = strcmp(wish, "auto") == 0;
    if (run->start_engine && !docker && !any)
        return failed("--start-engine starts docker, and --engine %s was asked for", wish);
    if (run->start_engine &&
        (engine_docker_runs(engine) == 0 || engine_start_private(engine, false) == 0))
        return 0;
    if (run->start_engine || engine_find(engine, wish))
        return -1;
    if (any && engine->kind == ENGINE_NONE && !run->quiet)
        warn("no container engine is here: it runs with the kernel's namespaces alone "
             "(--start-engine starts a docker daemon)");
    return 0;
}

/* From here on signals wait until somebody reads them: an end is always an orderly one. */
static int take_signals(void)
{
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t wanted;
    sigemptyset(&wanted);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction now;
        sigaction(ends[i], NULL, &now);
        if (now.sa_handler != SIG_IGN)
            sigaddset(&wanted, ends[i]);
    }
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    return signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

int container_run(const struct container *container, const struct container_run *run)
{
    struct engine engine = {0};
    struct engine_image image;
    struct container_run settled = *run;
    settled.how.terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    settled.how.in = settled.how.out = settled.how.err = -1;
    if (choose(&engine, run))
        return EXIT_STATUS_NO_VM;
    int status = EXIT_STATUS_NO_VM;
    if (engine_load(&engine, container, &image) == 0) {
        int signals = take_signals();
        status = run_loaded(&engine, &image, &settled, signals);
        close(signals);
        engine_unload(&engine, &image);
    }
    engine_close(&engine);
    return status;
}
