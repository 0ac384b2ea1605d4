/* SPDX-License-Identifier: MIT
 *
 * The name of the thread; every other question is EINVAL.
 */
#ifndef _SYS_PRCTL_H
#define _SYS_PRCTL_H

#include <sys/cdefs.h>

__BEGIN_DECLS

#define PR_SET_PDEATHSIG    1
#define PR_GET_DUMPABLE     3
#define PR_SET_DUMPABLE     4
#define PR_SET_NAME         15
#define PR_GET_NAME         16
#define PR_SET_NO_NEW_PRIVS 38
#define PR_GET_NO_NEW_PRIVS 39

int prctl(int, ...);

__END_DECLS

#endif
