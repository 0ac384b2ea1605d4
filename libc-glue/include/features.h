/* SPDX-License-Identifier: MIT
 *
 * What glibc's name for this header leads to.
 */
#ifndef _FEATURES_H
#define _FEATURES_H

#include <sys/features.h>

#endif
