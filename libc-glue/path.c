/* SPDX-License-Identifier: MIT
 *
 * Names to places: walks a path over the trees. Where the walk is, it holds; so
 * other threads may change the trees meanwhile.
 */
#include <limits.h>
#include <string.h>

#include "libc-glue/files.h"
#include "libc-glue/memfs_names.h"

struct place path_cwd; /* held; nowhere: the root */

/* A walk under way: where it is, and what is still to be read. */
struct walk {
    struct place at;
    const char *rest;
    int flags;
    int links_followed;
    struct place folder; /* PATH_FOLDER: of the last name */
    char *text;          /* what a symbolic link put in place of the path, or NULL */
};

/* The hash is FNV-1a: memfs finds names by it. */
struct name name_scan(const char *text)
{
    struct name name = {text, 0, NAME_HASH_START};

    for (; text[name.length] && text[name.length] != '/'; name.length++)
        name.hash = NAME_HASH_STEP(name.hash, text[name.length]);
    return name;
}

static mode_t kind_of(struct place place)
{
    return place.tree->ops->mode(place) & S_IFMT;
}

static void move_to(struct walk *walk, struct place place)
{
    place_drop(walk->at);
    walk->at = place;
}

/* Above a tree's top is the folder that it is mounted on; above the root, itself. */
struct place path_parent(struct place place)
{
    const struct tree *tree = place.tree;
    struct place parent = place;

    if (place.node != tree->top)
        parent = tree->ops->parent(place);
    else if (tree->on.tree)
        parent = place_hold(tree->on);
    else
        return place;
    place_drop(place);
    return parent;
}

static int child_of(struct place dir, struct name name, struct place *found)
{
    struct tree *mounted = tree_on(dir, name);

    if (!mounted)
        return dir.tree->ops->find(dir, name, found);
    *found = place_hold((struct place){mounted, mounted->top});
    return 0;
}

/* Puts a link's target before the rest of the path. */
static int link_follow(struct walk *walk, struct place link)
{
    size_t rest_length = strlen(walk->rest);
    char *text = object_new(PATH_MAX);
    ssize_t length;

    if (!text)
        return -ENOMEM;
    length = link.tree->ops->link_target(link, text, PATH_MAX);
    if (++walk->links_followed > LINK_DEPTH_MAX)
        length = -ELOOP;
    else if (length == 0)
        length = -ENOENT;
    else if (length > 0 && (size_t)length + rest_length >= PATH_MAX)
        length = -ENAMETOOLONG;
    if (length < 0) {
        object_free(text);
        return (int)length;
    }
    memcpy(text + length, walk->rest, rest_length + 1);
    object_free(walk->text);
    walk->rest = walk->text = text;
    if (text[0] == '/')
        move_to(walk, tree_root());
    return 0;
}

static bool is_last(const char *rest)
{
    while (*rest == '/')
        rest++;
    return !*rest;
}

static bool is_dots(struct name name, size_t count)
{
    return name.length == count && name.text[0] == '.' && name.text[count - 1] == '.';
}

/* One step over a name: 1, the walk ends before this name; 0, it goes on. */
static int walk_step(struct walk *walk, struct name name)
{
    struct place next;
    int error;

    if (kind_of(walk->at) != S_IFDIR)
        return -ENOTDIR;
    if (name.length > NAME_MAX)
        return -ENAMETOOLONG;
    if (walk->flags & PATH_PARENT && is_last(walk->rest))
        return 1;
    if (is_dots(name, 1))
        return 0;
    if (walk->flags & PATH_CREATE && *walk->rest && is_last(walk->rest) && !is_dots(name, 2))
        return -EISDIR; /* as on Linux, whatever is there */
    if (is_dots(name, 2)) {
        walk->at = path_parent(walk->at);
        return 0;
    }
    error = child_of(walk->at, name, &next);
    if (error)
        return error == -ENOENT && walk->flags & PATH_CREATE && is_last(walk->rest) ? 1 : error;
    if (kind_of(next) != S_IFLNK || (!*walk->rest && walk->flags & PATH_NOFOLLOW)) {
        if (walk->flags & PATH_FOLDER) {
            place_drop(walk->folder);
            walk->folder = place_hold(walk->at);
        }
        move_to(walk, next);
        return 0;
    }
    error = link_follow(walk, next);
    place_drop(next);
    return error;
}

