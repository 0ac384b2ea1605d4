/* SPDX-License-Identifier: MIT
 *
 * The working folder, and paths in full.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/files.h"

/* Takes the place over. */
static int cwd_set(struct place place)
{
    struct place before;

    if (!S_ISDIR(place.tree->ops->mode(place))) {
        place_drop(place);
        return -ENOTDIR;
    }
    bool were_on = interrupts_off();
    before = path_cwd;
    path_cwd = place;
    interrupts_restore(were_on);
    place_drop(before);
    return 0;
}

int chdir(const char *path)
{
    struct place place;
    int error = path_find(AT_FDCWD, path, 0, &place);

    return (int)result(error ? error : cwd_set(place));
}

int fchdir(int fd)
{
    struct file *file = fd_get(fd);
    int error = !file ? -EBADF : !file->place.tree ? -ENOTDIR : 0;

    if (!error)
        error = cwd_set(place_hold(file->place));
    if (file)
        file_put(file);
    return (int)result(error);
}

/* The path in memory of its own; *length with its NUL. */
static char *path_text(struct place place, int *length)
{
    char *text = object_new(PATH_MAX);

    if (!text)
        place_drop(place);
    *length = text ? path_of(place, text, PATH_MAX) : -ENOMEM;
    return text;
}

/* Copies it to where the caller wants it, or to malloc's memory. */
static char *path_give(char *text, int length, char *to, size_t size_bytes)
{
    char *given = NULL;

    if (length > 0 && to && (size_t)length > size_bytes)
        length = -ERANGE;
    if (length > 0 && !to &&
        !(to = malloc(size_bytes > (size_t)length ? size_bytes : (size_t)length)))
        length = -ENOMEM;
    if (length > 0)
        given = user_write(to, text, (size_t)length) ? NULL : to;
    object_free(text);
    if (!given)
        errno = length < 0 ? -length : EFAULT;
    return given;
}

static struct place cwd_hold(void)
{
    bool were_on = interrupts_off();
    struct place place = path_cwd.tree ? place_hold(path_cwd) : tree_root();

    interrupts_restore(were_on);
    return place;
}

char *getcwd(char *to, size_t size_bytes)
{
    int length;
    char *text;

    if (to && size_bytes == 0) {
        errno = EINVAL;
        return NULL;
    }
    text = path_text(cwd_hold(), &length);
    if (length > 0 && !to && size_bytes && (size_t)length > size_bytes)
        length = -ERANGE;
    return path_give(text, length, to, size_bytes);
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}

char *getwd(char *to)
{
    return getcwd(to, PATH_MAX);
}

/* A file's path is its folder's, and the name by which it was found. */
static char *file_text(const struct path_end *end, int *length)
{
    char *text;

    if (S_ISDIR(end->place.tree->ops->mode(end->place)))
        return path_text(place_hold(end->place), length);
    text = path_text(place_hold(end->folder), length);
    if (*length > 0 && (size_t)*length + end->name.length + 1 > PATH_MAX)
        *length = -ENAMETOOLONG;
    if (*length <= 0)
        return text;
    *length -= *length == 2; /* the root's slash is there already */
    text[*length - 1] = '/';
    memcpy(text + *length, end->name.text, end->name.length);
    *length += (int)end->name.length + 1;
    text[*length - 1] = '\0';
    return text;
}

char *realpath(const char *restrict path, char *restrict to)
{
    struct path_end end;
    int error, length;
    char *text;

    if (!path) {
        errno = EINVAL;
        return NULL;
    }
    error = path_walk(AT_FDCWD, path, PATH_FOLDER, &end);
    if (result(error) < 0)
        return NULL;
    text = file_text(&end, &length);
    path_end(&end);
    return path_give(text, length, to, to ? PATH_MAX : 0);
}

char *canonicalize_file_name(const char *path)
{
    return realpath(path, NULL);
}
