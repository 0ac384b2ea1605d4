/* SPDX-License-Identifier: MIT
 *
 * The kernel's control groups, of both versions, as far as running and
 * measuring containers needs them.
 */
#ifndef THIMBLE_TOOLS_CGROUP_H
#define THIMBLE_TOOLS_CGROUP_H

#include <stdint.h>
#include <sys/types.h>

#define CGROUP_PREFIX "/thimble-" /* the names of ours */

/* "/thimble-1" in the hierarchy that counts memory. -1: not possible here. */
int cgroup_create(const char *path);
int cgroup_limit_memory(const char *path, uint64_t bytes);
int cgroup_enter(const char *path, pid_t pid);

/* -1: not known. */
int cgroup_memory(const char *path, uint64_t *now_bytes, uint64_t *peak_bytes);

/* The one that counts a process's memory; -1 when it cannot be found. */
int cgroup_of(pid_t pid, char *path, size_t path_bytes);

/* Kills what is in there, and removes it with all below it, in every hierarchy. */
void cgroup_remove(const char *path);

#endif
