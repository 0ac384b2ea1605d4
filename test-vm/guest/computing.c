/* SPDX-License-Identifier: MIT
 *
 * Listens and then computes without ever waiting: what comes meanwhile the network sees to.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_port = htons(7000)};
    int fd = socket(AF_INET6, SOCK_STREAM, 0), off = 0;
    volatile unsigned long sum = 0;

    (void)argc, (void)argv;
    if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) ||
        bind(fd, (struct sockaddr *)&name, sizeof name) || listen(fd, 16)) {
        perror("computing");
        return 1;
    }
    puts("listening");
    fflush(stdout);
    for (;;)
        sum++;
}
