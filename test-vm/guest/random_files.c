/* SPDX-License-Identifier: MIT
 *
 * Random calls on files, the same in every run: what each of them answered, and what
 * is there at the end, goes into a sum. On Linux the sums must be the same.
 *     random_files [SEED [COUNT [FOLDER]]]      in FOLDER/tree, which is there already
 * With VERBOSE in the environment each call is shown.
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static uint64_t state, sum = 14695981039346656037u;
static int fds[8];
static int loud;

static unsigned draw(unsigned limit)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 20) % limit;
}

static void note_bytes(const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ ((const unsigned char *)bytes)[i]) * 1099511628211u;
}

/* errno by name: the numbers differ between systems. */
static int error_number(void)
{
    static const int known[] = {ENOENT, EEXIST, ENOTDIR, EISDIR, ENOTEMPTY, EINVAL, EBUSY,
                                ELOOP,  EBADF,  EPERM,   EXDEV,  EMLINK,    ENXIO,  EACCES};

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == errno)
            return -(int)i - 2;
    return -1000 - errno;
}

static void note(const char *what, const char *a, const char *b, long answer)
{
    if (answer < 0)
        answer = error_number();
    if (loud)
        printf("%s %s %s = %ld\n", what, a, b, answer);
    note_bytes(&answer, sizeof answer);
}

/* A path of up to three names out of few, so that they meet. */
static void path_draw(char *to)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "..", "."};
    unsigned depth = 1 + draw(3);

    *to = '\0';
    for (unsigned i = 0; i < depth; i++) {
        strcat(to, names[draw(i ? 5 : draw(10) ? 5 : 7)]);
        if (i + 1 < depth || !draw(12))
            strcat(to, "/");
    }
}

static void note_status(const char *path)
{
    struct stat status;
    int answer = lstat(path, &status);

    note("lstat", path, "", answer);
    if (answer)
        return;
    note("mode", path, "", (long)status.st_mode);
    note("links", path, "", (long)status.st_nlink);
    if (!S_ISDIR(status.st_mode))
        note("size", path, "", (long)status.st_size);
}

static void fd_calls(void)
{
    static char bytes[20000];
    int slot = (int)draw(8);
    unsigned length = draw(4) ? draw(300) : draw(sizeof bytes);
    off_t at = draw(3) ? draw(20000) : (off_t)draw(1000) << 22;

    switch (draw(7)) {
    case 0:
    case 1:
        memset(bytes, 'a' + (int)draw(26), length);
        note("pwrite", "", "", pwrite(fds[slot], bytes, length, at));
        break;
    case 2:
        memset(bytes, 'A' + (int)draw(26), length);
        note("write", "", "", write(fds[slot], bytes, length));
        break;
    case 3: {
        ssize_t got = read(fds[slot], bytes, length);
        note("read", "", "", got);
        note_bytes(bytes, got > 0 ? (size_t)got : 0);
        break;
    }
    case 4: {
        ssize_t got = pread(fds[slot], bytes, length, at);
        note("pread", "", "", got);
        note_bytes(bytes, got > 0 ? (size_t)got : 0);
        break;
    }
    case 5:
        note("lseek", "", "", lseek(fds[slot], (off_t)draw(30000) - 5000, (int)draw(3)));
        break;
    default:
        note("ftruncate", "", "", ftruncate(fds[slot], at));
    }
}

static void open_or_close(const char *path)
{
    static const int flags[] = {O_RDONLY, O_RDWR, O_WRONLY | O_APPEND, O_RDWR | O_TRUNC};
    int slot = (int)draw(8);

    if (fds[slot] >= 0) {
        note("close", "", "", close(fds[slot]));
        fds[slot] = -1;
        return;
    }
    fds[slot] = open(path, flags[draw(4)] | (draw(2) ? O_CREAT : 0) | (draw(8) ? 0 : O_EXCL), 0644);
    note("open", path, "", fds[slot] < 0 ? -1 : 0);
}

static void name_calls(void)
{
    char path[64], other[64];

    path_draw(path);
    path_draw(other);
    switch (draw(12)) {
    case 0:
    case 1:
        note("mkdir", path, "", mkdir(path, 0755));
        break;
    case 2:
        note("rmdir", path, "", rmdir(path));
        break;
    case 3:
        note("unlink", path, "", unlink(path));
        break;
    case 4:
    case 5:
        note("rename", path, other, rename(path, other));
        break;
    case 6:
        note("link", path, other, link(path, other));
        break;
    case 7:
        note("symlink", path, other, symlink(path, other));
        break;
    case 8:
        note("chmod", path, "", chmod(path, 0600 | draw(0100)));
        break;
    case 9:
        note("truncate", path, "", truncate(path, (off_t)draw(20000)));
        break;
    case 10:
        note("renameat2", path, other, renameat2(AT_FDCWD, path, AT_FDCWD, other, 1 + draw(2)));
        break;
    default:
        note_status(path);
    }
    open_or_close(path);
}

static int name_compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void tree_note(const char *path, int depth)
{
    struct dirent **list;
    int count = scandir(path, &list, NULL, name_compare);

    for (int i = 0; i < count; i++) {
        char below[512];
        snprintf(below, sizeof below, "%s/%s", path, list[i]->d_name);
        int is_folder = list[i]->d_type == DT_DIR, is_dot = list[i]->d_name[0] == '.';
        free(list[i]);
        note_bytes(below, strlen(below));
        if (is_dot)
            continue;
        note_status(below);
        if (is_folder && depth < 20)
            tree_note(below, depth + 1);
    }
    if (count >= 0)
        free(list);
}

int main(int argc, char **argv)
{
    char own[] = "/tmp/random-files-XXXXXX";
    const char *folder = argc > 3 ? argv[3] : mkdtemp(own);
    long count = argc > 2 ? atol(argv[2]) : 20000;

    state = 88172645463325252u + (argc > 1 ? strtoull(argv[1], NULL, 10) : 0);
    loud = getenv("VERBOSE") != NULL;
    for (int i = 0; i < 8; i++)
        fds[i] = -1;
    CHECK(folder != NULL && chdir(folder) == 0);
    CHECK(argc > 3 || mkdir("tree", 0755) == 0);
    CHECK(chdir("tree") == 0); /* ".." stays in the folder */
    for (long i = 0; i < count; i++) {
        if (draw(3))
            name_calls();
        else
            fd_calls();
        if (i % 1000 == 999)
            printf("%ld %016llx\n", i + 1, (unsigned long long)sum);
    }
    for (int i = 0; i < 8; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    CHECK(chdir(folder) == 0);
    tree_note(".", 0);
    printf("sum %016llx\n", (unsigned long long)sum);
    return success();
}
