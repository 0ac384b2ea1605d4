/* SPDX-License-Identifier: MIT */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

#include <sys/types.h>

#define major(device)         ((unsigned)((device) >> 8) & 0xffu)
#define minor(device)         ((unsigned)(device)&0xffu)
#define makedev(major, minor) ((dev_t)(((major)&0xffu) << 8 | ((minor)&0xffu)))

#endif
