/* SPDX-License-Identifier: MIT
 *
 * Messages of DHCPv6: what a client says, what servers answer, and any bytes at all.
 */
// sources: libc-glue/net/dhcp6_message.c libc-glue/names/dns_message.c
#include "libc-glue/net/dhcp6_message.h"
#include "unit.h"

static const struct dhcp6_identity client = {.transaction = 0x123456,
                                             .hardware = {0x52, 0x54, 0, 0x12, 0x34, 0x56}};

#define CLIENT "\0\1\0\12\0\3\0\1\x52\x54\0\x12\x34\x56"
#define SERVER "\0\2\0\4\0\3\0\1"
#define NUMBER "\0\x12\x34\x56"
#define PLACE  "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\x50"

#define READ(text, to)                                                                             \
    dhcp6_answer_read(&client, (const unsigned char *)(text), sizeof(text) - 1, to)
#define MAKES(who, type, elapsed, text)                                                            \
    do {                                                                                           \
        unsigned char made[DHCP6_MESSAGE_BYTES];                                                   \
        CHECK(dhcp6_message_make(who, type, elapsed, made) == sizeof(text) - 1);                   \
        CHECK(memcmp(made, text, sizeof(text) - 1) == 0);                                          \
    } while (0)

static void test_questions(void)
{
    struct dhcp6_identity bound = client;

    MAKES(&client, DHCP6_INFORMATION, 0,
          "\13\x12\x34\x56" CLIENT "\0\10\0\2\0\0\0\6\0\4\0\27\0\30");
    MAKES(&client, DHCP6_SOLICIT, 1230,
          "\1\x12\x34\x56" CLIENT "\0\10\0\2\0\173\0\6\0\4\0\27\0\30"
          "\0\3\0\14" NUMBER "\0\0\0\0\0\0\0\0");
    bound.server_bytes = 4;
    memcpy(bound.server, "\0\3\0\1", 4);
    bound.has_address = true;
    memcpy(bound.address, PLACE, 16);
    MAKES(&bound, DHCP6_RENEW, 1u << 30,
          "\5\x12\x34\x56" CLIENT SERVER "\0\10\0\2\xff\xff\0\6\0\4\0\27\0\30"
          "\0\3\0\50" NUMBER "\0\0\0\0\0\0\0\0\0\5\0\30" PLACE "\0\0\0\0\0\0\0\0");
    MAKES(&bound, DHCP6_REBIND, 0, /* any server */
          "\6\x12\x34\x56" CLIENT "\0\10\0\2\0\0\0\6\0\4\0\27\0\30"
          "\0\3\0\50" NUMBER "\0\0\0\0\0\0\0\0\0\5\0\30" PLACE "\0\0\0\0\0\0\0\0");
}

#define LEASE(t1, t2, preferred, valid, more)                                                      \
    "\7\x12\x34\x56" SERVER CLIENT "\0\3\0\50" NUMBER t1 t2 "\0\5\0\30" PLACE preferred valid more

static void test_lease(void)
{
    struct dhcp6_answer answer;

    CHECK(READ(LEASE("\0\0\0\74", "\0\0\0\151", "\0\0\0\170", "\0\0\0\170",
                     "\0\27\0\20" PLACE "\0\30\0\5\3lan\0"),
               &answer));
    CHECK(answer.type == DHCP6_REPLY && answer.has_address && answer.server_bytes == 4);
    CHECK(memcmp(answer.address, PLACE, 16) == 0 && memcmp(answer.server, "\0\3\0\1", 4) == 0);
    CHECK(answer.renew_s == 60 && answer.rebind_s == 105);
    CHECK(answer.preferred_s == 120 && answer.valid_s == 120);
    CHECK(answer.names.server_count == 1 &&
          memcmp(answer.names.servers[0].address, PLACE, 16) == 0);
    CHECK_TEXT(answer.names.search, "lan");
    /* the server leaves the times to the client; and for ever */
    CHECK(READ(LEASE("\0\0\0\0", "\0\0\0\0", "\0\0\0\144", "\0\0\0\310", ""), &answer));
    CHECK(answer.rebind_s == 80 && answer.renew_s == 48);
    CHECK(READ(LEASE("\0\0\0\0", "\0\0\0\0", "\xff\xff\xff\xff", "\xff\xff\xff\xff", ""), &answer));
    CHECK(answer.rebind_s == DHCP6_FOREVER && answer.renew_s == DHCP6_FOREVER);
    /* longer preferred than valid; over; refused, by the whole or by the number */
    CHECK(READ(LEASE("\0\0\0\0", "\0\0\0\0", "\0\0\0\2", "\0\0\0\1", ""), &answer));
    CHECK(!answer.has_address);
    CHECK(READ(LEASE("\0\0\0\0", "\0\0\0\0", "\0\0\0\0", "\0\0\0\0", ""), &answer));
    CHECK(!answer.has_address);
    CHECK(!READ(LEASE("\0\0\0\0", "\0\0\0\0", "\0\0\0\1", "\0\0\0\1", "\0\15\0\2\0\1"), &answer));
    CHECK(READ("\7\x12\x34\x56" SERVER CLIENT "\0\3\0\22" NUMBER "\0\0\0\0\0\0\0\0\0\15\0\2\0\2",
               &answer));
    CHECK(!answer.has_address);
}

static void test_others(void)
{
    struct dhcp6_answer answer;

    CHECK(READ("\7\x12\x34\x56" CLIENT SERVER, &answer));
    CHECK(!READ("\7\x12\x34\x57" CLIENT SERVER, &answer)); /* another question's */
    CHECK(!READ("\7\x12\x34\x56" SERVER, &answer));
    CHECK(!READ("\7\x12\x34\x56" CLIENT, &answer));
    CHECK(!READ("\7\x12\x34\x56\0\1\0\12\0\3\0\1\x52\x54\0\x12\x34\x57" SERVER, &answer));
    CHECK(!READ("\7\x12\x34\x56" CLIENT SERVER "\0", &answer));
    CHECK(!READ("\7\x12\x34\x56" CLIENT SERVER "\0\27\0\20", &answer));
    CHECK(!READ("\7\x12", &answer));
}

/* Every answer cut short, and with each byte changed: nothing is read beyond its end. */
static void test_any_bytes(void)
{
    static const char whole[] = LEASE("\0\0\0\74", "\0\0\0\151", "\0\0\0\170", "\0\0\0\170",
                                      "\0\15\0\2\0\0\0\27\0\20" PLACE "\0\30\0\5\3lan\0");
    struct dhcp6_answer answer;

    for (size_t bytes = 0; bytes < sizeof whole; bytes++)
        for (size_t at = 0; at <= bytes; at++) {
            unsigned char *copy = malloc(bytes + 1); /* its end is what the sanitizer sees */
            memcpy(copy, whole, bytes);
            for (unsigned change = 0; at < bytes && change < 8; change++) {
                copy[at] = (unsigned char)(whole[at] ^ 1 << change);
                unsigned char *exact = malloc(bytes);
                memcpy(exact, copy, bytes);
                dhcp6_answer_read(&client, exact, bytes, &answer);
                CHECK(answer.names.server_count <= RESOLVER_SERVERS_MAX);
                free(exact);
            }
            free(copy);
        }
}

UNIT_MAIN(TEST(test_questions), TEST(test_lease), TEST(test_others), TEST(test_any_bytes))
