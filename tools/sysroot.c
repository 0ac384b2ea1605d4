/* SPDX-License-Identifier: MIT
 *
 * Finds the sysroot, once.
 */
#include "sysroot.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "text.h"

#define MARK "lib/kernel.ld" /* a folder with this file in it is a sysroot */

static const char *find(void)
{
    const char *given = getenv("THIMBLE_SYSROOT");
    if (given && *given) {
        if (access(text_format("%s/%s", given, MARK), R_OK) == 0)
            return given;
        die(EXIT_STATUS_FAILED, "THIMBLE_SYSROOT=%s: no %s in it", given, MARK);
    }
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        die(EXIT_STATUS_FAILED, "/proc/self/exe cannot be read: set THIMBLE_SYSROOT");
    self[length] = 0;
    const char *folder = text_copy_bytes(self, (size_t)(text_after_last(self, '/') - self));
    static const char *const beside[] = {"sysroot", "../lib/thimble"};
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        const char *path = text_format("%s%s", folder, beside[i]);
        if (access(text_format("%s/%s", path, MARK), R_OK) == 0)
            return realpath(path, self) ? text_copy(self) : path;
    }
    die(EXIT_STATUS_FAILED,
        "the guest's libraries are not there: neither %ssysroot nor %s../lib/thimble "
        "(run make, or set THIMBLE_SYSROOT)",
        folder, folder);
}

const char *sysroot_path(void)
{
    static const char *path;
    if (!path)
        path = find();
    return path;
}

const char *sysroot_file(const char *name)
{
    return text_format("%s/%s", sysroot_path(), name);
}
