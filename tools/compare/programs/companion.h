/* SPDX-License-Identifier: MIT
 *
 * The companion: one small program that `mkimage compare` builds for every side
 * from the same source with the same flags, where the user's program cannot
 * serve: to wait, to compute, to look around.
 */
#ifndef COMPANION_H
#define COMPANION_H

/* Prints what can be seen and reached from here as lines KEY=VALUE. */
int probe(void);

#endif
