/* SPDX-License-Identifier: MIT
 *
 * Shared memory objects: files of a tree in memory on /dev/shm, which is there from the
 * first use on. Who maps one shares it with the threads that map it, too: there is one
 * process.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "libc-glue/files.h"

static const char folder[] = "/dev/shm/";

/* One name in one folder; slashes in front do not count. */
static int path_make(const char *name, char path[static sizeof folder + NAME_MAX])
{
    if (strlen(name) >= PATH_MAX)
        return -ENAMETOOLONG;
    name += strspn(name, "/");
    if (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return -EINVAL;
    if (strlen(name) > NAME_MAX)
        return -ENAMETOOLONG;
    strcpy(stpcpy(path, folder), name);
    return tree_add_shared_memory() ? 0 : -ENOMEM;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[sizeof folder + NAME_MAX];
    int error = path_make(name, path);

    if (error)
        return (int)result(error);
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

int shm_unlink(const char *name)
{
    char path[sizeof folder + NAME_MAX];
    int error = path_make(name, path);

    return error ? (int)result(error) : unlink(path);
}
