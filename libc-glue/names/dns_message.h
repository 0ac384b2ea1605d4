/* SPDX-License-Identifier: MIT
 *
 * DNS messages (RFC 1035): questions out, answers in. Pure code over bytes that
 * somebody sent; nothing of an answer is believed that does not fit its question.
 */
#ifndef GLUE_DNS_MESSAGE_H
#define GLUE_DNS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

#define DNS_NAME_BYTES    256  /* a name as text, with its end */
#define DNS_QUERY_BYTES   280  /* the longest question */
#define DNS_MESSAGE_BYTES 4096 /* as much of an answer as is looked at */
#define DNS_ADDRESSES_MAX 24   /* of one kind */

enum { DNS_A = 1, DNS_CNAME = 5, DNS_PTR = 12, DNS_AAAA = 28 };

struct dns_answer {
    char name[DNS_NAME_BYTES]; /* canonical; of a PTR question: the name */
    unsigned count;
    unsigned char addresses[DNS_ADDRESSES_MAX][16];
};

enum dns_verdict {
    DNS_FOREIGN,   /* not an answer to this question: as if it had not come */
    DNS_FOUND,     /* there is an answer */
    DNS_NO_NAME,   /* no such name */
    DNS_NO_DATA,   /* the name has nothing of this kind */
    DNS_TRUNCATED, /* ask again by TCP */
    DNS_FAILED,    /* this server cannot or will not tell */
};

/* Writes the question; its length, 0 when `name` cannot be one. */
size_t dns_question_put(unsigned char to[DNS_QUERY_BYTES], uint16_t id, const char *name, int type);

enum dns_verdict dns_answer_take(const unsigned char *message, size_t size_bytes,
                                 const unsigned char *question, size_t question_bytes,
                                 struct dns_answer *to);

/* A compressed name at `at`: written as text without a dot at the end. Where it ends
 * in the message, or 0 when it is none. */
size_t dns_name_get(const unsigned char *message, size_t size_bytes, size_t at,
                    char to[DNS_NAME_BYTES]);

/* Names after one another, those of hosts: with spaces between them. */
void dns_search_get(const unsigned char *names, size_t size_bytes, char to[DNS_NAME_BYTES]);

/* Can this be the name of a host? Letters, digits, - and _ with dots between them. */
bool dns_name_is_host(const char *name);

#pragma GCC visibility pop

#endif
