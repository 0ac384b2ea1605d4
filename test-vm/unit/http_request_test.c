/* SPDX-License-Identifier: MIT
 *
 * The web server's understanding of what clients write: requests by hand, cut off at
 * every byte, and damaged; paths, ranges, dates, tags.
 */
// sources: apps/httpd/request.c apps/httpd/target.c
#include "apps/httpd/request.h"
#include "apps/httpd/target.h"
#include "unit.h"

static const struct request_limits limits = {.target_bytes = 256, .head_bytes = 1024};

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* In memory of just that size, so that a byte too far is seen. */
static int parse_bytes(const char *bytes, size_t size, struct request *request)
{
    static char *last;
    free(last);
    last = malloc(size ? size : 1);
    memcpy(last, bytes, size);
    return request_parse(last, size, &limits, request);
}

static int parse(const char *text, struct request *request)
{
    return parse_bytes(text, strlen(text), request);
}

static int status_of(const char *text)
{
    struct request request;
    return parse(text, &request);
}

#define WHOLE(text) CHECK(status_of(text) == (int)sizeof(text) - 1)

static void requests_good(void)
{
    struct request request;
    CHECK(parse("GET /a%20b?c HTTP/1.1\r\nHost: x\r\n\r\nrest", &request) == 34);
    CHECK(request.method == METHOD_GET && request.minor == 1 && request.persist);
    CHECK(span_is(request.target, "/a%20b?c") && span_is(request.host, "x"));
    CHECK(!request.gzip && !request.range.at && !request.body_bytes);
    CHECK(span_is(request.line, "get /a%20b?c http/1.1"));
    WHOLE("HEAD / HTTP/1.0\r\n\r\n");
    WHOLE("GET / HTTP/1.1\nHost:\n\n");
    WHOLE("\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n");
    WHOLE("GET / HTTP/1.1\r\nHost: x\r\nX-Odd.~!: \xc3\xbc\t;\r\n\r\n");
    CHECK(parse("GET / HTTP/1.1\r\nhOST:\t x \t\r\nConnection: Keep-Alive , cLose\r\n\r\n",
                &request) > 0);
    CHECK(!request.persist && span_is(request.host, "x"));
    CHECK(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", &request) > 0);
    CHECK(request.persist && request.minor == 0);
    CHECK(parse("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 17\r\nContent-Length: 17\r\n\r\n",
                &request) > 0);
    CHECK(request.method == METHOD_OTHER && request.body_bytes == 17);
    CHECK(parse("BREW / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", &request) > 0);
    CHECK(request.method == METHOD_UNKNOWN && request.chunked);
    CHECK(parse("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nRange: bytes=1-2\r\n"
                "If-None-Match: \"a\"\r\nIf-None-Match: \"b\"\r\n\r\n",
                &request) > 0);
    CHECK(request.expects && span_is(request.range, "bytes=1-2"));
    CHECK(span_is(request.if_none_match, "\"a\""));
}

static void requests_bad(void)
{
    CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == -400); /* no host */
    CHECK(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == -400);
    CHECK(status_of("GET /\r\n\r\n") == -400);
    CHECK(status_of("GET  / HTTP/1.1\r\n") == -400);
    CHECK(status_of("GET / x HTTP/1.1\r\n") == -400);
    CHECK(status_of(" GET / HTTP/1.1\r\n") == -400);
    CHECK(status_of("GET / http/1.1\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.10\r\n") == -400);
    CHECK(status_of("GET / HTTP/2.0\r\n") == -505);
    CHECK(status_of("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == -505);
    CHECK(status_of("G(T / HTTP/1.1\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost : x\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost x\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\n: x\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\rHost: x\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\ry\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\x01y\r\n") == -400);
    CHECK(status_of("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n") ==
          -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n") ==
          -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
                    "Transfer-Encoding: chunked\r\n\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == -400);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n") == -501);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nExpect: the worst\r\n") == -417);
    CHECK(status_of("GET / HTTP/1.1\r\nHost: x\r\nRange: a\r\nRange: b\r\n") == -400);
    struct request request;
    CHECK(parse_bytes("GET /\0 HTTP/1.1\r\n", 17, &request) == -400);
}

static void requests_large(void)
{
    static char text[4096];
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "GET /", 5);
    CHECK(status_of(text) == -414);
    memcpy(text + 5 + 256, " HTTP/1.1\r\n", 12);
    CHECK(status_of(text) == -414);
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "GET / HTTP/1.1\r\nX: ", 19);
    CHECK(status_of(text) == -431);
    text[1100] = '\r', text[1101] = '\n', text[1102] = '\r', text[1103] = '\n';
    CHECK(status_of(text) == -400 || status_of(text) == -431);
    text[1023] = 0;
    CHECK(status_of(text) == 0);
    memset(text, '\n', sizeof text - 1);
    CHECK(status_of(text) < 0); /* empty lines for ever */
}

