/* SPDX-License-Identifier: MIT
 *
 * Mapping files and looking at their first bytes.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"

int file_map(const char *path, struct file_bytes *file)
{
    *file = (struct file_bytes){(const uint8_t *)"", 0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status)) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return failed("%s: %s", path, strerror(error));
    }
    int result = 0;
    if (!S_ISREG(status.st_mode)) {
        result = failed("%s: not a regular file", path);
    } else if (status.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            result = failed("%s: %s", path, strerror(errno));
        else
            *file = (struct file_bytes){bytes, (size_t)status.st_size};
    }
    close(fd);
    return result;
}

void file_unmap(struct file_bytes *file)
{
    if (file->size_bytes)
        munmap((void *)(uintptr_t)file->bytes, file->size_bytes);
    *file = (struct file_bytes){(const uint8_t *)"", 0};
}

ssize_t file_peek(const char *path, void *to, size_t max_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    ssize_t bytes = read(fd, to, max_bytes);
    int error = errno;
    close(fd);
    errno = error;
    return bytes;
}
