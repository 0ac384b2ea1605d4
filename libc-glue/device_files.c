/* SPDX-License-Identifier: MIT
 *
 * /dev: a folder of devices that are a few lines each.
 */
#define _GNU_SOURCE
#include <string.h>

#include "kernel/console.h"
#include "kernel/entropy.h"
#include "libc-glue/device_files.h"

#define DEVICE_DEVICES       2
#define NUMBER(major, minor) ((dev_t)(major) << 8 | (minor))

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
    if (!memory_probe(to, size_bytes, true))
        return -EFAULT;
    memset(to, 0, size_bytes);
    return (ssize_t)size_bytes;
}

static ssize_t random_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    (void)file, (void)at;
    if (!memory_probe(to, size_bytes, true))
        return -EFAULT;
    entropy_read(to, size_bytes);
    return (ssize_t)size_bytes;
}

/* Its pages are holes: private ones, that is what POSIX programs map it for. */
static void *zero_page(struct file *file, uint64_t index, bool writing)
{
    (void)file, (void)index, (void)writing;
    return NULL;
}

static int device_file_stat(struct file *file, struct stat *status)
{
    return device_tree.ops->stat(file->place, status);
}

static int folder_entry(struct file *file, struct dirent *to);

#define DEVICE_OPS(name, how_read, how_write, how_page)                                            \
    static const struct file_ops name = {                                                          \
        .seekable = true,                                                                          \
        .read = how_read,                                                                          \
        .page = how_page,                                                                          \
        .write = how_write,                                                                        \
        .stat = device_file_stat,                                                                  \
        .release = file_free,                                                                      \
    }
DEVICE_OPS(null_ops, nothing_read, nothing_write, NULL);
DEVICE_OPS(zero_ops, zero_read, nothing_write, zero_page);
DEVICE_OPS(full_ops, zero_read, full_write, NULL);
DEVICE_OPS(random_ops, random_read, nothing_write, NULL);
static const struct file_ops console_device_ops = {
    .read = console_file_read,
    .write = console_file_write,
    .stat = device_file_stat,
    .is_terminal = console_file_is_terminal,
    .ready = console_ready,
    .source = console_source,
    .release = file_free,
};
static const struct file_ops folder_ops = {
    .seekable = true, .stat = device_file_stat, .entry = folder_entry, .release = file_free};

/* The node of a device is its index here; the folder itself is the first. Those without
 * ops are links. */
static const struct device {
    const char *name;
    const struct file_ops *ops;
    dev_t number;
    const char *target;
} devices[] = {
    {"dev", &folder_ops, 0, NULL},
    {"console", &console_device_ops, NUMBER(5, 1), NULL},
    {"fd", &fd_folder_ops, 0, NULL},
    {"full", &full_ops, NUMBER(1, 7), NULL},
    {"null", &null_ops, NUMBER(1, 3), NULL},
    {"random", &random_ops, NUMBER(1, 8), NULL},
    {"stderr", NULL, 0, "fd/2"},
    {"stdin", NULL, 0, "fd/0"},
    {"stdout", NULL, 0, "fd/1"},
    {"tty", &console_device_ops, NUMBER(5, 0), NULL},
    {"urandom", &random_ops, NUMBER(1, 9), NULL},
    {"zero", &zero_ops, NUMBER(1, 5), NULL},
};
enum { DEVICE_COUNT = sizeof(devices) / sizeof(devices[0]) };

static bool is_fd(struct place place)
{
    return place.node >= FD_NODES;
}

static int tree_find(struct place dir, struct name name, struct place *found)
{
    found->tree = dir.tree;
    if (dir.node && devices[dir.node].ops == &fd_folder_ops)
        return fd_node_find(name, &found->node);
    for (uintptr_t i = 1; i < DEVICE_COUNT; i++) {
        if (strncmp(devices[i].name, name.text, name.length) || devices[i].name[name.length])
            continue;
        found->node = i;
        return 0;
    }
    return -ENOENT;
}

static struct place tree_parent(struct place dir)
{
    return (struct place){dir.tree, 0};
}

static int tree_name(struct place place, char *to, size_t size_bytes)
{
    return (int)strlcpy(to, devices[place.node].name, size_bytes);
}

static mode_t tree_mode(struct place place)
{
    const struct device *device = &devices[place.node];

    if (is_fd(place))
        return S_IFREG | 0600;
    if (device->ops == &folder_ops || device->ops == &fd_folder_ops)
        return S_IFDIR | 0755;
    return device->ops ? S_IFCHR | 0666 : S_IFLNK | 0777;
}

static int tree_stat(struct place place, struct stat *status)
{
    if (is_fd(place))
        return fd_node_stat(place, status);
    status->st_dev = DEVICE_DEVICES;
    status->st_ino = place.node + 1;
    status->st_mode = tree_mode(place);
    status->st_nlink = place.node ? 1 : 3;
    if (S_ISCHR(status->st_mode))
        status->st_rdev = devices[place.node].number;
    if (devices[place.node].target)
        status->st_size = (off_t)strlen(devices[place.node].target);
    status->st_blksize = BLOCK_BYTES;
    return 0;
}

static ssize_t tree_link_target(struct place place, char *to, size_t size_bytes)
{
    const char *target = devices[place.node].target;
    size_t length = strlen(target);

    if (length > size_bytes)
        length = size_bytes;
    memcpy(to, target, length);
    return (ssize_t)length;
}

static int folder_entry(struct file *file, struct dirent *to)
{
    off_t at = file->position;

    if (at > DEVICE_COUNT)
        return 0;
    file->position++;
    struct place place = {&device_tree, at < 2 ? 0 : (uintptr_t)at - 1};
    to->d_ino = place.node + 1;
    to->d_type = IFTODT(tree_mode(place));
    to->d_reclen = sizeof *to;
    strcpy(to->d_name, at == 0 ? "." : at == 1 ? ".." : devices[place.node].name);
    return 1;
}

static int tree_open(struct place place, struct file *file)
{
    if (is_fd(place))
        return -ENXIO; /* files.c takes the descriptor's file instead */
    file->ops = devices[place.node].ops;
    if (file->ops == &console_device_ops)
        file->number = CONSOLE_OUT;
    return 0;
}

static int tree_change(struct place place, const struct attributes *wanted)
{
    (void)place;
    /* O_TRUNC and touch do nothing to a device; the rest is fixed. */
    return wanted->set_mode || wanted->set_owner || wanted->set_group ? -EPERM : 0;
}

static const struct tree_ops device_ops = {
    .find = tree_find,
    .parent = tree_parent,
    .name = tree_name,
    .mode = tree_mode,
    .stat = tree_stat,
    .link_target = tree_link_target,
    .open = tree_open,
    .change = tree_change,
};

struct tree device_tree = {.ops = &device_ops, .kind = "devices", .device = DEVICE_DEVICES};
