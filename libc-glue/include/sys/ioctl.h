/* SPDX-License-Identifier: MIT */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <sys/cdefs.h>

__BEGIN_DECLS

#define FIONBIO 0x5421 /* int *: non-blocking on or off; all else is ENOTTY */

int ioctl(int, unsigned long, ...);

__END_DECLS

#endif
