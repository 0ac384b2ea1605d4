/* SPDX-License-Identifier: MIT
 *
 * system.c continued: questions about the machine that few programs ask.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/sysinfo.h>
#include <ulimit.h>
#include <unistd.h>
#include <utmpx.h>

#include "kernel/entropy.h"
#include "kernel/memory.h"
#include "kernel/param.h"
#include "kernel/program.h"
#include "kernel/time.h"
#include "libc-glue/glue.h"

#define S_NS              1000000000ull
#define FILE_UNIT_BYTES   512
#define THREAD_NAME_BYTES 16

int sysinfo(struct sysinfo *info)
{
    if (!memory_probe(info, sizeof *info, true)) {
        errno = EFAULT;
        return -1;
    }
    *info = (struct sysinfo){
        .uptime = (long)(clock_monotonic_ns() / S_NS),
        .totalram = memory_total_bytes(),
        .freeram = memory_free_bytes(),
        .procs = 1,
        .mem_unit = 1,
    };
    return 0;
}

int get_nprocs(void)
{
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

int get_nprocs_conf(void)
{
    return (int)sysconf(_SC_NPROCESSORS_CONF);
}

long get_phys_pages(void)
{
    return sysconf(_SC_PHYS_PAGES);
}

long get_avphys_pages(void)
{
    return sysconf(_SC_AVPHYS_PAGES);
}

/* Nobody counts who waits: the load is told as none. */
int getloadavg(double *loads, int count)
{
    if (count > 3)
        count = 3;
    for (int i = 0; i < count; i++)
        loads[i] = 0;
    return count;
}

unsigned long getauxval(unsigned long type)
{
    static uint64_t random[2];

    switch (type) {
    case AT_PAGESZ:
        return PAGE_SIZE;
    case AT_CLKTCK:
        return (unsigned long)sysconf(_SC_CLK_TCK);
    case AT_UID:
    case AT_EUID:
    case AT_GID:
    case AT_EGID:
    case AT_SECURE:
        return 0;
    case AT_PLATFORM:
        return (unsigned long)(uintptr_t) "x86_64";
    case AT_EXECFN:
        return (unsigned long)(uintptr_t)program_argv[0];
    case AT_RANDOM:
        if (!random[0])
            entropy_read(random, sizeof random);
        return (unsigned long)(uintptr_t)random;
    default:
        errno = ENOENT;
        return 0;
    }
}

int prctl(int option, ...)
{
    va_list arguments;
    char *name;
    int error = -EINVAL;

    va_start(arguments, option);
    name = va_arg(arguments, char *);
    va_end(arguments);
    if (option == PR_SET_NAME) {
        char cut[THREAD_NAME_BYTES];

        strlcpy(cut, name, sizeof cut);
        error = -pthread_setname_np(pthread_self(), cut);
    } else if (option == PR_GET_NAME) {
        error = -pthread_getname_np(pthread_self(), name, THREAD_NAME_BYTES);
    }
    return (int)result(error);
}

/* Files may be as big as memory lets them; the limit cannot be set. */
long ulimit(int command, ...)
{
    if (command == UL_GETFSIZE)
        return (long)(SSIZE_MAX / FILE_UNIT_BYTES);
    return result(command == UL_SETFSIZE ? -EPERM : -EINVAL);
}

size_t confstr(int name, char *to, size_t size_bytes)
{
    static const char path[] = "/bin:/usr/bin";

    if (name != _CS_PATH) {
        errno = EINVAL;
        return 0;
    }
    if (size_bytes)
        strlcpy(to, path, size_bytes);
    return sizeof path;
}

/* Nobody is logged in. */
void setutxent(void)
{
}

void endutxent(void)
{
}

struct utmpx *getutxent(void)
{
    return NULL;
}

struct utmpx *getutxid(const struct utmpx *like)
{
    (void)like;
    return NULL;
}

struct utmpx *getutxline(const struct utmpx *like)
{
    (void)like;
    return NULL;
}
