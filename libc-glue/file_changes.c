/* SPDX-License-Identifier: MIT
 *
 * What changes names: making, linking, moving, removing. The order of the faults is
 * Linux'.
 */
#define _GNU_SOURCE /* renameat2 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libc-glue/files.h"

static bool is_dots(struct name name)
{
    return name.length == 0 || (name.text[0] == '.' && name.length == 1) ||
           (name.length == 2 && name.text[0] == '.' && name.text[1] == '.');
}

static int tree_refusal(const struct tree *tree)
{
    return tree->read_only ? -EROFS : -EPERM;
}

static int find_in(const struct path_end *end, struct place *found)
{
    struct tree *mounted = tree_on(end->place, end->name);

    if (!mounted)
        return end->place.tree->ops->find(end->place, end->name, found);
    *found = place_hold((struct place){mounted, mounted->top});
    return 0;
}

/* Is there something of this name already? The kind of it, or 0. */
static mode_t kind_in(const struct path_end *end)
{
    struct place place;
    mode_t kind;

    if (find_in(end, &place))
        return 0;
    kind = place.tree->ops->mode(place) & S_IFMT;
    place_drop(place);
    return kind;
}

/* The path must name nothing yet, in a folder that is there. A tree in which something
 * can be made looks for itself. */
static int make_check(const struct path_end *end, bool folder)
{
    bool mounted = tree_on(end->place, end->name), asks = !end->place.tree->ops->make;

    if (is_dots(end->name) || mounted)
        return -EEXIST;
    if (end->slash && !folder)
        return kind_in(end) ? -EEXIST : -ENOENT;
    return asks && kind_in(end) ? -EEXIST : 0;
}

int file_make(int dir_fd, const char *path, const struct making *what)
{
    struct path_end end;
    struct place made = {NULL, 0};
    int error = path_walk(dir_fd, path, PATH_PARENT, &end);

    if (error)
        return error;
    const struct tree *tree = end.place.tree;
    error = make_check(&end, S_ISDIR(what->mode));
    if (!error)
        error = tree->ops->make && !tree->read_only
                    ? tree->ops->make(end.place, end.name, what, &made)
                    : tree_refusal(tree);
    if (!error)
        place_drop(made);
    path_end(&end);
    return error;
}

