/* SPDX-License-Identifier: MIT
 *
 * Users: those of /etc/passwd in the root file system, or the one user root.
 */
#ifndef _PWD_H_
#define _PWD_H_

#include <stdio.h>
#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

struct passwd {
    char *pw_name;
    char *pw_passwd;
    uid_t pw_uid;
    gid_t pw_gid;
    char *pw_comment;
    char *pw_gecos;
    char *pw_dir;
    char *pw_shell;
};

struct passwd *getpwuid(uid_t);
struct passwd *getpwnam(const char *);
int getpwnam_r(const char *, struct passwd *, char *, size_t, struct passwd **);
int getpwuid_r(uid_t, struct passwd *, char *, size_t, struct passwd **);
#if __MISC_VISIBLE || __XSI_VISIBLE >= 4
void endpwent(void);
struct passwd *getpwent(void);
void setpwent(void);
#endif

__END_DECLS

#endif
