/* SPDX-License-Identifier: MIT
 *
 * Makes the disk without mounts or loop devices: debootstrap fills a folder, tar
 * keeps it, mke2fs turns a copy with the program in it into a file system.
 */
#include "full_disk.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comparison.h"
#include "tools/guardian.h"
#include "tools/process.h"
#include "tools/temporary.h"

#define WORK_S       1200 /* a whole distribution may come over a slow line */
#define ROOM_BYTES   (128ull << 20)
#define PROGRAM_ROOT "srv/program" /* programs/init.c knows it, too */
#define INIT_PATH    "usr/local/sbin/thimble-init"
#define UNITS        "etc/systemd/system"

static const char unit[] = "[Unit]\n"
                           "Description=The program\n"
                           "[Service]\n"
                           "ExecStart=/" INIT_PATH " service\n"
                           "StandardInput=null\n"
                           "[Install]\n"
                           "WantedBy=multi-user.target\n";

struct archive_place {
    const char *origin, *suite, *uri;
};

/* Runs a command that may take long: a wish to stop ends it. NULL, or why it failed. */
static const char *work(const char *const *words)
{
    struct strings argv = {0};
    struct instance *instance = instance_new(NULL, NULL);
    strings_add_all(&argv, words);
    if (instance_spawn(instance, &argv))
        return instance->text;
    bool ended = instance_wait(instance, WAIT_END, NULL, WORK_S);
    instance_end(instance, ended ? 2000 : 0);
    if (interrupted)
        return "interrupted";
    if (!ended)
        return text_format("%s did not end within %d s", words[0], WORK_S);
    if (instance->status)
        return text_format("%s failed: %s", words[0], instance_last_line(instance));
    return NULL;
}

/* The distribution's own archive, as apt knows it: no updates, no third parties. */
static bool find_archive(struct archive_place *place)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"apt-get", "indextargets", "--format",
                                                 "$(ORIGIN)|$(CODENAME)|$(REPO_URI)",
                                                 "Created-By: Packages", NULL});
    char *lines = process_find("apt-get") ? (char *)process_capture(&argv) : NULL;
    for (char *line; (line = strsep(&lines, "\n"));) {
        *place = (struct archive_place){strsep(&line, "|"), strsep(&line, "|"), line};
        if (place->uri && !strchr(place->suite, '-') &&
            (strcmp(place->origin, "Debian") == 0 || strcmp(place->origin, "Ubuntu") == 0))
            return true;
    }
    return false;
}

/* apt's proxy as a setting for the environment; one that changes nothing when there is none. */
static const char *proxy_setting(void)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"apt-config", "dump", "--format", "%v",
                                                 "Acquire::http::Proxy", NULL});
    const char *proxy = process_capture(&argv);
    return proxy && *proxy && strcmp(proxy, "DIRECT") != 0 ? text_format("http_proxy=%s", proxy)
                                                           : "LC_ALL=C";
}

/* Fills the folder `place` and keeps what is in it as `tar`. */
static const char *fetch_into(const struct archive_place *from, const char *place, const char *tar)
{
    const char *root = text_format("%s/root", place), *packed = text_format("%s/tar", place);
    const char *why = work((const char *const[]){"env", "LC_ALL=C", proxy_setting(), "debootstrap",
                                                 "--variant=minbase", "--include=systemd-sysv",
                                                 from->suite, root, from->uri, NULL});
    if (why)
        return text_format("%s %s from %s: %s", from->origin, from->suite, from->uri, why);
    why = work((const char *const[]){"tar", "--numeric-owner", "--exclude=./var/cache/apt/*",
                                     "--exclude=./var/lib/apt/lists/*", "-C", root, "-cf", packed,
                                     ".", NULL});
    if (!why && rename(packed, tar))
        why = text_format("%s: %s", tar, strerror(errno));
    return why;
}

/* The distribution as a tar in the cache; NULL and *why. */
static const char *distribution(const struct archive_place *from, const char **why)
{
    const char *folder = linux_kernel_cache();
    const char *tar = text_format("%s/%s-%s-systemd.tar", folder, from->origin, from->suite);
    char *place = text_format("%s/fetch-XXXXXX", folder);
    if (access(tar, R_OK) == 0)
        return tar;
    *why = "debootstrap is not installed (apt install debootstrap)";
    if (!process_find("debootstrap"))
        return NULL;
    *why = text_format("%s: it cannot be written", folder);
    if (!mkdtemp(place))
        return NULL;
    progress("fetching %s %s with debootstrap (once, some minutes)", from->origin, from->suite);
    int ticket = guardian_tree(place);
    *why = fetch_into(from, place, tar);
    guardian_undo(ticket);
    return *why ? NULL : tar;
}

static const char *add_service(const char *tree, const struct full_disk_parts *parts)
{
    const char *root = text_format("%s/" PROGRAM_ROOT, tree);
    const char *path = text_format("%s/" UNITS "/program.service", tree);
    const char *wanted = text_format("%s/" UNITS "/multi-user.target.wants/program.service", tree);
    const char *getty = text_format("%s/" UNITS "/serial-getty@ttyS0.service", tree);
    FILE *file = fopen(path, "w");
    if (!file || fputs(unit, file) < 0 || fclose(file) ||
        symlink("/" UNITS "/program.service", wanted) || symlink("/dev/null", getty) ||
        mkdir(root, 0755))
        return text_format("the service cannot be put into the disk's root: %s", strerror(errno));
    const char *why = work((const char *const[]){"install", "-m", "755", parts->init,
                                                 text_format("%s/" INIT_PATH, tree), NULL});
    return why ? why
               : work((const char *const[]){"tar", "--numeric-owner", "-C", root, "-xpf",
                                            parts->layer_tar, NULL});
}

static uint64_t bytes_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static const char *make_disk(const char *disk, const char *tar, const struct full_disk_parts *parts)
{
    const char *tree = temporary_path("distribution");
    uint64_t bytes = (bytes_of(tar) + bytes_of(parts->layer_tar)) * 5 / 4 + ROOM_BYTES;
    progress("making the disk of the full VM");
    if (mkdir(tree, 0755))
        return text_format("%s: %s", tree, strerror(errno));
    const char *why =
        work((const char *const[]){"tar", "--numeric-owner", "-C", tree, "-xpf", tar, NULL});
    if (!why)
        why = add_service(tree, parts);
    if (!why)
        why = work((const char *const[]){"mke2fs", "-q", "-F", "-t", "ext4", "-d", tree, disk,
                                         text_format("%lluM", (unsigned long long)bytes >> 20),
                                         NULL});
    const char *left = work((const char *const[]){"rm", "-rf", "--one-file-system", tree, NULL});
    return why ? why : left;
}

const char *full_disk_make(struct full_disk *disk, const struct full_disk_parts *parts)
{
    struct archive_place from;
    const char *why = NULL;
    if (geteuid())
        return "only root can make the disk of a whole distribution";
    if (!process_find("mke2fs"))
        return "mke2fs is not installed (apt install e2fsprogs)";
    if (!find_archive(&from))
        return "apt knows no archive of Debian or Ubuntu to take it from (apt-get update)";
    const char *tar = distribution(&from, &why);
    if (!tar)
        return why;
    *disk = (struct full_disk){temporary_path("full.img"),
                               text_format("%s %s", from.origin, from.suite)};
    return make_disk(disk->path, tar, parts);
}
