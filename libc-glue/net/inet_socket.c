/* SPDX-License-Identifier: MIT
 *
 * Sockets of AF_INET and AF_INET6: which kinds there are.
 */
#define __LINUX_ERRNO_EXTENSIONS__ /* ESOCKTNOSUPPORT */
#include "libc-glue/net/inet.h"

#include <sys/ioctl.h>

#define BUFFER_BYTES 212992 /* what Linux says for datagrams */

/* <netinet/in.h> mentions this name, so that whoever includes it has these sockets. */
__attribute__((visibility("default"))) const char thimble_inet[1];

int net_ioctl(struct file *file, unsigned long request, void *argument)
    __attribute__((visibility("hidden")));

void inet_begin(struct inet_socket *socket, int family, int type, int protocol)
{
    socket->base.family = family;
    socket->base.type = type;
    socket->base.protocol = protocol;
    socket->base.send_bytes = socket->base.receive_bytes = BUFFER_BYTES;
}

static int make(int family, int type, int protocol, struct file **made)
{
    switch (type) {
    case SOCK_STREAM:
        return protocol && protocol != IPPROTO_TCP ? -EPROTONOSUPPORT
                                                   : tcp_socket_make(family, IPPROTO_TCP, made);
    case SOCK_DGRAM:
        return protocol && protocol != IPPROTO_UDP ? -EPROTONOSUPPORT
                                                   : udp_socket_make(family, IPPROTO_UDP, made);
    case SOCK_RAW:
        return protocol <= 0 || protocol > 255 ? -EPROTONOSUPPORT
                                               : raw_socket_make(family, protocol, made);
    default:
        return -ESOCKTNOSUPPORT;
    }
}

int inet_socket_make(int family, int type, int protocol, struct file **made)
{
    int error = protocol < 0 || protocol > 255 ? -EINVAL : net_start();

    return error ? error : make(family, type, protocol, made);
}

int inet_control(struct file *file, unsigned long request, void *argument)
{
    return request >> 8 == 0x89 ? net_ioctl(file, request, argument) : -ENOTTY;
}

int error_of(err_t error)
{
    static const unsigned char errors[] = {
        [-ERR_OK] = 0,
        [-ERR_MEM] = ENOBUFS,
        [-ERR_BUF] = ENOBUFS,
        [-ERR_TIMEOUT] = ETIMEDOUT,
        [-ERR_RTE] = ENETUNREACH,
        [-ERR_INPROGRESS] = EINPROGRESS,
        [-ERR_VAL] = EINVAL,
        [-ERR_WOULDBLOCK] = EAGAIN,
        [-ERR_USE] = EADDRINUSE,
        [-ERR_ALREADY] = EALREADY,
        [-ERR_ISCONN] = EISCONN,
        [-ERR_CONN] = ENOTCONN,
        [-ERR_IF] = EIO,
        [-ERR_ABRT] = ECONNABORTED,
        [-ERR_RST] = ECONNRESET,
        [-ERR_CLSD] = ENOTCONN,
        [-ERR_ARG] = EINVAL,
    };
    unsigned index = (unsigned)-error;

    return index < sizeof errors ? -errors[index] : -EIO;
}
