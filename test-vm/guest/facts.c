/* SPDX-License-Identifier: MIT
 *
 * What a program may ask of the system around it, when there is little around it.
 */
#define _GNU_SOURCE 1
#include <execinfo.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

__attribute__((noinline)) static void deeper(void)
{
    void *callers[16];
    int count = backtrace(callers, 16);
    char **names = backtrace_symbols(callers, count);

    CHECK(count >= 3 && names);
    CHECK(strstr(names[0], "(deeper+0x") && strstr(names[1], "(traced+0x"));
    CHECK(strstr(names[2], "(main+0x"));
    backtrace_symbols_fd(callers, 1, STDOUT_FILENO);
    CHECK(backtrace(callers, 2) == 2);
    free(names);
}

__attribute__((noinline)) static void traced(void)
{
    deeper();
    __asm__ volatile("");
}

static void system_facts(void)
{
    struct utsname name;
    struct sysinfo info;
    struct rusage usage;
    struct tms times_used;
    char host[65];

    CHECK(uname(&name) == 0 && strcmp(name.machine, "x86_64") == 0);
    CHECK(gethostname(host, sizeof host) == 0 && strcmp(host, name.nodename) == 0);
    CHECK(sysinfo(&info) == 0 && info.totalram > info.freeram && info.mem_unit == 1);
    CHECK(get_nprocs() == 1 && sysconf(_SC_PAGESIZE) == 4096 && sysconf(_SC_CLK_TCK) == 100);
    CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_SECURE) == 0);
    CHECK(*(uint64_t *)getauxval(AT_RANDOM) != 0);
    errno = 0;
    CHECK(getauxval(12345) == 0 && errno == ENOENT);
    CHECK(CLOCKS_PER_SEC == 1000000 && clock() >= 0 && times(&times_used) != (clock_t)-1);
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > 0);
    CHECK(getpriority(PRIO_PROCESS, 0) == 0);
    errno = 0;
    CHECK(sysconf(-5) == -1 && errno == EINVAL);
    CHECK(confstr(_CS_PATH, host, sizeof host) == strlen(host) + 1);
}

static void *number(void *into)
{
    *(pid_t *)into = gettid();
    return NULL;
}

static void names(void)
{
    char name[16];
    pthread_t thread;
    pid_t other;

    CHECK(prctl(PR_SET_NAME, "a name of many letters") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0);
    CHECK_TEXT(name, "a name of many ");
    CHECK(prctl(9999) == -1 && errno == EINVAL);
    CHECK(gettid() == getpid());
    CHECK(pthread_create(&thread, NULL, number, &other) == 0);
    pthread_join(thread, NULL);
    CHECK(other != getpid() && other > 0);
    CHECK(program_invocation_name && strcmp(program_invocation_short_name, "facts") == 0);
}

static void environment(void)
{
    CHECK(setenv("ONE", "1", 1) == 0 && clearenv() == 0 && !getenv("ONE"));
    CHECK(setenv("TWO", "2", 1) == 0 && getenv("TWO"));
}

/* Without /etc/passwd there is root; with the one of the test there are more. */
static void users(int argc)
{
    struct passwd *user, entry, *found;
    struct group group, *group_found;
    char buffer[256];
    gid_t groups[4];
    int count = 4;

    CHECK((user = getpwuid(0)) != NULL);
    CHECK_TEXT(user->pw_name, "root");
    CHECK_TEXT(getlogin(), "root");
    if (argc == 1) {
        CHECK(!getpwnam("alice") && getgrgid(0) && !getgrgid(7));
        return;
    }
    CHECK(getpwnam_r("alice", &entry, buffer, sizeof buffer, &found) == 0 && found == &entry);
    CHECK(entry.pw_uid == 1000 && entry.pw_gid == 100);
    CHECK_TEXT(entry.pw_dir, "/users/alice");
    CHECK_TEXT(entry.pw_gecos, "Alice A.");
    CHECK(getpwnam_r("alice", &entry, buffer, 10, &found) == ERANGE && !found);
    CHECK(getpwuid_r(4242, &entry, buffer, sizeof buffer, &found) == 0 && !found);
    CHECK(getgrnam_r("wheel", &group, buffer, sizeof buffer, &group_found) == 0 && group_found);
    CHECK_TEXT(group.gr_mem[1], "alice");
    CHECK(group.gr_mem[2] == NULL && group.gr_gid == 10);
    CHECK(getgrouplist("alice", 100, groups, &count) == 2 && groups[0] == 100 && groups[1] == 10);
    for (count = 0, setpwent(); getpwent(); count++)
        ;
    CHECK(count == 3);
}

int main(int argc, char **argv)
{
    (void)argv;
    traced();
    system_facts();
    names();
    users(argc);
    environment();
    return success();
}
