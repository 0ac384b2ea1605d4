/* SPDX-License-Identifier: MIT
 *
 * What new files do not get of their mode.
 */
#include "libc-glue/files.h"

static mode_t mask = 022;

mode_t umask_apply(mode_t mode)
{
    return mode & ~mask;
}

mode_t umask(mode_t wanted)
{
    mode_t before = mask;

    mask = wanted & 0777;
    return before;
}