/* Whatever is cut off of a good request is not whole yet, and never anything else. */
static void requests_cut(void)
{
    static const char good[] =
        "\r\nGET /some/path?query HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: test/1\r\n"
        "Accept: */*\r\nAccept-Encoding: gzip, deflate;q=0\r\nRange: bytes=0-\r\n"
        "Connection: keep-alive\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";
    struct request request;
    for (size_t size = 0; size < sizeof good - 1; size++)
        CHECK(parse_bytes(good, size, &request) == 0);
    CHECK(parse_bytes(good, sizeof good - 1, &request) == (int)sizeof good - 1);
    CHECK(request.gzip && request.persist);
}

static void requests_damaged(void)
{
    static const char *const seeds[] = {
        "GET /a/../b%20?q=1 HTTP/1.1\r\nHost: h\r\nRange: bytes=10-20\r\nIf-Range: \"x\"\r\n\r\n",
        "POST http://h/x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: "
        "100-continue\r\n\r\n12345",
        "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\nAccept-Encoding: *;q=0, gzip;q=0.5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost:\r\nIf-None-Match: W/\"a\", \"b\"\r\nTransfer-Encoding: "
        "chunked\r\n\r\n",
    };
    static const char interesting[] = "\r\n \t:/%.,;=\"\\-0aA\0\x7f\xff";
    static char text[2048];
    for (unsigned round = 0; round < 200000; round++) {
        const char *seed = seeds[random_below(sizeof seeds / sizeof *seeds)];
        size_t size = strlen(seed);
        struct request request;
        char path[PATH_BYTES_MAX];
        uint64_t first, last;
        memcpy(text, seed, size);
        for (size_t i = random_below(6) + 1; i--;) {
            size_t at = random_below(size), count = random_below(9);
            switch (random_below(4)) {
            case 0:
                text[at] = (char)random_next();
                break;
            case 1:
                text[at] = interesting[random_below(sizeof interesting - 1)];
                break;
            case 2: /* something goes */
                count = count > size - at ? size - at : count;
                memmove(text + at, text + at + count, size - at - count);
                size -= count;
                break;
            case 3: /* something comes twice */
                count = count > size - at ? size - at : count;
                memmove(text + at + count, text + at, size - at);
                size += count;
                break;
            }
            if (!size)
                break;
        }
        int result = parse_bytes(text, size, &request);
        CHECK(result <= (int)size);
        if (result <= 0)
            continue;
        CHECK(request.target.size > 0 && request.line.at);
        if (target_path(request.target, path) == 0) {
            CHECK(*path != '/' && !strstr(path, "//"));
            CHECK(strncmp(path, "../", 3) != 0 && !strstr(path, "/../"));
            CHECK(strcmp(path, "..") != 0);
        }
        if (request.range.at && range_parse(request.range, 1000, &first, &last) > 0)
            CHECK(first <= last && last < 1000);
        if (request.if_none_match.at)
            tag_matches(request.if_none_match, "\"b\"", true);
        if (request.if_modified_since.at)
            date_parse(request.if_modified_since);
    }
}

static void path_is(const char *target, const char *wanted)
{
    char path[PATH_BYTES_MAX];
    CHECK(target_path(span_of(target), path) == 0);
    CHECK_TEXT(path, wanted);
}

static int path_status(const char *target)
{
    char path[PATH_BYTES_MAX];
    return target_path(span_of(target), path);
}

static void paths(void)
{
    char text[1200];
    path_is("/", "");
    path_is("/index.html", "index.html");
    path_is("/a/b/", "a/b/");
    path_is("//a///b", "a/b");
    path_is("/a/./b/.", "a/b/");
    path_is("/a/b/..", "a/");
    path_is("/a/b/../../c", "c");
    path_is("/a/..", "");
    path_is("/%61%2f%62", "a/b");
    path_is("/a%20b?c=/../..", "a b");
    path_is("/..a/b..", "..a/b..");
    path_is("/...", "...");
    path_is("http://host:80/x/y?z", "x/y");
    path_is("HTTP://host", "");
    path_is("https://host?x", "");
    path_is("/\xc3\xbc", "\xc3\xbc");
    CHECK(path_status("/..") == -400);
    CHECK(path_status("/../etc/passwd") == -400);
    CHECK(path_status("/a/../../etc") == -400);
    CHECK(path_status("/%2e%2e/etc") == -400);
    CHECK(path_status("/a/%2E%2e/%2e./b") == -400);
    CHECK(path_status("/..%2f..%2fetc") == -400);
    CHECK(path_status("/a%00.html") == -400);
    CHECK(path_status("/%") == -400);
    CHECK(path_status("/%4") == -400);
    CHECK(path_status("/%zz") == -400);
    CHECK(path_status("/a#b") == -400);
    CHECK(path_status("*") == -400);
    CHECK(path_status("a/b") == -400);
    CHECK(path_status("ftp://host/x") == -400);
    CHECK(path_status("http:///x") == -400);
    memset(text, 'a', sizeof text - 1);
    text[0] = '/', text[sizeof text - 1] = 0;
    CHECK(path_status(text) == -414);
}

