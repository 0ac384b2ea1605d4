/* SPDX-License-Identifier: MIT
 *
 * UDP and raw sockets over the loopback interface; the same on Linux.
 */
#define _GNU_SOURCE 1
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "check.h"

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

static struct sockaddr_in local(int port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return name;
}

static int bound(int *port)
{
    struct sockaddr_in name = local(0);
    socklen_t bytes = sizeof name;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof name) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&name, &bytes) == 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static int events_soon(int fd, int wanted)
{
    struct pollfd one = {.fd = fd, .events = (short)wanted};

    CHECK(poll(&one, 1, 2000) >= 0);
    return one.revents;
}

static void option_set(int fd, int level, int name, int value)
{
    CHECK(setsockopt(fd, level, name, &value, sizeof value) == 0);
}

static void exchange(void)
{
    int a_port, b_port, a = bound(&a_port), b = bound(&b_port), count;
    struct sockaddr_in name = local(b_port), from;
    socklen_t bytes = sizeof from;
    char buffer[32];

    FAILS(recv(b, buffer, sizeof buffer, MSG_DONTWAIT), EAGAIN);
    CHECK(sendto(a, "one", 3, 0, (struct sockaddr *)&name, sizeof name) == 3);
    CHECK(sendto(a, "second", 6, 0, (struct sockaddr *)&name, sizeof name) == 6);
    CHECK(sendto(a, "", 0, 0, (struct sockaddr *)&name, sizeof name) == 0);
    CHECK(events_soon(b, POLLIN | POLLOUT) == (POLLIN | POLLOUT));
    CHECK(ioctl(b, FIONREAD, &count) == 0 && count == 3);
    CHECK(recv(b, buffer, sizeof buffer, MSG_PEEK) == 3);
    CHECK(recvfrom(b, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &bytes) == 3);
    CHECK(memcmp(buffer, "one", 3) == 0 && bytes == sizeof from);
    CHECK(from.sin_family == AF_INET && ntohs(from.sin_port) == a_port);
    CHECK(from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(recv(b, buffer, 2, MSG_TRUNC) == 6 && memcmp(buffer, "se", 2) == 0);
    CHECK(recv(b, buffer, sizeof buffer, 0) == 0);
    FAILS(send(a, "x", 1, 0), EDESTADDRREQ);
    FAILS(recv(b, buffer, sizeof buffer, MSG_DONTWAIT), EAGAIN);
    close(a);
    close(b);
}

static void sizes(void)
{
    static char out[66000], in[66000];
    int port, fd = bound(&port), most = 1 << 20;
    struct sockaddr_in name = local(port);
    static const size_t tried[] = {1, 1471, 1472, 1473, 1999, 4055, 8192, 20000, 65507};

    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &most, sizeof most);
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = (char)(i * 31 >> 2);
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        ssize_t size = (ssize_t)tried[i];
        CHECK(sendto(fd, out, tried[i], 0, (struct sockaddr *)&name, sizeof name) == size);
        CHECK(recv(fd, in, sizeof in, 0) == size);
        CHECK(memcmp(in, out, tried[i]) == 0);
    }
    FAILS(sendto(fd, out, 65508, 0, (struct sockaddr *)&name, sizeof name), EMSGSIZE);
    close(fd);
}

