/* SPDX-License-Identifier: MIT
 *
 * Linked into a server that knows nothing of it: on port 9 the machine says to whoever
 * connects how many bytes of memory are free.
 */
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#define PORT 9

static void *serve(void *nothing)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), fd;

    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 16)) {
        perror("memory_port");
        return nothing;
    }
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        char text[32];
        struct sysinfo info;
        sysinfo(&info);
        int length =
            snprintf(text, sizeof text, "%llu\n",
                     (unsigned long long)info.freeram * (info.mem_unit ? info.mem_unit : 1));
        send(fd, text, (size_t)length, MSG_NOSIGNAL);
        close(fd);
    }
    return nothing;
}

__attribute__((constructor)) static void begin(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, serve, NULL) == 0)
        pthread_detach(thread);
}
