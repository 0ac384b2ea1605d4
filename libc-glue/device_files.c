/* SPDX-License-Identifier: MIT
 *
 * /dev: a folder of devices that are a few lines each.
 */
#include <string.h>

#include "kernel/console.h"
#include "kernel/entropy.h"
#include "libc-glue/glue.h"

static int device_file_stat(struct file *file, struct stat *status);

static ssize_t nothing_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)to, (void)size_bytes, (void)at;
    return 0;
}

static ssize_t nothing_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    (void)file, (void)from, (void)at;
    return (ssize_t)size_bytes;
}

static ssize_t full_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    (void)file, (void)from, (void)at;
    return size_bytes ? -ENOSPC : 0;
}

static ssize_t zero_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)at;
    memset(to, 0, size_bytes);
    return (ssize_t)size_bytes;
}

static ssize_t random_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)at;
    entropy_read(to, size_bytes);
    return (ssize_t)size_bytes;
}

/* Its pages are holes: private ones, that is what POSIX programs map it for. */
static void *zero_page(struct file *file, uint64_t index, bool writing)
{
    (void)file, (void)index, (void)writing;
    return NULL;
}

static const struct file_ops null_ops = {
    .seekable = true,
    .read = nothing_read,
    .write = nothing_write,
    .stat = device_file_stat,
};
static const struct file_ops zero_ops = {
    .seekable = true,
    .read = zero_read,
    .write = nothing_write,
    .page = zero_page,
    .stat = device_file_stat,
};
static const struct file_ops full_ops = {
    .seekable = true,
    .read = zero_read,
    .write = full_write,
    .stat = device_file_stat,
};
static const struct file_ops random_ops = {
    .seekable = true,
    .read = random_read,
    .write = nothing_write,
    .stat = device_file_stat,
};
static const struct file_ops folder_ops = {.stat = device_file_stat};

/* The node of a device is its index here; the folder itself is the first. */
static const struct device {
    const char *name;
    const struct file_ops *ops;
} devices[] = {
    {"dev", &folder_ops},     {"console", &console_ops}, {"full", &full_ops},
    {"null", &null_ops},      {"random", &random_ops},   {"tty", &console_ops},
    {"urandom", &random_ops}, {"zero", &zero_ops},
};
enum { DEVICE_COUNT = sizeof(devices) / sizeof(devices[0]) };

static int device_find(uint32_t dir, const char *name, size_t name_length, uint32_t *found)
{
    (void)dir;
    for (uint32_t i = 1; i < DEVICE_COUNT; i++) {
        if (strncmp(devices[i].name, name, name_length) || devices[i].name[name_length])
            continue;
        *found = i;
        return 0;
    }
    return -ENOENT;
}

static uint32_t device_parent(uint32_t node)
{
    (void)node;
    return 0;
}

static const char *device_name(uint32_t node)
{
    return devices[node].name;
}

static int device_stat(uint32_t node, struct stat *status)
{
    status->st_dev = 2;
    status->st_ino = node + 1;
    status->st_mode = node ? S_IFCHR | 0666 : S_IFDIR | 0755;
    status->st_nlink = node ? 1 : 2;
    status->st_rdev = node;
    status->st_blksize = BLOCK_BYTES;
    return 0;
}

static int device_file_stat(struct file *file, struct stat *status)
{
    return device_stat(file->node, status);
}

static int device_child(uint32_t dir, uint32_t index, uint32_t *found)
{
    (void)dir;
    if (index + 1 >= DEVICE_COUNT)
        return -ENOENT;
    *found = index + 1;
    return 0;
}

static int device_open(uint32_t node, struct file *file)
{
    file->ops = devices[node].ops;
    if (file->ops == &console_ops)
        file->node = CONSOLE_OUT;
    return 0;
}

const struct file_system device_files = {
    .mount_name = "dev",
    .find = device_find,
    .parent = device_parent,
    .name = device_name,
    .stat = device_stat,
    .child = device_child,
    .open = device_open,
};
