/* SPDX-License-Identifier: MIT
 *
 * Files in memory: what may be done with their contents. The same program runs on
 * Linux (as root, in an empty folder) and must find the same there.
 */
#define _GNU_SOURCE 1
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

/* Addresses that are not the program's, and counts that are none; not seen by the
 * compiler, which would warn of them. */
static void *volatile nowhere, *volatile null_page = (void *)8;
static volatile int too_few = -1, too_many = 100000;

static int make(const char *name, int flags)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | flags, 0644);

    CHECK(fd >= 0);
    return fd;
}

static off_t size_of(int fd)
{
    struct stat status;

    CHECK(fstat(fd, &status) == 0);
    return status.st_size;
}

static void reading_and_writing(void)
{
    char text[32] = "";
    int fd = make("plain", 0);

    CHECK(write(fd, "hello", 5) == 5 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(pread(fd, text, sizeof text, 1) == 4 && memcmp(text, "ello", 4) == 0);
    CHECK(pwrite(fd, "J", 1, 0) == 1 && lseek(fd, 0, SEEK_CUR) == 5);
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, text, sizeof text) == 5);
    CHECK(memcmp(text, "Jello", 5) == 0 && read(fd, text, 1) == 0);
    CHECK(write(fd, "", 0) == 0 && size_of(fd) == 5);
    CHECK(pread(fd, text, 1, -1) == -1 && errno == EINVAL);
    CHECK(read(fd, nowhere, 1) == 0); /* nothing is left, so nothing is written there */
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && read(fd, nowhere, 1) == -1 && errno == EFAULT);
    CHECK(write(fd, null_page, 1) == -1 && errno == EFAULT && size_of(fd) == 5);
    CHECK(close(fd) == 0);

    fd = open("plain", O_WRONLY);
    CHECK(read(fd, text, 1) == -1 && errno == EBADF && close(fd) == 0);
    fd = open("plain", O_RDONLY);
    CHECK(write(fd, text, 1) == -1 && errno == EBADF);
    CHECK(ftruncate(fd, 0) == -1 && errno == EINVAL && close(fd) == 0);
}

static void appending(void)
{
    char text[8] = "";
    int fd = make("log", O_APPEND), other = open("log", O_WRONLY);

    CHECK(write(fd, "ab", 2) == 2 && write(other, "X", 1) == 1 && write(fd, "cd", 2) == 2);
    CHECK(lseek(fd, 0, SEEK_SET) == 0 && write(fd, "e", 1) == 1);
    CHECK(pread(fd, text, sizeof text, 0) == 5 && memcmp(text, "Xbcde", 5) == 0);
    CHECK(fcntl(fd, F_SETFL, 0) == 0 && !(fcntl(fd, F_GETFL) & O_APPEND));
    CHECK(lseek(fd, 1, SEEK_SET) == 1 && write(fd, "Y", 1) == 1 && size_of(fd) == 5);
    CHECK(close(fd) == 0 && close(other) == 0);
}

static void truncating(void)
{
    char bytes[10000];
    int fd = make("cut", 0);

    memset(bytes, 'x', sizeof bytes);
    CHECK(write(fd, bytes, sizeof bytes) == sizeof bytes);
    CHECK(ftruncate(fd, 5000) == 0 && size_of(fd) == 5000);
    CHECK(ftruncate(fd, 9000) == 0 && pread(fd, bytes, sizeof bytes, 0) == 9000);
    for (int i = 0; i < 9000; i++)
        CHECK(bytes[i] == (i < 5000 ? 'x' : 0));
    CHECK(ftruncate(fd, -1) == -1 && errno == EINVAL);
    CHECK(truncate("cut", 1) == 0 && size_of(fd) == 1);
    CHECK(truncate(".", 1) == -1 && errno == EISDIR);
    CHECK(truncate("none", 1) == -1 && errno == ENOENT);
    CHECK(close(fd) == 0);
    fd = open("cut", O_RDWR | O_TRUNC);
    CHECK(size_of(fd) == 0 && close(fd) == 0);
}

