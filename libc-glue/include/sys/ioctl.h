/* SPDX-License-Identifier: MIT */
#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <sys/cdefs.h>

__BEGIN_DECLS

/* int *: */
#define FIONREAD 0x541b /* bytes that can be read at once */
#define FIONBIO  0x5421 /* non-blocking on or off */
#define FIOASYNC 0x5452
#define FIOCLEX  0x5451
#define FIONCLEX 0x5450
#define TIOCINQ  FIONREAD
#define TIOCOUTQ 0x5411 /* bytes that nobody has read yet */

/* struct winsize *: */
#define TIOCGWINSZ 0x5413
#define TIOCSWINSZ 0x5414

struct winsize {
    unsigned short ws_row;
    unsigned short ws_col;
    unsigned short ws_xpixel;
    unsigned short ws_ypixel;
};

/* struct ifreq * (net/if.h), on any socket of the Internet: */
#define SIOCGIFNAME    0x8910
#define SIOCGIFCONF    0x8912 /* struct ifconf * */
#define SIOCGIFFLAGS   0x8913
#define SIOCGIFADDR    0x8915
#define SIOCGIFDSTADDR 0x8917
#define SIOCGIFBRDADDR 0x8919
#define SIOCGIFNETMASK 0x891b
#define SIOCGIFMETRIC  0x891d
#define SIOCGIFMTU     0x8921
#define SIOCGIFHWADDR  0x8927
#define SIOCGIFINDEX   0x8933
#define SIOGIFINDEX    SIOCGIFINDEX
#define SIOCGIFTXQLEN  0x8942
#define SIOCINQ        FIONREAD
#define SIOCOUTQ       TIOCOUTQ

int ioctl(int, unsigned long, ...);

__END_DECLS

#endif
