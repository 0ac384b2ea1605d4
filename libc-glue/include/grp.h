/* SPDX-License-Identifier: MIT
 *
 * Groups: those of /etc/group in the root file system, or the one group root.
 */
#ifndef _GRP_H_
#define _GRP_H_

#include <stdio.h>
#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

struct group {
    char *gr_name;
    char *gr_passwd;
    gid_t gr_gid;
    char **gr_mem;
};

struct group *getgrgid(gid_t);
struct group *getgrnam(const char *);
int getgrgid_r(gid_t, struct group *, char *, size_t, struct group **);
int getgrnam_r(const char *, struct group *, char *, size_t, struct group **);
#if __MISC_VISIBLE || __XSI_VISIBLE >= 4
void endgrent(void);
struct group *getgrent(void);
void setgrent(void);
#endif
#if __BSD_VISIBLE
int getgrouplist(const char *, gid_t, gid_t *, int *);
int initgroups(const char *, gid_t);
int setgroups(int, const gid_t *);
#endif

__END_DECLS

#endif
