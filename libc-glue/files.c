/* SPDX-License-Identifier: MIT
 *
 * Opening files by name.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "libc-glue/device_files.h"
#include "libc-glue/pthread_glue.h"

static bool is_writing(int flags)
{
    return (flags & O_ACCMODE) != O_RDONLY;
}

/* What open's flags and the kind of file do not allow together. */
static int refusal(struct place place, int flags)
{
    mode_t kind = place.tree->ops->mode(place) & S_IFMT;

    if ((flags & O_CREAT) && (flags & O_EXCL))
        return -EEXIST;
    if (S_ISDIR(kind) && !(flags & O_PATH) && (is_writing(flags) || flags & (O_CREAT | O_TRUNC)))
        return -EISDIR;
    if ((flags & O_DIRECTORY) && !S_ISDIR(kind))
        return -ENOTDIR;
    if (S_ISLNK(kind) && !(flags & O_PATH))
        return -ELOOP;
    if (S_ISREG(kind) && (is_writing(flags) || flags & O_TRUNC) && place.tree->read_only)
        return -EROFS;
    return 0;
}

/* Opening /dev/fd/N gives descriptor N's open file. */
static struct file *file_of_descriptor(struct place place, int flags, int *error)
{
    struct file *file = fd_get((int)(place.node - FD_NODES));
    int has = file ? file->flags & O_ACCMODE : 0, wanted = flags & O_ACCMODE;

    *error = !file ? -ENOENT : has != O_RDWR && has != wanted ? -EACCES : 0;
    if (*error && file)
        file_put(file);
    return *error ? NULL : file;
}

static int truncate_open(struct file *file)
{
    struct attributes empty = {.set_size = true, .set_change = true, .change = time_now()};

    if (file->place.tree->ops->mode(file->place) & S_IFREG)
        return place_change(file->place, &empty);
    return 0;
}

/* The place's open file, which the caller holds. */
static struct file *open_place(struct place place, int flags, bool made, int *error)
{
    struct file *file;

    if (place.tree == &device_tree && place.node >= FD_NODES)
        return file_of_descriptor(place, flags, error);
    file = file_new(NULL, flags);
    *error = file ? 0 : -ENOMEM;
    if (!file)
        return NULL;
    file->place = place_hold(place);
    *error = place.tree->ops->open(place, file);
    if (*error) {
        file_free(file);
        return NULL;
    }
    if (file->ops->opened)
        *error = file->ops->opened(file);
    if (!*error && flags & O_TRUNC && !made)
        *error = truncate_open(file);
    if (*error)
        file_put(file);
    return *error ? NULL : file;
}

/* Makes the file that path_walk did not find, in end's place. */
static int make(struct path_end *end, int flags, mode_t mode)
{
    struct making what = {.mode = S_IFREG | umask_apply(mode & 07777)};
    struct place made;
    int error;

    if (end->slash)
        return -EISDIR;
    if (end->place.tree->read_only)
        return -EROFS;
    if (!end->place.tree->ops->make)
        return -EPERM;
    error = end->place.tree->ops->make(end->place, end->name, &what, &made);
    if (error == -EEXIST && !(flags & O_EXCL))
        return -EAGAIN; /* somebody was faster: look again */
    if (error)
        return error;
    place_drop(end->place);
    end->place = made;
    return 0;
}

static int make_unnamed(struct path_end *end, int flags, mode_t mode)
{
    struct making what = {.mode = S_IFREG | umask_apply(mode & 07777)};
    struct place made;
    int error;

    if (!is_writing(flags))
        return -EINVAL;
    if (!S_ISDIR(end->place.tree->ops->mode(end->place)))
        return -ENOTDIR;
    if (!end->place.tree->ops->make)
        return end->place.tree->read_only ? -EROFS : -EOPNOTSUPP;
    error = end->place.tree->ops->make(end->place, (struct name){.text = ""}, &what, &made);
    if (error)
        return error;
    place_drop(end->place);
    end->place = made;
    return 0;
}

static int walk_flags(int flags)
{
    int walk = flags & O_CREAT ? PATH_CREATE : 0;

    if (flags & O_NOFOLLOW || (flags & O_CREAT && flags & O_EXCL))
        walk |= PATH_NOFOLLOW;
    return walk;
}

static int open_at(int dir_fd, const char *path, int flags, mode_t mode)
{
    struct path_end end;
    bool made = flags & O_TMPFILE;
    int error = path_walk(dir_fd, path, walk_flags(flags), &end), fd;

    if (error)
        return error;
    if (flags & O_TMPFILE) {
        error = make_unnamed(&end, flags, mode);
    } else if (end.missing) {
        error = make(&end, flags, mode);
        made = true;
    } else {
        error = refusal(end.place, flags);
    }
    struct file *file = error ? NULL : open_place(end.place, flags, made, &error);
    path_end(&end);
    if (error)
        return error;
    fd = fd_install_new(file, flags);
    return fd;
}

int file_open(int dir_fd, const char *path, int flags, mode_t mode)
{
    int fd;

    if ((flags & O_ACCMODE) == O_ACCMODE ||
        (flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY))
        return -EINVAL;
    if (flags & O_PATH)
        flags &= O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    do
        fd = (int)RESTARTING(open_at(dir_fd, path, flags, mode));
    while (fd == -EAGAIN);
    return fd;
}

/* The mode is there only for a file that is made. */
static int open_list(int dir_fd, const char *path, int flags, va_list arguments)
{
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;

    cancellation_point();
    return (int)result(file_open(dir_fd, path, flags, mode));
}

int open(const char *path, int flags, ...)
{
    va_list arguments;

    va_start(arguments, flags);
    int fd = open_list(AT_FDCWD, path, flags, arguments);
    va_end(arguments);
    return fd;
}

int openat(int dir_fd, const char *path, int flags, ...)
{
    va_list arguments;

    va_start(arguments, flags);
    int fd = open_list(dir_fd, path, flags, arguments);
    va_end(arguments);
    return fd;
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}
