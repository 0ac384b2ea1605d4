/* SPDX-License-Identifier: MIT
 *
 * A child process that puts away what we leave behind, however we end, even by
 * SIGKILL: it sees our end of a socket close. What must be undone is written
 * down with it before it is done; when we end it undoes what was not taken
 * back, the last first.
 */
#ifndef THIMBLE_TOOLS_GUARDIAN_H
#define THIMBLE_TOOLS_GUARDIAN_H

#include <sys/types.h>

#include "text.h"

/* Each returns a ticket. */
int guardian_command(const struct strings *argv); /* runs it, its words go nowhere */
int guardian_tree(const char *path);              /* removes a folder and all in it, mounts too */
int guardian_cgroup(const char *path);            /* removes "/path" in every hierarchy */
int guardian_process(pid_t pid);                  /* SIGTERM, and SIGKILL when that does not help */

void guardian_forget(int ticket); /* it is undone already */
void guardian_undo(int ticket);   /* undo it now; returns when that is done */

#endif
