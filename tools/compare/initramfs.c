/* SPDX-License-Identifier: MIT
 *
 * Writing cpio with libarchive.
 */
#include "initramfs.h"

#include <archive.h>
#include <archive_entry.h>

#include "tools/file.h"
#include "tools/text.h"

struct initramfs {
    const char *path;
    struct archive *archive;
};

static _Noreturn void not_written(const struct initramfs *initramfs)
{
    const char *why = archive_error_string(initramfs->archive);
    die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", initramfs->path, why ? why : "?");
}

static void check(const struct initramfs *initramfs, la_ssize_t result)
{
    if (result < ARCHIVE_WARN)
        not_written(initramfs);
}

struct initramfs *initramfs_open(const char *path)
{
    struct initramfs *initramfs = memory_new(sizeof *initramfs);
    *initramfs = (struct initramfs){path, archive_write_new()};
    check(initramfs, archive_write_set_format_cpio_newc(initramfs->archive));
    check(initramfs, archive_write_open_filename(initramfs->archive, path));
    return initramfs;
}

static void add(struct initramfs *initramfs, const char *name, mode_t mode, mode_t kind,
                const void *bytes, size_t size_bytes)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_mode(entry, kind | mode);
    archive_entry_set_size(entry, (la_int64_t)size_bytes);
    archive_entry_set_nlink(entry, 1);
    check(initramfs, archive_write_header(initramfs->archive, entry));
    if (size_bytes)
        check(initramfs, archive_write_data(initramfs->archive, bytes, size_bytes));
    archive_entry_free(entry);
}

void initramfs_folder(struct initramfs *initramfs, const char *name)
{
    add(initramfs, name, 0755, AE_IFDIR, NULL, 0);
}

void initramfs_text(struct initramfs *initramfs, const char *name, const char *text)
{
    size_t length = 0;
    while (text[length])
        length++;
    add(initramfs, name, 0644, AE_IFREG, text, length);
}

void initramfs_file(struct initramfs *initramfs, const char *name, const char *from, mode_t mode)
{
    struct file_bytes file;
    if (file_map(from, &file))
        die(EXIT_STATUS_FAILED, "%s: it cannot be put into the initramfs", from);
    add(initramfs, name, mode, AE_IFREG, file.bytes, file.size_bytes);
    file_unmap(&file);
}

static void copy_entry(struct initramfs *initramfs, struct archive *from,
                       struct archive_entry *entry, const char *below)
{
    const char *name = archive_entry_pathname(entry);
    while (*name == '/' || (*name == '.' && name[1] == '/'))
        name++;
    if (!*name || (*name == '.' && !name[1]))
        return;
    archive_entry_set_pathname(entry, text_format("%s%s", below, name));
    if (archive_entry_hardlink(entry))
        archive_entry_set_hardlink(entry,
                                   text_format("%s%s", below, archive_entry_hardlink(entry)));
    check(initramfs, archive_write_header(initramfs->archive, entry));
    char block[16384];
    la_ssize_t count;
    while ((count = archive_read_data(from, block, sizeof block)) > 0)
        check(initramfs, archive_write_data(initramfs->archive, block, (size_t)count));
}

void initramfs_modules(struct initramfs *initramfs, const char *const *paths)
{
    initramfs_folder(initramfs, "modules");
    for (int i = 0; paths[i]; i++)
        initramfs_file(initramfs, text_format("modules/%02d.ko", i), paths[i], 0644);
}

void initramfs_tar(struct initramfs *initramfs, const char *below, const char *tar)
{
    struct archive *from = archive_read_new();
    struct archive_entry *entry;
    archive_read_support_format_tar(from);
    archive_read_support_filter_all(from);
    if (archive_read_open_filename(from, tar, 16384) != ARCHIVE_OK)
        die(EXIT_STATUS_FAILED, "%s: %s", tar, archive_error_string(from));
    while (archive_read_next_header(from, &entry) == ARCHIVE_OK)
        copy_entry(initramfs, from, entry, below);
    archive_read_free(from);
}

void initramfs_close(struct initramfs *initramfs)
{
    check(initramfs, archive_write_close(initramfs->archive));
    archive_write_free(initramfs->archive);
}

static la_ssize_t count_bytes(struct archive *archive, void *counter, const void *bytes,
                              size_t size_bytes)
{
    (void)archive, (void)bytes;
    *(uint64_t *)counter += size_bytes;
    return (la_ssize_t)size_bytes;
}

uint64_t gzip_bytes(const char *path)
{
    struct file_bytes file;
    uint64_t bytes = 0;
    if (file_map(path, &file))
        return 0;
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    archive_write_set_format_raw(archive);
    archive_write_add_filter_gzip(archive);
    archive_write_set_filter_option(archive, "gzip", "compression-level", "9");
    archive_write_set_bytes_per_block(archive, 0);
    archive_entry_set_pathname(entry, "data");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_write_open(archive, &bytes, NULL, count_bytes, NULL);
    archive_write_header(archive, entry);
    archive_write_data(archive, file.bytes, file.size_bytes);
    archive_write_close(archive);
    archive_entry_free(entry);
    archive_write_free(archive);
    file_unmap(&file);
    return bytes;
}
