/* SPDX-License-Identifier: MIT
 *
 * What one process cannot have fails, each time with the errno that the table of
 * refusals says.
 */
#define _GNU_SOURCE 1
#include <aio.h>
#include <dlfcn.h>
#include <grp.h>
#include <mqueue.h>
#include <spawn.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "check.h"

#define REFUSED(call, value, error)                                                                \
    do {                                                                                           \
        errno = 0;                                                                                 \
        CHECK((call) == (value) && errno == (error));                                              \
    } while (0)

int main(void)
{
    char *const nothing[] = {NULL};
    pid_t child = 77;
    struct aiocb block = {0};

    REFUSED(fork(), -1, ENOSYS);
    REFUSED(vfork(), -1, ENOSYS);
    REFUSED(execv("/bin/true", nothing), -1, ENOSYS);
    REFUSED(execlp("true", "true", (char *)NULL), -1, ENOSYS);
    REFUSED(popen("true", "r"), NULL, ENOSYS);
    REFUSED(system("true"), -1, ENOSYS);
    CHECK(system(NULL) == 0);
    CHECK(posix_spawn(&child, "/bin/true", NULL, NULL, nothing, nothing) == ENOSYS && child == 77);
    REFUSED(wait(NULL), -1, ECHILD);
    REFUSED(waitpid(-1, NULL, WNOHANG), -1, ECHILD);
    REFUSED(shmget(IPC_PRIVATE, 4096, 0600), -1, ENOSYS);
    REFUSED(mq_open("/queue", O_RDONLY), (mqd_t)-1, ENOSYS);
    REFUSED(dlopen("libm.so.6", RTLD_NOW), NULL, ENOSYS);
    CHECK(strstr(dlerror(), "linked whole"));
    REFUSED(aio_read(&block), -1, ENOSYS);
    REFUSED(setuid(1000), -1, EPERM);
    const gid_t groups[] = {0, 1000};
    REFUSED(setgroups(2, groups), -1, EPERM);
    REFUSED(setgroups(-1, groups), -1, EINVAL);
    REFUSED(initgroups("nobody", 65534), -1, EPERM);
    CHECK(setgroups(0, NULL) == 0 && setgroups(1, groups) == 0 && initgroups("root", 0) == 0);
    REFUSED(sethostname("x", 1), -1, EPERM);
    REFUSED(getxattr("/", "user.x", NULL, 0), -1, ENOTSUP);
    REFUSED(daemon(0, 0), -1, ENOSYS);
    return success();
}
