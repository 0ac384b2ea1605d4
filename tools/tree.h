/* SPDX-License-Identifier: MIT
 *
 * Removes a folder with all that is in it. Nothing here allocates, so that
 * signal handlers may call it.
 */
#ifndef THIMBLE_TOOLS_TREE_H
#define THIMBLE_TOOLS_TREE_H

/* A file or a folder; symbolic links are removed, never followed. Errors are
 * passed over: what cannot be removed stays. */
void tree_remove(const char *path);

/* Detaches what is mounted in there on the way: only for folders of our own. */
void tree_remove_mounted(const char *path);

#endif
