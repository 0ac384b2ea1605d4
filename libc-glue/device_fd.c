/* SPDX-License-Identifier: MIT
 *
 * /dev/fd: a name for each open descriptor. Opening one gives the same open file again,
 * as on BSD; Linux makes another one of regular files.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "libc-glue/device_files.h"

int fd_node_find(struct name name, uintptr_t *node)
{
    int fd = 0;

    if (name.length == 0 || name.length > 5)
        return -ENOENT;
    for (size_t i = 0; i < name.length; i++) {
        if (name.text[i] < '0' || name.text[i] > '9')
            return -ENOENT;
        fd = fd * 10 + name.text[i] - '0';
    }
    struct file *file = fd_get(fd);
    if (!file)
        return -ENOENT;
    file_put(file);
    *node = FD_NODES + (uintptr_t)fd;
    return 0;
}

int fd_node_stat(struct place place, struct stat *status)
{
    return fd_stat((int)(place.node - FD_NODES), status);
}

static int folder_stat(struct file *file, struct stat *status)
{
    return device_tree.ops->stat(file->place, status);
}

static int folder_entry(struct file *file, struct dirent *to)
{
    off_t at = file->position;

    to->d_ino = file->place.node + 1;
    to->d_type = DT_DIR;
    to->d_reclen = sizeof *to;
    for (; at >= 2 && at - 2 < FD_MAX; at++) {
        struct file *open = fd_get((int)at - 2);
        if (!open)
            continue;
        file_put(open);
        to->d_ino = FD_NODES + (ino_t)at;
        to->d_type = DT_REG;
        break;
    }
    if (at - 2 >= FD_MAX)
        return 0;
    file->position = at + 1;
    if (at < 2)
        strcpy(to->d_name, at == 0 ? "." : "..");
    else
        utoa((unsigned)at - 2, to->d_name, 10);
    return 1;
}

const struct file_ops fd_folder_ops = {
    .seekable = true, .stat = folder_stat, .entry = folder_entry, .release = file_free};
