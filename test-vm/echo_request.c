/* SPDX-License-Identifier: MIT
 *
 * ping: echo_request ADDRESS [TRIES]; ends when one of its requests, a second apart, is
 * answered (0), or none was (1).
 */
#include <arpa/inet.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES_DEFAULT 60

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct icmphdr request = {.type = ICMP_ECHO, .un.echo = {htons(7), htons(7)}};
    unsigned char got[256];
    int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

    int tries = argc > 2 ? atoi(argv[2]) : TRIES_DEFAULT;

    if (argc < 2 || argc > 3 || tries < 1 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 ||
        fd < 0) {
        perror("echo_request ADDRESS [TRIES]");
        return 2;
    }
    request.checksum = (unsigned short)~(ICMP_ECHO + 2 * htons(7));
    for (int i = 0; i < tries; i++) {
        struct pollfd one = {fd, POLLIN, 0};
        sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&to, sizeof to);
        while (poll(&one, 1, 1000) == 1)
            if (recv(fd, got, sizeof got, 0) >= 28 && got[20] == ICMP_ECHOREPLY &&
                memcmp(got + 12, &to.sin_addr, 4) == 0)
                return 0;
    }
    fprintf(stderr, "echo_request: %s: no answer\n", argv[1]);
    return 1;
}