static void connected(void)
{
    int a_port, b_port, c_port, a = bound(&a_port), b = bound(&b_port), c = bound(&c_port);
    struct sockaddr_in to_b = local(b_port), to_a = local(a_port), other;
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    socklen_t bytes = sizeof other;
    char buffer[32];

    FAILS(getpeername(a, (struct sockaddr *)&other, &bytes), ENOTCONN);
    CHECK(connect(a, (struct sockaddr *)&to_b, sizeof to_b) == 0);
    CHECK(getpeername(a, (struct sockaddr *)&other, &bytes) == 0);
    CHECK(ntohs(other.sin_port) == b_port);
    CHECK(send(a, "hi", 2, 0) == 2 && recv(b, buffer, sizeof buffer, 0) == 2);
    /* only what the peer sends comes in */
    CHECK(sendto(c, "no", 2, 0, (struct sockaddr *)&to_a, sizeof to_a) == 2);
    CHECK(sendto(b, "yes", 3, 0, (struct sockaddr *)&to_a, sizeof to_a) == 3);
    CHECK(recv(a, buffer, sizeof buffer, 0) == 3);
    FAILS(recv(a, buffer, sizeof buffer, MSG_DONTWAIT), EAGAIN);
    close(b); /* nobody is there any more: that is heard */
    CHECK(send(a, "hi", 2, 0) == 2);
    CHECK(events_soon(a, POLLIN) & POLLERR);
    FAILS(recv(a, buffer, sizeof buffer, 0), ECONNREFUSED);
    CHECK(connect(a, &none, sizeof none) == 0);
    FAILS(send(a, "x", 1, 0), EDESTADDRREQ);
    close(a);
    close(c);
}

static void control(void)
{
    int port, fd = bound(&port), seen = 0;
    struct sockaddr_in name = local(port);
    char buffer[16], room[256];
    struct iovec piece = {buffer, sizeof buffer};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};

    option_set(fd, IPPROTO_IP, IP_PKTINFO, 1);
    option_set(fd, IPPROTO_IP, IP_RECVTTL, 1);
    option_set(fd, IPPROTO_IP, IP_TTL, 17);
    CHECK(sendto(fd, "x", 1, 0, (struct sockaddr *)&name, sizeof name) == 1);
    CHECK(recvmsg(fd, &message, 0) == 1 && message.msg_flags == 0);
    for (struct cmsghdr *at = CMSG_FIRSTHDR(&message); at; at = CMSG_NXTHDR(&message, at)) {
        struct in_pktinfo info;
        int ttl;
        CHECK(at->cmsg_level == IPPROTO_IP);
        if (at->cmsg_type == IP_PKTINFO) {
            memcpy(&info, CMSG_DATA(at), sizeof info);
            CHECK(info.ipi_addr.s_addr == htonl(INADDR_LOOPBACK) && info.ipi_ifindex == 1);
            seen |= 1;
        } else if (at->cmsg_type == IP_TTL) {
            memcpy(&ttl, CMSG_DATA(at), sizeof ttl);
            CHECK(ttl == 17);
            seen |= 2;
        }
    }
    CHECK(seen == 3);
    message.msg_controllen = 8; /* no room */
    CHECK(sendto(fd, "x", 1, 0, (struct sockaddr *)&name, sizeof name) == 1);
    CHECK(recvmsg(fd, &message, 0) == 1 && message.msg_flags & MSG_CTRUNC);
    close(fd);
}

static void both_families(void)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT}, from;
    struct sockaddr_in four;
    socklen_t bytes = sizeof name;
    struct in6_addr mapped;
    char buffer[16];
    int fd = socket(AF_INET6, SOCK_DGRAM, 0), other = socket(AF_INET, SOCK_DGRAM, 0);

    CHECK(bind(fd, (struct sockaddr *)&(struct sockaddr_in6){.sin6_family = AF_INET6},
               sizeof name) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)&from, &bytes) == 0);
    four = local(ntohs(from.sin6_port));
    name.sin6_port = from.sin6_port;
    CHECK(sendto(fd, "six", 3, 0, (struct sockaddr *)&name, sizeof name) == 3);
    CHECK(recvfrom(fd, buffer, 16, 0, (struct sockaddr *)&from, &bytes) == 3);
    CHECK(memcmp(&from.sin6_addr, &in6addr_loopback, 16) == 0);
    CHECK(sendto(other, "four", 4, 0, (struct sockaddr *)&four, sizeof four) == 4);
    CHECK(recvfrom(fd, buffer, 16, 0, (struct sockaddr *)&from, &bytes) == 4);
    CHECK(inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped) == 1);
    CHECK(memcmp(&from.sin6_addr, &mapped, 16) == 0);
    CHECK(sendto(fd, "back", 4, 0, (struct sockaddr *)&from, sizeof from) == 4);
    CHECK(recv(other, buffer, 16, 0) == 4);
    close(fd);
    close(other);
}

