/* SPDX-License-Identifier: MIT
 *
 * mknod. Devices cannot be made: what there is stands in /dev.
 */
#include "libc-glue/files.h"

int mknodat(int dir_fd, const char *path, mode_t mode, dev_t device)
{
    struct making what = {.mode = umask_apply(mode & 07777) | (mode & S_IFMT)};

    (void)device;
    if (!(mode & S_IFMT))
        what.mode |= S_IFREG;
    if (S_ISDIR(what.mode) || S_ISCHR(what.mode) || S_ISBLK(what.mode))
        return (int)result(-EPERM);
    if (!S_ISREG(what.mode) && !S_ISFIFO(what.mode) && !S_ISSOCK(what.mode))
        return (int)result(-EINVAL);
    return (int)result(file_make(dir_fd, path, &what));
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    return mknodat(AT_FDCWD, path, mode, device);
}
