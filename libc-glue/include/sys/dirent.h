/* SPDX-License-Identifier: MIT
 *
 * The system's half of dirent.h.
 */
#ifndef _SYS_DIRENT_H
#define _SYS_DIRENT_H

#include <sys/types.h>

typedef struct __directory DIR;

struct dirent {
    ino_t d_ino;
    off_t d_off; /* telldir() after this entry */
    unsigned short d_reclen;
    unsigned char d_type;
    char d_name[256];
};
#define d_fileno d_ino
#define _DIRENT_HAVE_D_OFF
#define _DIRENT_HAVE_D_RECLEN
#define _DIRENT_HAVE_D_TYPE

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12

#define IFTODT(mode)   (((mode)&0170000) >> 12)
#define DTTOIF(d_type) ((d_type) << 12)

#endif
