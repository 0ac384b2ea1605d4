/* SPDX-License-Identifier: MIT
 *
 * mkimage debug: the machine, paused, in a child of ours; gdb beside it, at main.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "build.h"
#include "compiler.h"
#include "debug_info.h"
#include "output.h"
#include "process.h"
#include "run_request.h"
#include "sysroot.h"
#include "temporary.h"
#include "verb.h"

#define START_WAIT_MS 20000 /* for the hypervisor to listen */
#define END_WAIT_MS   1000  /* for the machine to end after gdb has told it to */
#define LOOK_MS       10

struct debug_request {
    struct run_request run; /* first: the options of run expect it here */
    struct strings commands;
    const char *input;
    bool batch;
};

static void take_command(void *into, const char *name, const char *value)
{
    (void)name;
    strings_add(&((struct debug_request *)into)->commands, value);
}

static void take_batch(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct debug_request *)into)->batch = true;
}

static void take_input(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct debug_request *)into)->input = value;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_debug, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {"-ex", "--ex", OPTION_WORD, "COMMAND", take_command, "run this gdb command at main"},
    {NULL, "--batch", OPTION_FLAG, NULL, take_batch, "end when those have run"},
    {NULL, "--input", OPTION_VALUE, "FILE", take_input,
     "the program's standard input (default: empty; ours is gdb's)"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, NULL},
    {0},
};

static const struct option_group groups[] = {
    {"options for gdb", rows},
    {"options of run", run_option_rows},
    {"the network", run_network_rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker, when there is something to build", compile_option_rows},
    {0},
};

static void check(struct debug_request *request)
{
    struct run_request *run = &request->run;
    if (run->gdb_port || run->print)
        die(EXIT_STATUS_USAGE, "%s is an option of run: debug starts gdb itself",
            run->print ? "--print" : "--gdb");
    if (strcmp(run->boot, "bios") == 0 || strcmp(run->boot, "uefi") == 0)
        die(EXIT_STATUS_USAGE, "--boot %s: a program is debugged without firmware", run->boot);
    if (!process_find("gdb"))
        die(EXIT_STATUS_FAILED, "gdb is not installed: apt install gdb");
    run->boot = "direct";
    if (!run->build.optimised) /* variables stay where one can look at them */
        compiler_take_flag(&run->build, "-Og");
}

/* A file with the debug information, for gdb. */
static const char *symbols_for(const char *path)
{
    struct debug_info info;
    if (debug_info_open(&info, path))
        exit(EXIT_STATUS_FAILED);
    if (!info.lines)
        die(EXIT_STATUS_FAILED, "%s: %s", path, info.why_not);
    const char *symbols = info.path;
    if (!symbols) {
        struct output *output = output_open(temporary_path("symbols.elf"));
        output_write(output, info.media.kernel.bytes, info.media.kernel.size_bytes);
        output_close(output, 0600);
        output_publish(output);
        symbols = output->path;
    }
    debug_info_close(&info);
    return symbols;
}

static const char *socket_path(void)
{
    const char *path = temporary_path("gdb");
    if (strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path)
        die(EXIT_STATUS_FAILED, "%s: too long for a socket (set TMPDIR to a shorter path)", path);
    return path;
}

/* The child: the machine and the program's streams. Ctrl-C is for gdb. */
static _Noreturn void run_machine(const struct debug_request *request, const char *path,
                                  pid_t parent)
{
    const char *input = request->input ? request->input : "/dev/null";
    int fd = open(input, O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS_NO_VM);
    if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
        die(EXIT_STATUS_FAILED, "--input %s: %s", input, strerror(errno));
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    exit(run_image(&request->run, path));
}

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){0, ms * 1000000}, NULL);
}

/* True when it has ended, and then *status is its exit status. */
static bool has_ended(pid_t pid, int *status)
{
    int wait_status;
    if (waitpid(pid, &wait_status, WNOHANG) != pid)
        return false;
    *status = process_status(wait_status);
    return true;
}

static bool is_listening(pid_t machine, const char *socket, int *status)
{
    for (int waited_ms = 0; waited_ms < START_WAIT_MS; waited_ms += LOOK_MS) {
        if (access(socket, F_OK) == 0)
            return true;
        if (has_ended(machine, status))
            return false;
        pause_ms(LOOK_MS);
    }
    kill(machine, SIGKILL);
    waitpid(machine, NULL, 0);
    warn("the hypervisor does not listen for gdb");
    *status = EXIT_STATUS_NO_VM;
    return false;
}

static void end_machine(pid_t machine)
{
    int status;
    for (int waited_ms = 0; waited_ms < END_WAIT_MS; waited_ms += LOOK_MS) {
        if (has_ended(machine, &status))
            return;
        pause_ms(LOOK_MS);
    }
    kill(machine, SIGKILL); /* QEMU dies with it */
    waitpid(machine, NULL, 0);
}

/* As a constant of Python. */
static const char *python_text(const char *text)
{
    char *quoted = memory_new(4 * strlen(text) + 3), *to = quoted;
    *to++ = '\'';
    for (; *text; text++)
        if (*text == '\'' || *text == '\\' || *text == '\n')
            to += sprintf(to, "\\x%02x", (unsigned char)*text);
        else
            *to++ = *text;
    *to = '\'';
    return quoted;
}

static struct strings gdb_command(const struct debug_request *request, pid_t machine,
                                  const char *socket, const char *symbols)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"gdb", "-q", NULL});
    if (request->batch)
        strings_add(&argv, "-batch");
    strings_add(&argv, "-ex");
    strings_addf(&argv, "source %s", sysroot_file("gdb/thimble.py"));
    strings_add(&argv, "-ex");
    strings_addf(&argv, "python Output.watch(%d); attach(%s, %s); to_main()", machine,
                 python_text(socket), python_text(symbols));
    for (size_t i = 0; i < request->commands.count; i++)
        strings_add_all(&argv, (const char *const[]){"-ex", request->commands.at[i], NULL});
    return argv;
}

static int run(const char *const *argv)
{
    struct debug_request request = {0};
    run_request_parse(&request.run, groups, argv);
    check(&request);
    request.run.gdb_socket = socket_path();
    const char *path = run_build(&request.run), *symbols = symbols_for(path);
    int status;
    fflush(NULL);
    pid_t parent = getpid(), machine = fork();
    if (machine < 0)
        die(EXIT_STATUS_NO_VM, "the machine could not start: %s", strerror(errno));
    if (machine == 0)
        run_machine(&request, path, parent);
    if (!is_listening(machine, request.run.gdb_socket, &status))
        return status;
    struct strings command = gdb_command(&request, machine, request.run.gdb_socket, symbols);
    pid_t gdb = process_launch(&command, (const int[]){-1, -1, -1}, PROCESS_BESIDE);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    status = process_wait(gdb);
    end_machine(machine);
    return status;
}

const struct verb verb_debug = {
    .name = "debug",
    .synopsis = "[options] FILE...|IMAGE [-- ARG...]",
    .summary = "boot an image, or build and boot C sources, in gdb",
    .text = "Boots an image that has debug information (-g, --debug-file), or builds sources\n"
            "(with -g, and -Og unless an -O is given), and opens gdb at main, with symbols where\n"
            "this boot put them. In gdb, `thimble threads` lists the program's threads,\n"
            "`thimble thread N` looks at one, `thimble backtraces` at all. The machine ends\n"
            "with gdb. The exit status is gdb's.",
    .options = groups,
    .run = run,
};
