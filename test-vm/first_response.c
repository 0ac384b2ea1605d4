/* SPDX-License-Identifier: MIT
 *
 * From the start of a command to the first answer of the web server in it:
 *     first_response ADDRESS PORT -- COMMAND...
 * Prints milliseconds. The command writes to our standard error, and is ended afterwards.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/compare/load.h"

#define PATIENCE_S 120

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (argc < 5 || strcmp(argv[3], "--") != 0 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: first_response ADDRESS PORT -- COMMAND...\n");
        return 2;
    }
    to.sin_port = htons((uint16_t)atoi(argv[2]));
    double start = now_ms();
    pid_t pid = fork();
    if (pid == 0) {
        int in = open("/dev/null", O_RDONLY);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(in, 0);
        dup2(2, 1);
        execvp(argv[4], argv + 4);
        _exit(127);
    }
    const struct exchange exchange = exchange_http("/");
    int result = first_answer(&to, &exchange, PATIENCE_S, NULL);
    double end = now_ms();
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    if (result)
        return 1;
    printf("%.1f\n", end - start);
    return 0;
}
