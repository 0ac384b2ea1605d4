/* SPDX-License-Identifier: MIT
 *
 * What System V's message queues, semaphores and shared memory have in common.
 * There is one process: all of it is refused (libc-glue/refusals.h).
 */
#ifndef _SYS_IPC_H
#define _SYS_IPC_H

#include <sys/cdefs.h>
#include <sys/types.h>

__BEGIN_DECLS

#define IPC_CREAT   01000
#define IPC_EXCL    02000
#define IPC_NOWAIT  04000
#define IPC_RMID    0
#define IPC_SET     1
#define IPC_STAT    2
#define IPC_PRIVATE ((key_t)0)

struct ipc_perm {
    uid_t uid;
    gid_t gid;
    uid_t cuid;
    gid_t cgid;
    mode_t mode;
};

key_t ftok(const char *, int);

__END_DECLS

#endif
