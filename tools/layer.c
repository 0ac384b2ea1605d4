/* SPDX-License-Identifier: MIT
 *
 * Plans the files of a container, and writes them as a tar or as a folder.
 */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rootfs.h"
#include "tar.h"

static struct layer_file *find(const struct layer *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (strcmp(layer->files[i].path, path) == 0)
            return &layer->files[i];
    return NULL;
}

static void add(struct layer *layer, struct layer_file file)
{
    size_t count = layer->count, bytes = sizeof file;
    if ((count & (count - 1)) == 0)
        layer->files = memory_grow(layer->files, count * bytes, (count ? count * 2 : 1) * bytes);
    layer->files[layer->count++] = file;
}

/* A folder that has to be there, and those above it. */
static void need_folder(struct layer *layer, const char *path, mode_t mode, const char *why)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        const char *above = text_copy_bytes(path, (size_t)(slash - path));
        if (!find(layer, above))
            add(layer, (struct layer_file){above, NULL, S_IFDIR | 0755, 0});
    }
    const struct layer_file *found = find(layer, path);
    if (!found)
        add(layer, (struct layer_file){path, NULL, S_IFDIR | mode, 0});
    else if (S_ISREG(found->mode))
        die(EXIT_STATUS_FAILED, "%s: /%s is a file in the root file system", why, path);
}

static void add_program(struct layer *layer, const char *program, const char *name)
{
    struct stat status;
    if (stat(program, &status))
        die(EXIT_STATUS_FAILED, "%s: %s", program, strerror(errno));
    struct layer_file file = {name, program, S_IFREG | 0755, (uint64_t)status.st_size};
    struct layer_file *found = find(layer, name);
    if (found && S_ISDIR(found->mode))
        die(EXIT_STATUS_FAILED,
            "the program becomes /%s, but the root file system has a folder of that name: "
            "choose another with -o",
            name);
    if (!found) {
        add(layer, file);
        return;
    }
    warn("/%s of the root file system is left out: it is the program's place", name);
    *found = file;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct layer_file *)a)->path, ((const struct layer_file *)b)->path);
}

struct layer layer_plan(const struct strings *roots, const char *program, const char *name,
                        const char *workdir)
{
    struct layer layer = {0};
    struct rootfs_plan plan = rootfs_scan(roots);
    layer.time_s = rootfs_item(&plan, 0).time_s;
    for (uint32_t i = 1; i < plan.node_count; i++) {
        struct rootfs_item item = rootfs_item(&plan, i);
        add(&layer, (struct layer_file){item.path, item.source, item.mode, item.size_bytes});
    }
    add_program(&layer, program, name);
    need_folder(&layer, "tmp", 01777, "/tmp");
    if (workdir && workdir[strspn(workdir, "/")])
        need_folder(&layer, workdir + strspn(workdir, "/"), 0755, "--workdir");
    qsort(layer.files, layer.count, sizeof *layer.files, compare);
    for (size_t i = 0; i < layer.count; i++)
        if (S_ISREG(layer.files[i].mode))
            layer.files_bytes += layer.files[i].size_bytes;
    return layer;
}

static const char *link_target(const struct layer_file *file)
{
    char target[PATH_MAX];
    ssize_t length = readlink(file->source, target, sizeof target - 1);
    if (length < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", file->source, strerror(errno));
    target[length] = 0;
    return text_copy(target);
}

void layer_write_tar(const struct layer *layer, struct output *output)
{
    struct tar *tar = tar_open(output, layer->time_s);
    for (size_t i = 0; i < layer->count; i++) {
        const struct layer_file *file = &layer->files[i];
        if (S_ISDIR(file->mode))
            tar_add_folder(tar, text_format("%s/", file->path), file->mode & 07777);
        else if (S_ISLNK(file->mode))
            tar_add_link(tar, file->path, link_target(file));
        else
            tar_add_file(tar, file->path, file->source, file->size_bytes, file->mode & 07777);
    }
    tar_close(tar);
}

static _Noreturn void not_written(const char *path)
{
    die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", path, strerror(errno));
}

void layer_copy_file(const struct layer_file *file, const char *to)
{
    int in = open(file->source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (in < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", file->source, strerror(errno));
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        not_written(to);
    for (uint64_t left = file->size_bytes; left;) {
        ssize_t bytes = sendfile(out, in, NULL, left < 1 << 30 ? (size_t)left : 1 << 30);
        if (bytes < 0)
            not_written(to);
        if (bytes == 0)
            die(EXIT_STATUS_FAILED, "%s: it became shorter while it was packed", file->source);
        left -= (uint64_t)bytes;
    }
    if (fchmod(out, file->mode & 07777) || close(out))
        not_written(to);
    close(in);
}

void layer_write_folder(const struct layer *layer, const char *folder)
{
    for (size_t i = 0; i < layer->count; i++) {
        const struct layer_file *file = &layer->files[i];
        const char *to = text_format("%s/%s", folder, file->path);
        if (S_ISREG(file->mode))
            layer_copy_file(file, to);
        else if (S_ISLNK(file->mode) && symlink(link_target(file), to))
            not_written(to);
        else if (S_ISDIR(file->mode) && (mkdir(to, 0755) || chmod(to, file->mode & 07777)))
            not_written(to);
    }
    /* Backwards, so that what is put into a folder does not change its time again. */
    const struct timespec times[2] = {{.tv_sec = layer->time_s}, {.tv_sec = layer->time_s}};
    for (size_t i = layer->count; i-- > 0;)
        utimensat(AT_FDCWD, text_format("%s/%s", folder, layer->files[i].path), times,
                  AT_SYMLINK_NOFOLLOW);
}
