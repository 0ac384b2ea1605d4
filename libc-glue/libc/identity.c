/* SPDX-License-Identifier: MIT
 *
 * process.c continued, for the names that few programs use: the one user is root,
 * and nobody can become another.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libc-glue/glue.h"

/* -1 leaves an identity as it is. */
static int become(unsigned id)
{
    return (int)result(id == 0 || id == (uid_t)-1 || id == (unsigned)-1 ? 0 : -EPERM);
}

int setreuid(uid_t real, uid_t effective)
{
    return become(real) ? -1 : become(effective);
}

int setregid(gid_t real, gid_t effective)
{
    return become(real) ? -1 : become(effective);
}

int setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return become(real) || become(effective) ? -1 : become(saved);
}

int setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return become(real) || become(effective) ? -1 : become(saved);
}

int getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    *real = *effective = *saved = 0;
    return 0;
}

int getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    *real = *effective = *saved = 0;
    return 0;
}

int setpgrp(void)
{
    return 0; /* it leads its group already */
}

int getpriority(int which, id_t who)
{
    bool known = which == PRIO_PROCESS || which == PRIO_PGRP || which == PRIO_USER;

    if (!known)
        return (int)result(-EINVAL);
    return (int)result(who <= (which != PRIO_USER) ? 0 : -ESRCH);
}

long gethostid(void)
{
    return 0x0100007f; /* what glibc says of a machine that is only 127.0.0.1 */
}

int getdomainname(char *to, size_t size_bytes)
{
    return (int)result(strlcpy(to, "(none)", size_bytes) < size_bytes ? 0 : -EINVAL);
}