static void range_is(const char *text, uint64_t size, int wanted, uint64_t first, uint64_t last)
{
    uint64_t from = 0, to = 0;
    CHECK(range_parse(span_of(text), size, &from, &to) == wanted);
    CHECK(wanted <= 0 || (from == first && to == last));
}

static void ranges(void)
{
    range_is("bytes=0-0", 10, 1, 0, 0);
    range_is("bytes=2-", 10, 1, 2, 9);
    range_is("bytes=-3", 10, 1, 7, 9);
    range_is("bytes=-30", 10, 1, 0, 9);
    range_is("bytes=5-500", 10, 1, 5, 9);
    range_is("BYTES= 5-6", 10, 1, 5, 6);
    range_is("bytes=0-99999999999999999999999999", 10, 1, 0, 9);
    range_is("bytes=10-", 10, -1, 0, 0);
    range_is("bytes=99999999999999999999999999-", 10, -1, 0, 0);
    range_is("bytes=-0", 10, -1, 0, 0);
    range_is("bytes=0-", 0, -1, 0, 0);
    range_is("bytes=-5", 0, -1, 0, 0);
    range_is("bytes=6-5", 10, 0, 0, 0);
    range_is("bytes=-", 10, 0, 0, 0);
    range_is("bytes=", 10, 0, 0, 0);
    range_is("bytes=0-1,3-4", 10, 0, 0, 0);
    range_is("lines=0-1", 10, 0, 0, 0);
    range_is("bytes=a-b", 10, 0, 0, 0);
}

static void dates(void)
{
    char text[DATE_BYTES + 1];
    CHECK(date_parse(span_of("Sun, 06 Nov 1994 08:49:37 GMT")) == 784111777);
    date_write(784111777, text);
    CHECK_TEXT(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    for (time_t when = 0; when < 5000000000; when += 86400 * 13 + 12345) {
        date_write(when, text);
        CHECK(date_parse(span_of(text)) == when);
    }
    CHECK(date_parse(span_of("Sun, 06 Now 1994 08:49:37 GMT")) == -1);
    CHECK(date_parse(span_of("Sun, 06 anF 1994 08:49:37 GMT")) == -1);
    CHECK(date_parse(span_of("Sunday, 06-Nov-94 08:49:37 GMT")) == -1);
    CHECK(date_parse(span_of("06 Nov 1994 08:49:37 GMT")) == -1);
    CHECK(date_parse(span_of("")) == -1);
}

static void tags(void)
{
    CHECK(tag_matches(span_of("\"a\""), "\"a\"", false));
    CHECK(tag_matches(span_of("\"x\", \"a\" , \"b\""), "\"a\"", false));
    CHECK(tag_matches(span_of("*"), "\"a\"", false));
    CHECK(tag_matches(span_of("W/\"a\""), "\"a\"", true));
    CHECK(!tag_matches(span_of("W/\"a\""), "\"a\"", false));
    CHECK(!tag_matches(span_of("\"b\", a"), "\"a\"", true));
    CHECK(!tag_matches(span_of("\""), "\"a\"", true));
    CHECK(!tag_matches(span_of(""), "\"a\"", true));
}

static void codings(void)
{
    static const struct {
        const char *value;
        bool gzip;
    } rows[] = {
        {"gzip", true},
        {"deflate, GZIP;q=0.5", true},
        {"*", true},
        {"gzip;q=0", false},
        {"gzip ; q=0.000", false},
        {"*;q=0", false},
        {"deflate", false},
        {"", false},
        {"*;q=0, gzip", true},
        {"gzip;q=0, *", false},
        {"gzip;q=0.001", true},
        {"identity, br", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        struct request request;
        snprintf(text, sizeof text, "GET / HTTP/1.0\r\nAccept-Encoding: %s\r\n\r\n", rows[i].value);
        CHECK(parse(text, &request) > 0);
        CHECK(request.gzip == rows[i].gzip);
    }
}

UNIT_MAIN(TEST(requests_good), TEST(requests_bad), TEST(requests_large), TEST(requests_cut),
          TEST(requests_damaged), TEST(paths), TEST(ranges), TEST(dates), TEST(tags), TEST(codings))
