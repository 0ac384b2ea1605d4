/* SPDX-License-Identifier: MIT
 *
 * When files have taken all the memory they may: ENOSPC, what is there stays as it is,
 * and malloc is not concerned.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "check.h"

static char block[4096];

static long fill(const char *name)
{
    int fd = open(name, O_CREAT | O_WRONLY, 0644);
    long total = 0;
    ssize_t n;

    CHECK(fd >= 0);
    while ((n = write(fd, block, 3000)) > 0)
        total += n;
    CHECK(n == -1 && errno == ENOSPC && lseek(fd, 0, SEEK_CUR) == total);
    struct stat status;
    CHECK(fstat(fd, &status) == 0 && status.st_size == total && close(fd) == 0);
    return total;
}

static void content_check(const char *name, long size)
{
    int fd = open(name, O_RDONLY);
    char bytes[3000];
    ssize_t n;

    while ((n = read(fd, bytes, sizeof bytes)) > 0)
        for (size -= n; n; n--)
            CHECK(bytes[n - 1] == 'x');
    CHECK(n == 0 && size == 0 && close(fd) == 0);
}

/* Names take memory, too. */
static void names(void)
{
    char name[32];
    int made = 0, fd;

    for (;; made++) {
        snprintf(name, sizeof name, "/tmp/n%d", made);
        if ((fd = open(name, O_CREAT | O_WRONLY, 0644)) < 0)
            break;
        CHECK(close(fd) == 0);
    }
    CHECK(errno == ENOSPC && made > 100);
    CHECK(mkdir("/tmp/dir", 0755) == -1 && errno == ENOSPC);
    CHECK(symlink("a", "/tmp/link") == -1 && errno == ENOSPC);
    CHECK(access("/tmp/n0", F_OK) == 0 && rename("/tmp/n0", "/tmp/n1") == 0);
    for (int i = 1; i < made; i++) {
        snprintf(name, sizeof name, "/tmp/n%d", i);
        CHECK(unlink(name) == 0);
    }
}

/* A page that is mapped somewhere is not used for anything else when its file loses it. */
static void mapping(void)
{
    char bytes[4096];
    int fd = open("/tmp/mapped", O_CREAT | O_RDWR, 0644), other;

    CHECK(write(fd, block, sizeof block) == sizeof block);
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED && mapped[7] == 'x');
    mapped[0] = 'm';
    CHECK(pread(fd, bytes, 1, 0) == 1 && bytes[0] == 'm');
    CHECK(ftruncate(fd, 0) == 0 && close(fd) == 0 && unlink("/tmp/mapped") == 0);
    other = open("/tmp/other", O_CREAT | O_RDWR, 0644);
    CHECK(write(other, block, sizeof block) == sizeof block);
    memset(mapped, 'z', 4096);
    CHECK(pread(other, bytes, sizeof bytes, 0) == sizeof bytes);
    CHECK(memcmp(bytes, block, sizeof bytes) == 0 && munmap(mapped, 4096) == 0);
    CHECK(close(other) == 0 && unlink("/tmp/other") == 0);
}

int main(void)
{
    struct statvfs before, full;
    void *memory;
    long size;

    memset(block, 'x', sizeof block);
    CHECK(statvfs("/tmp", &before) == 0 && before.f_bavail > 200);
    CHECK(before.f_blocks * before.f_frsize == 1 << 20);
    size = fill("/tmp/a");
    CHECK(size > 900000 && size < 1 << 20);
    CHECK(statvfs("/tmp", &full) == 0 && full.f_bavail <= 1);
    content_check("/tmp/a", size);
    CHECK(truncate("/tmp/a", (off_t)1 << 40) == 0); /* holes cost nothing */
    CHECK(truncate("/tmp/a", size) == 0);
    CHECK((memory = malloc(4 << 20)) != NULL);
    memset(memory, 1, 4 << 20);
    free(memory);
    content_check("/tmp/a", size);
    CHECK(unlink("/tmp/a") == 0 && statvfs("/tmp", &full) == 0);
    CHECK(full.f_bavail == before.f_bavail);
    names();
    mapping();
    CHECK(statvfs("/tmp", &full) == 0 && full.f_bavail == before.f_bavail);
    CHECK(fill("/tmp/b") == size && unlink("/tmp/b") == 0);
    return success();
}
