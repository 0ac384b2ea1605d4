/* SPDX-License-Identifier: MIT
 *
 * Extended attributes of files: there are none (libc-glue/refusals.h).
 */
#ifndef _SYS_XATTR_H
#define _SYS_XATTR_H

#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

#define XATTR_CREATE  1
#define XATTR_REPLACE 2

ssize_t fgetxattr(int, const char *, void *, size_t);
ssize_t flistxattr(int, char *, size_t);
int fremovexattr(int, const char *);
int fsetxattr(int, const char *, const void *, size_t, int);
ssize_t getxattr(const char *, const char *, void *, size_t);
ssize_t lgetxattr(const char *, const char *, void *, size_t);
ssize_t listxattr(const char *, char *, size_t);
ssize_t llistxattr(const char *, char *, size_t);
int lremovexattr(const char *, const char *);
int lsetxattr(const char *, const char *, const void *, size_t, int);
int removexattr(const char *, const char *);
int setxattr(const char *, const char *, const void *, size_t, int);

__END_DECLS

#endif
