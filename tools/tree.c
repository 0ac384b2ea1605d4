/* SPDX-License-Identifier: MIT
 *
 * Depth first by directory descriptors: no path is ever put together.
 */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/types.h>
#include <unistd.h>

static void remove_at(int parent, const char *name, bool mounts);

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static void empty(int folder, bool mounts)
{
    _Alignas(struct dirent64) char entries[4096];
    ssize_t bytes;
    while ((bytes = getdents64(folder, entries, sizeof entries)) > 0)
        for (ssize_t at = 0; at < bytes;) {
            const struct dirent64 *entry = (const void *)(entries + at);
            if (!is_dots(entry->d_name))
                remove_at(folder, entry->d_name, mounts);
            at += entry->d_reclen;
        }
}

/* umount2() knows no descriptors; /proc gives them a path. */
static void detach(int parent, const char *name)
{
    char path[320];
    if (parent == AT_FDCWD)
        umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW);
    else if (snprintf(path, sizeof path, "/proc/self/fd/%d/%s", parent, name) < (int)sizeof path)
        umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW);
}

static void remove_at(int parent, const char *name, bool mounts)
{
    if (mounts)
        detach(parent, name);
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return;
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0)
        return;
    empty(folder, mounts);
    if (unlinkat(parent, name, AT_REMOVEDIR)) { /* some file systems skip names while others go */
        lseek(folder, 0, SEEK_SET);
        empty(folder, mounts);
        unlinkat(parent, name, AT_REMOVEDIR);
    }
    close(folder);
}

void tree_remove(const char *path)
{
    int error = errno;
    remove_at(AT_FDCWD, path, false);
    errno = error;
}

void tree_remove_mounted(const char *path)
{
    int error = errno;
    remove_at(AT_FDCWD, path, true);
    errno = error;
}
