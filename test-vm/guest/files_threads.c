/* SPDX-License-Identifier: MIT
 *
 * Threads that all change the same few files, folders and descriptors: nothing breaks,
 * and when everything is removed nothing is left. Runs on Linux, too.
 *     files_threads [OPERATIONS]
 */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "check.h"

#define THREADS     6
#define DESCRIPTORS 12

static long operations = 20000;
static int fds[DESCRIPTORS];

static unsigned draw(uint64_t *state, unsigned limit)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (unsigned)(*state >> 20) % limit;
}

static void path_draw(uint64_t *state, char *to)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    unsigned depth = 1 + draw(state, 3);

    *to = '\0';
    while (depth--)
        strcat(strcat(to, names[draw(state, 4)]), depth ? "/" : "");
}

static void names_change(uint64_t *state)
{
    char path[64], other[64];

    path_draw(state, path);
    path_draw(state, other);
    switch (draw(state, 9)) {
    case 0:
        mkdir(path, 0755);
        break;
    case 1:
        rmdir(path);
        break;
    case 2:
        unlink(path);
        break;
    case 3:
        rename(path, other);
        break;
    case 4:
        link(path, other);
        break;
    case 5:
        symlink(path, other);
        break;
    case 6:
        truncate(path, (off_t)draw(state, 50000));
        break;
    case 7:
        mkfifo(path, 0600);
        break;
    default: {
        struct stat status;
        stat(path, &status);
    }
    }
}

/* Any thread may close what another one is using. */
static int *slot(uint64_t *state)
{
    return &fds[draw(state, DESCRIPTORS)];
}

static void descriptor_new(uint64_t *state, int fd)
{
    int before = __atomic_exchange_n(slot(state), fd, __ATOMIC_SEQ_CST);

    if (before >= 0)
        close(before);
}

static void descriptors_make(uint64_t *state)
{
    char path[64];
    int two[2];

    path_draw(state, path);
    switch (draw(state, 6)) {
    case 0:
    case 1:
        descriptor_new(state, open(path, O_RDWR | O_CREAT | O_NONBLOCK, 0644));
        break;
    case 2:
        if (pipe2(two, O_NONBLOCK) == 0) {
            descriptor_new(state, two[0]);
            descriptor_new(state, two[1]);
        }
        break;
    case 3:
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, two) == 0) {
            descriptor_new(state, two[0]);
            descriptor_new(state, two[1]);
        }
        break;
    case 4:
        descriptor_new(state, epoll_create1(0));
        break;
    default:
        descriptor_new(state, dup(*slot(state)));
    }
}

static void descriptors_use(uint64_t *state)
{
    static char bytes[20000];
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT};
    int fd = *slot(state), other = *slot(state);
    struct pollfd entries[2] = {{fd, POLLIN | POLLOUT, 0}, {other, POLLIN, 0}};

    switch (draw(state, 9)) {
    case 0:
    case 1:
        write(fd, bytes, draw(state, sizeof bytes));
        break;
    case 2:
        read(fd, bytes, draw(state, sizeof bytes));
        break;
    case 3:
        poll(entries, 2, (int)draw(state, 2));
        break;
    case 4:
        epoll_ctl(fd, EPOLL_CTL_ADD, other, &event);
        break;
    case 5:
        epoll_wait(fd, &event, 1, 0);
        break;
    case 6:
        flock(fd, LOCK_NB | (draw(state, 2) ? LOCK_EX : LOCK_UN));
        break;
    case 7:
        ftruncate(fd, (off_t)draw(state, 100000));
        break;
    default:
        lseek(fd, (off_t)draw(state, 100000), SEEK_SET);
    }
}

static void folder_read(uint64_t *state)
{
    char path[64];

    path_draw(state, path);
    DIR *folder = opendir(draw(state, 2) ? "." : path);
    if (!folder)
        return;
    while (readdir(folder))
        if (!draw(state, 8))
            sched_yield();
    closedir(folder);
}

static void file_map(uint64_t *state)
{
    char path[64];

    path_draw(state, path);
    int fd = open(path, O_RDWR | O_NONBLOCK);
    struct stat status;
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) {
        char *bytes = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        CHECK(bytes != MAP_FAILED);
        sched_yield();
        CHECK(munmap(bytes, 8192) == 0);
    }
    close(fd);
}

static void *run(void *number)
{
    uint64_t state = 88172645463325252u + (uint64_t)(intptr_t)number * 7919;

    for (long i = 0; i < operations; i++) {
        unsigned what = draw(&state, 20);
        if (what < 8)
            names_change(&state);
        else if (what < 11)
            descriptors_make(&state);
        else if (what < 18)
            descriptors_use(&state);
        else if (what < 19)
            folder_read(&state);
        else
            file_map(&state);
    }
    return NULL;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status, (void)type;
    return where->level ? remove(path) : 0;
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/threads-XXXXXX";
    struct statvfs before, after;
    pthread_t ids[THREADS];

    if (argc > 1)
        operations = atol(argv[1]);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < DESCRIPTORS; i++)
        fds[i] = -1;
    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0 && statvfs(".", &before) == 0);
    for (intptr_t i = 0; i < THREADS; i++)
        CHECK(pthread_create(&ids[i], NULL, run, (void *)i) == 0);
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(ids[i], NULL) == 0);
    for (int i = 0; i < DESCRIPTORS; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    CHECK(nftw(".", remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
    CHECK(statvfs(".", &after) == 0 && chdir("/") == 0 && rmdir(folder) == 0);
    printf("free files %lu before, %lu after\n", (unsigned long)before.f_ffree,
           (unsigned long)after.f_ffree);
#ifdef __thimble__
    CHECK(before.f_ffree == after.f_ffree); /* nobody else has files here */
#endif
    return success();
}
