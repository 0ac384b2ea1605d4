/* SPDX-License-Identifier: MIT
 *
 * Says so many bytes to the first who connects, and ends at once: exit or _exit.
 *     last_words PORT BYTES [quick]
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"

int main(int argc, char **argv)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    static char words[1 << 16];
    long left = atol(argv[2]);
    int fd = socket(AF_INET, SOCK_STREAM, 0), client;

    name.sin_port = htons((uint16_t)atoi(argv[1]));
    CHECK(bind(fd, (struct sockaddr *)&name, sizeof name) == 0 && listen(fd, 1) == 0);
    puts("listening");
    fflush(stdout);
    client = accept(fd, NULL, NULL);
    CHECK(client >= 0);
    memset(words, 'w', sizeof words);
    while (left > 0) {
        ssize_t n = write(client, words, left < (long)sizeof words ? (size_t)left : sizeof words);
        CHECK(n > 0);
        left -= n;
    }
    if (argc > 3)
        _exit(5);
    return 5;
}
