/* SPDX-License-Identifier: MIT
 *
 * Calling qemu-img on files in this run's temporary folder.
 */
#include "qemu_img.h"

#include <string.h>
#include <unistd.h>

#include "boot_parts.h"
#include "tools/process.h"
#include "tools/temporary.h"

#define PROGRAM "qemu-img"

int qemu_img_check(const struct format_source *source, uint64_t granule_bytes, const char **why)
{
    struct disk_plan plan;
    if (boot_parts_check(why))
        return -1;
    *why = PROGRAM " is not installed (apt install qemu-utils)";
    if (!process_find(PROGRAM))
        return -1;
    return disk_lay_out(&plan, source, granule_bytes, why);
}

/* NULL, or the first line of what went wrong. */
static const char *run(const struct strings *argv)
{
    int fd = scratch_open();
    int status = process_wait(process_start(argv, fd, fd));
    char *words = (char *)scratch_text(fd);
    words[strcspn(words, "\n")] = 0;
    if (status == 0)
        return NULL;
    return *words ? words : PROGRAM ": it failed without a word";
}

struct file_bytes qemu_img_convert(const struct format_source *source, uint64_t granule_bytes,
                                   const char *driver, const char *options, bool compressed)
{
    struct disk_plan plan;
    struct strings argv = {0};
    struct file_bytes file;
    const char *raw = temporary_path("disk.raw"), *why;
    const char *converted = temporary_path(text_format("disk.%s", driver));
    if (disk_lay_out(&plan, source, granule_bytes, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", source->stem, why);
    struct output *output = output_open(raw);
    disk_write(&plan, output);
    output_close(output, 0600);
    output_publish(output);
    /* One piece of work at a time (-m 1), so that the pieces keep their order. */
    strings_add_all(&argv, (const char *const[]){PROGRAM, "convert", "-q", "-m", "1", "-f", "raw",
                                                 "-O", driver, "-o", options, NULL});
    if (compressed)
        strings_add(&argv, "-c");
    strings_add_all(&argv, (const char *const[]){raw, converted, NULL});
    why = run(&argv);
    unlink(raw);
    if (why)
        die(EXIT_STATUS_FAILED, "%s: %s", source->stem, why);
    if (file_map(converted, &file))
        die(EXIT_STATUS_FAILED, "%s: " PROGRAM " left nothing", source->stem);
    unlink(converted);
    return file;
}

int qemu_img_read(struct media *media, const char *path, const char *driver, const char **why)
{
    static unsigned serial;
    struct strings argv = {0};
    const char *raw = temporary_path(text_format("unpacked-%u", serial++));
    *why = "it takes qemu-img to look into it (apt install qemu-utils)";
    if (!process_find(PROGRAM))
        return -1;
    strings_add_all(
        &argv, (const char *const[]){PROGRAM, "convert", "-q", "-f", driver, "-O", "raw", NULL});
    /* A path with a colon would be taken for a protocol. */
    strings_add(&argv, *path == '/' ? path : text_format("./%s", path));
    strings_add(&argv, raw);
    *why = run(&argv);
    if (*why) {
        unlink(raw);
        return -1;
    }
    return media_read_unpacked(media, raw, why);
}
