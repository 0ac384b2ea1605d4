/* SPDX-License-Identifier: MIT
 *
 * Complaints on standard error by err.h, error.h, perror(), psignal(), fmtmsg(). The
 * test runs this program on the host too, and both must write the same.
 */
#define _GNU_SOURCE 1
#include <err.h>
#include <errno.h>
#include <error.h>
#include <fmtmsg.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void)
{
    errno = ENOENT;
    warn("no %s", "file");
    warnx("only %d", 1);
    error(0, EACCES, "cannot %s", "enter");
    error(0, 0, "no reason");
    error_at_line(0, EIO, "input.txt", 12, "line %d", 12);
    fprintf(stderr, "%u messages\n", error_message_count);
    errno = ENOMEM;
    perror("perror");
    psignal(SIGTERM, "signal");
    fmtmsg(MM_PRINT, "UTIL:prog", MM_ERROR, "text", "action", "UTIL:prog:01");
    for (int i = 1; i < 20; i++)
        fprintf(stderr, "%s;", strerror(i));
    fprintf(stderr, "\n%s %s %s\n", strsignal(SIGSEGV), strsignal(SIGCHLD), strsignal(999));
    errno = EPIPE;
    err(3, NULL);
}
