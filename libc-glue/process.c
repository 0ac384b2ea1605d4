/* SPDX-License-Identifier: MIT
 *
 * Who we are: the one process, number 1, of the one user, root.
 */
#include <grp.h>
#include <unistd.h>

#include "libc-glue/glue.h"

pid_t getpid(void)
{
    return 1;
}

pid_t getppid(void)
{
    return 0;
}

pid_t getpgrp(void)
{
    return 1;
}

static pid_t self_only(pid_t process)
{
    return (pid_t)result(process == 0 || process == 1 ? 1 : -ESRCH);
}

pid_t getpgid(pid_t process)
{
    return self_only(process);
}

pid_t getsid(pid_t process)
{
    return self_only(process);
}

uid_t getuid(void)
{
    return 0;
}

uid_t geteuid(void)
{
    return 0;
}

gid_t getgid(void)
{
    return 0;
}

gid_t getegid(void)
{
    return 0;
}

int getgroups(int count, gid_t groups[])
{
    if (count > 0)
        groups[0] = 0;
    return 1;
}

int issetugid(void)
{
    return 0;
}

/* There is no other user to become. */
static int become(unsigned id)
{
    return (int)result(id == 0 ? 0 : -EPERM);
}

int setuid(uid_t user)
{
    return become(user);
}

int seteuid(uid_t user)
{
    return become(user);
}

int setgid(gid_t group)
{
    return become(group);
}

int setegid(gid_t group)
{
    return become(group);
}

/* Servers drop the groups that they do not have before they begin. */
int setgroups(int count, const gid_t *groups)
{
    for (int i = 0; i < count; i++)
        if (groups[i] != 0)
            return (int)result(-EPERM);
    return (int)result(count < 0 ? -EINVAL : 0);
}

int initgroups(const char *name, gid_t group)
{
    (void)name;
    return become(group);
}
