/* SPDX-License-Identifier: MIT
 *
 * Finds the newest kernel package that apt knows, downloads it once, keeps the
 * kernel out of it in the user's cache.
 */
#include "linux_kernel.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tools/guardian.h"
#include "tools/process.h"

#define BLOCK_BYTES 65536

/* Runs a command quietly; what it printed, or NULL when it failed. *why: its last line. */
static const char *ask(const char *const *words, const char **why)
{
    struct strings argv = {0};
    int out = scratch_open(), err = scratch_open();
    strings_add_all(&argv, words);
    int status = process_wait(process_start(&argv, out, err));
    const char *text = scratch_text(out), *complaint = scratch_text(err);
    if (status == 0)
        return text;
    const char *error = strstr(complaint, "E: ");
    if (why)
        *why = error ? text_copy_bytes(error + 3, strcspn(error + 3, "\n")) : "apt failed";
    return NULL;
}

/* The real package behind a name that only depends on it. */
static const char *newest_package(void)
{
    static const char *const names[] = {"linux-image-cloud-amd64", "linux-image-amd64",
                                        "linux-image-virtual", NULL};
    for (size_t i = 0; names[i]; i++) {
        const char *text = ask(
            (const char *const[]){"apt-cache", "--no-all-versions", "show", names[i], NULL}, NULL);
        const char *depends = text ? strstr(text, "\nDepends: linux-image-") : NULL;
        if (!depends)
            continue;
        const char *name = depends + strlen("\nDepends: ");
        return text_copy_bytes(name, strcspn(name, " ,\n"));
    }
    return NULL;
}

const char *linux_kernel_cache(void)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (!base || *base != '/')
        base = text_format("%s/.cache", home && *home == '/' ? home : "/tmp");
    const char *folder = text_format("%s/thimble", base);
    mkdir(base, 0700);
    mkdir(folder, 0755);
    return folder;
}

/* Copies the data of the entry that is open to a file. */
static int save(struct archive *archive, const char *path)
{
    char block[BLOCK_BYTES];
    ssize_t count;
    const char *temporary = text_format("%s.%d", path, (int)getpid());
    FILE *file = fopen(temporary, "w");
    if (!file)
        return -1;
    while ((count = archive_read_data(archive, block, sizeof block)) > 0)
        fwrite(block, 1, (size_t)count, file);
    if (fclose(file) || count < 0 || rename(temporary, path)) {
        unlink(temporary);
        return -1;
    }
    return 0;
}

/* A member of an archive whose name begins so is opened; false when there is none. */
static bool open_member(struct archive *archive, const char *start)
{
    struct archive_entry *entry;
    while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);
        if (name && text_starts_with(name, start))
            return true;
    }
    return false;
}

static la_ssize_t read_outer(struct archive *inner, void *outer, const void **bytes)
{
    static char block[BLOCK_BYTES];
    (void)inner;
    *bytes = block;
    return archive_read_data(outer, block, sizeof block);
}

/* What is wanted of a package: its kernel, to a file; or modules, to a folder. */
struct wanted {
    const char *kernel, *modules;
};

/* In the order of loading; a distribution's kernel has none of them built in, or all. */
static const char *const module_names[] = {
    "virtio_ring",
    "virtio",
    "virtio_mmio",
    "virtio_pci_legacy_dev",
    "virtio_pci_modern_dev",
    "virtio_pci",
    "failover",
    "net_failover",
    "virtio_net",
    NULL,
};

static int save_modules(struct archive *archive, const char *folder)
{
    struct archive_entry *entry;
    while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
        const char *name = archive_entry_pathname(entry);
        const char *last = name ? text_after_last(name, '/') : "";
        for (size_t i = 0; module_names[i]; i++)
            if (strcmp(last, text_format("%s.ko", module_names[i])) == 0 &&
                save(archive, text_format("%s/%s", folder, last)))
                return -1;
    }
    return 0;
}

