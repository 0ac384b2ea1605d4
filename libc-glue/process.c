/* SPDX-License-Identifier: MIT
 *
 * Who we are: the one process, number 1, of the one user, root.
 */
#include <grp.h>
#include <pwd.h>
#include <string.h>
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

/* The user and group data bases are these lines. */
static struct passwd root = {
    .pw_name = "root",
    .pw_passwd = "*",
    .pw_gecos = "",
    .pw_comment = "",
    .pw_dir = "/",
    .pw_shell = "",
};

static char *no_members[] = {NULL};
static struct group root_group = {.gr_name = "root", .gr_passwd = "*", .gr_mem = no_members};

struct group *getgrgid(gid_t group)
{
    return group == 0 ? &root_group : NULL;
}

struct group *getgrnam(const char *name)
{
    return strcmp(name, root_group.gr_name) == 0 ? &root_group : NULL;
}

struct passwd *getpwuid(uid_t user)
{
    return user == 0 ? &root : NULL;
}

struct passwd *getpwnam(const char *name)
{
    return strcmp(name, root.pw_name) == 0 ? &root : NULL;
}

static bool root_listed;

void setpwent(void)
{
    root_listed = false;
}

struct passwd *getpwent(void)
{
    bool is_first = !root_listed;

    root_listed = true;
    return is_first ? &root : NULL;
}

void endpwent(void)
{
    setpwent();
}

char *getlogin(void)
{
    return root.pw_name;
}
