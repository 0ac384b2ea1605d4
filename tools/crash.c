/* SPDX-License-Identifier: MIT
 *
 * Two kinds of lines matter in a report: `image ID moved by DISTANCE`, and an address
 * of sixteen digits after `at` or `from` (kernel/panic.c, kernel/backtrace.c).
 */
#include "crash.h"

#include <string.h>

#include "text.h"

#define ADDRESS_DIGITS 16
#define INLINED_MAX    16

struct frame_line {
    size_t before_bytes; /* what a log, and the indentation, put in front */
    bool is_return;
    uint64_t address;
    const char *name; /* to the end of the line; "" when there is none */
};

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Reads digits, from min to max of them, that end where something else begins. */
static const char *take_hex(const char *at, size_t min, size_t max, uint64_t *value)
{
    size_t digits = 0;
    *value = 0;
    for (; is_hex(at[digits]); digits++)
        *value =
            *value << 4 | (uint64_t)(at[digits] <= '9' ? at[digits] - '0' : at[digits] - 'a' + 10);
    return digits >= min && digits <= max ? at + digits : NULL;
}

static bool is_image_line(const char *line, char id[PROGRAM_ID_TEXT_BYTES], uint64_t *distance)
{
    static const char word[] = "image ", moved[] = " moved by ";
    uint64_t ignored;
    for (const char *at = line; (at = strstr(at, word)); at++) {
        const char *start = at + sizeof word - 1;
        const char *end = take_hex(start, 2 * PROGRAM_ID_BYTES, 2 * PROGRAM_ID_BYTES, &ignored);
        if (!end || !text_starts_with(end, moved) ||
            !take_hex(end + sizeof moved - 1, 1, ADDRESS_DIGITS, distance))
            continue;
        memcpy(id, start, PROGRAM_ID_TEXT_BYTES - 1);
        id[PROGRAM_ID_TEXT_BYTES - 1] = 0;
        return true;
    }
    return false;
}

/* "  name+0x12" to the end of the line, or nothing; more is a line that was done before. */
static bool is_name(const char *text)
{
    uint64_t offset;
    if (!*text)
        return true;
    const char *plus = strrchr(text, '+');
    if (!text_starts_with(text, "  ") || !plus || !text_starts_with(plus, "+0x"))
        return false;
    const char *end = take_hex(plus + 3, 1, ADDRESS_DIGITS, &offset);
    return end && !*end && !strchr(text + 2, ' ');
}

static bool is_frame_line(const char *line, struct frame_line *frame)
{
    static const char *const words[] = {"at   ", "from "};
    for (int i = 0; i < 2; i++)
        for (const char *at = line; (at = strstr(at, words[i])); at++) {
            const char *end =
                take_hex(at + strlen(words[i]), ADDRESS_DIGITS, ADDRESS_DIGITS, &frame->address);
            if (!end || !is_name(end))
                continue;
            frame->before_bytes = (size_t)(at - line);
            frame->is_return = i == 1;
            frame->name = end;
            return true;
        }
    return false;
}

static void print_frame(const char *line, const struct frame_line *frame, struct lines *lines,
                        uint64_t distance, FILE *to)
{
    struct source_place places[INLINED_MAX];
    const char *word = frame->is_return ? "from" : "at  ";
    /* The call before the place where it returns to. */
    size_t count =
        lines_find(lines, frame->address - distance - frame->is_return, places, INLINED_MAX);
    for (size_t i = 0; i < (count ? count : 1); i++) {
        fprintf(to, "%.*s%s %016llx", (int)frame->before_bytes, line, i ? "    " : word,
                (unsigned long long)frame->address);
        if (i + 1 < count)
            fprintf(to, "  %s, inlined", places[i].function ? places[i].function : "?");
        else
            fputs(frame->name, to);
        if (count && places[i].file)
            fprintf(to, "  %s:%d", places[i].file, places[i].line);
        fputc('\n', to);
    }
}

/* The next line without its end, as a string; NULL when there is none. */
static char *next_line(const struct crash_text *text, size_t *at)
{
    if (*at >= text->size_bytes)
        return NULL;
    const char *start = text->bytes + *at;
    const char *end = memchr(start, '\n', text->size_bytes - *at);
    size_t length = end ? (size_t)(end - start) : text->size_bytes - *at;
    *at += length + 1;
    while (length && (start[length - 1] == '\r' || start[length - 1] == ' '))
        length--;
    return text_copy_bytes(start, length);
}

size_t crash_count(const struct crash_text *text, const char *id,
                   char foreign[PROGRAM_ID_TEXT_BYTES])
{
    char found[PROGRAM_ID_TEXT_BYTES];
    uint64_t distance;
    size_t count = 0, at = 0;
    *foreign = 0;
    for (char *line; (line = next_line(text, &at));) {
        if (!is_image_line(line, found, &distance))
            continue;
        if (strcmp(found, id) == 0)
            count++;
        else if (!*foreign)
            strcpy(foreign, found);
    }
    return count;
}

void crash_print(const struct crash_text *text, struct lines *lines, FILE *to)
{
    char id[PROGRAM_ID_TEXT_BYTES];
    uint64_t distance = 0;
    struct frame_line frame;
    size_t at = 0, start = 0;
    for (char *line; (line = next_line(text, &at)); start = at) {
        is_image_line(line, id, &distance);
        if (is_frame_line(line, &frame))
            print_frame(line, &frame, lines, distance, to);
        else
            fwrite(text->bytes + start, 1, (at < text->size_bytes ? at : text->size_bytes) - start,
                   to);
    }
}
