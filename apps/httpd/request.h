/* SPDX-License-Identifier: MIT
 *
 * The head of an HTTP/1 request, taken apart where it stands: nothing is copied, and
 * spans point into the bytes that were given.
 */
#ifndef HTTPD_REQUEST_H
#define HTTPD_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const char *at; /* NULL: it is not there */
    size_t size;
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_OTHER, METHOD_UNKNOWN };

struct request {
    enum method method;
    unsigned minor;     /* of HTTP/1.minor */
    struct span line;   /* the request line, for the log */
    struct span target; /* as it was sent */
    struct span host, range, if_range, if_match, if_none_match, if_modified_since,
        if_unmodified_since;
    bool gzip;    /* the client takes it */
    bool persist; /* the connection stays after the answer */
    bool expects; /* it waits to be told before it sends its body */
    bool chunked; /* a body of unknown length follows */
    uint64_t body_bytes;
};

struct request_limits {
    size_t target_bytes, head_bytes;
};

/* Returns how many bytes the head has; 0 when it is not whole yet; or, less than 0, the
 * status of the answer that this deserves: -400, -414, -417, -431, -501, -505. Then
 * what was understood so far is in *request. */
int request_parse(const char *bytes, size_t size, const struct request_limits *limits,
                  struct request *request);

/* Is there `word` in a list with commas? Letters count alike in both cases. */
bool list_has(struct span list, const char *word);
bool span_is(struct span span, const char *word); /* the same for all of it */

#endif
