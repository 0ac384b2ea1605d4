/* SPDX-License-Identifier: MIT
 *
 * Files and folders with names that nobody else has. The names are random: newlib's
 * count up from the process number, which is always 1 here.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/entropy.h"
#include "libc-glue/files.h"

#define TRIES 100

enum what { NAME, FILE_OF_NAME, FOLDER };

static void name_draw(char *at)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    unsigned char random[6];

    entropy_read(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        at[i] = letters[random[i] % (sizeof letters - 1)];
}

/* What was made: a descriptor, 0, or -errno. */
static int try(char *name, enum what what, int flags)
{
    struct stat status;

    if (what == FILE_OF_NAME)
        return file_open(AT_FDCWD, name, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);
    if (what == FOLDER)
        return mkdir(name, 0700) < 0 ? -errno : 0;
    return lstat(name, &status) == 0 ? -EEXIST : errno == ENOENT ? 0 : -errno;
}

static int make(char *template, int suffix_bytes, enum what what, int flags)
{
    size_t length = strlen(template);
    int made = -EEXIST;
    char *at;

    if (suffix_bytes < 0 || length < 6 + (size_t)suffix_bytes)
        return -EINVAL;
    at = template + length - 6 - suffix_bytes;
    if (memcmp(at, "XXXXXX", 6))
        return -EINVAL;
    for (int i = 0; i < TRIES && made == -EEXIST; i++) {
        name_draw(at);
        made = try(template, what, flags);
    }
    if (made < 0)
        memcpy(at, "XXXXXX", 6);
    return made;
}

int mkostemps(char *template, int suffix_bytes, int flags)
{
    return (int)result(make(template, suffix_bytes, FILE_OF_NAME, flags));
}

int mkostemp(char *template, int flags)
{
    return mkostemps(template, 0, flags);
}

int mkstemps(char *template, int suffix_bytes)
{
    return mkostemps(template, suffix_bytes, 0);
}

int mkstemp(char *template)
{
    return mkostemps(template, 0, 0);
}

char *mkdtemp(char *template)
{
    return result(make(template, 0, FOLDER, 0)) < 0 ? NULL : template;
}

char *mktemp(char *template)
{
    if (result(make(template, 0, NAME, 0)) < 0)
        template[0] = '\0';
    return template;
}

char *tmpnam(char *to)
{
    static char own[L_tmpnam];

    if (!to)
        to = own;
    strcpy(to, P_tmpdir "/tXXXXXX");
    return make(to, 0, NAME, 0) < 0 ? NULL : to;
}

char *tempnam(const char *folder, const char *prefix)
{
    const char *wanted = getenv("TMPDIR");
    char *name = malloc(PATH_MAX);

    if (!wanted || access(wanted, W_OK))
        wanted = folder && access(folder, W_OK) == 0 ? folder : P_tmpdir;
    if (!name)
        return NULL;
    snprintf(name, PATH_MAX, "%s/%.5sXXXXXX", wanted, prefix ? prefix : "file");
    if (result(make(name, 0, NAME, 0)) == 0)
        return name;
    free(name);
    return NULL;
}

/* Without a name from the start. */
FILE *tmpfile(void)
{
    int fd = file_open(AT_FDCWD, P_tmpdir, O_RDWR | O_TMPFILE, 0600);
    FILE *stream;

    if (result(fd) < 0)
        return NULL;
    stream = fdopen(fd, "w+");
    if (!stream)
        fd_close(fd);
    return stream;
}