/* Where a relative path starts. */
static int walk_start(struct walk *walk, int dir_fd)
{
    struct file *file;

    if (*walk->rest == '/') {
        walk->at = tree_root();
    } else if (dir_fd == AT_FDCWD) {
        bool were_on = interrupts_off();
        walk->at = path_cwd.tree ? place_hold(path_cwd) : tree_root();
        interrupts_restore(were_on);
    } else {
        file = fd_get(dir_fd);
        if (!file)
            return -EBADF;
        walk->at = place_hold(file->place);
        file_put(file);
    }
    if (walk->at.tree)
        return 0;
    return -ENOTDIR;
}

static int walk_all(struct walk *walk, struct path_end *end)
{
    struct name name = {.text = walk->rest};
    int how = 0;

    while (how == 0 && *walk->rest) {
        if (*walk->rest != '/') {
            name = name_scan(walk->rest);
            walk->rest += name.length;
            how = walk_step(walk, name);
            continue;
        }
        /* A slash, the last one too, promises a folder before it. */
        while (*walk->rest == '/')
            walk->rest++;
        if (kind_of(walk->at) != S_IFDIR)
            how = -ENOTDIR;
    }
    end->name = how == 1 || walk->flags & PATH_FOLDER ? name : (struct name){.text = ""};
    end->slash = *walk->rest;
    end->missing = how == 1;
    return how < 0 ? how : 0;
}

static int path_check(const char *path, int flags)
{
    long length = user_text(path, PATH_MAX);

    if (length < 0)
        return (int)length;
    if (length == 0 && !(flags & PATH_EMPTY))
        return -ENOENT;
    return length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int path_walk(int dir_fd, const char *path, int flags, struct path_end *end)
{
    struct walk walk = {.rest = path, .flags = flags};
    int error = path_check(path, flags);

    if (!error)
        error = walk_start(&walk, dir_fd);
    if (!error)
        error = walk_all(&walk, end);
    end->place = walk.at;
    end->text = walk.text;
    end->folder = walk.folder;
    if (error)
        path_end(end);
    return error;
}

void path_end(struct path_end *end)
{
    place_drop(end->place);
    place_drop(end->folder);
    object_free(end->text);
}

int path_find(int dir_fd, const char *path, int flags, struct place *found)
{
    struct path_end end;
    int error = path_walk(dir_fd, path, flags, &end);

    if (error)
        return error;
    *found = end.place;
    object_free(end.text);
    return 0;
}

/* The name of a place in its folder. */
static int name_of(struct place place, char *to)
{
    const struct tree *tree = place.tree;

    if (place.node != tree->top)
        return tree->ops->name(place, to, NAME_MAX + 1);
    strcpy(to, tree->mount_name);
    return (int)strlen(to);
}

static bool is_root(struct place place)
{
    return place.node == place.tree->top && !place.tree->on.tree;
}

/* Writes the path from the end of the buffer to its front. */
int path_of(struct place place, char *to, size_t size_bytes)
{
    char *start = to + size_bytes, name[NAME_MAX + 1];
    int length = 0;

    if (size_bytes < 2)
        length = -ERANGE;
    else
        *--start = '\0';
    if (length == 0 && is_root(place))
        *--start = '/';
    while (length >= 0 && !is_root(place)) {
        length = name_of(place, name);
        if (length >= 0 && start - to < length + 1)
            length = -ERANGE;
        if (length < 0)
            break;
        start -= length;
        memcpy(start, name, (size_t)length);
        *--start = '/';
        place = path_parent(place);
    }
    place_drop(place);
    if (length < 0)
        return length;
    length = (int)(to + size_bytes - start);
    memmove(to, start, (size_t)length);
    return length;
}
