/* SPDX-License-Identifier: MIT
 *
 * Shared memory objects: two mappings of one show the same bytes, a name that is gone
 * leaves what is mapped, and names are checked.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

#define SIZE_BYTES 20000

static void one_object(void)
{
    struct stat status;
    int fd = shm_open("/thimble-test", O_RDWR | O_CREAT | O_EXCL, 0600);

    CHECK(fd >= 0 && ftruncate(fd, SIZE_BYTES) == 0);
    CHECK(shm_open("/thimble-test", O_RDWR | O_CREAT | O_EXCL, 0600) == -1 && errno == EEXIST);
    int again = shm_open("/thimble-test", O_RDONLY, 0);
    CHECK(again >= 0 && again != fd && fstat(again, &status) == 0);
    CHECK(S_ISREG(status.st_mode) && status.st_size == SIZE_BYTES);
    CHECK((status.st_mode & 0777) == 0600);

    char *to = mmap(NULL, SIZE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const char *from = mmap(NULL, SIZE_BYTES, PROT_READ, MAP_SHARED, again, 0);
    CHECK(to != MAP_FAILED && from != MAP_FAILED && to != from);
    CHECK(from[0] == 0 && from[SIZE_BYTES - 1] == 0);
    CHECK(shm_unlink("/thimble-test") == 0 && close(fd) == 0 && close(again) == 0);
    CHECK(shm_open("/thimble-test", O_RDWR, 0) == -1 && errno == ENOENT);
    memset(to, 'x', SIZE_BYTES);
    CHECK(from[0] == 'x' && from[SIZE_BYTES - 1] == 'x');
    CHECK(munmap(to, SIZE_BYTES) == 0 && from[SIZE_BYTES / 2] == 'x');
    CHECK(munmap((void *)from, SIZE_BYTES) == 0);
}

/* glibc says EINVAL. */
static int too_long(void)
{
    return errno == ENAMETOOLONG || errno == EINVAL;
}

static void names(void)
{
    char name[400] = "/";

    memset(name + 1, 'n', 300);
    CHECK(shm_open(name, O_RDWR | O_CREAT, 0600) == -1 && too_long());
    CHECK(shm_unlink(name) == -1);
    CHECK(shm_open("/a/b", O_RDWR | O_CREAT, 0600) == -1 && errno == EINVAL);
    CHECK(shm_open("/", O_RDWR | O_CREAT, 0600) == -1 && errno == EINVAL);
    CHECK(shm_unlink("/never-there") == -1 && errno == ENOENT);
}

int main(void)
{
    one_object();
    names();
    return success();
}
