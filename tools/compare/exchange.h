/* SPDX-License-Identifier: MIT
 *
 * What a client asks a server, and how it knows that the answer is whole.
 */
#ifndef THIMBLE_COMPARE_EXCHANGE_H
#define THIMBLE_COMPARE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ANSWER_MAX 16384 /* of an HTTP answer's head, and of an answer by its end */

struct exchange {
    const char *request; /* these bytes */
    size_t request_bytes;
    const char *end; /* an answer goes up to these bytes and with them; NULL: it is HTTP's */
    size_t end_bytes;
    const char *title; /* for reports: "GET /" */
};

/* An answer as it comes in. A new one is all zeros. */
struct answer {
    char bytes[ANSWER_MAX + 1];
    size_t count;
    uint64_t body_left; /* of HTTP's, when its head is whole */
    bool in_body;
};

enum answer_state { ANSWER_PART, ANSWER_WHOLE, ANSWER_WRONG };

struct exchange exchange_http(const char *path);

/* Bytes as in C: \r \n \t \0 \\ \xHH. NULL when the text is no such, or empty. */
const char *exchange_bytes(const char *text, size_t *count);

/* More bytes of an answer have come. *why: what is wrong with it. */
enum answer_state answer_take(const struct exchange *exchange, struct answer *answer,
                              const char *bytes, size_t count, const char **why);

/* The server serves: as much of its answer is there as tells. */
bool answer_tells(const struct exchange *exchange, const struct answer *answer);

#endif
