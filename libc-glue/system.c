/* SPDX-License-Identifier: MIT
 *
 * What the system is and what its limits are.
 */
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "kernel/memory.h"
#include "kernel/param.h"
#include "libc-glue/files.h"
#include "libc-glue/host_name.h"

int uname(struct utsname *name)
{
    if (!memory_probe(name, sizeof *name, true))
        return (int)result(-EFAULT);
    *name = (struct utsname){
        .sysname = "Thimble",
        .release = "0.1",
        .version = "one program, one address space",
        .machine = "x86_64",
    };
    strlcpy(name->nodename, host_name(), sizeof name->nodename);
    return 0;
}

int gethostname(char *to, size_t size_bytes)
{
    return (int)result(strlcpy(to, host_name(), size_bytes) < size_bytes ? 0 : -ENAMETOOLONG);
}

int getpagesize(void)
{
    return PAGE_SIZE;
}

int getdtablesize(void)
{
    return fd_limit;
}

static long sysconf_threads(int name)
{
    switch (name) {
    case _SC_THREADS:
    case _SC_THREAD_ATTR_STACKADDR:
    case _SC_THREAD_ATTR_STACKSIZE:
    case _SC_THREAD_CPUTIME:
    case _SC_THREAD_PRIORITY_SCHEDULING:
    case _SC_THREAD_PROCESS_SHARED:
    case _SC_THREAD_SAFE_FUNCTIONS:
    case _SC_BARRIERS:
    case _SC_PRIORITY_SCHEDULING:
    case _SC_READER_WRITER_LOCKS:
    case _SC_SEMAPHORES:
    case _SC_SPIN_LOCKS:
    case _SC_TIMEOUTS:
        return _POSIX_THREADS; /* all of one edition */
    case _SC_THREAD_STACK_MIN:
        return PTHREAD_STACK_MIN;
    case _SC_THREAD_KEYS_MAX:
        return PTHREAD_KEYS_MAX;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS:
        return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_THREAD_THREADS_MAX:
        return PTHREAD_THREADS_MAX;
    case _SC_TIMER_MAX:
        return TIMERS_MAX;
    case _SC_DELAYTIMER_MAX:
        return DELAY_TIMER_MAX;
    case _SC_RTSIG_MAX:
        return SIGRTMAX - SIGRTMIN + 1;
    case _SC_SIGQUEUE_MAX:
        return SIGNALS_QUEUED_MAX;
    case _SC_SEM_VALUE_MAX:
        return SEM_VALUE_MAX;
    default:
        return -1;
    }
}

/* Lengths of lines and names, and what is there for sure. */
static long sysconf_texts(int name)
{
    switch (name) {
    case _SC_LINE_MAX:
        return LINE_MAX;
    case _SC_LOGIN_NAME_MAX:
        return LOGIN_NAME_MAX;
    case _SC_TTY_NAME_MAX:
        return NAME_MAX;
    case _SC_TZNAME_MAX:
        return TZNAME_MAX;
    case _SC_STREAM_MAX:
        return FD_MAX;
    case _SC_CHILD_MAX:
        return CHILD_MAX;
    case _SC_ATEXIT_MAX:
        return ATEXIT_MAX;
    case _SC_RE_DUP_MAX:
        return RE_DUP_MAX;
    case _SC_GETPW_R_SIZE_MAX:
    case _SC_GETGR_R_SIZE_MAX:
        return LINE_MAX;
    case _SC_2_VERSION:
        return _POSIX2_VERSION;
    case _SC_XOPEN_VERSION:
        return 700;
    case _SC_SAVED_IDS:
    case _SC_FSYNC:
        return 1;
    default:
        return sysconf_threads(name);
    }
}

