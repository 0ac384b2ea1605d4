/* SPDX-License-Identifier: MIT
 *
 * newlib's, and what it lacks.
 */
#ifndef _UNISTD_H_
#define _UNISTD_H_

#include <sys/unistd.h>

#define _CS_PATH 0

#ifdef __cplusplus
extern "C" {
#endif

#if __BSD_VISIBLE
int acct(const char *);
#endif

#if __GNU_VISIBLE
int getresgid(gid_t *, gid_t *, gid_t *);
int getresuid(uid_t *, uid_t *, uid_t *);
pid_t gettid(void);
int setresgid(gid_t, gid_t, gid_t);
int setresuid(uid_t, uid_t, uid_t);
#endif

#if __POSIX_VISIBLE >= 202405
pid_t _Fork(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
