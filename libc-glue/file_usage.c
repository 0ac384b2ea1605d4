/* SPDX-License-Identifier: MIT
 *
 * How full the file systems are, and making sure of what was written: it always is.
 */
#include <sys/statvfs.h>
#include <limits.h>
#include <unistd.h>

#include "libc-glue/files.h"

static void usage_of(struct tree *tree, struct statvfs *status)
{
    *status = (struct statvfs){
        .f_bsize = BLOCK_BYTES,
        .f_frsize = BLOCK_BYTES,
        .f_namemax = NAME_MAX,
        .f_flag = tree->read_only ? ST_RDONLY : 0,
        .f_fsid = tree->device,
    };
    if (tree->ops->usage)
        tree->ops->usage(tree, status);
}

static int usage_at(const char *path, struct statvfs *to)
{
    struct statvfs status;
    struct place place;
    int error = path_find(AT_FDCWD, path, 0, &place);

    if (error)
        return error;
    usage_of(place.tree, &status);
    place_drop(place);
    return user_write(to, &status, sizeof status);
}

int statvfs(const char *restrict path, struct statvfs *restrict status)
{
    return (int)result(usage_at(path, status));
}

static int usage_open(int fd, struct statvfs *to)
{
    struct statvfs status;
    struct file *file = fd_get(fd);

    if (!file)
        return -EBADF;
    usage_of(file->place.tree ? file->place.tree : trees(), &status);
    file_put(file);
    return user_write(to, &status, sizeof status);
}

int fstatvfs(int fd, struct statvfs *status)
{
    return (int)result(usage_open(fd, status));
}
