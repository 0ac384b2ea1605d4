/* SPDX-License-Identifier: MIT
 *
 * Runs a container with nothing but the kernel: new namespaces, the files as
 * the root, a small first process that passes on signals and the exit status.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "engine_work.h"

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWUSER)
#define IDS        65536 /* users that root may map */

/* All that the first process needs, put together before it is born. */
struct birth {
    const char *root, *folder, *name;
    struct strings environment, arguments, volumes;
    uint64_t limit_bytes; /* of address space; 0: none */
    int streams[3];
    int go; /* a byte comes here when the parent has done its part */
    unsigned uid, gid;
    bool network; /* one of its own */
};

static _Noreturn void trouble(const char *what)
{
    dprintf(STDERR_FILENO, "%s: the container cannot be set up: %s: %s\n", program_name, what,
            strerror(errno));
    _exit(EXIT_STATUS_NO_VM);
}

static void must(int result, const char *what)
{
    if (result)
        trouble(what);
}

/* A folder and those above it; what is there already is fine. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(path, 0755);
        *slash = '/';
    }
    mkdir(path, 0755);
}

static void bind_file(const char *from, const char *to)
{
    int fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0666);
    if (fd < 0)
        trouble(to);
    close(fd);
    must(mount(from, to, NULL, MS_BIND, NULL), from);
}

static void mount_devices(const char *root)
{
    static const char *const names[] = {"null", "zero", "full", "random", "urandom", "tty"};
    char *folder = text_format("%s/dev", root), *shared = text_format("%s/dev/shm", root);
    make_folders(folder);
    must(mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k"), "/dev");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        bind_file(text_format("/dev/%s", names[i]), text_format("%s/%s", folder, names[i]));
    must(mkdir(shared, 01777), "/dev/shm");
    must(mount("tmpfs", shared, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m"),
         "/dev/shm");
    must(symlink("/proc/self/fd", text_format("%s/fd", folder)), "/dev/fd");
}

static void mount_volume(const char *root, const char *text)
{
    struct engine_volume volume = engine_volume(text);
    char *to = text_format("%s%s", root, volume.path);
    make_folders(to);
    must(mount(volume.folder, to, NULL, MS_BIND | MS_REC, NULL), volume.folder);
    if (volume.read_only)
        must(mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL),
             volume.folder);
}

static void enter_root(const struct birth *birth)
{
    const char *root = birth->root;
    char *proc = text_format("%s/proc", root);
    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "/");
    must(mount(root, root, NULL, MS_BIND | MS_REC, NULL), root);
    make_folders(proc);
    must(mount("proc", proc, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "/proc");
    mount_devices(root);
    for (size_t i = 0; i < birth->volumes.count; i++)
        mount_volume(root, birth->volumes.at[i]);
    must(chdir(root), root);
    must((int)syscall(SYS_pivot_root, ".", "."), "its root");
    must(umount2(".", MNT_DETACH), "its root");
    must(chdir(birth->folder), birth->folder);
}

void engine_raise_loopback(void)
{
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        ioctl(fd, SIOCSIFFLAGS, &request);
        close(fd);
    }
}

/* The program's own process: it gives up what it does not need. */
static _Noreturn void become_program(const struct birth *birth)
{
    sigset_t none;
    sigemptyset(&none);
    if (birth->limit_bytes) {
        const struct rlimit limit = {birth->limit_bytes, birth->limit_bytes};
        must(setrlimit(RLIMIT_AS, &limit), "the limit of its memory");
    }
    must(birth->gid && setresgid(birth->gid, birth->gid, birth->gid), "its group");
    must(birth->uid && setresuid(birth->uid, birth->uid, birth->uid), "its user");
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setsid();
    for (int i = 0; i < 3; i++)
        must(birth->streams[i] >= 0 && dup2(birth->streams[i], i) < 0, "its streams");
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(birth->arguments.at[0], (char *const *)birth->arguments.at,
           (char *const *)birth->environment.at);
    trouble(birth->arguments.at[0]);
}

/* Process 1: passes signals on, buries orphans, ends as the program ends. */
static _Noreturn void tend(const struct birth *birth)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    pid_t program = fork();
    must(program < 0 ? -1 : 0, "a process");
    if (program == 0)
        become_program(birth);
    close_range(3, ~0u, 0);
    for (int i = 0; i < 3; i++) /* the program's alone: its readers wait for their end */
        close(i);
    for (;;) {
        int number = sigwaitinfo(&all, NULL), status;
        if (number > 0 && number != SIGCHLD)
            kill(program, number);
        for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
            if (pid == program)
                _exit(WIFEXITED(status) ? WEXITSTATUS(status)
                                        : EXIT_STATUS_SIGNAL + WTERMSIG(status));
    }
}

