/* SPDX-License-Identifier: MIT
 *
 * Other names for what POSIX does in another way: BSD's, GNU's and old ones.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timeb.h>
#include <unistd.h>

int eaccess(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

int euidaccess(const char *path, int mode)
{
    return eaccess(path, mode);
}

char *get_current_dir_name(void)
{
    return getcwd(NULL, 0);
}

char *getwd(char *to)
{
    return getcwd(to, PATH_MAX);
}

char *canonicalize_file_name(const char *path)
{
    return realpath(path, NULL);
}

char *ctermid(char *to)
{
    static char own[L_ctermid];

    return strcpy(to ? to : own, "/dev/tty");
}

static const struct timespec *exact(const struct timeval times[2], struct timespec to[2])
{
    if (!times)
        return NULL;
    for (int i = 0; i < 2; i++)
        to[i] = (struct timespec){times[i].tv_sec, times[i].tv_usec * 1000};
    return to;
}

int futimes(int fd, const struct timeval times[2])
{
    struct timespec to[2];

    return futimens(fd, exact(times, to));
}

int futimesat(int dir_fd, const char *path, const struct timeval times[2])
{
    struct timespec to[2];

    return utimensat(dir_fd, path, exact(times, to), 0);
}

int lutimes(const char *path, const struct timeval times[2])
{
    struct timespec to[2];

    return utimensat(AT_FDCWD, path, exact(times, to), AT_SYMLINK_NOFOLLOW);
}

int ftime(struct timeb *time)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *time = (struct timeb){.time = now.tv_sec, .millitm = (unsigned short)(now.tv_nsec / 1000000)};
    return 0;
}

int timespec_get(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int timespec_getres(struct timespec *time, int base)
{
    return base == TIME_UTC && clock_getres(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int versionsort(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

int fdclosedir(DIR *folder)
{
    int fd = dup(dirfd(folder));

    return closedir(folder) < 0 ? -1 : fd;
}

/* What scandir() does, in a folder that is named from another one. */
int scandirat(int at, const char *path, struct dirent ***list, int (*wanted)(const struct dirent *),
              int (*compare)(const struct dirent **, const struct dirent **))
{
    int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    struct dirent **found = NULL, *entry;
    size_t count = 0;

    if (!folder)
        return -1;
    while ((entry = readdir(folder))) {
        if (wanted && !wanted(entry))
            continue;
        struct dirent **more = realloc(found, (count + 1) * sizeof *more);
        struct dirent *copy = more ? malloc(sizeof *copy) : NULL;
        if (more)
            found = more;
        if (!copy) {
            while (count)
                free(found[--count]);
            free(found);
            closedir(folder);
            errno = ENOMEM;
            return -1;
        }
        *copy = *entry;
        found[count++] = copy;
    }
    closedir(folder);
    if (compare && count)
        qsort(found, count, sizeof *found, (int (*)(const void *, const void *))(void *)compare);
    *list = found;
    return (int)count;
}

void psiginfo(const siginfo_t *info, const char *words)
{
    if (words && *words)
        fprintf(stderr, "%s: ", words);
    fprintf(stderr, "%s\n", strsignal(info->si_signo));
}
