/* SPDX-License-Identifier: MIT
 *
 * How full the file systems are, and making sure of what was written: it always is.
 */
#include <sys/statfs.h>
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

#define MEMORY_FILES 0x01021994 /* what Linux calls a file system in memory */

static int result_linux(int error, const struct statvfs *from, struct statfs *to)
{
    struct statfs status = {
        .f_type = MEMORY_FILES,
        .f_bsize = (long)from->f_bsize,
        .f_blocks = from->f_blocks,
        .f_bfree = from->f_bfree,
        .f_bavail = from->f_bavail,
        .f_files = from->f_files,
        .f_ffree = from->f_ffree,
        .f_namelen = (long)from->f_namemax,
        .f_frsize = (long)from->f_frsize,
        .f_flags = (long)from->f_flag,
    };
    return (int)result(error ? error : user_write(to, &status, sizeof status));
}

int statfs(const char *path, struct statfs *status)
{
    struct statvfs usage = {0};
    return result_linux(usage_at(path, &usage), &usage, status);
}

int fstatfs(int fd, struct statfs *status)
{
    struct statvfs usage = {0};
    return result_linux(usage_open(fd, &usage), &usage, status);
}
