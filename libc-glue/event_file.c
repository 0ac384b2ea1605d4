/* SPDX-License-Identifier: MIT
 *
 * What descriptors that are only there to be waited for have in common.
 */
#include "libc-glue/events.h"

int event_stat(struct file *file, struct stat *status)
{
    (void)file;
    status->st_mode = 0600;
    status->st_dev = DEVICE_EVENTS;
    status->st_ino = 1;
    return 0;
}

/* -ENOMEM: the object is still the caller's. */
int event_install(const struct file_ops *ops, void *object, int flags)
{
    struct file *file = file_new(ops, flags);

    if (!file)
        return -ENOMEM;
    file->object = object;
    return fd_install_new(file, flags);
}
