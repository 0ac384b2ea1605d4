/* SPDX-License-Identifier: MIT
 *
 * What a program in a container, or in a Linux guest, can see of the kernel it
 * runs on, and which of that kernel's system calls it reaches.
 *
 * Each call is tried in a child of its own with arguments that no call accepts
 * (-1 everywhere), so that it ends in an error as soon as it has looked at them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "companion.h"

#define CALLS_MAX 463

static void print_first_line(const char *key, const char *path)
{
    char line[512] = "";
    FILE *file = fopen(path, "r");
    if (file && fgets(line, sizeof line, file))
        line[strcspn(line, "\n")] = 0;
    if (file)
        fclose(file);
    printf("%s=%s\n", key, line);
}

/* Lines of /proc/self/status that say how the program is confined. */
static void print_status(void)
{
    static const char *const wanted[] = {"Seccomp", "NoNewPrivs", "CapEff", "CapBnd", "Uid"};
    char line[512];
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file)) {
        size_t length = strcspn(line, ":");
        for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
            if (strlen(wanted[i]) == length && strncmp(wanted[i], line, length) == 0) {
                line[strcspn(line, "\n")] = 0;
                printf("%s=%s\n", wanted[i], line + length + 1 + strspn(line + length + 1, " \t"));
            }
    }
    if (file)
        fclose(file);
}

static void print_namespaces(void)
{
    static const char *const names[] = {"cgroup", "ipc", "mnt", "net", "pid", "user", "uts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64], target[64] = "";
        snprintf(path, sizeof path, "/proc/self/ns/%s", names[i]);
        if (readlink(path, target, sizeof target - 1) > 0)
            printf("ns.%s=%s\n", names[i], target);
    }
}

static int count_entries(const char *path, int only_numbers)
{
    int count = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        count += only_numbers ? entry->d_name[0] >= '1' && entry->d_name[0] <= '9'
                              : entry->d_name[0] != '.';
    if (folder)
        closedir(folder);
    return count;
}

/* Code symbols of the kernel that answers here, and the size of its code. */
static void print_kernel_code(void)
{
    char line[512];
    unsigned long long address, first = 0, last = 0;
    unsigned long symbols = 0;
    char type, name[256];
    FILE *file = fopen("/proc/kallsyms", "r");
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%llx %c %255s", &address, &type, name) != 3 || strchr(line, '['))
            continue;
        symbols += type == 't' || type == 'T';
        if (strcmp(name, "_text") == 0 || strcmp(name, "_stext") == 0)
            first = first && first < address ? first : address;
        if (strcmp(name, "_etext") == 0)
            last = address;
    }
    if (file)
        fclose(file);
    printf("kernel.symbols=%lu\n", symbols);
    if (last > first)
        printf("kernel.text=%llu\n", last - first);
}

static void try_call(long number)
{
    static const struct rlimit no_core;
    setrlimit(RLIMIT_CORE, &no_core);
    alarm(1);
    long result = syscall(number, -1L, -1L, -1L, -1L, -1L, -1L);
    syscall(SYS_exit_group, result >= 0 ? 0 : errno == ENOSYS ? 1 : errno == EPERM ? 2 : 0);
}

/* Calls that would end or disturb what the probe stands on. */
static int is_left_out(long number)
{
    return number == SYS_vhangup || number == SYS_sync || number == SYS_rt_sigreturn;
}

static void print_calls(void)
{
    unsigned reached = 0, absent = 0, refused = 0, killed = 0;
    for (long number = 0; number < CALLS_MAX; number++) {
        if (is_left_out(number) || (number > 334 && number < 424))
            continue;
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0)
            try_call(number);
        int status = 0;
        if (pid < 0 || waitpid(pid, &status, 0) != pid)
            continue;
        if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
            killed++;
        else if (WIFEXITED(status) && WEXITSTATUS(status) == 1)
            absent++;
        else if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
            refused++;
        else
            reached++;
    }
    printf("calls.reached=%u\ncalls.refused=%u\ncalls.absent=%u\ncalls.killed=%u\n", reached,
           refused, absent, killed);
}

int probe(void)
{
    struct utsname name;
    if (uname(&name) == 0)
        printf("uname=%s %s %s\n", name.sysname, name.release, name.machine);
    print_first_line("boot", "/proc/sys/kernel/random/boot_id");
    print_first_line("memory", "/proc/meminfo");
    print_status();
    print_namespaces();
    printf("processes=%d\n", count_entries("/proc", 1));
    printf("devices=%d\n", count_entries("/dev", 0));
    printf("modules=%d\n", access("/proc/modules", R_OK) == 0);
    print_kernel_code();
    print_calls();
    puts("probe=done");
    return 0;
}
