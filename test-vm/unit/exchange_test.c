/* SPDX-License-Identifier: MIT
 *
 * Requests and answers of compare's clients, in every way that bytes can be cut; and what a
 * program's folder says about comparing it.
 */
// sources: tools/compare/exchange.c tools/compare/folder_options.c tools/text.c tools/error.c
// sources: tools/file.c
#include "tools/compare/exchange.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/compare/folder_options.h"
#include "tools/text.h"
#include "unit.h"

static const char *why;

/* An answer in pieces of so many bytes: the last state; *whole_at: when it was whole. */
static enum answer_state feed(const struct exchange *exchange, const char *text, size_t step,
                              size_t *whole_at)
{
    static struct answer answer;
    size_t count = strlen(text);
    answer = (struct answer){0};
    for (size_t at = 0; at < count; at += step) {
        size_t bytes = count - at < step ? count - at : step;
        enum answer_state state = answer_take(exchange, &answer, text + at, bytes, &why);
        *whole_at = at + bytes;
        if (state != ANSWER_PART)
            return state;
    }
    return ANSWER_PART;
}

static void http(void)
{
    static const char text[] = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";
    const struct exchange get = exchange_http("/a");
    size_t at;
    CHECK(strncmp(get.request, "GET /a HTTP/1.1\r\n", 17) == 0);
    CHECK_TEXT(get.title, "GET /a");
    for (size_t step = 1; step <= sizeof text; step++) {
        CHECK(feed(&get, text, step, &at) == ANSWER_WHOLE);
        CHECK(at == sizeof text - 1);
    }
    CHECK(feed(&get, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 7, &at) == ANSWER_WHOLE);
    CHECK(feed(&get, "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", 7, &at) == ANSWER_WRONG);
    CHECK(strstr(why, "404 No"));
    CHECK(feed(&get, "HTTP/1.1 200 OK\r\n\r\n", 100, &at) == ANSWER_WRONG);
    CHECK(feed(&get, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 9, &at) == ANSWER_PART);
}

/* A body that is larger than what is kept of it, its first part in one piece with the head. */
static void long_body(void)
{
    static char text[3 * ANSWER_MAX];
    const struct exchange get = exchange_http("/");
    size_t at, head;
    head = (size_t)sprintf(text, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 2 * ANSWER_MAX);
    memset(text + head, 'x', 2 * ANSWER_MAX);
    CHECK(feed(&get, text, sizeof text, &at) == ANSWER_WHOLE);
    CHECK(feed(&get, text, ANSWER_MAX, &at) == ANSWER_WHOLE);
    CHECK(at == head + 2 * ANSWER_MAX);
    memset(text, 'x', sizeof text - 1);
    CHECK(feed(&get, text, 1000, &at) == ANSWER_WRONG);
    CHECK(strstr(why, "its head is not whole"));
}

static void bytes(void)
{
    struct exchange ping = {.title = "PING"};
    size_t at;
    ping.request = exchange_bytes("PING\\r\\n", &ping.request_bytes);
    ping.end = exchange_bytes("+PONG\\r\\n", &ping.end_bytes);
    CHECK(ping.request_bytes == 6 && memcmp(ping.request, "PING\r\n", 6) == 0);
    for (size_t step = 1; step < 8; step++)
        CHECK(feed(&ping, "+PONG\r\n", step, &at) == ANSWER_WHOLE);
    CHECK(feed(&ping, "-ERR unknown\r\n", 3, &at) == ANSWER_PART);
    CHECK(feed(&ping, "+PONG\r\n+PONG\r\n", 100, &at) == ANSWER_WRONG);
    CHECK(strstr(why, "behind its end"));
}

static void escapes(void)
{
    size_t count;
    const char *all = exchange_bytes("a\\t\\0\\\\\\x7fb\\xA0", &count);
    CHECK(count == 7 && memcmp(all,
                               "a\t\0\\\x7f"
                               "b\xa0",
                               7) == 0);
    CHECK(!exchange_bytes("", &count));
    CHECK(!exchange_bytes("a\\", &count));
    CHECK(!exchange_bytes("a\\x1", &count));
    CHECK(!exchange_bytes("a\\q", &count));
}

static void tells(void)
{
    static struct answer answer;
    const struct exchange get = exchange_http("/");
    answer_take(&get, &answer, "HTTP/1.1 20", 11, &why);
    CHECK(!answer_tells(&get, &answer));
    answer_take(&get, &answer, "0 OK", 4, &why);
    CHECK(answer_tells(&get, &answer)); /* before its length is known */
}

static void folder(void)
{
    char path[] = "/tmp/compare-options-XXXXXX";
    struct strings words = {0};
    CHECK(mkdtemp(path) != NULL);
    const char *file = text_format("%s/compare.options", path);
    folder_options(path, &words);
    CHECK(words.count == 0); /* none there */
    FILE *to = fopen(file, "w");
    fputs("# of a server\n\n--ask SET a  b\\r\\n\n--ready 6379\n--full-vm\n", to);
    fclose(to);
    folder_options(path, &words);
    CHECK(words.count == 5);
    CHECK_TEXT(words.at[0], "--ask");
    CHECK_TEXT(words.at[1], "SET a  b\\r\\n");
    CHECK_TEXT(words.at[3], "6379");
    CHECK_TEXT(words.at[4], "--full-vm");
    unlink(file);
    rmdir(path);
}

UNIT_MAIN(TEST(http), TEST(long_body), TEST(bytes), TEST(escapes), TEST(tells), TEST(folder))