int mkdirat(int dir_fd, const char *path, mode_t mode)
{
    struct making what = {.mode = S_IFDIR | umask_apply(mode & 01777)};

    return (int)result(file_make(dir_fd, path, &what));
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

static int link_make(const char *target, int dir_fd, const char *path)
{
    struct making what = {.mode = S_IFLNK | 0777, .target = target};
    long length = user_text(target, PATH_MAX);

    if (length <= 0)
        return length == 0 ? -ENOENT : (int)length;
    if (length >= PATH_MAX)
        return -ENAMETOOLONG;
    return file_make(dir_fd, path, &what);
}

int symlinkat(const char *target, int dir_fd, const char *path)
{
    return (int)result(link_make(target, dir_fd, path));
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

/* ---- removing ---- */

static int remove_check(const struct path_end *end, bool folder)
{
    bool is_dot = end->name.length == 1;
    mode_t kind;

    if (is_dots(end->name)) {
        if (!folder)
            return -EISDIR;
        return end->name.length == 0 ? -EBUSY : is_dot ? -EINVAL : -ENOTEMPTY;
    }
    if (tree_on(end->place, end->name))
        return folder ? -EBUSY : -EISDIR;
    if (end->place.tree->ops->remove && (folder || !end->slash))
        return 0; /* the tree sees for itself */
    kind = kind_in(end);
    if (!kind)
        return -ENOENT;
    if (!folder && end->slash)
        return S_ISDIR(kind) ? -EISDIR : -ENOTDIR;
    if (folder != S_ISDIR(kind) && !end->place.tree->read_only)
        return folder ? -ENOTDIR : -EISDIR;
    return tree_refusal(end->place.tree);
}

static int remove_at(int dir_fd, const char *path, bool folder)
{
    struct path_end end;
    int error = path_walk(dir_fd, path, PATH_PARENT, &end);

    if (error)
        return error;
    error = remove_check(&end, folder);
    if (!error)
        error = end.place.tree->ops->remove(end.place, end.name, folder);
    path_end(&end);
    return error;
}

int unlink(const char *path)
{
    return (int)result(remove_at(AT_FDCWD, path, false));
}

int rmdir(const char *path)
{
    return (int)result(remove_at(AT_FDCWD, path, true));
}

int unlinkat(int dir_fd, const char *path, int flags)
{
    if (flags & ~AT_REMOVEDIR)
        return (int)result(-EINVAL);
    return (int)result(remove_at(dir_fd, path, flags & AT_REMOVEDIR));
}

int remove(const char *path)
{
    int error = remove_at(AT_FDCWD, path, false);

    return (int)result(error == -EISDIR ? remove_at(AT_FDCWD, path, true) : error);
}

/* ---- links ---- */

static int link_new(struct place from, int dir_fd, const char *to)
{
    struct path_end end;
    int error = path_walk(dir_fd, to, PATH_PARENT, &end);

    if (error)
        return error;
    const struct tree *tree = end.place.tree;
    error = make_check(&end, false);
    if (!error && tree != from.tree)
        error = -EXDEV;
    if (!error)
        error = tree->ops->link ? tree->ops->link(from, end.place, end.name) : tree_refusal(tree);
    path_end(&end);
    return error;
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
    struct place place;
    int error, walk = (flags & AT_SYMLINK_FOLLOW ? 0 : PATH_NOFOLLOW) |
                      (flags & AT_EMPTY_PATH ? PATH_EMPTY : 0);

    if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
        return (int)result(-EINVAL);
    error = path_find(from_fd, from, walk, &place);
    if (error)
        return (int)result(error);
    error = link_new(place, to_fd, to);
    place_drop(place);
    return (int)result(error);
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* ---- moving ---- */

static int move_check(const struct path_end *from, const struct path_end *to, unsigned flags)
{
    mode_t kind, other;

    if (from->place.tree != to->place.tree)
        return -EXDEV;
    if (is_dots(from->name))
        return -EBUSY;
    if (is_dots(to->name))
        return flags & RENAME_NOREPLACE_FLAG ? -EEXIST : -EBUSY;
    kind = kind_in(from);
    other = kind_in(to);
    if (!kind)
        return -ENOENT;
    if (other && flags & RENAME_NOREPLACE_FLAG)
        return -EEXIST;
    if (!other && flags & RENAME_EXCHANGE_FLAG)
        return -ENOENT;
    /* A slash promises a folder, of which the new name is made in the old one's image. */
    if (!S_ISDIR(kind) && from->slash)
        return -ENOTDIR;
    if (!S_ISDIR(flags & RENAME_EXCHANGE_FLAG ? other : kind) && to->slash)
        return -ENOTDIR;
    if (tree_on(from->place, from->name) || tree_on(to->place, to->name))
        return -EBUSY;
    return from->place.tree->ops->rename ? 0 : tree_refusal(from->place.tree);
}

static int move(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    struct path_end source, target;
    int error;

    if (flags & ~(RENAME_NOREPLACE_FLAG | RENAME_EXCHANGE_FLAG) ||
        flags == (RENAME_NOREPLACE_FLAG | RENAME_EXCHANGE_FLAG))
        return -EINVAL;
    error = path_walk(from_fd, from, PATH_PARENT, &source);
    if (error)
        return error;
    error = path_walk(to_fd, to, PATH_PARENT, &target);
    if (!error) {
        error = move_check(&source, &target, flags);
        if (!error)
            error = source.place.tree->ops->rename(source.place, source.name, target.place,
                                                   target.name, flags);
        path_end(&target);
    }
    path_end(&source);
    return error;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    return (int)result(move(from_fd, from, to_fd, to, flags));
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
    return (int)result(move(from_fd, from, to_fd, to, 0));
}

int rename(const char *from, const char *to)
{
    return (int)result(move(AT_FDCWD, from, AT_FDCWD, to, 0));
}
