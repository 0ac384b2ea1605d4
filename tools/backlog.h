/* SPDX-License-Identifier: MIT
 *
 * How many connections may wait at a published port until QEMU takes them.
 */
#ifndef THIMBLE_TOOLS_BACKLOG_H
#define THIMBLE_TOOLS_BACKLOG_H

#include <stdbool.h>
#include <sys/types.h>

#include "publish.h"

/* QEMU's user network listens with a backlog of one: of fifty clients that come at once
 * the kernel turns most away, and they come again after 1, 2, 4, 8 ... s. Makes room for
 * all of them at the ports where the process listens by now; false: not at all of them
 * yet, ask again. True also when it cannot be done: then it stays as QEMU has it. */
bool backlog_raise(pid_t hypervisor, const struct publications *published);

#endif
