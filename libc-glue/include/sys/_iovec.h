/* SPDX-License-Identifier: MIT
 *
 * What sys/uio.h and sys/socket.h have in common.
 */
#ifndef _SYS__IOVEC_H
#define _SYS__IOVEC_H

#include <stddef.h>

struct iovec {
    void *iov_base;
    size_t iov_len;
};

#endif