static void refusals(void)
{
    int port, fd = bound(&port), second = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in name = local(port), all = local(port);
    char byte;

    FAILS(bind(second, (struct sockaddr *)&name, sizeof name), EADDRINUSE);
    FAILS(listen(fd, 5), EOPNOTSUPP);
    FAILS(accept(fd, NULL, NULL), EOPNOTSUPP);
    all.sin_addr.s_addr = htonl(INADDR_BROADCAST);
    FAILS(sendto(fd, "x", 1, 0, (struct sockaddr *)&all, sizeof all), EACCES);
    FAILS(sendto(fd, "x", 1, 0, (struct sockaddr *)&name, 5), EINVAL);
    name.sin_family = AF_INET6;
    FAILS(sendto(fd, "x", 1, 0, (struct sockaddr *)&name, sizeof name), EAFNOSUPPORT);
    FAILS(shutdown(second, SHUT_RD), ENOTCONN);
    struct timeval limit = {.tv_usec = 30000};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    FAILS(recv(fd, &byte, 1, 0), EAGAIN);
    close(fd);
    close(second);
}

static void shared_port(void)
{
    struct sockaddr_in name = local(0);
    int one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
    socklen_t bytes = sizeof name;

    option_set(one, SOL_SOCKET, SO_REUSEADDR, 1);
    option_set(two, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK(bind(one, (struct sockaddr *)&name, sizeof name) == 0);
    CHECK(getsockname(one, (struct sockaddr *)&name, &bytes) == 0);
    CHECK(bind(two, (struct sockaddr *)&name, sizeof name) == 0);
    close(one);
    close(two);
}

#define FLOWS  60
#define SHARES 3

static int sharing(int option, struct sockaddr_in *name)
{
    socklen_t bytes = sizeof *name;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    option_set(fd, SOL_SOCKET, option, 1);
    CHECK(bind(fd, (struct sockaddr *)name, bytes) == 0);
    CHECK(getsockname(fd, (struct sockaddr *)name, &bytes) == 0);
    return fd;
}

/* One datagram of each flow: whose it is, into `owner`. */
static void flows_send(const int flows[FLOWS], const struct sockaddr_in *to, const int shares[],
                       int count, int owner[FLOWS])
{
    for (int i = 0; i < FLOWS; i++) {
        char byte = (char)i, got = -1;
        CHECK(sendto(flows[i], &byte, 1, 0, (struct sockaddr *)to, sizeof *to) == 1);
        owner[i] = -1;
        for (int k = 0; k < count; k++)
            if (recv(shares[k], &got, 1, MSG_DONTWAIT) == 1) {
                CHECK(owner[i] == -1 && got == byte);
                owner[i] = k;
            }
        CHECK(owner[i] >= 0);
    }
}

/* Each flow stays with one of those who share the port, and each of them has some. */
static void shared_flows(void)
{
    struct sockaddr_in name = local(0), other;
    int shares[SHARES], flows[FLOWS], owner[FLOWS], again[FLOWS], got[SHARES] = {0}, port;
    char byte;

    for (int i = 0; i < SHARES; i++)
        shares[i] = sharing(SO_REUSEPORT, &name);
    for (int i = 0; i < FLOWS; i++)
        flows[i] = bound(&port);
    flows_send(flows, &name, shares, SHARES, owner);
    flows_send(flows, &name, shares, SHARES, again);
    CHECK(memcmp(owner, again, sizeof owner) == 0);
    for (int i = 0; i < FLOWS; i++)
        got[owner[i]]++;
    CHECK(got[0] && got[1] && got[2]);
    /* who is connected to one has what that one sends, and nothing else */
    other = local(port);
    CHECK(connect(shares[2], (struct sockaddr *)&other, sizeof other) == 0);
    flows_send(flows, &name, shares, SHARES, owner);
    for (int i = 0; i < FLOWS; i++)
        CHECK((owner[i] == 2) == (i == FLOWS - 1));
    close(shares[0]); /* the others go on */
    close(shares[2]);
    flows_send(flows, &name, shares + 1, 1, owner);
    close(shares[1]);
    FAILS(recv(flows[0], &byte, 1, MSG_DONTWAIT), EAGAIN);
    for (int i = 0; i < FLOWS; i++)
        close(flows[i]);
}

/* What is sent to a group all have who have its port. */
static void shared_group(void)
{
    struct ip_mreq group = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in name = {.sin_family = AF_INET}, to, peer = local(9);
    int shares[SHARES], port, fd = bound(&port);
    char buffer[8];

    inet_pton(AF_INET, "239.1.2.3", &group.imr_multiaddr);
    for (int i = 0; i < SHARES; i++)
        shares[i] = sharing(SO_REUSEADDR, &name);
    CHECK(setsockopt(shares[1], IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0);
    CHECK(setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &group.imr_interface,
                     sizeof(struct in_addr)) == 0);
    CHECK(connect(shares[2], (struct sockaddr *)&peer, sizeof peer) == 0); /* to somebody else */
    to = name;
    to.sin_addr = group.imr_multiaddr;
    CHECK(sendto(fd, "all", 3, 0, (struct sockaddr *)&to, sizeof to) == 3);
    for (int i = 0; i < 2; i++) {
        CHECK(events_soon(shares[i], POLLIN) == POLLIN);
        CHECK(recv(shares[i], buffer, sizeof buffer, 0) == 3 && memcmp(buffer, "all", 3) == 0);
    }
    for (int i = 0; i < SHARES; i++) {
        FAILS(recv(shares[i], buffer, sizeof buffer, MSG_DONTWAIT), EAGAIN);
        close(shares[i]);
    }
    close(fd);
}

static void *sender(void *at)
{
    struct sockaddr_in name = local(*(int *)at);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    usleep(30000);
    CHECK(sendto(fd, "wake", 4, 0, (struct sockaddr *)&name, sizeof name) == 4);
    close(fd);
    return NULL;
}

static void woken(void)
{
    int port, fd = bound(&port);
    pthread_t thread;
    char buffer[16];

    CHECK(pthread_create(&thread, NULL, sender, &port) == 0);
    CHECK(recv(fd, buffer, sizeof buffer, 0) == 4);
    CHECK(pthread_join(thread, NULL) == 0);
    close(fd);
}

static uint16_t checksum(const void *data, size_t bytes)
{
    const uint16_t *words = data;
    uint32_t sum = 0;

    for (size_t i = 0; i < bytes / 2; i++)
        sum += words[i];
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t) ~(sum + (sum >> 16));
}

