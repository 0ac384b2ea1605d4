/* SPDX-License-Identifier: MIT
 *
 * The parser of requests (RFC 9112, and what of RFC 9110 concerns a server of files).
 */
#include "request.h"

#include <endian.h>
#include <string.h>

/* Characters that names of fields and methods are made of. */
static const bool is_token[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['&'] = 1,         ['\''] = 1,
    ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,         ['^'] = 1,         ['_'] = 1,
    ['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool span_is(struct span span, const char *word)
{
    size_t i = 0;
    while (i < span.size && word[i] && lower(span.at[i]) == word[i])
        i++;
    return i == span.size && !word[i];
}

/* The same for a name that is known to have as many bytes as the word. */
#define NAME_IS(span, word) name_is((span).at, word, sizeof word - 1)

static inline bool name_is(const char *name, const char *word, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (name[i] != word[i] && lower(name[i]) != word[i])
            return false;
    return true;
}

static inline struct span trim(struct span span)
{
    while (span.size && (*span.at == ' ' || *span.at == '\t'))
        span.at++, span.size--;
    while (span.size && (span.at[span.size - 1] == ' ' || span.at[span.size - 1] == '\t'))
        span.size--;
    return span;
}

/* The next item of a list; it is taken off the list. */
static bool next_item(struct span *list, struct span *item)
{
    if (!list->size)
        return false;
    const char *comma = memchr(list->at, ',', list->size);
    size_t size = comma ? (size_t)(comma - list->at) : list->size;
    *item = trim((struct span){list->at, size});
    size += comma != NULL;
    list->at += size;
    list->size -= size;
    return true;
}

bool list_has(struct span list, const char *word)
{
    struct span item;
    while (next_item(&list, &item))
        if (span_is(item, word))
            return true;
    return false;
}

/* The first control character, eight bytes at a time; bytes above 127 are text. The lowest
 * bit that is left after the subtraction is that of the first byte below a blank. */
static const char *skip_text(const char *at, const char *end)
{
    const uint64_t ones = 0x0101010101010101, highs = 0x8080808080808080;
    for (; end - at >= 8; at += 8) {
        uint64_t bytes, below;
        memcpy(&bytes, at, 8);
        bytes = le64toh(bytes);
        below = (bytes - 0x20 * ones) & ~bytes & highs;
        if (below)
            return at + __builtin_ctzll(below) / 8;
    }
    while (at < end && (unsigned char)*at >= 0x20)
        at++;
    return at;
}

/* One line from *at on, without its end. 1: *at is behind it; 0: it is not whole; -1:
 * it has characters that have no business there. */
static int next_line(const char **at, const char *end, struct span *line)
{
    const char *stop = *at;
    for (;; stop++) {
        stop = skip_text(stop, end);
        if (stop == end)
            return 0;
        if (*stop != '\t')
            break;
    }
    *line = (struct span){*at, (size_t)(stop - *at)};
    if (*stop == '\r') {
        if (++stop == end)
            return 0;
    }
    if (*stop != '\n')
        return -1;
    *at = stop + 1;
    return 1;
}

static enum method method_of(struct span name)
{
    static const char *const others[] = {"POST",    "PUT",   "DELETE", "OPTIONS",
                                         "CONNECT", "TRACE", "PATCH",  NULL};
    if (name.size == 3 && memcmp(name.at, "GET", 3) == 0)
        return METHOD_GET;
    if (name.size == 4 && memcmp(name.at, "HEAD", 4) == 0)
        return METHOD_HEAD;
    for (unsigned i = 0; others[i]; i++)
        if (strlen(others[i]) == name.size && memcmp(name.at, others[i], name.size) == 0)
            return METHOD_OTHER;
    return METHOD_UNKNOWN;
}

static int parse_version(struct span text, struct request *request)
{
    if (text.size == 8 && memcmp(text.at, "HTTP/1.1", 8) == 0) {
        request->minor = 1;
        request->persist = true;
        return 0;
    }
    if (text.size != 8 || memcmp(text.at, "HTTP/", 5) != 0 || text.at[6] != '.' ||
        text.at[5] < '0' || text.at[5] > '9' || text.at[7] < '0' || text.at[7] > '9')
        return -400;
    if (text.at[5] != '1')
        return -505;
    request->minor = (unsigned)(text.at[7] - '0');
    request->persist = request->minor > 0;
    return 0;
}

static int parse_request_line(struct span line, const struct request_limits *limits,
                              struct request *request)
{
    const char *at = line.at, *end = line.at + line.size;
    request->line = line;
    if (line.size > 4 && memcmp(at, "GET ", 4) == 0) {
        request->method = METHOD_GET;
        at += 3;
    } else {
        while (at < end && is_token[(unsigned char)*at])
            at++;
        if (at == line.at || at == end || *at != ' ')
            return -400;
        request->method = method_of((struct span){line.at, (size_t)(at - line.at)});
    }
    const char *target = ++at, *space = memchr(at, ' ', (size_t)(end - at));
    if (!space || space == target)
        return -400;
    request->target = (struct span){target, (size_t)(space - target)};
    if (request->target.size > limits->target_bytes)
        return -414;
    return parse_version((struct span){space + 1, (size_t)(end - space - 1)}, request);
}

/* ";q=0" and the like behind a coding's name. */
static bool is_refused(struct span parameters)
{
    const char *q = parameters.at, *end = q + parameters.size;
    while (q < end && (*q == ' ' || *q == '\t' || *q == ';'))
        q++;
    if (end - q < 3 || lower(*q) != 'q' || q[1] != '=' || q[2] != '0')
        return false;
    for (q += 3; q < end; q++)
        if (*q >= '1' && *q <= '9')
            return false;
    return true;
}

static bool takes_gzip(struct span list)
{
    struct span item;
    bool any = false;
    while (next_item(&list, &item)) {
        const char *semicolon = memchr(item.at, ';', item.size);
        size_t size = semicolon ? (size_t)(semicolon - item.at) : item.size;
        struct span name = trim((struct span){item.at, size});
        bool taken = !is_refused((struct span){item.at + size, item.size - size});
        if (span_is(name, "gzip") || span_is(name, "x-gzip"))
            return taken;
        if (span_is(name, "*"))
            any = taken;
    }
    return any;
}

/* A number of bytes, the same each time it is said. */
static int take_length(struct span value, struct request *request, bool *has_length)
{
    uint64_t bytes = 0;
    if (!value.size || value.size > 18)
        return -400;
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] < '0' || value.at[i] > '9')
            return -400;
        bytes = bytes * 10 + (uint64_t)(value.at[i] - '0');
    }
    if (*has_length && bytes != request->body_bytes)
        return -400;
    *has_length = true;
    request->body_bytes = bytes;
    return 0;
}

