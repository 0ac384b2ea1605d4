/* SPDX-License-Identifier: MIT
 *
 * Names to places: walks a path over the root file system and what is mounted
 * in its root folder.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "libc-glue/glue.h"

const struct file_system *const mounts[] = {&device_files, NULL};
struct place path_cwd = {&rootfs, 0};

/* A walk under way: where it is, and what is still to be read. */
struct walk {
    struct place at;
    const char *rest;
    int links_followed;
    char text[PATH_MAX]; /* what a symbolic link put in place of the path */
};

static bool is_root(struct place place)
{
    return !place.system->mount_name && place.node == 0;
}

static int place_type(struct place place)
{
    struct stat status = {0};

    place.system->stat(place.node, &status);
    return status.st_mode & S_IFMT;
}

struct place path_parent(struct place place)
{
    if (place.node == 0 && place.system->mount_name)
        return (struct place){&rootfs, 0};
    return (struct place){place.system, place.system->parent(place.node)};
}

static int child_of(struct place dir, const char *name, size_t name_length, struct place *found)
{
    for (size_t i = 0; is_root(dir) && mounts[i]; i++) {
        const char *mount = mounts[i]->mount_name;

        if (strncmp(mount, name, name_length) || mount[name_length])
            continue;
        *found = (struct place){mounts[i], 0};
        return 0;
    }
    found->system = dir.system;
    return dir.system->find(dir.node, name, name_length, &found->node);
}

/* Puts a link's target before the rest of the path. */
static int link_follow(struct walk *walk, struct place link)
{
    size_t rest_length = strlen(walk->rest);
    size_t length;
    const char *target = link.system->link_target(link.node, &length);

    if (++walk->links_followed > LINK_DEPTH_MAX)
        return -ELOOP;
    if (length == 0)
        return -ENOENT;
    if (length + rest_length >= sizeof(walk->text))
        return -ENAMETOOLONG;
    memmove(walk->text + length, walk->rest, rest_length + 1);
    memcpy(walk->text, target, length);
    walk->rest = walk->text;
    if (target[0] == '/')
        walk->at = (struct place){&rootfs, 0};
    return 0;
}

/* One step: the next name of the rest. */
static int walk_step(struct walk *walk, int flags)
{
    size_t length = strcspn(walk->rest, "/");
    const char *name = walk->rest;
    struct place next;
    int error;

    if (place_type(walk->at) != S_IFDIR)
        return -ENOTDIR;
    if (length > NAME_MAX)
        return -ENAMETOOLONG;
    walk->rest += length;
    if (length == 1 && name[0] == '.')
        return 0;
    if (length == 2 && name[0] == '.' && name[1] == '.') {
        walk->at = path_parent(walk->at);
        return 0;
    }
    error = child_of(walk->at, name, length, &next);
    if (error)
        return error;
    if (place_type(next) == S_IFLNK && (*walk->rest || !(flags & PATH_NOFOLLOW)))
        return link_follow(walk, next);
    walk->at = next;
    return 0;
}

/* Where a relative path starts. */
static int walk_start(struct walk *walk, int dir_fd, const char *path)
{
    struct file *file;

    if (!path)
        return -EFAULT;
    if (!path[0])
        return -ENOENT;
    if (strlen(path) >= PATH_MAX)
        return -ENAMETOOLONG;
    walk->rest = path;
    walk->links_followed = 0;
    walk->at = path_cwd;
    if (path[0] == '/') {
        walk->at = (struct place){&rootfs, 0};
    } else if (dir_fd != AT_FDCWD) {
        file = fd_file(dir_fd);
        if (!file)
            return -EBADF;
        if (!file->system)
            return -ENOTDIR;
        walk->at = (struct place){file->system, file->node};
    }
    return 0;
}

int path_find(int dir_fd, const char *path, int flags, struct place *found)
{
    struct walk walk;
    int error = walk_start(&walk, dir_fd, path);

    while (!error && *walk.rest) {
        if (*walk.rest != '/') {
            error = walk_step(&walk, flags);
            continue;
        }
        /* A slash, the last one too, promises a folder before it. */
        walk.rest += strspn(walk.rest, "/");
        if (place_type(walk.at) != S_IFDIR)
            error = -ENOTDIR;
    }
    *found = walk.at;
    return error;
}

/* 0 when the path names something; 1 when only its last part is not there. */
int path_find_new(int dir_fd, const char *path, struct place *found)
{
    char parent[PATH_MAX];
    const char *last;
    int error = path_find(dir_fd, path, PATH_NOFOLLOW, found);

    if (error != -ENOENT || !path[0])
        return error;
    last = path + strlen(path);
    while (last > path && last[-1] == '/')
        last--;
    while (last > path && last[-1] != '/')
        last--;
    memcpy(parent, path, (size_t)(last - path));
    strcpy(parent + (last - path), ".");
    error = path_find(dir_fd, parent, 0, found);
    return error ? error : 1;
}

/* Writes the path from the end of the buffer to its front. */
int path_of(struct place place, char *to, size_t size_bytes)
{
    char *start = to + size_bytes;
    size_t length;

    if (size_bytes < 2)
        return -ERANGE;
    *--start = '\0';
    if (is_root(place))
        *--start = '/';
    while (!is_root(place)) {
        const char *name = place.system->name(place.node);

        length = strlen(name);
        if ((size_t)(start - to) < length + 1)
            return -ERANGE;
        start -= length;
        memcpy(start, name, length);
        *--start = '/';
        place = path_parent(place);
    }
    length = (size_t)(to + size_bytes - start);
    memmove(to, start, length);
    return (int)length;
}
