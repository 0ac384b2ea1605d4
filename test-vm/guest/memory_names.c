/* SPDX-License-Identifier: MIT
 *
 * Names of files in memory: folders, links, moving and removing, with the rules and
 * the errors of Linux. The same program runs there as root.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

/* The call fails with this errno. */
#define REFUSED(call, error) CHECK((errno = 0, (call)) == -1 && errno == (error))

static void touch(const char *name)
{
    int fd = open(name, O_CREAT | O_WRONLY | O_EXCL, 0644);

    CHECK(fd >= 0 && close(fd) == 0);
}

static ino_t number_of(const char *name)
{
    struct stat status;

    return lstat(name, &status) == 0 ? status.st_ino : 0;
}

static nlink_t links_of(const char *name)
{
    struct stat status;

    return lstat(name, &status) == 0 ? status.st_nlink : 0;
}

static void folders(void)
{
    char path[PATH_MAX];

    CHECK(mkdir("d", 0755) == 0 && links_of("d") == 2 && links_of(".") == 3);
    CHECK(mkdir("d/a", 0700) == 0 && mkdir("d/b/", 0700) == 0 && links_of("d") == 4);
    REFUSED(mkdir("d", 0755), EEXIST);
    REFUSED(mkdir("d/", 0755), EEXIST);
    REFUSED(mkdir(".", 0755), EEXIST);
    REFUSED(mkdir("..", 0755), EEXIST);
    REFUSED(mkdir("/", 0755), EEXIST);
    REFUSED(mkdir("", 0755), ENOENT);
    REFUSED(mkdir("x/y", 0755), ENOENT);
    touch("d/f");
    REFUSED(mkdir("d/f", 0755), EEXIST);
    REFUSED(mkdir("d/f/x", 0755), ENOTDIR);
    REFUSED(rmdir("d"), ENOTEMPTY);
    REFUSED(rmdir("d/f"), ENOTDIR);
    REFUSED(rmdir("none"), ENOENT);
    REFUSED(rmdir("d/a/."), EINVAL);
    REFUSED(rmdir("d/a/.."), ENOTEMPTY);
    REFUSED(rmdir("/"), EBUSY);
    REFUSED(unlink("d/a"), EISDIR);
    REFUSED(unlink("d/f/"), ENOTDIR);
    REFUSED(unlink("d/none"), ENOENT);
    REFUSED(unlink("d/."), EISDIR);
    REFUSED(unlinkat(AT_FDCWD, "d/a", 0), EISDIR);
    REFUSED(unlinkat(AT_FDCWD, "d/a", 77), EINVAL);
    CHECK(unlinkat(AT_FDCWD, "d/a", AT_REMOVEDIR) == 0 && rmdir("d/b/") == 0);
    CHECK(unlink("d/f") == 0 && links_of("d") == 2);
    /* a working folder that is gone */
    CHECK(chdir("d") == 0 && rmdir("../d") == 0);
    REFUSED(open("x", O_CREAT | O_WRONLY, 0644), ENOENT);
    REFUSED(mkdir("x", 0755), ENOENT);
    CHECK(getcwd(path, sizeof path) == NULL && errno == ENOENT);
    CHECK(chdir("..") == 0 && getcwd(path, sizeof path) != NULL && access("d", F_OK) == -1);
    CHECK(remove("none") == -1 && errno == ENOENT && mkdir("d", 0755) == 0 && remove("d") == 0);
}