/* -1 without errno is POSIX's "no limit" or "not supported". */
long sysconf(int name)
{
    switch (name) {
    case _SC_ARG_MAX:
        return COMMAND_LINE_MAX;
    case _SC_CLK_TCK:
        return TICKS_PER_S;
    case _SC_OPEN_MAX:
        return fd_limit;
    case _SC_PAGESIZE:
        return PAGE_SIZE;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return 1;
    case _SC_PHYS_PAGES:
        return (long)(memory_total_bytes() / PAGE_SIZE);
    case _SC_AVPHYS_PAGES:
        return (long)(memory_free_bytes() / PAGE_SIZE);
    case _SC_VERSION:
        return _POSIX_VERSION;
    case _SC_TIMERS:
        return _POSIX_TIMERS;
    case _SC_MONOTONIC_CLOCK:
        return _POSIX_MONOTONIC_CLOCK;
    case _SC_MAPPED_FILES:
    case _SC_MEMLOCK:
    case _SC_MEMLOCK_RANGE:
    case _SC_MEMORY_PROTECTION:
        return _POSIX_MAPPED_FILES; /* all of one edition */
    case _SC_CPUTIME:
        return _POSIX_CPUTIME;
    case _SC_CLOCK_SELECTION:
        return _POSIX_CLOCK_SELECTION;
    case _SC_REGEXP:
        return _POSIX_REGEXP;
    case _SC_REALTIME_SIGNALS:
        return _POSIX_REALTIME_SIGNALS;
    case _SC_IOV_MAX:
        return IOV_COUNT_MAX;
    case _SC_SYMLOOP_MAX:
        return LINK_DEPTH_MAX;
    case _SC_HOST_NAME_MAX:
        return sizeof(((struct utsname *)0)->nodename) - 1;
    case _SC_NGROUPS_MAX:
        return 1;
    default:
        return name < 0 || name > _SC_V7_LPBIG_OFFBIG ? result(-EINVAL) : sysconf_texts(name);
    }
}

static long path_limit(int name)
{
    switch (name) {
    case _PC_LINK_MAX:
        return 65000;
    case _PC_PIPE_BUF:
        return PIPE_BUF;
    case _PC_2_SYMLINKS:
        return 1;
    case _PC_SYMLINK_MAX:
        return PATH_MAX - 1;
    case _PC_FILESIZEBITS:
        return 64;
    case _PC_CHOWN_RESTRICTED:
        return 1;
    case _PC_REC_XFER_ALIGN:
    case _PC_ALLOC_SIZE_MIN:
        return BLOCK_BYTES;
    case _PC_TIMESTAMP_RESOLUTION:
        return 1;
    case _PC_MAX_CANON:
    case _PC_MAX_INPUT:
        return MAX_CANON;
    case _PC_VDISABLE:
        return 0;
    case _PC_NAME_MAX:
        return NAME_MAX;
    case _PC_PATH_MAX:
        return PATH_MAX;
    case _PC_NO_TRUNC:
        return 1;
    default:
        return -1;
    }
}

long pathconf(const char *path, int name)
{
    return access(path, F_OK) < 0 ? -1 : path_limit(name);
}

long fpathconf(int fd, int name)
{
    struct file *file = fd_get(fd);

    if (!file)
        return result(-EBADF);
    file_put(file);
    return path_limit(name);
}

static rlim_t limit_of(int resource)
{
    switch (resource) {
    case RLIMIT_STACK:
        return STACK_MAIN_SIZE;
    case RLIMIT_NOFILE:
        return (rlim_t)fd_limit;
    case RLIMIT_NPROC:
        return 1;
    case RLIMIT_CORE:
        return 0;
    default:
        return RLIM_INFINITY;
    }
}

int getrlimit(int resource, struct rlimit *limit)
{
    if ((unsigned)resource >= RLIM_NLIMITS)
        return (int)result(-EINVAL);
    limit->rlim_cur = limit->rlim_max = limit_of(resource);
    if (resource == RLIMIT_NOFILE)
        limit->rlim_max = FD_MAX;
    return 0;
}

/* Limits are what they are: setting the present one works, as does asking for
 * less, which is not enforced; more is refused. */
int setrlimit(int resource, const struct rlimit *limit)
{
    if ((unsigned)resource >= RLIM_NLIMITS || limit->rlim_cur > limit->rlim_max)
        return (int)result(-EINVAL);
    if (resource == RLIMIT_NOFILE && limit->rlim_max <= FD_MAX) {
        fd_limit = (int)limit->rlim_cur;
        return 0;
    }
    return (int)result(limit->rlim_cur > limit_of(resource) ? -EPERM : 0);
}