struct head {
    struct request *request;
    bool has_length, close, keep;
};

static int take_once(struct span *place, struct span value)
{
    if (place->at)
        return -400;
    *place = value;
    return 0;
}

static int take_first(struct span *place, struct span value)
{
    if (!place->at)
        *place = value;
    return 0;
}

/* Fields are told apart by their lengths first. */
static int take_field(struct head *head, struct span name, struct span value)
{
    struct request *request = head->request;
    switch (name.size) {
    case 4:
        return NAME_IS(name, "host") ? take_once(&request->host, value) : 0;
    case 5:
        return NAME_IS(name, "range") ? take_once(&request->range, value) : 0;
    case 6:
        if (NAME_IS(name, "expect")) {
            request->expects = true;
            return span_is(value, "100-continue") ? 0 : -417;
        }
        return 0;
    case 8:
        if (NAME_IS(name, "if-range"))
            return take_first(&request->if_range, value);
        return NAME_IS(name, "if-match") ? take_first(&request->if_match, value) : 0;
    case 10:
        if (NAME_IS(name, "connection")) {
            head->close |= list_has(value, "close");
            head->keep |= list_has(value, "keep-alive");
        }
        return 0;
    case 13:
        return NAME_IS(name, "if-none-match") ? take_first(&request->if_none_match, value) : 0;
    case 14:
        if (NAME_IS(name, "content-length"))
            return take_length(value, request, &head->has_length);
        return 0;
    case 15:
        if (NAME_IS(name, "accept-encoding"))
            request->gzip = takes_gzip(value);
        return 0;
    case 17:
        if (NAME_IS(name, "transfer-encoding")) {
            if (request->chunked || !span_is(value, "chunked"))
                return -501;
            request->chunked = true;
        }
        return NAME_IS(name, "if-modified-since") ? take_first(&request->if_modified_since, value)
                                                  : 0;
    case 19:
        return NAME_IS(name, "if-unmodified-since")
                   ? take_first(&request->if_unmodified_since, value)
                   : 0;
    default:
        return 0;
    }
}

static int parse_field(struct head *head, struct span line)
{
    const char *at = line.at, *end = line.at + line.size;
    while (at < end && is_token[(unsigned char)*at])
        at++;
    if (at == line.at || at == end || *at != ':') /* folded lines too */
        return -400;
    struct span name = {line.at, (size_t)(at - line.at)};
    return take_field(head, name, trim((struct span){at + 1, (size_t)(end - at - 1)}));
}

static int check(struct head *head)
{
    struct request *request = head->request;
    if (request->minor && !request->host.at)
        return -400;
    if (request->chunked && (head->has_length || !request->minor))
        return -400; /* who believes which of them is how requests are smuggled */
    if (head->close)
        request->persist = false;
    else if (head->keep)
        request->persist = true;
    return 0;
}

/* What there is of a head that is not whole: too much already? */
static int check_limits(const char *start, size_t size, bool in_first_line,
                        const struct request_limits *limits)
{
    if (in_first_line && size > limits->target_bytes + sizeof "OPTIONS  HTTP/1.1\r\n")
        return -414;
    if (size >= limits->head_bytes)
        return in_first_line && memchr(start, ' ', size) ? -414 : -431;
    return 0;
}

int request_parse(const char *bytes, size_t size, const struct request_limits *limits,
                  struct request *request)
{
    const char *at = bytes, *end = bytes + size;
    struct head head = {.request = request};
    struct span line;
    int got, status;
    *request = (struct request){.method = METHOD_UNKNOWN};
    while ((got = next_line(&at, end, &line)) > 0) {
        if (request->line.at && !line.size) {
            if ((size_t)(at - bytes) > limits->head_bytes)
                return -431;
            status = check(&head);
            return status ? status : (int)(at - bytes);
        }
        if (!line.size) /* empty lines before a request are left over from the last one */
            continue;
        status =
            request->line.at ? parse_field(&head, line) : parse_request_line(line, limits, request);
        if (status)
            return status;
    }
    if (got < 0)
        return -400;
    return request->line.at ? check_limits(bytes, size, false, limits)
                            : check_limits(at, size, true, limits);
}