static void links(void)
{
    char text[16] = "";
    struct stat status;

    touch("f");
    CHECK(link("f", "g") == 0 && links_of("f") == 2 && number_of("f") == number_of("g"));
    REFUSED(link("f", "g"), EEXIST);
    REFUSED(link("none", "h"), ENOENT);
    REFUSED(link("f", "x/h"), ENOENT);
    REFUSED(link("f", "h/"), ENOENT);
    REFUSED(link(".", "h"), EPERM);
    CHECK(unlink("f") == 0 && links_of("g") == 1);
    CHECK(symlink("g", "s") == 0 && readlink("s", text, sizeof text) == 1 && text[0] == 'g');
    CHECK(lstat("s", &status) == 0 && S_ISLNK(status.st_mode) && status.st_size == 1);
    CHECK(stat("s", &status) == 0 && S_ISREG(status.st_mode));
    CHECK(link("s", "t") == 0 && number_of("t") == number_of("s"));
    CHECK(linkat(AT_FDCWD, "s", AT_FDCWD, "u", AT_SYMLINK_FOLLOW) == 0 &&
          number_of("u") == number_of("g"));
    REFUSED(symlink("g", "s"), EEXIST);
    REFUSED(symlink("", "v"), ENOENT);
    REFUSED(symlink("g", "v/"), ENOENT);
    REFUSED(readlink("g", text, sizeof text), EINVAL);
    REFUSED(readlink("s", text, 0), EINVAL);
    CHECK(symlink("loop", "loop") == 0);
    REFUSED(open("loop", O_RDONLY), ELOOP);
    REFUSED(stat("loop/x", &status), ELOOP);
    CHECK(mkdir("d", 0755) == 0 && symlink("d", "to-d") == 0);
    touch("d/in");
    CHECK(access("to-d/in", F_OK) == 0 && lstat("to-d/", &status) == 0 && S_ISDIR(status.st_mode));
    REFUSED(rmdir("to-d"), ENOTDIR);
    REFUSED(rmdir("to-d/"), ENOTDIR);
    REFUSED(unlink("to-d/"), ENOTDIR);
    CHECK(unlink("to-d") == 0 && access("d/in", F_OK) == 0);
    CHECK(unlink("g") == 0 && unlink("s") == 0 && unlink("t") == 0 && unlink("u") == 0);
    CHECK(unlink("loop") == 0 && unlink("d/in") == 0 && rmdir("d") == 0);
    REFUSED(fchmodat(AT_FDCWD, ".", 0755, 0x4000), EINVAL);
}

/* Forty links in a row are followed, no more. */
static void link_chain(void)
{
    char from[16], to[16];

    touch("c0");
    for (int i = 1; i <= 41; i++) {
        snprintf(from, sizeof from, "c%d", i - 1);
        snprintf(to, sizeof to, "c%d", i);
        CHECK(symlink(from, to) == 0);
    }
    CHECK(access("c40", F_OK) == 0);
    REFUSED(access("c41", F_OK), ELOOP);
    for (int i = 0; i <= 41; i++) {
        snprintf(to, sizeof to, "c%d", i);
        CHECK(unlink(to) == 0);
    }
}