/* Holes cost nothing and read as zeros, far beyond 4 GiB. */
static void sparse(void)
{
    const off_t far = (off_t)1 << 40;
    struct stat status;
    char byte = 'x', text[3];
    int fd = make("sparse", 0);

    CHECK(pwrite(fd, "end", 3, far) == 3 && size_of(fd) == far + 3);
    CHECK(fstat(fd, &status) == 0 && status.st_blocks <= 64);
    CHECK(pread(fd, &byte, 1, far / 2) == 1 && byte == 0);
    CHECK(pread(fd, text, 3, far) == 3 && memcmp(text, "end", 3) == 0);
    CHECK(lseek(fd, 0, SEEK_DATA) == far && lseek(fd, 0, SEEK_HOLE) == 0);
    CHECK(lseek(fd, far, SEEK_HOLE) == far + 3);
    CHECK(lseek(fd, far + 3, SEEK_DATA) == -1 && errno == ENXIO);
    CHECK(lseek(fd, -1, SEEK_DATA) == -1 && errno == ENXIO);
    CHECK(pwrite(fd, "mid", 3, 8192) == 3 && lseek(fd, 0, SEEK_DATA) == 8192);
    CHECK(lseek(fd, 8192, SEEK_HOLE) == 12288 && lseek(fd, 12288, SEEK_DATA) == far);
    CHECK(lseek(fd, LLONG_MAX, SEEK_CUR) == -1 && (errno == EINVAL || errno == EOVERFLOW));
    CHECK(lseek(fd, far, SEEK_SET) == far && lseek(fd, 3, SEEK_CUR) == far + 3);
    CHECK(lseek(fd, 0, 99) == -1 && errno == EINVAL);
    CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8000, 300) == 0);
    CHECK(pread(fd, text, 3, 8192) == 3 && memcmp(text, "\0\0\0", 3) == 0);
    CHECK(ftruncate(fd, 0) == 0 && fstat(fd, &status) == 0 && status.st_blocks == 0);
    CHECK(posix_fallocate(fd, 100, 5000) == 0 && size_of(fd) == 5100);
    CHECK(posix_fallocate(fd, -1, 5000) == EINVAL && posix_fallocate(fd, 0, 0) == EINVAL);
    CHECK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 20000) == 0 && size_of(fd) == 5100);
    CHECK(close(fd) == 0);
}

static void vectors(void)
{
    char a[4] = "", b[4] = "";
    struct iovec out[3] = {{"one", 3}, {"", 0}, {"two", 3}};
    struct iovec in[2] = {{a, 2}, {b, 3}};
    int fd = make("vectors", 0);

    CHECK(writev(fd, out, 3) == 6 && lseek(fd, 0, SEEK_SET) == 0);
    CHECK(readv(fd, in, 2) == 5 && memcmp(a, "on", 2) == 0 && memcmp(b, "etw", 3) == 0);
    CHECK(readv(fd, in, 2) == 1 && readv(fd, in, 2) == 0);
    CHECK(preadv(fd, in, 2, 3) == 3 && memcmp(a, "tw", 2) == 0 && b[0] == 'o');
    CHECK(pwritev(fd, out, 1, 6) == 3 && size_of(fd) == 9);
    CHECK(readv(fd, in, too_few) == -1 && errno == EINVAL);
    CHECK(writev(fd, out, 0) == 0);
    CHECK(writev(fd, out, too_many) == -1 && errno == EINVAL);
    CHECK(close(fd) == 0);
}

static void copying(void)
{
    char text[16] = "";
    off_t at = 2;
    int from = make("from", 0), to = make("to", 0);

    CHECK(write(from, "0123456789", 10) == 10);
    CHECK(sendfile(to, from, &at, 5) == 5 && at == 7 && lseek(from, 0, SEEK_CUR) == 10);
    CHECK(sendfile(to, from, NULL, 5) == 0);
    CHECK(lseek(from, 8, SEEK_SET) == 8 && sendfile(to, from, NULL, 5) == 2);
    CHECK(pread(to, text, sizeof text, 0) == 7 && memcmp(text, "2345689", 7) == 0);
    CHECK(lseek(from, 0, SEEK_SET) == 0 && lseek(to, 0, SEEK_SET) == 0);
    CHECK(copy_file_range(from, NULL, to, NULL, 4, 0) == 4 && lseek(to, 0, SEEK_CUR) == 4);
    CHECK(pread(to, text, 4, 0) == 4 && memcmp(text, "0123", 4) == 0);
    CHECK(close(from) == 0 && close(to) == 0);
}

