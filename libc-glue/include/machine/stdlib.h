/* SPDX-License-Identifier: MIT
 *
 * What newlib's stdlib.h lacks.
 */
#ifndef _MACHSTDLIB_H_
#define _MACHSTDLIB_H_

#include <sys/cdefs.h>
#include <sys/features.h>

__BEGIN_DECLS

#if __XSI_VISIBLE || __MISC_VISIBLE
int grantpt(int);
int posix_openpt(int);
char *ptsname(int);
int unlockpt(int);
#endif
#if __MISC_VISIBLE
int clearenv(void);
char *ecvt(double, int, int *, int *);
char *fcvt(double, int, int *, int *);
char *gcvt(double, int, char *);
int getloadavg(double *, int);
const char *getprogname(void);
void setprogname(const char *);
#endif
#if __GNU_VISIBLE
char *canonicalize_file_name(const char *);
#endif

__END_DECLS

#endif
