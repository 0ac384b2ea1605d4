/* SPDX-License-Identifier: MIT
 *
 * Makes functions of the table in refusals.h. Nothing here returns success.
 */
#define _GNU_SOURCE /* pipe2 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int pclose(FILE *stream);

#define P __attribute__((unused))
#define REFUSE(type, name, parameters, value, error, reason)                                       \
    type name parameters                                                                           \
    {                                                                                              \
        errno = error;                                                                             \
        return value;                                                                              \
    }

#include "libc-glue/refusals.h"

/* POSIX: a null command asks whether there is a shell. */
int system(const char *command)
{
    if (!command)
        return 0;
    errno = ENOSYS;
    return -1;
}
