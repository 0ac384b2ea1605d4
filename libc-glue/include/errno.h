/* SPDX-License-Identifier: MIT
 *
 * Error numbers are newlib's; besides them, what GNU programs find here.
 */
#ifndef __ERRNO_H__
#define __ERRNO_H__

#ifndef __LINUX_ERRNO_EXTENSIONS__
#define __LINUX_ERRNO_EXTENSIONS__ /* ESHUTDOWN and others */
#endif
#include <sys/errno.h>
#include <sys/features.h>

#define EHWPOISON    145
#define EISNAM       146
#define EKEYEXPIRED  147
#define EKEYREJECTED 148
#define EKEYREVOKED  149
#define EMEDIUMTYPE  150
#define ENAVAIL      151
#define ENOKEY       152
#define ENOTNAM      153
#define EREMOTEIO    154
#define ERESTART     155
#define ERFKILL      156
#define EUCLEAN      157

#ifndef __error_t_defined
#define __error_t_defined 1
typedef int error_t;
#endif

#if __GNU_VISIBLE
#ifdef __cplusplus
extern "C" {
#endif
extern char *program_invocation_name, *program_invocation_short_name;
#ifdef __cplusplus
}
#endif
#endif

#endif
