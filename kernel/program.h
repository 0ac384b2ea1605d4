/* SPDX-License-Identifier: MIT
 *
 * Where the kernel hands over: what it offers to the layer above, and the
 * functions that this layer must define.
 */
#ifndef KERNEL_PROGRAM_H
#define KERNEL_PROGRAM_H

/* Arguments and environment, NULL-terminated, in memory that may be written. */
extern int program_argc;
extern char **program_argv;
extern char **program_envp;

/* The packed root file system (kernel/abi/rootfs.h), or NULL. */
const void *program_rootfs(void);

/* Defined above the kernel, called last, on the main stack: runs the program. */
_Noreturn void program_run(void);

/* Defined above the kernel, for programs in which interrupts may come: somebody wants
 * the program to end, with this status unless it has one of its own. Called by interrupt. */
void program_terminate(int status);

#endif
