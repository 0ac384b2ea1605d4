/* SPDX-License-Identifier: MIT
 *
 * glibc's name for what sys/endian.h declares.
 */
#ifndef _ENDIAN_H
#define _ENDIAN_H

#include <machine/endian.h>
#include <sys/endian.h>

#ifndef __BYTE_ORDER
#define __BYTE_ORDER    _BYTE_ORDER
#define __LITTLE_ENDIAN _LITTLE_ENDIAN
#define __BIG_ENDIAN    _BIG_ENDIAN
#define __PDP_ENDIAN    _PDP_ENDIAN
#endif

#endif