static _Noreturn void be_born(const struct birth *birth)
{
    char byte;
    if (read(birth->go, &byte, 1) != 1)
        _exit(EXIT_STATUS_NO_VM);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    sethostname(birth->name, strlen(birth->name));
    if (birth->network)
        engine_raise_loopback();
    enter_root(birth);
    tend(birth);
}

static int write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t bytes = fd < 0 ? -1 : write(fd, text, strlen(text));
    if (fd >= 0)
        close(fd);
    return bytes < 0 ? -1 : 0;
}

/* Who is who inside: root maps many, anybody else only himself. */
static int map_users(pid_t pid, const struct birth *birth)
{
    bool root = geteuid() == 0;
    const char *users =
        root ? text_format("0 0 %d", IDS) : text_format("%u %u 1", birth->uid, geteuid());
    const char *groups = root ? users : text_format("%u %u 1", birth->gid, getegid());
    if (!root && write_text(text_format("/proc/%d/setgroups", pid), "deny"))
        return -1;
    return write_text(text_format("/proc/%d/uid_map", pid), users) ||
                   write_text(text_format("/proc/%d/gid_map", pid), groups)
               ? -1
               : 0;
}

static struct birth describe(const struct engine_run *run, const struct engine_container *container)
{
    const struct container *what = container->image->container;
    const char *user = what->user ? what->user : "0:0", *group = strchr(user, ':');
    return (struct birth){
        .root = container->image->rootfs,
        .folder = what->workdir ? what->workdir : "/",
        .name = what->name,
        .environment = engine_environment(what, run),
        .arguments = engine_arguments(what, run),
        .volumes = run->volumes,
        .limit_bytes = container->cgroup ? 0 : run->memory_bytes,
        .streams = {run->in, run->out, run->err},
        .uid = (unsigned)strtoul(user, NULL, 10),
        .gid = group ? (unsigned)strtoul(group + 1, NULL, 10) : 0,
        .network = !run->network || strcmp(run->network, "host") != 0,
    };
}

/* The parent's part for the new-born. */
static int prepare(pid_t pid, const struct birth *birth, const struct engine_run *run,
                   const struct engine_container *container)
{
    if (map_users(pid, birth))
        return failed("the container's users cannot be mapped: %s", strerror(errno));
    if (container->cgroup && run->memory_bytes &&
        cgroup_limit_memory(container->cgroup, run->memory_bytes))
        return failed("-m: the memory cannot be limited: %s", strerror(errno));
    if (container->cgroup && cgroup_enter(container->cgroup, pid))
        return failed("the container's control group: %s", strerror(errno));
    return 0;
}

static int start(struct engine *engine, const struct engine_run *run,
                 struct engine_container *container)
{
    (void)engine;
    int ends[2];
    struct birth birth = describe(run, container);
    if (run->ports.count && birth.network)
        return failed("-p %s: without an engine no ports are published: --net host, or docker or "
                      "podman",
                      run->ports.at[0]);
    if (pipe2(ends, O_CLOEXEC))
        return failed("no pipe can be made: %s", strerror(errno));
    birth.go = ends[0];
    fflush(NULL);
    unsigned long flags = NAMESPACES | (birth.network ? CLONE_NEWNET : 0) | SIGCHLD;
    pid_t pid = (pid_t)syscall(SYS_clone, flags, NULL, NULL, NULL, 0);
    if (pid == 0) {
        close(ends[1]);
        be_born(&birth);
    }
    int error = errno;
    close(ends[0]);
    int result = pid < 0 ? failed("the kernel gives no namespaces here: %s", strerror(error))
                         : prepare(pid, &birth, run, container);
    if (pid > 0) {
        container->client = pid;
        if (result == 0 && write(ends[1], "", 1) != 1)
            result = -1;
    }
    close(ends[1]);
    if (result && pid > 0)
        waitpid(pid, NULL, 0);
    return result;
}

/* The program is the only child of the first process. */
static pid_t init_pid(const struct engine_container *container)
{
    int pid = 0;
    FILE *file =
        fopen(text_format("/proc/%d/task/%d/children", container->client, container->client), "re");
    if (file && fscanf(file, "%d", &pid) != 1)
        pid = 0;
    if (file)
        fclose(file);
    return pid;
}

static int send_signal(const struct engine_container *container, int number)
{
    return kill(container->client, number);
}

static void remove_container(struct engine_container *container)
{
    (void)container; /* its namespaces went with its last process */
}

const struct engine_work engine_work_namespaces = {
    .load = engine_unpack,
    .unload = engine_unpacked_remove,
    .start = start,
    .init_pid = init_pid,
    .signal = send_signal,
    .remove = remove_container,
};
