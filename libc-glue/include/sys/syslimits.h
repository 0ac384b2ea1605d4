/* SPDX-License-Identifier: MIT
 *
 * The system's half of limits.h.
 */
#ifndef _SYS_SYSLIMITS_H_
#define _SYS_SYSLIMITS_H_

#define ARG_MAX          65536
#define CHILD_MAX        0
#define LINK_MAX         32767
#define MAX_CANON        255
#define MAX_INPUT        255
#define NAME_MAX         255
#define NGROUPS_MAX      16
#define OPEN_MAX         1024
#define PATH_MAX         4096
#define PIPE_BUF         4096
#define IOV_MAX          1024
#define HOST_NAME_MAX    64
#define SYMLOOP_MAX      40
#define TZNAME_MAX       6
#define LOGIN_NAME_MAX   33
#define SSIZE_MAX        __LONG_MAX__
#define ATEXIT_MAX       0x7fffffff
#define NL_ARGMAX        32
#define NL_LANGMAX       32
#define NL_MSGMAX        32767
#define NL_SETMAX        255
#define NL_TEXTMAX       2048
#define NZERO            20
#define BC_BASE_MAX      99
#define BC_DIM_MAX       2048
#define BC_SCALE_MAX     99
#define BC_STRING_MAX    1000
#define COLL_WEIGHTS_MAX 0
#define EXPR_NEST_MAX    32
#define LINE_MAX         2048
#define RE_DUP_MAX       255

/* What POSIX promises of every system. */
#define _POSIX_AIO_LISTIO_MAX               2
#define _POSIX_AIO_MAX                      1
#define _POSIX_ARG_MAX                      4096
#define _POSIX_CHILD_MAX                    25
#define _POSIX_CLOCKRES_MIN                 20000000
#define _POSIX_DELAYTIMER_MAX               32
#define _POSIX_HOST_NAME_MAX                255
#define _POSIX_LINK_MAX                     8
#define _POSIX_LOGIN_NAME_MAX               9
#define _POSIX_MAX_CANON                    255
#define _POSIX_MAX_INPUT                    255
#define _POSIX_NAME_MAX                     14
#define _POSIX_NGROUPS_MAX                  8
#define _POSIX_OPEN_MAX                     20
#define _POSIX_PATH_MAX                     256
#define _POSIX_PIPE_BUF                     512
#define _POSIX_RE_DUP_MAX                   255
#define _POSIX_RTSIG_MAX                    8
#define _POSIX_SEM_NSEMS_MAX                256
#define _POSIX_SEM_VALUE_MAX                32767
#define _POSIX_SIGQUEUE_MAX                 32
#define _POSIX_SSIZE_MAX                    32767
#define _POSIX_STREAM_MAX                   8
#define _POSIX_SYMLINK_MAX                  255
#define _POSIX_SYMLOOP_MAX                  8
#define _POSIX_THREAD_DESTRUCTOR_ITERATIONS 4
#define _POSIX_THREAD_KEYS_MAX              128
#define _POSIX_THREAD_THREADS_MAX           64
#define _POSIX_TIMER_MAX                    32
#define _POSIX_TTY_NAME_MAX                 9
#define _POSIX_TZNAME_MAX                   6

#endif
