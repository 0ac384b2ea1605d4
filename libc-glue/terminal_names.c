/* SPDX-License-Identifier: MIT
 *
 * What the terminal is called.
 */
#include <string.h>
#include <unistd.h>

#include "libc-glue/files.h"

static const char name[] = "/dev/console";

int ttyname_r(int fd, char *to, size_t size_bytes)
{
    int answer = fd_is_terminal(fd);

    if (answer < 0)
        return -answer;
    return strlcpy(to, name, size_bytes) < size_bytes ? 0 : ERANGE;
}

char *ttyname(int fd)
{
    static char own[sizeof name];
    int error = ttyname_r(fd, own, sizeof own);

    errno = error ? error : errno;
    return error ? NULL : own;
}

char *ctermid(char *to)
{
    static char own[] = "/dev/tty";

    return to ? strcpy(to, own) : own;
}
