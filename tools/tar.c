/* SPDX-License-Identifier: MIT
 *
 * libarchive, made to write reproducibly into an output.
 */
#include "tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES (1 << 18)

struct tar {
    struct archive *archive;
    struct output *output;
    int64_t time_s;
};

/* Failures of the file itself end the program in there. */
static la_ssize_t write_some(struct archive *archive, void *data, const void *bytes, size_t count)
{
    (void)archive;
    output_write(data, bytes, count);
    return (la_ssize_t)count;
}

static _Noreturn void not_packed(const struct output *output, struct archive *archive)
{
    const char *why = archive_error_string(archive);
    die(EXIT_STATUS_FAILED, "%s: it cannot be packed: %s", output->path, why ? why : "no reason");
}

static struct archive *archive_new(const struct output *output)
{
    struct archive *archive = archive_write_new();
    if (!archive)
        die(EXIT_STATUS_FAILED, "%s: not enough memory", output->path);
    archive_write_set_bytes_in_last_block(archive, 1);
    return archive;
}

struct tar *tar_open(struct output *output, int64_t time_s)
{
    struct tar *tar = memory_new(sizeof *tar);
    *tar = (struct tar){archive_new(output), output, time_s};
    /* Names are kept in UTF-8, whatever the user's locale. */
    setlocale(LC_CTYPE, "C.UTF-8");
    if (archive_write_set_format_pax_restricted(tar->archive) != ARCHIVE_OK ||
        archive_write_open(tar->archive, output, NULL, write_some, NULL) != ARCHIVE_OK)
        not_packed(output, tar->archive);
    return tar;
}

static struct archive_entry *entry_new(const struct tar *tar, const char *path, mode_t mode)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        die(EXIT_STATUS_FAILED, "%s: not enough memory", tar->output->path);
    archive_entry_set_pathname(entry, path);
    archive_entry_set_mode(entry, mode);
    archive_entry_set_mtime(entry, tar->time_s, 0);
    archive_entry_set_size(entry, 0);
    return entry;
}

/* ARCHIVE_WARN: a name that is no UTF-8, which is stored as it is. */
static void put_header(struct tar *tar, struct archive_entry *entry)
{
    if (archive_write_header(tar->archive, entry) < ARCHIVE_WARN)
        not_packed(tar->output, tar->archive);
    archive_entry_free(entry);
}

static void put(struct tar *tar, const void *bytes, size_t size_bytes)
{
    if (size_bytes && archive_write_data(tar->archive, bytes, size_bytes) != (ssize_t)size_bytes)
        not_packed(tar->output, tar->archive);
}

void tar_add_folder(struct tar *tar, const char *path, mode_t mode)
{
    put_header(tar, entry_new(tar, path, S_IFDIR | mode));
}

void tar_add_link(struct tar *tar, const char *path, const char *target)
{
    struct archive_entry *entry = entry_new(tar, path, S_IFLNK | 0777);
    archive_entry_set_symlink(entry, target);
    put_header(tar, entry);
}

void tar_add_bytes(struct tar *tar, const char *path, const void *bytes, size_t size_bytes)
{
    struct archive_entry *entry = entry_new(tar, path, S_IFREG | 0644);
    archive_entry_set_size(entry, (la_int64_t)size_bytes);
    put_header(tar, entry);
    put(tar, bytes, size_bytes);
}

static int open_source(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    return fd;
}

/* 0 at the end of the file. */
static size_t read_some(int fd, const char *path, void *to, size_t max_bytes)
{
    ssize_t bytes;
    do
        bytes = read(fd, to, max_bytes);
    while (bytes < 0 && errno == EINTR);
    if (bytes < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    return (size_t)bytes;
}

void tar_add_file(struct tar *tar, const char *path, const char *source, uint64_t size_bytes,
                  mode_t mode)
{
    static uint8_t piece[PIECE_BYTES];
    struct archive_entry *entry = entry_new(tar, path, S_IFREG | mode);
    archive_entry_set_size(entry, (la_int64_t)size_bytes);
    put_header(tar, entry);
    int fd = open_source(source);
    for (uint64_t left = size_bytes; left;) {
        size_t bytes =
            read_some(fd, source, piece, left < sizeof piece ? (size_t)left : sizeof piece);
        if (!bytes)
            die(EXIT_STATUS_FAILED, "%s: it became shorter while it was packed", source);
        put(tar, piece, bytes);
        left -= bytes;
    }
    close(fd);
}

void tar_close(struct tar *tar)
{
    if (archive_write_close(tar->archive) != ARCHIVE_OK)
        not_packed(tar->output, tar->archive);
    archive_write_free(tar->archive);
}

void gzip_file(const char *source, struct output *output)
{
    static uint8_t piece[PIECE_BYTES];
    struct archive *archive = archive_new(output);
    if (archive_write_set_format_raw(archive) != ARCHIVE_OK ||
        archive_write_add_filter_gzip(archive) != ARCHIVE_OK ||
        archive_write_set_options(archive, "gzip:compression-level=9,gzip:!timestamp") !=
            ARCHIVE_OK ||
        archive_write_open(archive, output, NULL, write_some, NULL) != ARCHIVE_OK)
        not_packed(output, archive);
    struct tar raw = {archive, output, 0};
    put_header(&raw, entry_new(&raw, "data", S_IFREG | 0644));
    int fd = open_source(source);
    for (size_t bytes; (bytes = read_some(fd, source, piece, sizeof piece));)
        put(&raw, piece, bytes);
    close(fd);
    tar_close(&raw);
}
