/* SPDX-License-Identifier: MIT
 *
 * Functions that exist only to fail, because one process in one image cannot have
 * them. The one table of them: refusals.c makes the functions of it, and
 * `mkimage doctor` and docs/posix.md print it. A function that takes part of its
 * work is not here but in posix_notes.txt.
 * REFUSE(type, name, parameters, value, errno, reason)
 */

/* ---- other processes ---- */
REFUSE(pid_t, fork, (void), -1, ENOSYS, THREADS_INSTEAD)
REFUSE(pid_t, vfork, (void), -1, ENOSYS, THREADS_INSTEAD)
REFUSE(pid_t, _Fork, (void), -1, ENOSYS, THREADS_INSTEAD)
REFUSE(int, clone, (P int (*function)(void *), P void *stack, P int flags, P void *argument, ...),
       -1, ENOSYS, THREADS_INSTEAD)
REFUSE(int, daemon, (P int no_chdir, P int no_close), -1, ENOSYS,
       "there is one process, and it stays in the foreground")
REFUSE(int, execve, (P const char *path, P char *const *argv, P char *const *envp), -1, ENOSYS,
       ONE_PROGRAM)
REFUSE(int, execv, (P const char *path, P char *const *argv), -1, ENOSYS, ONE_PROGRAM)
REFUSE(int, execvp, (P const char *file, P char *const *argv), -1, ENOSYS, ONE_PROGRAM)
REFUSE(int, execvpe, (P const char *file, P char *const *argv, P char *const *envp), -1, ENOSYS,
       ONE_PROGRAM)
REFUSE(int, execl, (P const char *path, P const char *first, ...), -1, ENOSYS, ONE_PROGRAM)
REFUSE(int, execle, (P const char *path, P const char *first, ...), -1, ENOSYS, ONE_PROGRAM)
REFUSE(int, execlp, (P const char *file, P const char *first, ...), -1, ENOSYS, ONE_PROGRAM)
REFUSE(int, fexecve, (P int fd, P char *const *argv, P char *const *envp), -1, ENOSYS, ONE_PROGRAM)
REFUSE(FILE *, popen, (P const char *command, P const char *mode), NULL, ENOSYS, NO_SHELL)
REFUSE(int, pclose, (P FILE * stream), -1, ECHILD, "no popen() ever succeeded")
REFUSE(int, posix_spawn,
       (P pid_t * process, P const char *path, P const posix_spawn_file_actions_t *actions,
        P const posix_spawnattr_t *attributes, P char *const *argv, P char *const *envp),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnp,
       (P pid_t * process, P const char *file, P const posix_spawn_file_actions_t *actions,
        P const posix_spawnattr_t *attributes, P char *const *argv, P char *const *envp),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawn_file_actions_addclose, (P posix_spawn_file_actions_t * actions, P int fd),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawn_file_actions_adddup2,
       (P posix_spawn_file_actions_t * actions, P int from, P int to), ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawn_file_actions_addopen,
       (P posix_spawn_file_actions_t * actions, P int fd, P const char *path, P int flags,
        P mode_t mode),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawn_file_actions_destroy, (P posix_spawn_file_actions_t * actions), ENOSYS,
       ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawn_file_actions_init, (P posix_spawn_file_actions_t * actions), ENOSYS, ENOSYS,
       ONE_PROCESS)
REFUSE(int, posix_spawnattr_destroy, (P posix_spawnattr_t * attributes), ENOSYS, ENOSYS,
       ONE_PROCESS)
REFUSE(int, posix_spawnattr_init, (P posix_spawnattr_t * attributes), ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_getflags, (P const posix_spawnattr_t *attributes, P short *value),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_setflags, (P posix_spawnattr_t * attributes, P short value), ENOSYS,
       ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_getpgroup, (P const posix_spawnattr_t *attributes, P pid_t *value),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_setpgroup, (P posix_spawnattr_t * attributes, P pid_t value), ENOSYS,
       ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_getschedparam,
       (P const posix_spawnattr_t *attributes, P struct sched_param *value), ENOSYS, ENOSYS,
       ONE_PROCESS)