static void duplicates(void)
{
    int fd = make("dup", O_CLOEXEC), copy = dup(fd), third;

    CHECK(copy > fd && write(fd, "ab", 2) == 2 && lseek(copy, 0, SEEK_CUR) == 2);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(copy, F_GETFD) == 0);
    CHECK(fcntl(copy, F_SETFD, FD_CLOEXEC) == 0 && fcntl(copy, F_GETFD) == FD_CLOEXEC);
    CHECK(dup2(fd, 100) == 100 && dup2(fd, fd) == fd && close(fd) == 0);
    CHECK(write(100, "c", 1) == 1 && size_of(copy) == 3);
    CHECK(dup2(fd, 101) == -1 && errno == EBADF && dup2(copy, -1) == -1 && errno == EBADF);
    CHECK(dup3(copy, 102, O_CLOEXEC) == 102 && fcntl(102, F_GETFD) == FD_CLOEXEC);
    CHECK(dup3(copy, copy, 0) == -1 && errno == EINVAL);
    third = fcntl(copy, F_DUPFD, 50);
    CHECK(third == 50 && close(third) == 0);
    CHECK(fcntl(copy, F_DUPFD_CLOEXEC, 50) == 50 && fcntl(50, F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(copy, F_DUPFD, -1) == -1 && errno == EINVAL);
    CHECK(fcntl(1000, F_GETFL) == -1 && errno == EBADF);
    CHECK(close(100) == 0 && close(102) == 0 && close(50) == 0 && close(copy) == 0);
}

