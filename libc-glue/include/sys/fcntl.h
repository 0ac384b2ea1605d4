/* SPDX-License-Identifier: MIT
 *
 * The system's half of fcntl.h. newlib is built with its own header of this name:
 * the flags that its streams pass to open() have its values here as well.
 */
#ifndef _SYS_FCNTL_H_
#define _SYS_FCNTL_H_

#include <sys/cdefs.h>
#include <sys/stat.h>
#include <sys/types.h>

__BEGIN_DECLS

#define O_RDONLY    0x0
#define O_WRONLY    0x1
#define O_RDWR      0x2
#define O_ACCMODE   0x3
#define O_APPEND    0x8
#define O_CREAT     0x200
#define O_TRUNC     0x400
#define O_EXCL      0x800
#define O_SYNC      0x2000
#define O_DSYNC     O_SYNC
#define O_RSYNC     O_SYNC
#define O_NONBLOCK  0x4000
#define O_NOCTTY    0x8000
#define O_CLOEXEC   0x40000
#define O_NOFOLLOW  0x100000
#define O_DIRECTORY 0x200000
#define O_EXEC      0x400000
#define O_SEARCH    O_EXEC
#define O_TTY_INIT  0
#if __MISC_VISIBLE
#define O_NDELAY  O_NONBLOCK
#define O_ASYNC   0x40
#define FAPPEND   O_APPEND
#define FASYNC    O_ASYNC
#define FNONBLOCK O_NONBLOCK
#define FNDELAY   O_NONBLOCK
#define FREAD     0x1
#define FWRITE    0x2
#endif
#if __GNU_VISIBLE
#define O_DIRECT    0x80000
#define O_TMPFILE   0x800000
#define O_NOATIME   0x1000000
#define O_PATH      0x2000000
#define O_LARGEFILE 0
#endif

#define FD_CLOEXEC 1

#define F_DUPFD         0
#define F_GETFD         1
#define F_SETFD         2
#define F_GETFL         3
#define F_SETFL         4
#define F_GETOWN        5
#define F_SETOWN        6
#define F_GETLK         7
#define F_SETLK         8
#define F_SETLKW        9
#define F_DUPFD_CLOEXEC 14
#define F_OFD_GETLK     36
#define F_OFD_SETLK     37
#define F_OFD_SETLKW    38
#if __GNU_VISIBLE
#define F_SETPIPE_SZ 1031
#define F_GETPIPE_SZ 1032
#endif

#define F_RDLCK 1
#define F_WRLCK 2
#define F_UNLCK 3

struct flock {
    short l_type;
    short l_whence;
    off_t l_start;
    off_t l_len;
    pid_t l_pid;
};

#define AT_FDCWD            (-2)
#define AT_EACCESS          0x1
#define AT_SYMLINK_NOFOLLOW 0x2
#define AT_SYMLINK_FOLLOW   0x4
#define AT_REMOVEDIR        0x8
#if __GNU_VISIBLE
#define AT_EMPTY_PATH 0x10
#endif

#if __MISC_VISIBLE
#define LOCK_SH 1
#define LOCK_EX 2
#define LOCK_NB 4
#define LOCK_UN 8
#endif

#define POSIX_FADV_NORMAL     0
#define POSIX_FADV_RANDOM     1
#define POSIX_FADV_SEQUENTIAL 2
#define POSIX_FADV_WILLNEED   3
#define POSIX_FADV_DONTNEED   4
#define POSIX_FADV_NOREUSE    5

int creat(const char *, mode_t);
int fcntl(int, int, ...);
int open(const char *, int, ...);
int openat(int, const char *, int, ...);
int posix_fadvise(int, off_t, off_t, int);
int posix_fallocate(int, off_t, off_t);
#if __MISC_VISIBLE
int flock(int, int);
#endif
#if __GNU_VISIBLE
#define FALLOC_FL_KEEP_SIZE  1
#define FALLOC_FL_PUNCH_HOLE 2
#define FALLOC_FL_ZERO_RANGE 16
int fallocate(int, int, off_t, off_t);
#define SYNC_FILE_RANGE_WAIT_BEFORE 1
#define SYNC_FILE_RANGE_WRITE       2
#define SYNC_FILE_RANGE_WAIT_AFTER  4
int sync_file_range(int, off_t, off_t, unsigned);
#endif

__END_DECLS

#endif
