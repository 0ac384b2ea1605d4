/* SPDX-License-Identifier: MIT
 *
 * Files that must not outlive the program: half-written outputs and the folder
 * a build works in. They go at exit, in die(), and on SIGINT, SIGTERM, SIGHUP.
 */
#ifndef THIMBLE_TOOLS_TEMPORARY_H
#define THIMBLE_TOOLS_TEMPORARY_H

#include <stdbool.h>

void temporary_start(void); /* once, at the start of main */

/* Registers a file or folder that is removed at the end; forget it when it has become an output. */
void temporary_add(const char *path);
void temporary_forget(const char *path);

/* Called first at any kind of end, in a signal handler too. */
void temporary_at_end(void (*function)(void));

/* A path in this run's own folder, which is made on the first call. */
const char *temporary_path(const char *name);
const char *temporary_folder(void);
bool temporary_folder_kept(void);
void temporary_folder_keep(void); /* --keep: leave the folder, for a look inside */

#endif