/* A file lives on as long as it is open. */
static void unlinked(void)
{
    struct stat status;
    char text[4] = "";
    int fd = make("gone", 0), other;

    CHECK(write(fd, "abc", 3) == 3 && unlink("gone") == 0);
    CHECK(open("gone", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(fstat(fd, &status) == 0 && status.st_nlink == 0 && status.st_size == 3);
    other = make("gone", 0);
    CHECK(size_of(other) == 0 && pread(fd, text, 3, 0) == 3 && memcmp(text, "abc", 3) == 0);
    CHECK(close(fd) == 0 && close(other) == 0 && unlink("gone") == 0);
    fd = open(".", O_TMPFILE | O_RDWR, 0600);
    CHECK(fd >= 0 && write(fd, "tmp", 3) == 3 && size_of(fd) == 3 && close(fd) == 0);
}

static void locks(void)
{
    int a = make("lock", 0), b = open("lock", O_RDWR), reading = open("lock", O_RDONLY);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 10, .l_len = 10};
    struct flock asked = lock;

    CHECK(flock(a, LOCK_EX) == 0 && flock(b, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK);
    CHECK(flock(a, LOCK_SH) == 0 && flock(b, LOCK_SH | LOCK_NB) == 0);
    CHECK(flock(a, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK && flock(b, LOCK_UN) == 0);
    CHECK(flock(a, LOCK_EX | LOCK_NB) == 0 && flock(a, 0) == -1 && errno == EINVAL);

    CHECK(fcntl(a, F_OFD_SETLK, &lock) == 0 && fcntl(b, F_OFD_GETLK, &asked) == 0);
    CHECK(asked.l_type == F_WRLCK && asked.l_start == 10 && asked.l_len == 10);
    asked.l_pid = 0; /* as the F_OFD_ ones want it */
    CHECK(fcntl(b, F_OFD_SETLK, &asked) == -1 && (errno == EAGAIN || errno == EACCES));
    asked = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
    CHECK(fcntl(b, F_OFD_SETLK, &asked) == 0);
    lock = (struct flock){.l_type = F_UNLCK, .l_whence = SEEK_SET, .l_start = 12, .l_len = 2};
    CHECK(fcntl(a, F_OFD_SETLK, &lock) == 0); /* cuts it in two */
    lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 12, .l_len = 2};
    CHECK(fcntl(b, F_OFD_SETLK, &lock) == 0);
    lock = (struct flock){.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 14, .l_len = 1};
    CHECK(fcntl(b, F_OFD_SETLK, &lock) == -1 && errno == EAGAIN);
    CHECK(close(a) == 0 && fcntl(b, F_OFD_SETLK, &lock) == 0); /* the other's are gone */

    lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 0};
    CHECK(fcntl(reading, F_SETLK, &lock) == -1 && errno == EBADF);
    lock.l_type = F_RDLCK;
    CHECK(fcntl(reading, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK && lock.l_pid == -1);
    lock.l_whence = 77;
    CHECK(fcntl(b, F_SETLK, &lock) == -1 && errno == EINVAL);
    CHECK(close(b) == 0 && close(reading) == 0);
    a = open("lock", O_RDWR);
    CHECK(lockf(a, F_TLOCK, 0) == 0 && lockf(a, F_TEST, 0) == 0 && lockf(a, F_ULOCK, 0) == 0);
    CHECK(close(a) == 0);
}

static int after(struct timespec a, struct timespec b)
{
    return a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static void attributes(void)
{
    struct timespec times[2] = {{100, 5}, {200, 7}};
    struct stat before, now;
    int fd = make("attributes", 0);

    CHECK(fchmod(fd, 0754) == 0 && chown("attributes", 12, 34) == 0);
    CHECK(stat("attributes", &before) == 0 && (before.st_mode & 07777) == 0754);
    CHECK(before.st_uid == 12 && before.st_gid == 34 && S_ISREG(before.st_mode));
    CHECK(futimens(fd, times) == 0 && fstat(fd, &now) == 0);
    CHECK(now.st_atim.tv_sec == 100 && now.st_atim.tv_nsec == 5 && now.st_mtim.tv_sec == 200);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_nsec = UTIME_NOW;
    CHECK(utimensat(AT_FDCWD, "attributes", times, 0) == 0 && fstat(fd, &now) == 0);
    CHECK(now.st_atim.tv_sec == 100 && now.st_mtim.tv_sec > 1000000000);
    times[1].tv_nsec = 1000000000;
    CHECK(futimens(fd, times) == -1 && errno == EINVAL);
    struct timespec pause = {0, 20000000};
    CHECK(fstat(fd, &before) == 0 && nanosleep(&pause, NULL) == 0);
    CHECK(write(fd, "x", 1) == 1 && fstat(fd, &now) == 0 && after(now.st_mtim, before.st_mtim));
    before = now;
    nanosleep(&pause, NULL);
    CHECK(fchmod(fd, 0600) == 0 && fstat(fd, &now) == 0);
    CHECK(after(now.st_ctim, before.st_ctim) && !after(now.st_mtim, before.st_mtim));
    CHECK(chmod("none", 0600) == -1 && errno == ENOENT);
    CHECK(fchmod(1000, 0600) == -1 && errno == EBADF);
    CHECK(fchmod(fd, 04755) == 0 && fchown(fd, 1, 1) == 0 && fstat(fd, &now) == 0);
    CHECK(!(now.st_mode & S_ISUID)); /* who gives it away */
    umask(027);
    CHECK(close(open("masked", O_CREAT | O_WRONLY, 0666)) == 0 && stat("masked", &now) == 0);
    CHECK((now.st_mode & 07777) == 0640 && umask(022) == 027);
    CHECK(stat("attributes", nowhere) == -1 && errno == EFAULT && stat(nowhere, &now) == -1 &&
          errno == EFAULT);
    CHECK(close(fd) == 0);
}

static void opening(void)
{
    int fd;

    CHECK(open("new", O_RDONLY) == -1 && errno == ENOENT);
    fd = open("new", O_CREAT | O_EXCL | O_RDWR, 0600);
    CHECK(fd >= 0 && close(fd) == 0);
    CHECK(open("new", O_CREAT | O_EXCL | O_RDWR, 0600) == -1 && errno == EEXIST);
    CHECK(open("new", O_RDONLY | O_DIRECTORY) == -1 && errno == ENOTDIR);
    CHECK(open("new/", O_RDONLY) == -1 && errno == ENOTDIR);
    CHECK(open("newer/", O_RDWR | O_CREAT, 0600) == -1 && errno == EISDIR);
    CHECK(open(".", O_RDWR) == -1 && errno == EISDIR);
    CHECK(open(".", O_RDONLY | O_CREAT, 0600) == -1 && errno == EISDIR);
    CHECK(symlink("new", "to-new") == 0 && symlink("target", "dangling") == 0);
    CHECK(open("to-new", O_RDONLY | O_NOFOLLOW) == -1 && errno == ELOOP);
    CHECK(open("dangling", O_CREAT | O_EXCL | O_RDWR, 0600) == -1 && errno == EEXIST);
    fd = open("dangling", O_CREAT | O_RDWR, 0600);
    CHECK(fd >= 0 && access("target", F_OK) == 0 && close(fd) == 0);
    char byte;
    fd = open("new", O_PATH);
    CHECK(fd >= 0 && read(fd, &byte, 1) == -1 && errno == EBADF && close(fd) == 0);
    fd = creat("new", 0600);
    CHECK(fd >= 0 && write(fd, "1234", 4) == 4 && close(fd) == 0);
    fd = open("new", O_RDONLY);
    int left = 0;
    CHECK(ioctl(fd, FIONREAD, &left) == 0 && left == 4);
    CHECK(ioctl(fd, TIOCGWINSZ, &left) == -1 && errno == ENOTTY && isatty(fd) == 0);
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    CHECK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE) == 0);
    CHECK(sync_file_range(fd, 0, 0, 64) == -1 && errno == EINVAL);
    CHECK(sync_file_range(fd, -1, 0, 0) == -1 && errno == EINVAL && close(fd) == 0);
    CHECK(fsync(fd) == -1 && errno == EBADF);
    CHECK(sync_file_range(fd, 0, 0, 0) == -1 && errno == EBADF);
    char longer[PATH_MAX + 10];
    memset(longer, 'a', sizeof longer);
    longer[300] = '\0';
    CHECK(open(longer, O_CREAT | O_RDWR, 0600) == -1 && errno == ENAMETOOLONG);
    longer[300] = 'a';
    longer[sizeof longer - 1] = '\0';
    CHECK(open(longer, O_RDONLY) == -1 && errno == ENAMETOOLONG);
    longer[255] = '\0';
    fd = open(longer, O_CREAT | O_RDWR, 0600);
    CHECK(fd >= 0 && close(fd) == 0 && unlink(longer) == 0);
    struct statvfs usage;
    CHECK(statvfs(".", &usage) == 0 && usage.f_namemax == 255 && usage.f_bfree <= usage.f_blocks);
    CHECK(statvfs("none", &usage) == -1 && errno == ENOENT);
}

static void devices(void)
{
    char bytes[8] = "xxxxxxx";
    int fd = open("/dev/null", O_RDWR);
    struct stat status;

    CHECK(write(fd, "abc", 3) == 3 && read(fd, bytes, 1) == 0 && close(fd) == 0);
    fd = open("/dev/zero", O_RDWR | O_TRUNC);
    CHECK(read(fd, bytes, 3) == 3 && memcmp(bytes, "\0\0\0x", 4) == 0 && close(fd) == 0);
    fd = open("/dev/full", O_WRONLY);
    CHECK(write(fd, "x", 1) == -1 && errno == ENOSPC && close(fd) == 0);
    fd = open("/dev/urandom", O_RDONLY);
    CHECK(read(fd, bytes, 8) == 8 && close(fd) == 0);
    CHECK(stat("/dev/null", &status) == 0 && S_ISCHR(status.st_mode) &&
          status.st_rdev == (1 << 8 | 3));
    fd = make("by-number", 0);
    char name[32];
    CHECK(write(fd, "abc", 3) == 3);
    snprintf(name, sizeof name, "/dev/fd/%d", fd);
    int again = open(name, O_RDWR);
    CHECK(again >= 0 && pread(again, bytes, 3, 0) == 3 && memcmp(bytes, "abc", 3) == 0);
    CHECK(close(fd) == 0 && close(again) == 0);
    CHECK(open(name, O_RDWR) == -1 && errno == ENOENT);
    CHECK(unlink("/dev/fd/0") == -1);
}

int main(void)
{
    char folder[] = "/tmp/memory-files-XXXXXX";

    CHECK(mkdtemp(folder) != NULL && chdir(folder) == 0);
    reading_and_writing();
    appending();
    truncating();
    sparse();
    vectors();
    copying();
    duplicates();
    unlinked();
    locks();
    attributes();
    opening();
    devices();
    return success();
}
