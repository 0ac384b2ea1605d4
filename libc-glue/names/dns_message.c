/* SPDX-License-Identifier: MIT */
#include "libc-glue/names/dns_message.h"

#include <string.h>
#include <strings.h>

#define HEADER_BYTES   12
#define LABEL_MAX      63
#define NAME_WIRE_MAX  255
#define CLASS_INTERNET 1
#define ALIASES_MAX    12

static unsigned get16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

static unsigned char *put16(unsigned char *to, unsigned value)
{
    to[0] = (unsigned char)(value >> 8);
    to[1] = (unsigned char)value;
    return to + 2;
}

static bool letter_is_good(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
}

bool dns_name_is_host(const char *name)
{
    size_t label = 0, length = strlen(name);

    if (!length || length > NAME_WIRE_MAX - 1)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '.' ? !label : !letter_is_good(name[i]) || label == LABEL_MAX)
            return false;
        label = name[i] == '.' ? 0 : label + 1;
    }
    return true;
}

size_t dns_question_put(unsigned char to[DNS_QUERY_BYTES], uint16_t id, const char *name, int type)
{
    unsigned char *at = to;
    size_t length = strlen(name);

    if (!dns_name_is_host(name) || length - (name[length - 1] == '.') > NAME_WIRE_MAX - 2)
        return 0;
    at = put16(at, id);
    at = put16(at, 0x0100); /* recursion desired */
    at = put16(at, 1);
    memset(at, 0, 6);
    at += 6;
    while (*name) {
        size_t label = strcspn(name, ".");
        *at++ = (unsigned char)label;
        memcpy(at, name, label);
        at += label;
        name += label + (name[label] == '.');
    }
    *at++ = 0;
    at = put16(at, (unsigned)type);
    at = put16(at, CLASS_INTERNET);
    return (size_t)(at - to);
}

/* Pointers lead towards the beginning only, so that there is an end. */
size_t dns_name_get(const unsigned char *message, size_t size_bytes, size_t at,
                    char to[DNS_NAME_BYTES])
{
    size_t end = 0, limit = at, length = 0;

    for (;;) {
        if (at >= size_bytes)
            return 0;
        size_t label = message[at];
        if (label >= 0xc0) {
            if (at + 2 > size_bytes)
                return 0;
            end = end ? end : at + 2;
            at = get16(message + at) & 0x3fff;
            if (at >= limit)
                return 0;
            limit = at;
            continue;
        }
        if (label > LABEL_MAX || at + 1 + label > size_bytes ||
            length + label + 1 > NAME_WIRE_MAX - 1)
            return 0;
        if (!label)
            break;
        if (length)
            to[length++] = '.';
        for (size_t i = 0; i < label; i++) {
            char c = (char)message[at + 1 + i];
            /* What cannot stand in a text is told from every text. */
            to[length++] = c == '.' || c <= ' ' || c == 0x7f ? '?' : c;
        }
        at += 1 + label;
    }
    to[length] = 0;
    return end ? end : at + 1;
}

void dns_search_get(const unsigned char *names, size_t size_bytes, char to[DNS_NAME_BYTES])
{
    char name[DNS_NAME_BYTES];
    size_t length = 0, at = 0;

    while (at < size_bytes) {
        at = dns_name_get(names, size_bytes, at, name);
        if (!at)
            return;
        size_t bytes = strlen(name);
        if (!dns_name_is_host(name) || length + bytes + 2 > DNS_NAME_BYTES)
            continue;
        if (length)
            to[length++] = ' ';
        memcpy(to + length, name, bytes + 1);
        length += bytes;
    }
}

struct record {
    char owner[DNS_NAME_BYTES];
    unsigned type, class;
    size_t data, data_bytes, next;
};

static bool record_get(const unsigned char *message, size_t size_bytes, size_t at,
                       struct record *to)
{
    at = dns_name_get(message, size_bytes, at, to->owner);
    if (!at || at + 10 > size_bytes)
        return false;
    to->type = get16(message + at);
    to->class = get16(message + at + 2);
    to->data_bytes = get16(message + at + 8);
    to->data = at + 10;
    to->next = to->data + to->data_bytes;
    return to->next <= size_bytes;
}

/* The question comes back as it was asked, but for the case of letters. */
static bool question_fits(const unsigned char *message, size_t size_bytes,
                          const unsigned char *question, size_t question_bytes)
{
    if (size_bytes < question_bytes || memcmp(message, question, 2) ||
        !(message[2] & 0x80) || /* an answer */
        (message[2] & 0x78) || get16(message + 4) != 1)
        return false;
    for (size_t i = HEADER_BYTES; i < question_bytes; i++) {
        char a = (char)message[i], b = (char)question[i];
        if (a != b && (!letter_is_good(a) || strncasecmp(&a, &b, 1)))
            return false;
    }
    return true;
}

/* Follows the aliases of a name to where its data are. False: they go in a circle. */
static bool aliases_follow(const unsigned char *message, size_t size_bytes, size_t start,
                           unsigned count, char name[DNS_NAME_BYTES])
{
    struct record record;
    bool again = true;

    for (int steps = 0; again; steps++) {
        size_t at = start;
        if (steps > ALIASES_MAX)
            return false;
        again = false;
        for (unsigned i = 0; i < count && record_get(message, size_bytes, at, &record) && !again;
             i++, at = record.next)
            if (record.type == DNS_CNAME && record.class == CLASS_INTERNET &&
                !strcasecmp(record.owner, name))
                again = dns_name_get(message, record.next, record.data, name) == record.next;
    }
    return true;
}

/* Takes the data of one record. False: it is not what a record of its kind holds. */
static bool data_take(const unsigned char *message, const struct record *record,
                      struct dns_answer *to)
{
    size_t bytes = record->type == DNS_A ? 4 : 16;

    if (record->type == DNS_PTR)
        return !to->count++ && dns_name_get(message, record->next, record->data, to->name);
    if (record->data_bytes != bytes || to->count == DNS_ADDRESSES_MAX)
        return false;
    memcpy(to->addresses[to->count++], message + record->data, bytes);
    return true;
}

static void data_collect(const unsigned char *message, size_t size_bytes, size_t at, unsigned count,
                         unsigned type, struct dns_answer *to)
{
    char owner[DNS_NAME_BYTES];
    struct record record;

    memcpy(owner, to->name, sizeof owner);
    for (unsigned i = 0; i < count && record_get(message, size_bytes, at, &record);
         i++, at = record.next)
        if (record.type == type && record.class == CLASS_INTERNET &&
            !strcasecmp(record.owner, owner))
            data_take(message, &record, to);
}

enum dns_verdict dns_answer_take(const unsigned char *message, size_t size_bytes,
                                 const unsigned char *question, size_t question_bytes,
                                 struct dns_answer *to)
{
    unsigned type = get16(question + question_bytes - 4), count;

    to->count = 0;
    if (!question_fits(message, size_bytes, question, question_bytes))
        return DNS_FOREIGN;
    if (message[2] & 0x02)
        return DNS_TRUNCATED;
    if ((message[3] & 0xf) == 3)
        return DNS_NO_NAME;
    if (message[3] & 0xf)
        return DNS_FAILED;
    count = get16(message + 6);
    if (!dns_name_get(message, size_bytes, HEADER_BYTES, to->name) ||
        !aliases_follow(message, size_bytes, question_bytes, count, to->name))
        return DNS_FAILED;
    data_collect(message, size_bytes, question_bytes, count, type, to);
    if (!dns_name_is_host(to->name))
        return DNS_FAILED;
    return to->count ? DNS_FOUND : DNS_NO_DATA;
}
