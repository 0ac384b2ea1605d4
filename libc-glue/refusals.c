/* SPDX-License-Identifier: MIT
 *
 * Makes functions of the table in refusals.h. Nothing here returns success.
 */
#define _GNU_SOURCE /* pipe2, and what headers declare for it alone */
#include <aio.h>
#include <dlfcn.h>
#include <errno.h>
#include <grp.h>
#include <mqueue.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>
#include <utmpx.h>

#define ONE_PROCESS     "there is one process"
#define ONE_PROGRAM     "the image is the program, and it runs no other"
#define THREADS_INSTEAD "there is one process; pthread_create() makes threads"
#define ONE_USER        "root is the only user"
#define NO_AIO          "not built; threads can read and write at the same time"
#define NO_CHILDREN     "there are no children"
#define NO_LOADER       "an image is linked whole: link what would be loaded"
#define NO_PTY          "the console is the only terminal"
#define NO_SHELL        "there is no shell, and no second process to run it"
#define NO_WATCHES      "not built; nobody but the program changes its files"
#define NO_XATTR        "files have no extended attributes"

/* These have no header here: they are for programs that declare them, and for those
 * whose configure script only tries to link them. */
struct rusage;
int acct(const char *path);
int clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data);
long ptrace(int request, ...);
int reboot(int command);
int setdomainname(const char *name, size_t length);
int setns(int fd, int type);
int umount(const char *target);
int umount2(const char *target, int flags);
int unshare(int flags);

#define P __attribute__((unused))
#define REFUSE(type, name, parameters, value, error, reason)                                       \
    type name parameters                                                                           \
    {                                                                                              \
        errno = error;                                                                             \
        return value;                                                                              \
    }

#include "libc-glue/refusals.h"

/* POSIX: a null command asks whether there is a shell. */
int system(const char *command)
{
    if (!command)
        return 0;
    errno = ENOSYS;
    return -1;
}
