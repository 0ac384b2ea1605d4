/* SPDX-License-Identifier: MIT
 *
 * Copies zone files.
 */
#include "zones.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf64.h"
#include "file.h"
#include "output.h"
#include "temporary.h"

#define ZONE_READER "glue.zone_file_parse" /* in programs that know local time */
#define GUEST_PLACE "usr/share/zoneinfo"

static bool reads_zones(const char *linked)
{
    struct file_bytes file;
    struct elf64 elf;
    struct elf64_symbols symbols;
    const char *why;
    uint64_t address;
    if (file_map(linked, &file))
        return false;
    bool found = elf64_open(&elf, file.bytes, file.size_bytes, &why) == 0 &&
                 elf64_symbols_open(&elf, &symbols) &&
                 elf64_symbol_find(&symbols, ZONE_READER, &address);
    file_unmap(&file);
    return found;
}

/* A rule ("CET-1CEST") has digits, commas or <>; a path of its own is the program's affair. */
static bool is_zone_name(const char *name)
{
    return *name && *name != '/' && !strstr(name, "..") &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
               strlen(name);
}

static void folders_make(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(path, 0777) && errno != EEXIST)
            die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
        *slash = '/';
    }
}

static bool zone_copy(const char *name, const char *root)
{
    const char *from = text_format("/%s/%s", GUEST_PLACE, name);
    char *to = text_format("%s/%s/%s", root, GUEST_PLACE, name);
    char start[4] = "";
    struct file_bytes file;
    if (file_peek(from, start, sizeof start) != sizeof start || memcmp(start, "TZif", 4) != 0)
        return false;
    if (file_map(from, &file))
        exit(EXIT_STATUS_FAILED);
    folders_make(to);
    struct output *output = output_open(to);
    output_write(output, file.bytes, file.size_bytes);
    output_close(output, 0644);
    output_publish(output);
    file_unmap(&file);
    return true;
}

void zones_pack(struct request *request, const char *linked)
{
    struct strings roots = {0};
    if (!request->zones.count || !reads_zones(linked))
        return;
    const char *root = temporary_path("zones");
    for (size_t i = 0; i < request->zones.count; i++) {
        const char *name = request->zones.at[i];
        if (!is_zone_name(name))
            continue;
        if (zone_copy(name, root))
            strings_add(&roots, root);
        else if (strchr(name, '/'))
            warn("TZ=%s: no such time zone in /%s of this machine: the program will have UTC", name,
                 GUEST_PLACE);
    }
    if (!roots.count)
        return;
    roots.count = 1;
    roots.at[1] = NULL;
    strings_append(&roots, &request->roots); /* the user's own files lie above */
    request->roots = roots;
}
