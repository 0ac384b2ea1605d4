/* SPDX-License-Identifier: MIT
 *
 * Walking file trees.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct folder { /* one that the walk is in */
    const struct folder *above;
    dev_t device;
    ino_t number;
};

struct walk {
    int (*function)(const char *, const struct stat *, int, struct FTW *);
    int (*plain)(const char *, const struct stat *, int); /* ftw()'s, or NULL */
    int flags, descriptors;                               /* so many folders may be open at once */
    dev_t device;
    char path[PATH_MAX];
};

static int visit(struct walk *walk, const struct stat *status, int type, struct FTW *where)
{
    if (!walk->plain)
        return walk->function(walk->path, status, type, where);
    return walk->plain(walk->path, status, type == FTW_SLN ? FTW_SL : type);
}

static int base_of(const char *path, size_t length)
{
    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length && path[length - 1] != '/')
        length--;
    return (int)length;
}

/* By which name the place is reached: FTW_CHDIR has gone to its folder. */
static const char *name_here(const struct walk *walk, int base)
{
    return walk->flags & FTW_CHDIR && walk->path[base] ? walk->path + base : walk->path;
}

static int type_of(struct walk *walk, int base, struct stat *status)
{
    bool physical = walk->flags & FTW_PHYS;
    const char *name = name_here(walk, base);

    if ((physical ? lstat(name, status) : stat(name, status)) == 0)
        return S_ISDIR(status->st_mode) ? FTW_D : S_ISLNK(status->st_mode) ? FTW_SL : FTW_F;
    if (errno != ENOENT && errno != EACCES && errno != ELOOP)
        return -1;
    if (!physical && lstat(name, status) == 0 && S_ISLNK(status->st_mode))
        return FTW_SLN;
    return errno == EACCES ? FTW_NS : -1;
}

static bool is_above(const struct folder *at, const struct stat *status)
{
    while (at && (at->device != status->st_dev || at->number != status->st_ino))
        at = at->above;
    return at;
}

static int walk_place(struct walk *walk, size_t length, int level, const struct folder *above);