static void moving(void)
{
    ino_t number;

    touch("a");
    number = number_of("a");
    CHECK(rename("a", "b") == 0 && number_of("b") == number && access("a", F_OK) == -1);
    touch("a");
    CHECK(rename("b", "a") == 0 && number_of("a") == number);
    CHECK(rename("a", "a") == 0 && link("a", "b") == 0);
    CHECK(rename("a", "b") == 0 && links_of("a") == 2); /* the same file: nothing happens */
    CHECK(unlink("b") == 0);
    CHECK(mkdir("d", 0755) == 0 && mkdir("e", 0755) == 0 && mkdir("d/sub", 0755) == 0);
    REFUSED(rename("none", "b"), ENOENT);
    REFUSED(rename("a", "none/b"), ENOENT);
    REFUSED(rename("a", "d"), EISDIR);
    REFUSED(rename("d", "a"), ENOTDIR);
    REFUSED(rename("e", "d"), ENOTEMPTY);
    REFUSED(rename("d", "d/sub/x"), EINVAL);
    REFUSED(rename("d", "d/x"), EINVAL);
    REFUSED(rename("d/sub", "d"), ENOTEMPTY);
    REFUSED(rename("d/.", "x"), EBUSY);
    REFUSED(rename("d", "e/.."), EBUSY);
    REFUSED(rename("a", "b/"), ENOTDIR);
    REFUSED(rename("a/", "b"), ENOTDIR);
    CHECK(links_of("d") == 3 && links_of("e") == 2);
    CHECK(rename("d/sub", "e/sub") == 0 && links_of("d") == 2 && links_of("e") == 3);
    CHECK(rename("d", "e/sub/") == 0 && access("d", F_OK) == -1 && links_of("e/sub") == 2);
    CHECK(rename("e", "f/") == 0 && access("f/sub", F_OK) == 0);
    CHECK(chdir("f/sub") == 0 && rename("../../f", "../../g") == 0);
    char path[PATH_MAX];
    CHECK(getcwd(path, sizeof path) != NULL && strcmp(path + strlen(path) - 6, "/g/sub") == 0);
    CHECK(chdir("../..") == 0);
    touch("b");
    ino_t other = number_of("b");
    REFUSED(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE), EEXIST);
    CHECK(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_EXCHANGE) == 0);
    CHECK(number_of("b") == number && number_of("a") == other);
    REFUSED(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_EXCHANGE), ENOENT);
    CHECK(renameat2(AT_FDCWD, "a", AT_FDCWD, "g", RENAME_EXCHANGE) == 0 &&
          access("a/sub", F_OK) == 0);
    CHECK(symlink("b", "s") == 0 && rename("s", "t") == 0 && readlink("t", path, 9) == 1);
    CHECK(rename("b", "t") == 0 && number_of("t") == number);
    CHECK(rmdir("a/sub") == 0 && rmdir("a") == 0 && unlink("g") == 0 && unlink("t") == 0);
}

static void at_calls(void)
{
    struct stat status;
    char text[8];
    int dir;

    CHECK(mkdir("d", 0755) == 0 && (dir = open("d", O_RDONLY | O_DIRECTORY)) >= 0);
    int fd = openat(dir, "f", O_CREAT | O_RDWR, 0600);
    CHECK(fd >= 0 && close(fd) == 0 && access("d/f", F_OK) == 0);
    CHECK(faccessat(dir, "f", R_OK | W_OK, 0) == 0);
    REFUSED(faccessat(dir, "f", X_OK, 0), EACCES);
    CHECK(fstatat(dir, "f", &status, 0) == 0 && S_ISREG(status.st_mode));
    CHECK(fstatat(dir, "", &status, AT_EMPTY_PATH) == 0 && S_ISDIR(status.st_mode));
    REFUSED(fstatat(dir, "", &status, 0), ENOENT);
    CHECK(mkdirat(dir, "sub", 0700) == 0 && symlinkat("f", dir, "s") == 0);
    CHECK(readlinkat(dir, "s", text, sizeof text) == 1 && linkat(dir, "f", dir, "g", 0) == 0);
    CHECK(renameat(dir, "g", AT_FDCWD, "out") == 0 && unlink("out") == 0);
    CHECK(fchownat(dir, "s", 3, 4, AT_SYMLINK_NOFOLLOW) == 0 && lstat("d/s", &status) == 0 &&
          status.st_uid == 3);
    CHECK(fchmodat(dir, "f", 0640, 0) == 0 && stat("d/f", &status) == 0 &&
          (status.st_mode & 0777) == 0640);
    CHECK(unlinkat(dir, "s", 0) == 0 && unlinkat(dir, "sub", AT_REMOVEDIR) == 0);
    REFUSED(openat(999, "f", O_RDONLY), EBADF);
    fd = openat(dir, "f", O_RDONLY);
    REFUSED(openat(fd, "x", O_RDONLY), ENOTDIR);
    CHECK(openat(fd, "/", O_RDONLY) >= 0 && close(fd) == 0);
    CHECK(fchdir(dir) == 0 && access("f", F_OK) == 0 && chdir("..") == 0);
    REFUSED(fchdir(999), EBADF);
    CHECK(unlink("d/f") == 0 && rmdir("d") == 0 && close(dir) == 0);
}

