/* SPDX-License-Identifier: MIT
 *
 * Where the artifacts run: every format is written into the report's own work
 * folder, read back, and given to whatever else here can read or boot it. The
 * words count what happened, nothing else.
 */
#include <string.h>
#include <unistd.h>

#include "comparison.h"
#include "tools/formats/family.h"
#include "tools/hypervisor.h"
#include "tools/process.h"
#include "tools/temporary.h"

/* Names of what something happened to: "3 (elf, raw, iso)". */
struct tally {
    unsigned count;
    const char *names;
};

static void tally_add(struct tally *tally, const char *name)
{
    tally->names = tally->count++ ? text_format("%s, %s", tally->names, name) : name;
}

/* "; WORDS 2 (raw, iso)", or nothing when there was none. */
static const char *clause(const char *words, const struct tally *tally)
{
    if (!tally->count)
        return "";
    return text_format("; %s %u (%s)", words, tally->count, tally->names);
}

static bool succeeds(const char *const *words)
{
    struct strings argv = {0};
    const char *said;
    strings_add_all(&argv, words);
    return process_ask(&argv, &said) == 0;
}

/* Raw disks say nothing about themselves, and not every driver can check. */
static bool qemu_img_takes(const struct image_format *format, const char *path, const char *verb)
{
    if (!format->driver || strcmp(format->driver, "raw") == 0 || !process_find("qemu-img"))
        return false;
    return succeeds((const char *const[]){"qemu-img", verb, "-f", format->driver, path, NULL});
}

/* Through the BIOS of an ordinary machine, to the same readiness as in the other rows. */
static bool boots(const struct comparison *comparison, const struct image_format *format,
                  const char *path)
{
    const struct request *build = &comparison->request.build;
    const struct machine machine = {
        .disk = path,
        .driver = format->driver,
        .cd = format == &format_iso,
        .kind = "pc",
        .accel = vm_accel,
        .command_line = thimble_line(&build->arguments, &build->environment),
        .memory_bytes = VM_MEMORY_BYTES,
    };
    const struct strings argv = hypervisor_arguments(&machine);
    struct instance *instance = instance_new(NULL, comparison->ready);
    instance->framed = true;
    instance_spawn(instance, &argv);
    bool ready = instance_wait(instance, WAIT_READY, NULL, comparison->deadline_s);
    instance_end(instance, 0);
    return ready;
}

struct vm_formats {
    struct tally written, checked, described, booted, silent, lacking;
};

static void try_format(const struct comparison *comparison, const struct image_format *format,
                       struct vm_formats *formats)
{
    const char *elf = comparison->program.image;
    const char *path = text_format("%s%s", temporary_path("portability"), format->extension);
    progress("portability: %s", format->name);
    if (family_lacks(format, elf)) {
        tally_add(&formats->lacking, format->name);
        return;
    }
    family_write(format, elf, path, 0600); /* read back by media_open(), or the program ends */
    tally_add(&formats->written, format->name);
    if (qemu_img_takes(format, path, "check"))
        tally_add(&formats->checked, format->name);
    else if (qemu_img_takes(format, path, "info"))
        tally_add(&formats->described, format->name);
    if (format->driver && comparison->usable[WAY_THIMBLE] && !interrupted)
        tally_add(boots(comparison, format, path) ? &formats->booted : &formats->silent,
                  format->name);
    unlink(path);
}

static void thimble(struct comparison *comparison)
{
    struct vm_formats formats = {0};
    for (size_t i = 0; image_formats[i] && !interrupted; i++)
        try_format(comparison, image_formats[i], &formats);
    if (interrupted)
        return;
    const char *direct = report_has(&comparison->report, ROW_START, COLUMN_THIMBLE)
                             ? "; the ELF image was booted directly by QEMU (PVH)"
                             : "";
    report_words(
        &comparison->report, ROW_PORTABILITY, COLUMN_THIMBLE,
        "formats written and read back by mkimage: %u (%s)%s%s%s%s%s%s; other hypervisors not "
        "tried",
        formats.written.count, formats.written.names, direct,
        clause("booted by QEMU through BIOS until ready:", &formats.booted),
        clause("attached to QEMU, but not ready in time:", &formats.silent),
        clause("found good by qemu-img check:", &formats.checked),
        clause("read by qemu-img info:", &formats.described),
        clause("cannot be written here:", &formats.lacking));
}

/* What skopeo calls the formats it knows. */
static const char *const transports[CONTAINER_FORMATS] = {
    [CONTAINER_OCI] = "oci",
    [CONTAINER_OCI_ARCHIVE] = "oci-archive",
    [CONTAINER_DOCKER] = "docker-archive",
};

/* All formats of a container: "5 (oci, ...)", and what skopeo reads of them. */
static const char *container_formats(const struct container *container)
{
    struct tally written = {0}, inspected = {0};
    for (enum container_format format = 0; format < CONTAINER_FORMATS; format++) {
        const char *name = container_format_names[format];
        const char *path = temporary_path(text_format("portability.%s", name));
        progress("portability: container as %s", name);
        container_write(container, format, path, NULL); /* read back, or the program ends */
        tally_add(&written, name);
        if (!transports[format] || !process_find("skopeo") || interrupted)
            continue;
        if (succeeds((const char *const[]){"skopeo", "inspect",
                                           text_format("%s:%s", transports[format], path), NULL}))
            tally_add(&inspected, name);
    }
    return text_format("formats written and read back by mkimage: %u (%s)%s", written.count,
                       written.names, clause("read by skopeo inspect:", &inspected));
}

static void containers(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    const char *formats = NULL;
    for (enum way way = WAY_ENGINE; way <= WAY_RUNC; way++) {
        if (!comparison->usable[way] || interrupted)
            continue;
        if (!formats)
            formats = container_formats(&comparison->program.container);
        const char *run = report_has(report, ROW_START, way_columns[way]) ? " and run" : "";
        report_words(report, ROW_PORTABILITY, way_columns[way],
                     "%s; the %s was taken%s by %s in this report; needs an x86-64 Linux host",
                     formats, way == WAY_ENGINE ? "docker archive" : "root file system", run,
                     comparison->engines[way].name);
    }
}

void portability(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    containers(comparison);
    thimble(comparison);
    if (comparison->usable[WAY_LINUX])
        report_words(report, ROW_PORTABILITY, COLUMN_LINUX,
                     "kernel and initramfs%s; other hypervisors not tried",
                     report_has(report, ROW_START, COLUMN_LINUX) ? ": booted directly by QEMU"
                                                                 : ", not booted in this report");
}