REFUSE(int, posix_spawnattr_setschedparam,
       (P posix_spawnattr_t * attributes, P const struct sched_param *value), ENOSYS, ENOSYS,
       ONE_PROCESS)
REFUSE(int, posix_spawnattr_getschedpolicy, (P const posix_spawnattr_t *attributes, P int *value),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_setschedpolicy, (P posix_spawnattr_t * attributes, P int value), ENOSYS,
       ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_getsigdefault,
       (P const posix_spawnattr_t *attributes, P sigset_t *value), ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_setsigdefault,
       (P posix_spawnattr_t * attributes, P const sigset_t *value), ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_getsigmask, (P const posix_spawnattr_t *attributes, P sigset_t *value),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(int, posix_spawnattr_setsigmask, (P posix_spawnattr_t * attributes, P const sigset_t *value),
       ENOSYS, ENOSYS, ONE_PROCESS)
REFUSE(pid_t, wait, (P int *status), -1, ECHILD, NO_CHILDREN)
REFUSE(pid_t, waitpid, (P pid_t process, P int *status, P int options), -1, ECHILD, NO_CHILDREN)
REFUSE(pid_t, wait3, (P int *status, P int options, P struct rusage *usage), -1, ECHILD,
       NO_CHILDREN)
REFUSE(pid_t, wait4, (P pid_t process, P int *status, P int options, P struct rusage *usage), -1,
       ECHILD, NO_CHILDREN)
REFUSE(int, waitid, (P idtype_t type, P id_t id, P siginfo_t *info, P int options), -1, ECHILD,
       NO_CHILDREN)
REFUSE(pid_t, setsid, (void), -1, EPERM, "the process leads its session already")
REFUSE(int, setpgid, (P pid_t process, P pid_t group), -1, EPERM, ONE_PROCESS)
REFUSE(long, ptrace, (P int request, ...), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, nice, (P int increment), -1, EPERM, "there is no other process to give way to")
REFUSE(int, setpriority, (P int which, P id_t who, P int value), -1, EPERM,
       "there is no other process to give way to")

/* ---- what processes share ---- */
REFUSE(key_t, ftok, (P const char *path, P int project), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, msgget, (P key_t key, P int flags), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, msgctl, (P int id, P int command, P struct msqid_ds *status), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, msgsnd, (P int id, P const void *message, P size_t size, P int flags), -1, ENOSYS,
       ONE_PROCESS)
REFUSE(ssize_t, msgrcv, (P int id, P void *to, P size_t size, P long type, P int flags), -1, ENOSYS,
       ONE_PROCESS)
REFUSE(int, semget, (P key_t key, P int count, P int flags), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, semctl, (P int id, P int number, P int command, ...), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, semop, (P int id, P struct sembuf *operations, P size_t count), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, shmget, (P key_t key, P size_t size, P int flags), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, shmctl, (P int id, P int command, P struct shmid_ds *status), -1, ENOSYS, ONE_PROCESS)
REFUSE(void *, shmat, (P int id, P const void *address, P int flags), (void *)-1, ENOSYS,
       ONE_PROCESS)
REFUSE(int, shmdt, (P const void *address), -1, ENOSYS, ONE_PROCESS)
REFUSE(mqd_t, mq_open, (P const char *name, P int flags, ...), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, mq_close, (P mqd_t queue), -1, EBADF, "no mq_open() ever succeeded")
REFUSE(int, mq_getattr, (P mqd_t queue, P struct mq_attr *attributes), -1, EBADF,
       "no mq_open() ever succeeded")
REFUSE(int, mq_setattr,
       (P mqd_t queue, P const struct mq_attr *attributes, P struct mq_attr *before), -1, EBADF,
       "no mq_open() ever succeeded")
REFUSE(int, mq_notify, (P mqd_t queue, P const struct sigevent *event), -1, EBADF,
       "no mq_open() ever succeeded")
REFUSE(int, mq_send, (P mqd_t queue, P const char *from, P size_t size, P unsigned priority), -1,
       EBADF, "no mq_open() ever succeeded")
REFUSE(ssize_t, mq_receive, (P mqd_t queue, P char *to, P size_t size, P unsigned *priority), -1,
       EBADF, "no mq_open() ever succeeded")
REFUSE(int, mq_timedsend,
       (P mqd_t queue, P const char *from, P size_t size, P unsigned priority,
        P const struct timespec *deadline),
       -1, EBADF, "no mq_open() ever succeeded")
REFUSE(ssize_t, mq_timedreceive,
       (P mqd_t queue, P char *to, P size_t size, P unsigned *priority,
        P const struct timespec *deadline),
       -1, EBADF, "no mq_open() ever succeeded")
REFUSE(int, mq_unlink, (P const char *name), -1, ENOENT, ONE_PROCESS)

/* ---- other users ---- */
REFUSE(int, setgroups, (P int count, P const gid_t *groups), -1, EPERM, ONE_USER)
REFUSE(int, initgroups, (P const char *name, P gid_t group), -1, EPERM, ONE_USER)
REFUSE(struct utmpx *, pututxline, (P const struct utmpx *entry), NULL, EPERM,
       "nobody logs in to an image")
REFUSE(char *, getpass, (P const char *prompt), NULL, ENXIO, "the terminal is the host's")
REFUSE(char *, crypt, (P const char *key, P const char *salt), NULL, ENOSYS,
       "passwords are not the C library's business here")
REFUSE(int, unshare, (P int flags), -1, ENOSYS, ONE_PROCESS)
REFUSE(int, setns, (P int fd, P int type), -1, ENOSYS, ONE_PROCESS)

/* ---- the terminal and its jobs ---- */
REFUSE(pid_t, tcgetpgrp, (P int fd), -1, ENOTTY, "the terminal's jobs are the host's")
REFUSE(int, tcsetpgrp, (P int fd, P pid_t group), -1, ENOTTY, "the terminal's jobs are the host's")
REFUSE(int, posix_openpt, (P int flags), -1, ENOSYS, NO_PTY)
REFUSE(int, grantpt, (P int fd), -1, ENOTTY, NO_PTY)
REFUSE(int, unlockpt, (P int fd), -1, ENOTTY, NO_PTY)
REFUSE(char *, ptsname, (P int fd), NULL, ENOTTY, NO_PTY)
REFUSE(int, openpty,
       (P int *outer, P int *inner, P char *name, P const struct termios *modes,
        P const struct winsize *size),
       -1, ENOSYS, NO_PTY)
REFUSE(pid_t, forkpty,
       (P int *outer, P char *name, P const struct termios *modes, P const struct winsize *size),
       -1, ENOSYS, NO_PTY)
REFUSE(int, login_tty, (P int fd), -1, ENOSYS, NO_PTY)

/* ---- the machine ---- */
REFUSE(int, stime, (P const time_t *time), -1, EPERM, "the host keeps the time")
REFUSE(int, adjtime, (P const struct timeval *delta, P struct timeval *before), -1, EPERM,
       "the host keeps the time")
REFUSE(int, sethostname, (P const char *name, P size_t length), -1, EPERM,
       "the name is set when the machine starts")
REFUSE(int, setdomainname, (P const char *name, P size_t length), -1, EPERM,
       "the name is set when the machine starts")
REFUSE(int, reboot, (P int command), -1, EPERM, "exit() ends the machine")
REFUSE(int, mount,
       (P const char *source, P const char *target, P const char *type, P unsigned long flags,
        P const void *data),
       -1, EPERM, "mkimage lays the file tree out")
REFUSE(int, umount, (P const char *target), -1, EPERM, "mkimage lays the file tree out")
REFUSE(int, umount2, (P const char *target, P int flags), -1, EPERM,
       "mkimage lays the file tree out")
REFUSE(int, chroot, (P const char *path), -1, ENOSYS, "the image is the root")
REFUSE(int, acct, (P const char *path), -1, ENOSYS, ONE_PROCESS)

/* ---- programs that change while they run ---- */
REFUSE(void *, dlopen, (P const char *path, P int flags), NULL, ENOSYS, NO_LOADER)
REFUSE(void *, dlsym, (P void *handle, P const char *name), NULL, ENOSYS, NO_LOADER)
REFUSE(int, dlclose, (P void *handle), -1, ENOSYS, NO_LOADER)
REFUSE(int, dladdr, (P const void *address, P Dl_info *info), 0, ENOSYS, NO_LOADER)

/* ---- not built ---- */
REFUSE(int, aio_cancel, (P int fd, P struct aiocb *block), -1, ENOSYS, NO_AIO)
REFUSE(int, aio_error, (P const struct aiocb *block), EINVAL, EINVAL, NO_AIO)
REFUSE(int, aio_fsync, (P int operation, P struct aiocb *block), -1, ENOSYS, NO_AIO)
REFUSE(int, aio_read, (P struct aiocb * block), -1, ENOSYS, NO_AIO)
REFUSE(ssize_t, aio_return, (P struct aiocb * block), -1, EINVAL, NO_AIO)
REFUSE(int, aio_suspend,
       (P const struct aiocb *const *list, P int count, P const struct timespec *timeout), -1,
       ENOSYS, NO_AIO)
REFUSE(int, aio_write, (P struct aiocb * block), -1, ENOSYS, NO_AIO)
REFUSE(int, lio_listio,
       (P int mode, P struct aiocb *const *list, P int count, P struct sigevent *event), -1, ENOSYS,
       NO_AIO)
REFUSE(int, inotify_init, (void), -1, ENOSYS, NO_WATCHES)
REFUSE(int, inotify_init1, (P int flags), -1, ENOSYS, NO_WATCHES)
REFUSE(int, inotify_add_watch, (P int fd, P const char *path, P uint32_t mask), -1, EBADF,
       NO_WATCHES)
REFUSE(int, inotify_rm_watch, (P int fd, P int watch), -1, EBADF, NO_WATCHES)
REFUSE(ssize_t, getxattr, (P const char *path, P const char *name, P void *to, P size_t size), -1,
       ENOTSUP, NO_XATTR)
REFUSE(ssize_t, lgetxattr, (P const char *path, P const char *name, P void *to, P size_t size), -1,
       ENOTSUP, NO_XATTR)
REFUSE(ssize_t, fgetxattr, (P int fd, P const char *name, P void *to, P size_t size), -1, ENOTSUP,
       NO_XATTR)
REFUSE(ssize_t, listxattr, (P const char *path, P char *to, P size_t size), -1, ENOTSUP, NO_XATTR)
REFUSE(ssize_t, llistxattr, (P const char *path, P char *to, P size_t size), -1, ENOTSUP, NO_XATTR)
REFUSE(ssize_t, flistxattr, (P int fd, P char *to, P size_t size), -1, ENOTSUP, NO_XATTR)
REFUSE(int, setxattr,
       (P const char *path, P const char *name, P const void *value, P size_t size, P int flags),
       -1, ENOTSUP, NO_XATTR)
REFUSE(int, lsetxattr,
       (P const char *path, P const char *name, P const void *value, P size_t size, P int flags),
       -1, ENOTSUP, NO_XATTR)
REFUSE(int, fsetxattr,
       (P int fd, P const char *name, P const void *value, P size_t size, P int flags), -1, ENOTSUP,
       NO_XATTR)
REFUSE(int, removexattr, (P const char *path, P const char *name), -1, ENOTSUP, NO_XATTR)
REFUSE(int, lremovexattr, (P const char *path, P const char *name), -1, ENOTSUP, NO_XATTR)
REFUSE(int, fremovexattr, (P int fd, P const char *name), -1, ENOTSUP, NO_XATTR)