static int count_of(const char *name)
{
    DIR *folder = opendir(name);
    int count = 0;

    CHECK(folder != NULL);
    while (readdir(folder) != NULL)
        count++;
    CHECK(closedir(folder) == 0);
    return count;
}

/* Each name that is there all the time is read exactly once, whatever else happens. */
static void reading_folders(void)
{
    enum { COUNT = 500 };
    static char seen[COUNT], gone[COUNT];
    char name[32];
    struct dirent *entry;
    DIR *folder;

    CHECK(mkdir("many", 0755) == 0);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "many/%d", i);
        touch(name);
    }
    CHECK(count_of("many") == COUNT + 2);
    folder = opendir("many");
    while ((entry = readdir(folder)) != NULL) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (gone[number])
            continue; /* it may have been on its way already */
        CHECK(!seen[number] && entry->d_type == DT_REG && ++seen[number]);
        snprintf(name, sizeof name, "many/%d", number ^ 1);
        if (number % 7 == 0 && !seen[number ^ 1]) {
            CHECK(unlink(name) == 0); /* one that has not been read yet */
            seen[number ^ 1] = gone[number ^ 1] = 1;
        }
        snprintf(name, sizeof name, "many/%s", entry->d_name);
        if (number % 3 == 0)
            CHECK(unlink(name) == 0); /* the one that was read */
    }
    for (int i = 0; i < COUNT; i++)
        CHECK(seen[i]);
    rewinddir(folder);
    long place = 0;
    for (int i = 0; i < 10 && (entry = readdir(folder)) != NULL; i++)
        place = telldir(folder);
    char tenth[32];
    CHECK((entry = readdir(folder)) != NULL && snprintf(tenth, sizeof tenth, "%s", entry->d_name));
    while (readdir(folder) != NULL)
        ;
    seekdir(folder, place);
    CHECK((entry = readdir(folder)) != NULL && strcmp(entry->d_name, tenth) == 0);
    rewinddir(folder);
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            CHECK(unlinkat(dirfd(folder), entry->d_name, 0) == 0);
    CHECK(closedir(folder) == 0 && count_of("many") == 2 && rmdir("many") == 0);
    CHECK(opendir("many") == NULL && errno == ENOENT);
    CHECK(fdopendir(999) == NULL && errno == EBADF);
}

