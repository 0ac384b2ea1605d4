/* SPDX-License-Identifier: MIT
 *
 * httpd: a web server for files.
 *     mkimage run -p 8080:80 apps/httpd
 *     cc -O2 -o httpd apps/httpd/src.c... && ./httpd --port 8080 --root DIR
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

struct options options = {
    .port = 80,
    .root = "/www",
    .limits = {.target_bytes = 4096, .head_bytes = 8192},
    .body_bytes_max = 1 << 20,
    .connections_max = 1000,
    .cache_bytes = 1 << 20,
    .head_ms = 10000,
    .idle_ms = 60000,
    .write_ms = 30000,
    .stop_ms = 5000,
};

static const char usage[] =
    "usage: httpd [option...]\n"
    "  --port N            listen on this port (80)\n"
    "  --address ADDRESS   only on this address of the machine\n"
    "  --root FOLDER       the files (/www)\n"
    "  --log FILE          who asked for what, in the common log format; - is standard output\n"
    "  --head-timeout S    for a whole request (10)\n"
    "  --idle-timeout S    between requests (60)\n"
    "  --write-timeout S   without taking any of the answer (30)\n"
    "  --stop-timeout S    for answers under way at SIGTERM (5)\n"
    "  --connections N     at the same time; more are told 503 (1000)\n"
    "  --head-bytes N      of a request's line and fields (8192)\n"
    "  --target-bytes N    of what is asked for (4096)\n"
    "  --body-bytes N      that come with a request, to be ignored (1048576)\n"
    "  --cache-bytes N     of memory for small files and heads (1048576)\n";

/* On standard error, in one piece. */
static void complain(const char *format, const char *what, const char *value, const char *why)
{
    char line[512];
    snprintf(line, sizeof line, format, what, value, why);
    fputs(line, stderr);
}

static _Noreturn void refuse(const char *what, const char *value, const char *why)
{
    complain("httpd: %s %s: %s\n", what, value, why);
    exit(2);
}

/* A number with at most three decimals, times `unit`; both ends are of the number itself. */
static unsigned long number(const char *option, const char *value, unsigned long least,
                            unsigned long most, unsigned long unit)
{
    unsigned long whole = 0, part = 0, scale = 1;
    const char *at = value;
    for (; *at >= '0' && *at <= '9' && whole <= most; at++)
        whole = whole * 10 + (unsigned long)(*at - '0');
    if (*at == '.' && unit > 1)
        for (at++; *at >= '0' && *at <= '9' && scale < 1000; at++) {
            part = part * 10 + (unsigned long)(*at - '0');
            scale *= 10;
        }
    if (at == value || *at || whole > most || (whole < least && !part))
        refuse(option, value, "expected another number");
    return whole * unit + part * unit / scale;
}

static void take_option(const char *option, const char *value)
{
    const struct {
        const char *name;
        int *ms;
    } times[] = {
        {"--head-timeout", &options.head_ms},
        {"--idle-timeout", &options.idle_ms},
        {"--write-timeout", &options.write_ms},
        {"--stop-timeout", &options.stop_ms},
    };
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strcmp(option, times[i].name) == 0) {
            *times[i].ms = (int)number(option, value, 1, 1000000, 1000);
            return;
        }
    if (strcmp(option, "--port") == 0)
        options.port = (unsigned)number(option, value, 1, 65535, 1);
    else if (strcmp(option, "--address") == 0)
        options.address = value;
    else if (strcmp(option, "--root") == 0)
        options.root = value;
    else if (strcmp(option, "--log") == 0)
        options.log = value;
    else if (strcmp(option, "--connections") == 0)
        options.connections_max = (unsigned)number(option, value, 1, 1000000, 1);
    else if (strcmp(option, "--head-bytes") == 0)
        options.limits.head_bytes = number(option, value, 256, 65536, 1);
    else if (strcmp(option, "--target-bytes") == 0)
        options.limits.target_bytes = number(option, value, 16, 60000, 1);
    else if (strcmp(option, "--body-bytes") == 0)
        options.body_bytes_max = number(option, value, 0, 1000000000000000, 1);
    else if (strcmp(option, "--cache-bytes") == 0)
        options.cache_bytes = (unsigned)number(option, value, 0, 1000000000, 1);
    else
        refuse(option, value, "there is no such option (--help lists them)");
}

static void stop(int number)
{
    (void)number;
    loop_stop();
}

int main(int argc, char **argv)
{
    struct stat status;
    char port[40];
    for (int i = 1; i < argc; i += 2) {
        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) < 0;
        if (!argv[i + 1])
            refuse(argv[i], "", "expected a value (--help lists the options)");
        take_option(argv[i], argv[i + 1]);
    }
    if (stat(options.root, &status) || !S_ISDIR(status.st_mode))
        refuse("--root", options.root, "there is no such folder");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGTERM, stop);
    signal(SIGINT, stop);
    if (log_open()) {
        complain("httpd: %s %s: %s\n", "--log", options.log, strerror(errno));
        return 1;
    }
    if (loop_listen()) {
        snprintf(port, sizeof port, "%u", options.port);
        complain("httpd: %s %s: %s\n", "port", port, strerror(errno));
        return 1;
    }
    snprintf(port, sizeof port, "listening on port %u\n", options.port);
    fputs(port, stdout);
    fflush(stdout);
    loop_run();
    return 0;
}
