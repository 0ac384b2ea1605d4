/* SPDX-License-Identifier: MIT
 *
 * Functions that newlib's headers declare and its build leaves undefined.
 */
#include <stdio.h>
#include <stdlib.h>

/* newlib has these under reserved names only. */
ssize_t __getline(char **line, size_t *size_bytes, FILE *from);
ssize_t __getdelim(char **line, size_t *size_bytes, int end, FILE *from);

ssize_t getline(char **line, size_t *size_bytes, FILE *from)
{
    return __getline(line, size_bytes, from);
}

ssize_t getdelim(char **line, size_t *size_bytes, int end, FILE *from)
{
    return __getdelim(line, size_bytes, end, from);
}

/* getlocalename_l() writes here; missing from the build with thread-local data. */
_Thread_local char _tls_getlocalename_l_buf[32];
