/* SPDX-License-Identifier: MIT
 *
 * The type of a signal handler's third argument. getcontext and its like are not there.
 */
#ifndef _UCONTEXT_H
#define _UCONTEXT_H

#include <sys/ucontext.h>

#endif
