/* SPDX-License-Identifier: MIT
 *
 * Files of lines with words in them, in /etc or built in.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libc-glue/names/names.h"

#define FILE_MAX_BYTES (4 << 20)

const char *names_folder = "/etc";

static char *file_read(const char *name)
{
    char path[300], *text = NULL;
    struct stat status;
    ssize_t got = 0;
    int fd;

    snprintf(path, sizeof path, "%s/%s", names_folder, name);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    if (!fstat(fd, &status) && S_ISREG(status.st_mode) && status.st_size < FILE_MAX_BYTES)
        text = malloc((size_t)status.st_size + 1);
    if (text)
        got = read(fd, text, (size_t)status.st_size);
    close(fd);
    if (text)
        text[got > 0 ? got : 0] = 0;
    return text;
}

bool names_file_open(struct names_file *file, const char *name, const char *essentials)
{
    file->text = file_read(name);
    if (!file->text)
        file->text = strdup(essentials);
    file->at = file->text;
    return file->text;
}

bool names_file_line(struct names_file *file)
{
    while (*file->at) {
        char *line = file->at, *end = line + strcspn(line, "\n"), *state;
        file->at = *end ? end + 1 : end;
        *end = 0;
        line[strcspn(line, "#")] = 0;
        file->word_count = 0;
        for (char *word = strtok_r(line, " \t\r", &state);
             word && file->word_count < NAMES_WORDS_MAX; word = strtok_r(NULL, " \t\r", &state))
            file->words[file->word_count++] = word;
        file->words[file->word_count] = NULL;
        if (file->word_count)
            return true;
    }
    return false;
}

void names_file_close(struct names_file *file)
{
    free(file->text);
    file->text = NULL;
}

/* ---- memory of the caller, taken piece by piece; NULL when it is too small ---- */

void *names_room_take(struct names_room *room, size_t size_bytes, size_t alignment)
{
    size_t gap = (size_t) - (uintptr_t)room->at & (alignment - 1);

    if (!room->at || gap + size_bytes > room->left_bytes) {
        room->at = NULL;
        return NULL;
    }
    void *taken = room->at + gap;
    room->at += gap + size_bytes;
    room->left_bytes -= gap + size_bytes;
    return taken;
}

char *names_room_text(struct names_room *room, const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *to = names_room_take(room, bytes, 1);

    return to ? memcpy(to, text, bytes) : NULL;
}

char **names_room_list(struct names_room *room, char *const *texts, size_t count)
{
    char **list = names_room_take(room, (count + 1) * sizeof *list, sizeof *list);

    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = names_room_text(room, texts[i]);
    list[count] = NULL;
    return list;
}
