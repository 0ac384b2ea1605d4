/* SPDX-License-Identifier: MIT */
#ifndef _FMTMSG_H
#define _FMTMSG_H

#include <sys/cdefs.h>

__BEGIN_DECLS

#define MM_HARD    0x001l
#define MM_SOFT    0x002l
#define MM_FIRM    0x004l
#define MM_APPL    0x008l
#define MM_UTIL    0x010l
#define MM_OPSYS   0x020l
#define MM_RECOVER 0x040l
#define MM_NRECOV  0x080l
#define MM_PRINT   0x100l
#define MM_CONSOLE 0x200l

#define MM_NOSEV   0
#define MM_HALT    1
#define MM_ERROR   2
#define MM_WARNING 3
#define MM_INFO    4

#define MM_NULLMC  0l
#define MM_NULLLBL ((char *)0)
#define MM_NULLSEV 0
#define MM_NULLTXT ((char *)0)
#define MM_NULLACT ((char *)0)
#define MM_NULLTAG ((char *)0)

#define MM_OK    0
#define MM_NOTOK (-1)
#define MM_NOMSG 1
#define MM_NOCON 4

int fmtmsg(long, const char *, int, const char *, const char *, const char *);

__END_DECLS

#endif
