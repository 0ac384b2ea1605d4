/* SPDX-License-Identifier: MIT
 *
 * Where the guest's headers and libraries are.
 */
#ifndef THIMBLE_TOOLS_SYSROOT_H
#define THIMBLE_TOOLS_SYSROOT_H

/* $THIMBLE_SYSROOT, else beside the tool: ./sysroot (source tree) or
 * ../lib/thimble (installed). Ends the program when there is none. */
const char *sysroot_path(void);
const char *sysroot_file(const char *name); /* sysroot/name */

#endif
