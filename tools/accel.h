/* SPDX-License-Identifier: MIT
 *
 * Whether /dev/kvm is worth its name. Some hosts offer it and then emulate
 * kernel-mode code at a crawl, or hang on its first SSE instruction.
 */
#ifndef THIMBLE_TOOLS_ACCEL_H
#define THIMBLE_TOOLS_ACCEL_H

/* wish: "auto", "kvm" or "tcg". Returns "kvm" or "tcg"; ends the program (125)
 * when KVM is wished for and cannot be had. */
const char *accel_choose(const char *wish);

#endif
