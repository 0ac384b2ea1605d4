/* SPDX-License-Identifier: MIT
 *
 * Console framing: what one side frames the other reads back, wherever the
 * stream is cut; noise does no harm.
 */
// sources: tools/frame.c
#include "kernel/abi/console.h"
#include "tools/frame.h"
#include "unit.h"

struct received {
    uint8_t bytes[2][4096];
    size_t size_bytes[2];
};

/* Feeds a stream in pieces of at most piece_max bytes, each in memory of its own. */
static void stream_feed(struct deframer *deframer, const uint8_t *bytes, size_t size_bytes,
                        size_t piece_max, struct received *received)
{
    while (size_bytes > 0) {
        size_t piece = 1 + random_below(piece_max);
        if (piece > size_bytes)
            piece = size_bytes;
        uint8_t *copy = malloc(piece);
        memcpy(copy, bytes, piece);
        size_t rounds = 0;
        for (size_t at = 0; at < piece;) {
            struct frame_run run;
            at += deframe(deframer, copy + at, piece - at, &run);
            CHECK(at <= piece && rounds++ <= 2 * piece);
            size_t *used = &received->size_bytes[run.to_stderr];
            CHECK(*used + run.size_bytes <= sizeof received->bytes[0]);
            memcpy(received->bytes[run.to_stderr] + *used, run.bytes ? run.bytes : copy,
                   run.size_bytes);
            *used += run.size_bytes;
        }
        free(copy);
        bytes += piece;
        size_bytes -= piece;
    }
}

static void received_check(const struct received *received, const char *out, const char *err)
{
    CHECK(received->size_bytes[0] == strlen(out) && received->size_bytes[1] == strlen(err));
    CHECK(memcmp(received->bytes[0], out, strlen(out)) == 0);
    CHECK(memcmp(received->bytes[1], err, strlen(err)) == 0);
}

static void streams_apart(void)
{
    for (size_t piece_max = 1; piece_max < 20; piece_max++) {
        static const char stream[] = "one\x10"
                                     "eERR\x10otwo\x10\x10.\x10"
                                     "e!\x10x2adropped";
        struct deframer deframer = {0};
        struct received received = {0};

        stream_feed(&deframer, (const uint8_t *)stream, sizeof stream - 1, piece_max, &received);
        received_check(&received, "onetwo\x10.", "ERR!");
        CHECK(deframer.exited && deframer.status == 0x2a);
    }
}

/* From the frame on, all is the report; what came before is the program's. */
static void report_begins(void)
{
    static const char stream[] = "said\x10"
                                 "eand\x10rthimble: \x10x86";
    struct deframer deframer = {0};
    struct frame_run run;
    char before[16] = "", after[16] = "";

    for (size_t at = 0; at < sizeof stream - 1;) {
        at += deframe(&deframer, (const uint8_t *)stream + at, sizeof stream - 1 - at, &run);
        strncat(deframer.reporting ? after : before, run.size_bytes ? (const char *)run.bytes : "",
                run.size_bytes);
    }
    CHECK_TEXT(before, "saidand");
    CHECK_TEXT(after, "thimble: ");
    CHECK(deframer.exited && deframer.status == 0x86);
}

/* Firmware may print anything before the guest does. */
static void firmware_passes(void)
{
    static const char stream[] = "SeaBIOS\r\n\x10?\x1b[2J";
    struct deframer deframer = {0};
    struct received received = {0};

    stream_feed(&deframer, (const uint8_t *)stream, sizeof stream - 1, 3, &received);
    received_check(&received, stream, "");
    CHECK(!deframer.exited);
}

static void frames_round_trip(void)
{
    for (int round = 0; round < 3000; round++) {
        uint8_t bytes[300], framed[600];
        size_t size_bytes = random_below(sizeof bytes);
        struct deframer deframer = {0};
        struct received received = {0};

        for (size_t i = 0; i < size_bytes; i++)
            bytes[i] = random_below(2) ? FRAME_ESCAPE : (uint8_t)random_next();
        size_t framed_bytes = frame_bytes(bytes, size_bytes, framed);
        CHECK(framed_bytes <= 2 * size_bytes);
        stream_feed(&deframer, framed, framed_bytes, 7, &received);
        CHECK(received.size_bytes[0] == size_bytes && received.size_bytes[1] == 0);
        CHECK(memcmp(received.bytes[0], bytes, size_bytes) == 0);
    }
}

static void frames_of_noise(void)
{
    static const uint8_t likely[] = {FRAME_ESCAPE, 'o', 'e', 'x', '0', 'f'};

    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[100];
        struct deframer deframer = {0};
        struct received received = {0};

        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] =
                random_below(3) ? likely[random_below(sizeof likely)] : (uint8_t)random_next();
        stream_feed(&deframer, bytes, sizeof bytes, 9, &received);
    }
}

UNIT_MAIN(TEST(streams_apart), TEST(report_begins), TEST(firmware_passes), TEST(frames_round_trip),
          TEST(frames_of_noise))
