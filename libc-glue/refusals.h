/* SPDX-License-Identifier: MIT
 *
 * POSIX functions that exist only to fail: one process cannot have them, or they
 * are not built yet. The one table of them; docs and tools print it.
 * REFUSE(type, name, parameters, value, errno, reason)
 */
REFUSE(pid_t, fork, (void), -1, ENOSYS, "there is one process")
REFUSE(pid_t, vfork, (void), -1, ENOSYS, "there is one process")
REFUSE(int, execve, (P const char *path, P char *const *argv, P char *const *envp), -1, ENOSYS,
       "the image is the program")
REFUSE(int, execv, (P const char *path, P char *const *argv), -1, ENOSYS,
       "the image is the program")
REFUSE(int, execvp, (P const char *file, P char *const *argv), -1, ENOSYS,
       "the image is the program")
REFUSE(int, execl, (P const char *path, P const char *first, ...), -1, ENOSYS,
       "the image is the program")
REFUSE(int, execle, (P const char *path, P const char *first, ...), -1, ENOSYS,
       "the image is the program")
REFUSE(int, execlp, (P const char *file, P const char *first, ...), -1, ENOSYS,
       "the image is the program")
REFUSE(int, fexecve, (P int fd, P char *const *argv, P char *const *envp), -1, ENOSYS,
       "the image is the program")
REFUSE(FILE *, popen, (P const char *command, P const char *mode), NULL, ENOSYS,
       "there is no shell")
REFUSE(int, pclose, (P FILE * stream), -1, ECHILD, "no popen ever succeeded")
REFUSE(pid_t, wait, (P int *status), -1, ECHILD, "there are no children")
REFUSE(pid_t, waitpid, (P pid_t process, P int *status, P int options), -1, ECHILD,
       "there are no children")
REFUSE(pid_t, setsid, (void), -1, EPERM, "the process leads its group already")
REFUSE(int, setpgid, (P pid_t process, P pid_t group), -1, EPERM, "there is one process")
REFUSE(pid_t, tcgetpgrp, (P int fd), -1, ENOTTY, "the terminal's jobs are the host's")
REFUSE(int, tcsetpgrp, (P int fd, P pid_t group), -1, ENOTTY, "the terminal's jobs are the host's")
REFUSE(int, adjtime, (P const struct timeval *delta, P struct timeval *before), -1, EPERM,
       "the host keeps the time")
REFUSE(int, chroot, (P const char *path), -1, ENOSYS, "not built yet")
REFUSE(int, daemon, (P int no_chdir, P int no_close), -1, ENOSYS, "there is one process")
REFUSE(int, nice, (P int increment), -1, EPERM, "there is one process")
REFUSE(int, execvpe, (P const char *file, P char *const *argv, P char *const *envp), -1, ENOSYS,
       "the image is the program")
REFUSE(int, setgroups, (P int count, P const gid_t *groups), -1, EPERM, "root is the only user")
REFUSE(int, sethostname, (P const char *name, P size_t length), -1, EPERM, "not built yet")
