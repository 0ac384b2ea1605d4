/* SPDX-License-Identifier: MIT
 *
 * The packed root file system through the POSIX calls: what is in rootfs/
 * beside this file is there at /, and nothing of it can be changed.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>
#include "../check.h"

static void reading(void)
{
    char text[64];
    FILE *file = fopen("/hello.txt", "r");

    CHECK(file != NULL && fgets(text, sizeof text, file) != NULL);
    CHECK_TEXT(text, "hello from the root\n");
    CHECK(fgetc(file) == EOF && feof(file));
    CHECK(fclose(file) == 0);

    int fd = open("/empty.txt", O_RDONLY);
    CHECK(fd > 2 && read(fd, text, sizeof text) == 0 && close(fd) == 0);
    CHECK(close(fd) == -1 && errno == EBADF);
    CHECK(read(fd, text, 1) == -1 && errno == EBADF);

    fd = open("data/deep/er/file", O_RDONLY); /* the working folder is / */
    CHECK(fd > 2 && read(fd, text, sizeof text) == 5 && memcmp(text, "deep\n", 5) == 0);
    CHECK(close(fd) == 0);
    fd = open("/data/a name ü", O_RDONLY);
    CHECK(fd > 2 && close(fd) == 0);
}

static void seeking(void)
{
    char text[9] = "";
    int fd = open("/data/numbers", O_RDONLY);

    CHECK(fd > 2 && lseek(fd, 0, SEEK_END) == 24000);
    CHECK(lseek(fd, 8 * 1234, SEEK_SET) == 8 * 1234 && read(fd, text, 8) == 8);
    CHECK_TEXT(text, "0001234\n");
    CHECK(lseek(fd, -8, SEEK_END) == 23992 && read(fd, text, 8) == 8);
    CHECK_TEXT(text, "0002999\n");
    CHECK(lseek(fd, 8, SEEK_CUR) == 24008 && read(fd, text, 8) == 0);
    errno = 0;
    CHECK(lseek(fd, -1, SEEK_SET) == -1 && errno == EINVAL);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    long sum = 0;
    ssize_t got;
    for (char buffer[777]; (got = read(fd, buffer, sizeof buffer)) > 0;)
        for (ssize_t i = 0; i < got; i++)
            sum += (unsigned char)buffer[i];
    CHECK(got == 0 && sum == 1081500);
    CHECK(close(fd) == 0);
}

static void status(void)
{
    struct stat st;

    CHECK(stat("/data/numbers", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 24000);
    CHECK(stat("/data", &st) == 0 && S_ISDIR(st.st_mode));
    CHECK(stat("/", &st) == 0 && S_ISDIR(st.st_mode));
    CHECK(stat("/data/script", &st) == 0 && (st.st_mode & 0111) != 0);
    CHECK(stat("/data/link", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 20);
    CHECK(lstat("/data/link", &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(stat("/hello.txt", &st) == 0 && st.st_mtime >= 0);
    int fd = open("/data/numbers", O_RDONLY);
    CHECK(fstat(fd, &st) == 0 && st.st_size == 24000 && close(fd) == 0);
    CHECK(access("/hello.txt", R_OK) == 0 && access("/none", F_OK) == -1 && errno == ENOENT);
}

static void links(void)
{
    char text[64] = "";

    CHECK(readlink("/data/link", text, sizeof text) == 12);
    CHECK_TEXT(text, "../hello.txt");
    FILE *file = fopen("/data/link", "r");
    CHECK(file != NULL && fgets(text, sizeof text, file) != NULL && fclose(file) == 0);
    CHECK_TEXT(text, "hello from the root\n");
    errno = 0;
    CHECK(open("/loop", O_RDONLY) == -1 && errno == ELOOP);
    CHECK(open("/data/deep/../../data/./numbers", O_RDONLY) > 2);
    CHECK(open("/../hello.txt", O_RDONLY) > 2); /* above the root is the root */
}

static int name_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void folders(void)
{
    char names[16][32];
    char all[256] = "";
    size_t count = 0;
    struct dirent *entry;
    DIR *folder = opendir("/data");

    CHECK(folder != NULL);
    while ((entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.' && count < 16)
            snprintf(names[count++], sizeof names[0], "%.31s", entry->d_name);
    qsort(names, count, sizeof names[0], name_compare);
    for (size_t i = 0; i < count; i++)
        strcat(strcat(all, names[i]), ";");
    CHECK_TEXT(all, "a name ü;deep;link;numbers;script;");
    rewinddir(folder);
    CHECK(readdir(folder) != NULL && closedir(folder) == 0);
    errno = 0;
    CHECK(opendir("/hello.txt") == NULL && errno == ENOTDIR);
    CHECK(opendir("/none") == NULL && errno == ENOENT);
}

static void working_folder(void)
{
    char text[64];

    CHECK(chdir("/data/deep") == 0 && getcwd(text, sizeof text) != NULL);
    CHECK_TEXT(text, "/data/deep");
    CHECK(access("er/file", F_OK) == 0 && access("../numbers", F_OK) == 0);
    CHECK(chdir("/hello.txt") == -1 && errno == ENOTDIR);
    CHECK(chdir("/") == 0);
}

static void refusals(void)
{
    char buffer[8];

    CHECK(open("/none", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(fopen("/data/none/x", "r") == NULL && errno == ENOENT);
    CHECK(open("/hello.txt/x", O_RDONLY) == -1 && errno == ENOTDIR);
    CHECK(open("", O_RDONLY) == -1 && errno == ENOENT);
    CHECK(open("/hello.txt", O_WRONLY) == -1 && errno == EROFS);
    CHECK(open("/hello.txt", O_RDWR | O_TRUNC) == -1 && errno == EROFS);
    CHECK(open("/new", O_WRONLY | O_CREAT, 0644) == -1 && errno == EROFS);
    CHECK(unlink("/hello.txt") == -1 && errno == EROFS);
    CHECK(mkdir("/folder", 0755) == -1 && errno == EROFS);
    CHECK(rename("/hello.txt", "/other") == -1 && errno == EROFS);
    int fd = open("/hello.txt", O_RDONLY);
    CHECK(write(fd, "x", 1) == -1 && errno == EBADF);
    CHECK(close(fd) == 0);
    fd = open("/data", O_RDONLY);
    CHECK(fd > 2 && read(fd, buffer, sizeof buffer) == -1 && errno == EISDIR);
    CHECK(close(fd) == 0);
}

/* Many open files at once, and a clear error when there are too many. */
static void many_open(void)
{
    int fds[4096];
    int count = 0;

    while (count < 4096 && (fds[count] = open("/hello.txt", O_RDONLY)) >= 0)
        count++;
    CHECK(count == 4096 || errno == EMFILE);
    CHECK(count >= 16);
    for (int i = 0; i < count; i++)
        CHECK(close(fds[i]) == 0);
}

int main(void)
{
    reading();
    seeking();
    status();
    links();
    folders();
    working_folder();
    refusals();
    many_open();
    return success();
}
