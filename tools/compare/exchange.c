/* SPDX-License-Identifier: MIT
 *
 * Requests and answers: HTTP/1.1, or bytes that the user gives.
 */
#include "exchange.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tools/text.h"

#define STATUS_LINE "HTTP/1.1 200"

struct exchange exchange_http(const char *path)
{
    const char *request = text_format("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    return (struct exchange){
        .request = request, .request_bytes = strlen(request), .title = text_format("GET %s", path)};
}

static int digit(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

/* The byte behind a backslash, or -1; *text: behind it. */
static int escaped(const char **text)
{
    static const char names[] = "rnt0\\", values[] = "\r\n\t\0\\";
    const char *at = *text;
    const char *name = *at ? strchr(names, *at) : NULL;
    if (name) {
        *text = at + 1;
        return (unsigned char)values[name - names];
    }
    if (*at != 'x' || digit(at[1]) < 0 || digit(at[2]) < 0)
        return -1;
    *text = at + 3;
    return digit(at[1]) * 16 + digit(at[2]);
}

const char *exchange_bytes(const char *text, size_t *count)
{
    char *bytes = memory_new(strlen(text) + 1);
    *count = 0;
    while (*text) {
        int byte = (unsigned char)*text++;
        if (byte == '\\' && (byte = escaped(&text)) < 0)
            return NULL;
        bytes[(*count)++] = (char)byte;
    }
    return *count ? bytes : NULL;
}

/* The head is whole: how much follows? */
static enum answer_state read_head(struct answer *answer, size_t bytes, const char **why)
{
    const char *length = strcasestr(answer->bytes, "\r\nContent-Length:");
    if (strncmp(answer->bytes, STATUS_LINE, strlen(STATUS_LINE)) != 0 || !length) {
        *why = text_format("an answer begins with \"%.*s\" or has no length",
                           (int)strcspn(answer->bytes, "\r\n"), answer->bytes);
        return ANSWER_WRONG;
    }
    uint64_t body = strtoull(length + strlen("\r\nContent-Length:"), NULL, 10);
    uint64_t here = answer->count - bytes;
    answer->in_body = true;
    answer->body_left = here > body ? 0 : body - here;
    return answer->body_left ? ANSWER_PART : ANSWER_WHOLE;
}

static enum answer_state look_for_end(const struct exchange *exchange, const struct answer *answer,
                                      const char **why)
{
    const char *end = memmem(answer->bytes, answer->count, exchange->end, exchange->end_bytes);
    if (!end)
        return ANSWER_PART;
    if (end + exchange->end_bytes == answer->bytes + answer->count)
        return ANSWER_WHOLE;
    *why = "an answer goes on behind its end";
    return ANSWER_WRONG;
}

enum answer_state answer_take(const struct exchange *exchange, struct answer *answer,
                              const char *bytes, size_t count, const char **why)
{
    if (answer->in_body) {
        answer->body_left -= count < answer->body_left ? count : answer->body_left;
        return answer->body_left ? ANSWER_PART : ANSWER_WHOLE;
    }
    size_t room = ANSWER_MAX - answer->count, taken = count < room ? count : room;
    memcpy(answer->bytes + answer->count, bytes, taken);
    answer->count += taken;
    answer->bytes[answer->count] = 0;
    enum answer_state state = ANSWER_PART;
    if (exchange->end) {
        state = look_for_end(exchange, answer, why);
    } else {
        const char *end = memmem(answer->bytes, answer->count, "\r\n\r\n", 4);
        if (end)
            state = read_head(answer, (size_t)(end + 4 - answer->bytes), why);
    }
    if (answer->in_body && taken < count) /* the rest is of the body */
        return answer_take(exchange, answer, bytes + taken, count - taken, why);
    if (state != ANSWER_PART || answer->in_body || answer->count < ANSWER_MAX)
        return state;
    *why = text_format("%d bytes of an answer have come, and %s", ANSWER_MAX,
                       exchange->end ? "not its end" : "its head is not whole");
    return ANSWER_WRONG;
}

bool answer_tells(const struct exchange *exchange, const struct answer *answer)
{
    if (exchange->end)
        return memmem(answer->bytes, answer->count, exchange->end, exchange->end_bytes);
    return strncmp(answer->bytes, STATUS_LINE, strlen(STATUS_LINE)) == 0;
}
