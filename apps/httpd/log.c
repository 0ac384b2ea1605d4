/* SPDX-License-Identifier: MIT
 *
 * The log, in the common format: host, time, request line, status, bytes.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

#define LINE_BYTES_MAX 1024
#define LOGGED_MAX     512 /* of a request line */

bool log_wanted;

static int log_fd = -1;
static char lines[8 * LINE_BYTES_MAX];
static size_t lines_bytes;

int log_open(void)
{
    if (!options.log)
        return 0;
    log_wanted = true;
    log_fd = strcmp(options.log, "-") == 0
                 ? STDOUT_FILENO
                 : open(options.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return log_fd < 0 ? -1 : 0;
}

/* A log that cannot be written is no reason to stop serving. */
void log_flush(void)
{
    for (size_t done = 0; done < lines_bytes;) {
        ssize_t count = write(log_fd, lines + done, lines_bytes - done);
        if (count <= 0)
            break;
        done += (size_t)count;
    }
    lines_bytes = 0;
}

/* Nothing that a client writes can look like a line of its own, or end the quotes. */
static char *put_safely(char *to, struct span text)
{
    for (size_t i = 0; i < text.size && i < LOGGED_MAX / 4; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
            to += sprintf(to, "\\x%02x", c);
        else
            *to++ = (char)c;
    }
    return to;
}

void log_answer(const struct connection *connection, const struct request *request, int status,
                uint64_t bytes)
{
    char host[INET6_ADDRSTRLEN] = "-", when[48];
    time_t now = (time_t)now_s;
    struct tm tm;
    if (IN6_IS_ADDR_V4MAPPED(&connection->peer))
        inet_ntop(AF_INET, connection->peer.s6_addr + 12, host, sizeof host);
    else
        inet_ntop(AF_INET6, &connection->peer, host, sizeof host);
    strftime(when, sizeof when, "%d/%b/%Y:%H:%M:%S +0000", gmtime_r(&now, &tm));
    if (sizeof lines - lines_bytes < LINE_BYTES_MAX)
        log_flush();
    char *to = lines + lines_bytes;
    to += sprintf(to, "%s - - [%s] \"", host, when);
    if (request->line.at)
        to = put_safely(to, request->line);
    else
        *to++ = '-';
    to += sprintf(to, "\" %d %llu\n", status, (unsigned long long)bytes);
    lines_bytes = (size_t)(to - lines);
}