static int chosen(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int visits, folders_after;

static int visit(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    visits++;
    folders_after += type == FTW_DP;
    CHECK(where->level <= 3 && path[where->base] != '/');
    return 0;
}

static int stop(const char *path, const struct stat *status, int type)
{
    (void)path, (void)status;
    return type == FTW_F ? 17 : 0;
}

static void whole_trees(void)
{
    struct dirent **list;
    glob_t found;
    char path[PATH_MAX], *full;

    CHECK(mkdir("t", 0755) == 0 && mkdir("t/b", 0755) == 0 && mkdir("t/b/c", 0755) == 0);
    touch("t/a.c");
    touch("t/z.c");
    touch("t/b/x.c");
    CHECK(symlink("a.c", "t/link") == 0);
    CHECK(scandir("t", &list, chosen, alphasort) == 4);
    CHECK(strcmp(list[0]->d_name, "a.c") == 0 && strcmp(list[3]->d_name, "z.c") == 0);
    for (int i = 0; i < 4; i++)
        free(list[i]);
    free(list);
    CHECK(scandir("none", &list, NULL, NULL) == -1 && errno == ENOENT);
    CHECK(glob("t/*.c", 0, NULL, &found) == 0 && found.gl_pathc == 2);
    CHECK(strcmp(found.gl_pathv[0], "t/a.c") == 0 && strcmp(found.gl_pathv[1], "t/z.c") == 0);
    globfree(&found);
    CHECK(glob("t/*/x.?", 0, NULL, &found) == 0 && found.gl_pathc == 1);
    globfree(&found);
    CHECK(glob("t/*.h", 0, NULL, &found) == GLOB_NOMATCH);
    CHECK(nftw("t", visit, 8, FTW_PHYS | FTW_DEPTH) == 0 && visits == 7 && folders_after == 3);
    visits = 0;
    CHECK(nftw("t", visit, 8, FTW_PHYS | FTW_CHDIR) == 0 && visits == 7);
    CHECK(getcwd(path, sizeof path) != NULL && strstr(path, "memory-names") != NULL);
    CHECK(ftw("t", stop, 8) == 17);
    CHECK(ftw("none", stop, 8) == -1 && errno == ENOENT);
    full = realpath("t/b/../link", NULL);
    CHECK(full != NULL && strcmp(full + strlen(full) - 6, "/t/a.c") == 0);
    free(full);
    CHECK(realpath("t/none", path) == NULL && errno == ENOENT);
    CHECK(strcmp(realpath("/tmp/..//dev/./null", path), "/dev/null") == 0);
    CHECK(getcwd(path, 3) == NULL && errno == ERANGE);
    CHECK(unlink("t/link") == 0 && unlink("t/a.c") == 0 && unlink("t/z.c") == 0);
    CHECK(unlink("t/b/x.c") == 0 && rmdir("t/b/c") == 0 && rmdir("t/b") == 0 && rmdir("t") == 0);
}

static void temporary(void)
{
    char name[] = "tmp-XXXXXX", again[] = "tmp-XXXXXX", with_end[] = "XXXXXX.txt", bad[] = "XXX";
    char folder[] = "dirXXXXXX", text[8];
    struct stat status;
    int fd = mkstemp(name), other = mkstemp(again);

    CHECK(fd >= 0 && other >= 0 && strcmp(name, again) != 0 && fstat(fd, &status) == 0);
    CHECK((status.st_mode & 07777) == 0600 && close(fd) == 0 && close(other) == 0);
    fd = mkostemps(with_end, 4, O_APPEND);
    CHECK(fd >= 0 && strcmp(with_end + 6, ".txt") == 0 && fcntl(fd, F_GETFL) & O_APPEND);
    CHECK(close(fd) == 0 && unlink(name) == 0 && unlink(again) == 0 && unlink(with_end) == 0);
    REFUSED(mkstemp(bad), EINVAL);
    CHECK(mkdtemp(folder) != NULL && rmdir(folder) == 0);
    FILE *file = tmpfile();
    CHECK(file != NULL && fputs("text", file) >= 0);
    rewind(file);
    CHECK(fgets(text, sizeof text, file) != NULL && strcmp(text, "text") == 0);
    CHECK(fclose(file) == 0);
}

static void odd_names(void)
{
    char name[300];

    touch("a\nb");
    touch("\xff\xfe");
    touch("...");
    touch(" ");
    CHECK(count_of(".") == 6 && unlink("a\nb") == 0 && unlink("\xff\xfe") == 0);
    CHECK(unlink("...") == 0 && unlink(" ") == 0);
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    REFUSED(mkdir(name, 0755), ENAMETOOLONG);
    REFUSED(symlink("x", name), ENAMETOOLONG);
    name[255] = '\0';
    CHECK(mkdir(name, 0755) == 0 && rmdir(name) == 0);
    CHECK(mkdir("a", 0755) == 0 && rmdir("./a//./") == -1);
    CHECK(rmdir("./a//") == 0);
}

int main(void)
{
    char folder[] = "/tmp/memory-names-XXXXXX";

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    folders();
    links();
    link_chain();
    moving();
    at_calls();
    reading_folders();
    whole_trees();
    temporary();
    odd_names();
    CHECK(count_of(".") == 2 && chdir("/") == 0 && rmdir(folder) == 0);
    return success();
}
