/* SPDX-License-Identifier: MIT
 *
 * Tar and gzip, written and read by libarchive.
 */
#include "archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMBER_MODE    0644
#define TEXT_BYTES_MAX (1 << 16)

static la_ssize_t take(struct archive *archive, void *output, const void *bytes, size_t size_bytes)
{
    (void)archive;
    output_write(output, bytes, size_bytes);
    return (la_ssize_t)size_bytes;
}

static void expect(struct archive *archive, int result)
{
    if (result < ARCHIVE_WARN)
        die(EXIT_STATUS_FAILED, "the archive cannot be made: %s", archive_error_string(archive));
}

static struct archive *start(struct output *output, bool gzip)
{
    struct archive *archive = archive_write_new();
    if (!archive)
        die(EXIT_STATUS_FAILED, "libarchive does not work here");
    if (gzip) {
        expect(archive, archive_write_add_filter_gzip(archive));
        expect(archive, archive_write_set_format_raw(archive));
        expect(archive, archive_write_set_options(archive, "gzip:!timestamp,compression-level=9"));
    } else {
        expect(archive, archive_write_set_format_ustar(archive));
    }
    expect(archive, archive_write_set_bytes_in_last_block(archive, 1));
    expect(archive, archive_write_open(archive, output, NULL, take, NULL));
    return archive;
}

static void end(struct archive *archive)
{
    expect(archive, archive_write_close(archive));
    archive_write_free(archive);
}

static void add_header(struct archive *archive, const char *name, int64_t size_bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, MEMBER_MODE);
    archive_entry_set_mtime(entry, 0, 0);
    if (size_bytes >= 0)
        archive_entry_set_size(entry, size_bytes);
    expect(archive, archive_write_header(archive, entry));
    archive_entry_free(entry);
}

static void add_bytes(struct archive *archive, const void *bytes, size_t size_bytes)
{
    if (archive_write_data(archive, bytes, size_bytes) != (la_ssize_t)size_bytes)
        expect(archive, ARCHIVE_FATAL);
}

struct archive *archive_tar_start(struct output *output)
{
    return start(output, false);
}

void archive_tar_add(struct archive *archive, const char *name, struct file_bytes contents)
{
    add_header(archive, name, (int64_t)contents.size_bytes);
    add_bytes(archive, contents.bytes, contents.size_bytes);
}

void archive_tar_end(struct archive *archive)
{
    end(archive);
}

struct archive *archive_gzip_start(struct output *output)
{
    struct archive *archive = start(output, true);
    add_header(archive, "data", -1);
    return archive;
}

void archive_gzip_add(struct archive *archive, const void *bytes, size_t size_bytes)
{
    add_bytes(archive, bytes, size_bytes);
}

void archive_gzip_end(struct archive *archive)
{
    end(archive);
}

/* The archive, standing at the member; NULL when there is none. */
static struct archive *find(const struct file_bytes *file, const char *suffix,
                            struct archive_entry **entry)
{
    struct archive *archive = archive_read_new();
    if (!archive)
        return NULL;
    archive_read_support_filter_gzip(archive);
    archive_read_support_format_tar(archive);
    if (archive_read_open_memory(archive, file->bytes, file->size_bytes) == ARCHIVE_OK)
        while (archive_read_next_header(archive, entry) == ARCHIVE_OK) {
            const char *name = archive_entry_pathname(*entry);
            if (name && text_ends_with(name, suffix))
                return archive;
        }
    archive_read_free(archive);
    return NULL;
}

bool archive_starts_with(const struct file_bytes *file, const char *name)
{
    struct archive_entry *entry;
    struct archive *archive = archive_read_new();
    if (!archive)
        return false;
    archive_read_support_filter_gzip(archive);
    archive_read_support_format_tar(archive);
    bool found = archive_read_open_memory(archive, file->bytes, file->size_bytes) == ARCHIVE_OK &&
                 archive_read_next_header(archive, &entry) == ARCHIVE_OK &&
                 archive_entry_pathname(entry) && strcmp(archive_entry_pathname(entry), name) == 0;
    archive_read_free(archive);
    return found;
}

static int copy_member(struct archive *archive, int fd)
{
    const void *bytes;
    size_t size_bytes;
    la_int64_t offset;
    int result;
    while ((result = archive_read_data_block(archive, &bytes, &size_bytes, &offset)) == ARCHIVE_OK)
        if (pwrite(fd, bytes, size_bytes, offset) != (ssize_t)size_bytes)
            return -1;
    return result == ARCHIVE_EOF ? 0 : -1;
}

int archive_unpack(const struct file_bytes *file, const char *suffix, uint64_t max_bytes,
                   const char *path, const char **why)
{
    struct archive_entry *entry;
    struct archive *archive = find(file, suffix, &entry);
    *why = "the archive is damaged, or there is no disk in it";
    if (!archive)
        return -1;
    int64_t size_bytes = archive_entry_size(entry);
    int result = -1, fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (size_bytes < 0 || (uint64_t)size_bytes > max_bytes)
        *why = "the disk in the archive is larger than any of ours";
    else if (fd >= 0 && ftruncate(fd, size_bytes) == 0)
        result = copy_member(archive, fd);
    if (fd >= 0)
        close(fd);
    archive_read_free(archive);
    return result;
}

const char *archive_text(const struct file_bytes *file, const char *suffix)
{
    struct archive_entry *entry;
    struct archive *archive = find(file, suffix, &entry);
    if (!archive)
        return NULL;
    char *text = memory_new(TEXT_BYTES_MAX + 1);
    la_ssize_t bytes = archive_read_data(archive, text, TEXT_BYTES_MAX);
    archive_read_free(archive);
    return bytes < 0 ? NULL : text;
}
