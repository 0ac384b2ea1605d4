/* SPDX-License-Identifier: MIT
 *
 * The kernel's own small printf against the host's.
 */
// sources: kernel/format.c
#include <stdarg.h>

#include "kernel/console.h"
#include "kernel/kernel.h"
#include "unit.h"

static char written[512];
static size_t written_bytes;

void console_write(int stream, const void *bytes, size_t size_bytes)
{
    CHECK(stream == 1 || stream == 2);
    CHECK(written_bytes + size_bytes < sizeof written);
    memcpy(written + written_bytes, bytes, size_bytes);
    written_bytes += size_bytes;
    written[written_bytes] = '\0';
}

__attribute__((format(printf, 1, 2))) static void both_check(const char *format, ...)
{
    char ours[300], theirs[300];
    va_list args, again;

    memset(ours, '#', sizeof ours);
    va_start(args, format);
    va_copy(again, args);
    size_t length = format_text(ours, sizeof ours, format, args);
    vsnprintf(theirs, sizeof theirs, format, again);
    va_end(again);
    va_end(args);
    CHECK(length == strlen(theirs));
    CHECK(memcmp(ours, theirs, length) == 0);
}

static void formats(void)
{
    both_check("plain");
    both_check("%d %d %d", 0, -1, 2147483647);
    both_check("%d", -2147483647 - 1);
    both_check("%u %x %lu %lx", 4294967295u, 0xdeadbeefu, 18446744073709551615ul, ~0ul);
    both_check("[%016lx] [%8x] [%08x]", 0x1234ul, 0xabcu, 0xabcu);
    both_check("%s|%c|%.*s", "text", 'c', 3, "cut here");
}

static void formats_random(void)
{
    for (int round = 0; round < 20000; round++) {
        unsigned long value = random_next() >> random_below(64);
        both_check("%lx %lu %016lx %d %u", value, value, value, (int)value, (unsigned)value);
    }
}

static void printing(void)
{
    kprintf("%s %d\n", "line", 7);
    CHECK_TEXT(written, "line 7\n");
}

UNIT_MAIN(TEST(formats), TEST(formats_random), TEST(printing))
