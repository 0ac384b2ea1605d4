/* SPDX-License-Identifier: MIT
 *
 * memcpy and its like against plain loops: all small sizes, each alignment, overlaps both
 * ways, and blocks that end where the next page cannot be read.
 */
#define _GNU_SOURCE 1
#include <stdint.h>
#include <sys/mman.h>

#include "check.h"

#define ROOM_BYTES     4096
#define SIZE_MAX_TRIED 200
#define ALIGNMENTS     18

/* Called as functions, whatever the compiler knows about them. */
static void *(*volatile copy)(void *, const void *, size_t) = memcpy;
static void *(*volatile move)(void *, const void *, size_t) = memmove;
static void *(*volatile fill)(void *, int, size_t) = memset;
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;
static void *(*volatile find)(const void *, int, size_t) = memchr;
static size_t (*volatile length)(const char *) = strlen;
static char *(*volatile character)(const char *, int) = strchr;
static char *(*volatile character_or_end)(const char *, int) = strchrnul;
static size_t (*volatile span)(const char *, const char *) = strcspn;

static unsigned char room[ROOM_BYTES], wanted[ROOM_BYTES],
    *edge; /* edge: the end of a page, none behind it */

static unsigned next_random(void)
{
    static uint32_t state = 1;

    state = state * 1103515245 + 12345;
    return state >> 16;
}

static void rooms_fill(void)
{
    for (size_t i = 0; i < ROOM_BYTES; i++)
        room[i] = wanted[i] = (unsigned char)next_random();
}

static void moves_check(size_t bytes, size_t to, size_t from)
{
    unsigned char kept[ROOM_BYTES];

    rooms_fill();
    for (size_t i = 0; i < bytes; i++)
        kept[i] = room[from + i];
    for (size_t i = 0; i < bytes; i++)
        wanted[to + i] = kept[i];
    int overlap = to < from + bytes && from < to + bytes;
    CHECK((overlap             ? move
           : next_random() & 1 ? copy
                               : move)(room + to, room + from, bytes) == room + to);
    for (size_t i = 0; i < ROOM_BYTES; i++)
        CHECK(room[i] == wanted[i]);
}

static void moves(void)
{
    for (size_t bytes = 0; bytes <= SIZE_MAX_TRIED; bytes += 1 + (bytes > 70) * 6)
        for (size_t shift = 0; shift < ALIGNMENTS; shift += 1 + bytes / 40) {
            moves_check(bytes, 512 + shift, 1024 + shift * 5 % 16);
            moves_check(bytes, 1024 + shift, 1024);
            moves_check(bytes, 1024, 1024 + shift);
        }
    for (int i = 0; i < 300; i++)
        moves_check(next_random() % 1500, next_random() % 2500, next_random() % 2500);
}

static void fills(void)
{
    for (size_t bytes = 0; bytes <= SIZE_MAX_TRIED; bytes++)
        for (size_t shift = 0; shift < ALIGNMENTS; shift += 1 + bytes / 40) {
            rooms_fill();
            for (size_t i = 0; i < bytes; i++)
                wanted[64 + shift + i] = 0xa7;
            CHECK(fill(room + 64 + shift, 0x7fa7, bytes) == room + 64 + shift);
            for (size_t i = 0; i < ROOM_BYTES; i++)
                CHECK(room[i] == wanted[i]);
        }
}

/* The first that differs decides, as unsigned characters. */
static void comparisons(void)
{
    for (size_t bytes = 0; bytes <= SIZE_MAX_TRIED; bytes++) {
        unsigned char *left = edge - bytes, *right = room + 1 + bytes % 16;
        for (size_t i = 0; i < bytes; i++)
            left[i] = right[i] = (unsigned char)next_random();
        CHECK(compare(left, right, bytes) == 0 && compare(right, left, bytes) == 0);
        for (size_t at = 0; at < bytes; at++) {
            unsigned char kept = right[at];
            right[at] = kept ^ 0x80;
            for (size_t later = at + 1; later < bytes && later < at + 20; later++)
                right[later] ^= 0xff;
            CHECK((compare(left, right, bytes) < 0) == (left[at] < right[at]));
            CHECK((compare(right, left, bytes) < 0) == (left[at] > right[at]));
            CHECK(compare(left, right, at) == 0);
            for (size_t later = at + 1; later < bytes && later < at + 20; later++)
                right[later] ^= 0xff;
            right[at] = kept;
        }
    }
}

static void searches(void)
{
    for (size_t bytes = 1; bytes <= SIZE_MAX_TRIED; bytes++) {
        char *text = (char *)edge - bytes;
        for (size_t i = 0; i + 1 < bytes; i++)
            text[i] = (char)(1 + next_random() % 254 % 127);
        text[-1] = '\0'; /* what is before it does not count */
        text[bytes - 1] = '\0';
        CHECK(length(text) == bytes - 1);
        CHECK(character(text, 0xff) == NULL && character_or_end(text, 0xff) == text + bytes - 1);
        CHECK(character(text, 0) == text + bytes - 1 && find(text, 0xff, bytes) == NULL);
        CHECK(span(text, "\xff\xfe\xfd\xfc\xfb") == bytes - 1 &&
              span(text, "\xff\xfe") == bytes - 1);
        CHECK(span(text, "") == bytes - 1 && find(text, 0, SIZE_MAX) == text + bytes - 1);
        for (size_t at = 0; at + 1 < bytes; at++) {
            char kept = text[at];
            text[at] = (char)0xff;
            text[-1] = (char)0xff;
            CHECK(character(text, 0xff) == text + at && character_or_end(text, -1) == text + at);
            CHECK(find(text, 0xff, bytes) == text + at && find(text, 0xff, at) == NULL);
            CHECK(find(text, 0x1ff, at + 1) == text + at);
            CHECK(span(text, "\xff") == at && span(text, "\xfe\xff") == at);
            CHECK(span(text, "\xfe\xfd\xff") == at && span(text, "\xfe\xfd\xfc\xfb\xff") == at);
            text[at] = kept;
        }
    }
    CHECK(find(edge, 'x', 0) == NULL && compare(edge, edge, 0) == 0);
}

int main(void)
{
    edge = mmap(NULL, 2 * ROOM_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(edge != MAP_FAILED);
    edge += ROOM_BYTES;
    CHECK(mprotect(edge, ROOM_BYTES, PROT_NONE) == 0);
    moves();
    fills();
    comparisons();
    searches();
    return success();
}