static int walk_entry(struct walk *walk, size_t length, const char *name, int level,
                      const struct folder *above)
{
    size_t slash = length && walk->path[length - 1] == '/' ? 0 : 1, bytes = strlen(name);
    int answer;

    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return 0;
    if (length + slash + bytes >= sizeof walk->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    walk->path[length] = '/';
    memcpy(walk->path + length + slash, name, bytes + 1);
    answer = walk_place(walk, length + slash + bytes, level + 1, above);
    walk->path[length] = '\0';
    return answer;
}

/* What a visit says about those that come after it: 0, go on. */
static int after_entry(const struct walk *walk, int answer, bool *siblings)
{
    if (!(walk->flags & FTW_ACTIONRETVAL) || answer != FTW_SKIP_SIBLINGS)
        return answer;
    *siblings = false;
    return 0;
}

static int walk_open(struct walk *walk, size_t length, int level, const struct folder *self)
{
    DIR *folder = opendir(name_here(walk, base_of(walk->path, length)));
    bool changes = walk->flags & FTW_CHDIR, siblings = true;
    struct dirent *entry;
    int answer = 0;

    if (!folder)
        return -1;
    if (changes && fchdir(dirfd(folder)) < 0)
        answer = -1;
    while (!answer && siblings && (errno = 0, entry = readdir(folder))) {
        answer = after_entry(walk, walk_entry(walk, length, entry->d_name, level, self), &siblings);
        if (changes && !answer && fchdir(dirfd(folder)) < 0)
            answer = -1;
    }
    closedir(folder);
    return answer;
}

/* The same without a descriptor: the names are read beforehand. */
static int walk_listed(struct walk *walk, size_t length, int level, const struct folder *self)
{
    struct dirent **list;
    int count = scandir(walk->path, &list, NULL, NULL), answer = count < 0 ? -1 : 0;
    bool siblings = true;

    for (int i = 0; i < count; i++) {
        if (!answer && siblings)
            answer = after_entry(walk, walk_entry(walk, length, list[i]->d_name, level, self),
                                 &siblings);
        free(list[i]);
    }
    if (count >= 0)
        free(list);
    return answer;
}

static int walk_folder(struct walk *walk, size_t length, int level, const struct folder *self)
{
    bool listed = level >= walk->descriptors && !(walk->flags & FTW_CHDIR);

    return listed ? walk_listed(walk, length, level, self) : walk_open(walk, length, level, self);
}

static int walk_below(struct walk *walk, size_t length, int level, const struct stat *status,
                      const struct folder *above)
{
    struct folder self = {above, status->st_dev, status->st_ino};

    if (is_above(above, status))
        return 0;
    return walk_folder(walk, length, level, &self);
}

static int walk_place(struct walk *walk, size_t length, int level, const struct folder *above)
{
    struct FTW where = {base_of(walk->path, length), level};
    bool actions = walk->flags & FTW_ACTIONRETVAL, after = walk->flags & FTW_DEPTH;
    struct stat status = {0};
    int type = type_of(walk, where.base, &status), answer = 0;

    if (type < 0)
        return -1;
    if (level == 0)
        walk->device = status.st_dev;
    if (walk->flags & FTW_MOUNT && type != FTW_NS && status.st_dev != walk->device)
        return 0;
    if (type != FTW_D)
        return visit(walk, &status, type, &where);
    if (!(walk->flags & FTW_PHYS) && is_above(above, &status))
        return 0;
    if (!after)
        answer = visit(walk, &status, FTW_D, &where);
    if (actions && answer == FTW_SKIP_SUBTREE)
        return 0;
    if (!answer)
        answer = walk_below(walk, length, level, &status, above);
    if (!answer && after)
        answer = visit(walk, &status, FTW_DP, &where);
    return answer;
}

/* Goes to the folder that the walk starts in. */
static int folder_enter(struct walk *walk, int base)
{
    char first = walk->path[base];
    int answer;

    if (base == 0)
        return 0;
    walk->path[base] = '\0';
    answer = chdir(walk->path);
    walk->path[base] = first;
    return answer;
}

static int walk_start(struct walk *walk, const char *path)
{
    size_t length = strlen(path);
    int answer, cwd = -1;

    if (length >= sizeof walk->path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(walk->path, path, length + 1);
    while (length > 1 && walk->path[length - 1] == '/')
        walk->path[--length] = '\0';
    if (walk->flags & FTW_CHDIR && (cwd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        return -1;
    answer = cwd >= 0 ? folder_enter(walk, base_of(walk->path, length)) : 0;
    if (!answer)
        answer = walk_place(walk, length, 0, NULL);
    if (cwd >= 0) {
        int errno_before = errno;
        if (fchdir(cwd) < 0)
            answer = -1;
        close(cwd);
        errno = errno_before;
    }
    if (walk->flags & FTW_ACTIONRETVAL &&
        (answer == FTW_SKIP_SUBTREE || answer == FTW_SKIP_SIBLINGS))
        answer = 0;
    return answer;
}

static int walk_run(const struct walk *wanted, const char *path)
{
    struct walk *walk = malloc(sizeof *walk);
    int answer;

    if (!walk)
        return -1;
    *walk = *wanted;
    answer = walk_start(walk, path);
    free(walk);
    return answer;
}

int nftw(const char *path, int (*function)(const char *, const struct stat *, int, struct FTW *),
         int descriptors, int flags)
{
    struct walk walk = {.function = function, .flags = flags, .descriptors = descriptors};

    return walk_run(&walk, path);
}

int ftw(const char *path, int (*function)(const char *, const struct stat *, int), int descriptors)
{
    struct walk walk = {.plain = function, .descriptors = descriptors};

    return walk_run(&walk, path);
}
