/* SPDX-License-Identifier: MIT
 *
 * DNS messages: good answers, answers to other questions, names that go in circles,
 * and damaged answers of all kinds, each in memory of exactly its size.
 */
// sources: libc-glue/names/dns_message.c
#include "libc-glue/names/dns_message.h"
#include "unit.h"

struct text {
    unsigned char bytes[4096];
    size_t size;
};

static unsigned char question[DNS_QUERY_BYTES];
static size_t question_size;

static void ask(const char *name, int type)
{
    question_size = dns_question_put(question, 0x1234, name, type);
    CHECK(question_size);
}

static void put16(struct text *to, unsigned value)
{
    to->bytes[to->size++] = (unsigned char)(value >> 8);
    to->bytes[to->size++] = (unsigned char)value;
}

/* An answer's header and the question again. */
static struct text answer_begin(unsigned flags, unsigned count)
{
    struct text to = {.size = question_size};

    memcpy(to.bytes, question, question_size);
    to.bytes[2] = (unsigned char)(0x81 | flags >> 8);
    to.bytes[3] = (unsigned char)(0x80 | flags);
    to.bytes[7] = (unsigned char)count;
    return to;
}

/* A record whose owner is at `owner`, and returns where its data begin. */
static size_t record(struct text *to, size_t owner, unsigned type, const void *data, size_t bytes)
{
    put16(to, 0xc000 | (unsigned)owner);
    put16(to, type);
    put16(to, 1);
    put16(to, 0);
    put16(to, 60);
    put16(to, (unsigned)bytes);
    memcpy(to->bytes + to->size, data, bytes);
    to->size += bytes;
    return to->size - bytes;
}

static enum dns_verdict take(const struct text *text, struct dns_answer *answer)
{
    unsigned char *exact = malloc(text->size ? text->size : 1);
    enum dns_verdict verdict;

    memcpy(exact, text->bytes, text->size);
    verdict = dns_answer_take(exact, text->size, question, question_size, answer);
    free(exact);
    return verdict;
}

static void test_questions(void)
{
    char longest[300], label[80];

    ask("www.example.org", DNS_A);
    CHECK(question_size == 12 + 17 + 4);
    CHECK(!memcmp(question + 12, "\3www\7example\3org\0\0\1\0\1", 21));
    ask("www.example.org.", DNS_A);
    CHECK(question_size == 12 + 17 + 4);
    CHECK(!dns_question_put(question, 1, "", DNS_A));
    CHECK(!dns_question_put(question, 1, ".", DNS_A));
    CHECK(!dns_question_put(question, 1, "a..b", DNS_A));
    CHECK(!dns_question_put(question, 1, ".a", DNS_A));
    CHECK(!dns_question_put(question, 1, "a b", DNS_A));
    CHECK(!dns_question_put(question, 1, "\xc3\xa4", DNS_A));
    memset(label, 'x', sizeof label);
    label[63] = 0;
    CHECK(dns_question_put(question, 1, label, DNS_A));
    label[63] = 'x';
    label[64] = 0;
    CHECK(!dns_question_put(question, 1, label, DNS_A));
    for (int i = 0; i < 299; i++)
        longest[i] = i % 2 ? '.' : 'a';
    longest[253] = 0;
    CHECK(dns_question_put(question, 1, longest, DNS_A) == 12 + 255 + 4);
    longest[253] = '.';
    longest[254] = 'a';
    longest[255] = 0;
    CHECK(!dns_question_put(question, 1, longest, DNS_A));
}

static void test_answers(void)
{
    struct dns_answer answer;
    struct text text;
    size_t target;

    ask("www.example.org", DNS_A);
    text = answer_begin(0, 4);
    target = record(&text, 12, DNS_CNAME, "\4host\xc0\x10", 7);
    record(&text, target, DNS_A, "\xc0\0\2\1", 4);
    record(&text, 12, DNS_A, "\xc0\0\2\77", 4); /* not of the canonical name */
    record(&text, target, DNS_A, "\xc0\0\2\2", 4);
    CHECK(take(&text, &answer) == DNS_FOUND);
    CHECK_TEXT(answer.name, "host.example.org");
    CHECK(answer.count == 2 && answer.addresses[1][3] == 2);

    text.bytes[1] ^= 1; /* somebody guessed */
    CHECK(take(&text, &answer) == DNS_FOREIGN);
    text.bytes[1] ^= 1;
    text.bytes[13] = 'W'; /* the case of letters is free */
    CHECK(take(&text, &answer) == DNS_FOUND);
    text.bytes[13] = 'v';
    CHECK(take(&text, &answer) == DNS_FOREIGN);
    text.bytes[13] = 'w';
    text.bytes[2] &= 0x7f; /* a question */
    CHECK(take(&text, &answer) == DNS_FOREIGN);
    text.bytes[2] |= 0x80;
    text.bytes[question_size - 3] = DNS_AAAA;
    CHECK(take(&text, &answer) == DNS_FOREIGN);

    text = answer_begin(0, 0);
    CHECK(take(&text, &answer) == DNS_NO_DATA);
    text = answer_begin(3, 0);
    CHECK(take(&text, &answer) == DNS_NO_NAME);
    text = answer_begin(2, 0);
    CHECK(take(&text, &answer) == DNS_FAILED);
    text = answer_begin(0x200, 0);
    CHECK(take(&text, &answer) == DNS_TRUNCATED);

    ask("1.2.0.192.in-addr.arpa", DNS_PTR);
    text = answer_begin(0, 1);
    record(&text, 12, DNS_PTR, "\4host\7example\0", 14);
    CHECK(take(&text, &answer) == DNS_FOUND);
    CHECK_TEXT(answer.name, "host.example");
    text = answer_begin(0, 1);
    record(&text, 12, DNS_PTR, "\4h;st\7exa.ple\0", 14);
    CHECK(take(&text, &answer) == DNS_FAILED);
}

