/* SPDX-License-Identifier: MIT
 *
 * What newlib's time.h lacks. The first lines agree with newlib's own build
 * (libc-glue/patches/newlib-thimble-names.patch).
 */
#ifndef _MACHTIME_H_
#define _MACHTIME_H_

#include <sys/_timespec.h>
#include <sys/cdefs.h>
#include <sys/features.h>

#define _CLOCKS_PER_SEC_ 1000000

#if __MISC_VISIBLE || __POSIX_VISIBLE >= 202405
#define __TM_GMTOFF tm_gmtoff
#define __TM_ZONE   tm_zone
#else
#define __TM_GMTOFF __tm_gmtoff
#define __TM_ZONE   __tm_zone
#endif

#define TIME_UTC 1

__BEGIN_DECLS

struct tm;

#if __ISO_C_VISIBLE >= 2011
int timespec_get(struct timespec *, int);
#endif
#if __XSI_VISIBLE || __MISC_VISIBLE
extern int daylight;
extern long timezone;
#endif
#if __MISC_VISIBLE || __POSIX_VISIBLE >= 202405
time_t timegm(struct tm *);
#endif
#if __MISC_VISIBLE
time_t timelocal(struct tm *);
int stime(const time_t *);
#endif
#if __GNU_VISIBLE
int timespec_getres(struct timespec *, int);
#endif

__END_DECLS

#endif
