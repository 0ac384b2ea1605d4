/* SPDX-License-Identifier: MIT
 *
 * Collects the blobs of a folder or of a tar.
 */
#include "blobs.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define BLOB_COUNT_MAX (1 << 20)

static int add(struct blobs *blobs, struct blob blob, const char **why)
{
    size_t count = blobs->count, bytes = sizeof blob;
    if (count == BLOB_COUNT_MAX) {
        *why = "it has too many files for an image";
        return -1;
    }
    if ((count & (count - 1)) == 0)
        blobs->at = memory_grow(blobs->at, count * bytes, (count ? count * 2 : 1) * bytes);
    blobs->at[blobs->count++] = blob;
    return 0;
}

static int add_folder(struct blobs *blobs, const char *folder, const char *prefix, const char **why)
{
    DIR *open_folder = opendir(folder);
    if (!open_folder) {
        *why = text_format("%s: %s", folder, strerror(errno));
        return -1;
    }
    int result = 0;
    for (struct dirent *entry; result == 0 && (entry = readdir(open_folder));) {
        const char *path = text_format("%s/%s", folder, entry->d_name);
        const char *name = text_format("%s%s", prefix, entry->d_name);
        struct stat status;
        struct file_bytes file;
        if (entry->d_name[0] == '.' || lstat(path, &status))
            continue;
        if (S_ISDIR(status.st_mode) && strlen(prefix) < 64) {
            result = add_folder(blobs, path, text_format("%s/", name), why);
        } else if (S_ISREG(status.st_mode)) {
            if (file_map(path, &file)) {
                *why = "one of its files cannot be read";
                result = -1;
                break;
            }
            blobs->total_bytes += file.size_bytes;
            result = add(blobs, (struct blob){name, file.bytes, file.size_bytes}, why);
        }
    }
    closedir(open_folder);
    return result;
}

int blobs_open_folder(struct blobs *blobs, const char *path, const char **why)
{
    *blobs = (struct blobs){0};
    return add_folder(blobs, path, "", why);
}

/* One entry's bytes: where they are in the mapped archive. */
static int add_entry(struct blobs *blobs, struct archive *archive, struct archive_entry *entry,
                     const char **why)
{
    const void *piece = NULL;
    size_t piece_bytes = 0;
    la_int64_t at;
    size_t size_bytes = (size_t)archive_entry_size(entry);
    const char *name = archive_entry_pathname(entry);
    if (!name || archive_entry_filetype(entry) != AE_IFREG)
        return 0;
    if (size_bytes && archive_read_data_block(archive, &piece, &piece_bytes, &at) != ARCHIVE_OK) {
        *why = "it is cut off";
        return -1;
    }
    const uint8_t *start = piece, *end = blobs->archive.bytes + blobs->archive.size_bytes;
    if (size_bytes && (start < blobs->archive.bytes || start >= end || at != 0 ||
                       size_bytes > (size_t)(end - start))) {
        *why = "it is cut off";
        return -1;
    }
    return add(blobs,
               (struct blob){text_copy(name), size_bytes ? start : (const uint8_t *)"", size_bytes},
               why);
}

int blobs_open_archive(struct blobs *blobs, const char *path, const char **why)
{
    *blobs = (struct blobs){0};
    if (file_map(path, &blobs->archive)) {
        *why = "it cannot be read";
        return -1;
    }
    blobs->total_bytes = blobs->archive.size_bytes;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    int result = 0, next = ARCHIVE_FATAL;
    archive_read_support_format_tar(archive);
    if (archive_read_open_memory(archive, blobs->archive.bytes, blobs->archive.size_bytes) ==
        ARCHIVE_OK)
        while (result == 0 && (next = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN &&
               next != ARCHIVE_EOF)
            result = add_entry(blobs, archive, entry, why);
    if (result == 0 && next != ARCHIVE_EOF) {
        const char *reason = archive_error_string(archive);
        *why = text_format("it is no whole tar archive: %s", reason ? reason : "no reason given");
        result = -1;
    }
    archive_read_free(archive);
    return result;
}

void blobs_close(struct blobs *blobs)
{
    bool mapped_whole = blobs->archive.size_bytes;
    for (size_t i = 0; i < blobs->count && !mapped_whole; i++)
        if (blobs->at[i].size_bytes)
            munmap((void *)(uintptr_t)blobs->at[i].bytes, blobs->at[i].size_bytes);
    file_unmap(&blobs->archive);
    *blobs = (struct blobs){0};
}

const struct blob *blobs_find(const struct blobs *blobs, const char *name)
{
    for (size_t i = 0; i < blobs->count; i++)
        if (strcmp(blobs->at[i].name, name) == 0)
            return &blobs->at[i];
    return NULL;
}