/* A package is an ar archive with a compressed tar in it. */
static int unpack(const char *package, const struct wanted *wanted)
{
    struct archive *outer = archive_read_new(), *inner = archive_read_new();
    archive_read_support_format_ar(outer);
    archive_read_support_format_tar(inner);
    archive_read_support_filter_all(inner);
    int result = -1;
    if (archive_read_open_filename(outer, package, BLOCK_BYTES) == ARCHIVE_OK &&
        open_member(outer, "data.tar") &&
        archive_read_open(inner, outer, NULL, read_outer, NULL) == ARCHIVE_OK) {
        if (wanted->modules)
            result = save_modules(inner, wanted->modules);
        else if (open_member(inner, "./boot/vmlinuz-"))
            result = save(inner, wanted->kernel);
    }
    archive_read_free(inner);
    archive_read_free(outer);
    return result;
}

/* Downloads into a folder of its own, which goes again. */
static const char *download(const char *package, const char *folder, const struct wanted *wanted)
{
    char *place = text_format("%s/download-XXXXXX", folder);
    const char *why = NULL;
    if (!mkdtemp(place))
        return text_format("%s: %s", place, strerror(errno));
    int ticket = guardian_tree(place);
    glob_t found = {0};
    if (!ask((const char *const[]){"env", "-C", place, "apt-get", "-q", "download", package, NULL},
             &why))
        why = text_format("apt-get download %s: %s", package, why);
    else if (glob(text_format("%s/*.deb", place), 0, NULL, &found) || !found.gl_pathc)
        why = text_format("apt-get download %s left no package", package);
    else if (unpack(found.gl_pathv[0], wanted))
        why = text_format("the package %s holds no kernel that can be read", package);
    globfree(&found);
    guardian_undo(ticket);
    return why;
}

/* What an earlier comparison left, when apt knows nothing. */
static const char *newest_in_cache(const char *folder)
{
    glob_t found = {0};
    const char *path = NULL;
    if (glob(text_format("%s/vmlinuz-*", folder), 0, NULL, &found) == 0 && found.gl_pathc)
        path = text_copy(found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return path;
}

const char *linux_kernel_find(struct linux_kernel *kernel, const char *given)
{
    struct utsname host;
    if (given) {
        *kernel = (struct linux_kernel){given, given};
        return access(given, R_OK) ? text_format("%s: %s", given, strerror(errno)) : NULL;
    }
    const char *folder = linux_kernel_cache(), *why = "apt knows no package with a kernel";
    const char *package = process_find("apt-cache") ? newest_package() : NULL;
    if (package) {
        const char *path = text_format("%s/vmlinuz-%s", folder, package);
        if (access(path, R_OK) == 0 ||
            !(why = download(package, folder, &(struct wanted){.kernel = path}))) {
            *kernel = (struct linux_kernel){path, package};
            return NULL;
        }
    }
    const char *old = newest_in_cache(folder);
    if (!old && uname(&host) == 0) {
        old = text_format("/boot/vmlinuz-%s", host.release);
        old = access(old, R_OK) == 0 ? old : NULL;
    }
    if (!old)
        return text_format("no kernel for the Linux VM: %s (--kernel FILE names one)", why);
    *kernel = (struct linux_kernel){old, text_after_last(old, '/')};
    return NULL;
}

const char *const *linux_kernel_modules(const struct linux_kernel *kernel, const char **why)
{
    struct strings found = {0};
    const char *package = text_starts_with(kernel->version, "vmlinuz-")
                              ? kernel->version + strlen("vmlinuz-")
                              : kernel->version;
    const char *folder = text_format("%s/modules-%s", linux_kernel_cache(), package);
    const char *last = text_format("%s/virtio_net.ko", folder);
    if (*package == '/') {
        *why = "the modules of a kernel of one's own are not known";
        return NULL;
    }
    mkdir(folder, 0755);
    if (access(last, R_OK)) {
        *why = download(package, linux_kernel_cache(), &(struct wanted){.modules = folder});
        if (!*why && access(last, R_OK))
            *why = text_format("the package %s has no virtio_net.ko", package);
        if (*why)
            return NULL;
    }
    for (size_t i = 0; module_names[i]; i++) {
        const char *path = text_format("%s/%s.ko", folder, module_names[i]);
        if (access(path, R_OK) == 0)
            strings_add(&found, path);
    }
    return found.at;
}
