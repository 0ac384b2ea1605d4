/* SPDX-License-Identifier: MIT
 *
 * Every limit of the glue in one place.
 */
#ifndef GLUE_PARAM_H
#define GLUE_PARAM_H

#define FD_MAX         1024 /* open descriptors */
#define FD_CONSOLE_END 3    /* descriptors below this are open at start */
#define LINK_DEPTH_MAX 32   /* symbolic links followed in one path: ELOOP beyond */
#define IOV_COUNT_MAX  1024
#define BLOCK_BYTES    4096 /* st_blksize: what stdio buffers */

#endif