static void ping(void)
{
    struct sockaddr_in name = local(0), from;
    socklen_t bytes = sizeof from;
    struct icmphdr request = {.type = ICMP_ECHO, .un.echo.id = htons(77)};
    char buffer[128];
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), type = ICMP_ECHO;

    if (fd < 0 && errno == EPERM) {
        puts("(no right to raw sockets)");
        return;
    }
    CHECK(fd >= 0);
    request.checksum = checksum(&request, sizeof request);
    CHECK(sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&name, sizeof name) ==
          sizeof request);
    while (type != ICMP_ECHOREPLY) { /* one's own request comes in, too */
        ssize_t n = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &bytes);
        struct iphdr *ip = (struct iphdr *)buffer;
        struct icmphdr *icmp = (struct icmphdr *)(buffer + ip->ihl * 4);
        CHECK(n == (ssize_t)(sizeof *ip + sizeof *icmp) && ip->version == 4);
        CHECK(ip->protocol == IPPROTO_ICMP && icmp->un.echo.id == htons(77));
        type = icmp->type;
    }
    close(fd);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"exchange", exchange},
        {"sizes", sizes},
        {"connected", connected},
        {"control", control},
        {"families", both_families},
        {"refusals", refusals},
        {"shared", shared_port},
        {"flows", shared_flows},
        {"group", shared_group},
        {"woken", woken},
        {"ping", ping},
    };

    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        printf("%s\n", tests[i].name);
        tests[i].run();
    }
    return success();
}