/* Aliases that lead to each other, pointers that lead to themselves or forward. */
static void test_circles(void)
{
    struct dns_answer answer;
    struct text text;
    char name[DNS_NAME_BYTES];
    unsigned char pointer[] = {0xc0, 0, 0xc0, 0, 0xc0, 4, 0};
    size_t target;

    ask("a.example", DNS_A);
    text = answer_begin(0, 2);
    target = record(&text, 12, DNS_CNAME, "\1b\xc0\x0e", 4);
    record(&text, target, DNS_CNAME, "\1a\xc0\x0e", 4);
    CHECK(take(&text, &answer) == DNS_FAILED);
    text = answer_begin(0, 1);
    record(&text, 12, DNS_CNAME, "\xc0\x0c", 2);
    CHECK(take(&text, &answer) == DNS_FAILED);

    CHECK(!dns_name_get(pointer, sizeof pointer, 0, name));
    CHECK(!dns_name_get(pointer, sizeof pointer, 2, name));
    CHECK(!dns_name_get(pointer, sizeof pointer, 4, name));
    CHECK(dns_name_get(pointer, sizeof pointer, 6, name) == 7 && !*name);
    CHECK(!dns_name_get((const unsigned char *)"\3ab", 3, 0, name));
    CHECK(!dns_name_get((const unsigned char *)"\1a", 2, 0, name));
    CHECK(!dns_name_get((const unsigned char *)"\x41", 1, 0, name));
}

/* More addresses than there is room for: as many as there is. */
static void test_many(void)
{
    struct dns_answer answer;
    struct text text;

    ask("many.example", DNS_AAAA);
    text = answer_begin(0, 100);
    for (unsigned char i = 0; i < 100; i++) {
        unsigned char address[16] = {0x20, 1, 0xd, 0xb8, [15] = i};
        record(&text, 12, DNS_AAAA, address, 16);
    }
    CHECK(take(&text, &answer) == DNS_FOUND);
    CHECK(answer.count == DNS_ADDRESSES_MAX);
    CHECK(answer.addresses[DNS_ADDRESSES_MAX - 1][15] == DNS_ADDRESSES_MAX - 1);
}

static void test_damaged(void)
{
    struct dns_answer answer;
    struct text good;
    unsigned verdicts[6] = {0};
    size_t target;

    ask("www.example.org", DNS_A);
    good = answer_begin(0, 3);
    target = record(&good, 12, DNS_CNAME, "\4host\xc0\x10", 7);
    record(&good, target, DNS_A, "\xc0\0\2\1", 4);
    record(&good, target, DNS_A, "\xc0\0\2\2", 4);
    for (size_t size = 0; size < good.size; size++) {
        struct text text = good;
        text.size = size;
        verdicts[take(&text, &answer)]++;
    }
    for (int round = 0; round < 400000; round++) {
        struct text text = good;
        for (size_t changes = 1 + random_below(6); changes; changes--)
            text.bytes[(round % 3 ? 0 : question_size) +
                       random_below(text.size - (round % 3 ? 0 : question_size))] =
                random_below(2) ? (unsigned char)random_next()
                                : (unsigned char)(0xc0 | random_below(4));
        text.size -= random_below(4) ? 0 : random_below(text.size);
        verdicts[take(&text, &answer)]++;
        CHECK(answer.count <= DNS_ADDRESSES_MAX);
    }
    for (int verdict = 0; verdict < 6; verdict++)
        CHECK(verdicts[verdict]); /* the changes reach everything */
}

UNIT_MAIN(TEST(test_questions), TEST(test_answers), TEST(test_circles), TEST(test_many),
          TEST(test_damaged))
