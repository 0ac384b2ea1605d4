/* SPDX-License-Identifier: MIT */
#ifndef _SYS_SELECT_H
#define _SYS_SELECT_H

#include <sys/_sigset.h>
#include <sys/_timeval.h>
#include <sys/cdefs.h>
#include <sys/timespec.h>

__BEGIN_DECLS

#if !defined(_SIGSET_T_DECLARED)
#define _SIGSET_T_DECLARED
typedef __sigset_t sigset_t;
#endif

#define _SYS_TYPES_FD_SET
#define FD_SETSIZE 1024

typedef unsigned long __fd_mask;
#define __NFDBITS 64

typedef struct {
    __fd_mask __fds_bits[FD_SETSIZE / __NFDBITS];
} fd_set;

#if __BSD_VISIBLE
#define NFDBITS  __NFDBITS
#define fds_bits __fds_bits
typedef __fd_mask fd_mask;
#endif

#define __fd_bit(fd)       (1ul << ((unsigned)(fd) % __NFDBITS))
#define __fd_word(fd, set) ((set)->__fds_bits[(unsigned)(fd) / __NFDBITS])
#define FD_SET(fd, set)    ((void)(__fd_word(fd, set) |= __fd_bit(fd)))
#define FD_CLR(fd, set)    ((void)(__fd_word(fd, set) &= ~__fd_bit(fd)))
#define FD_ISSET(fd, set)  ((__fd_word(fd, set) & __fd_bit(fd)) != 0)
#define FD_ZERO(set)       ((void)__builtin_memset((set), 0, sizeof(fd_set)))

int select(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
           struct timeval *__restrict);
int pselect(int, fd_set *__restrict, fd_set *__restrict, fd_set *__restrict,
            const struct timespec *__restrict, const sigset_t *__restrict);

__END_DECLS

#endif
