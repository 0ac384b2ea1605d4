/* SPDX-License-Identifier: MIT
 *
 * Builds all that a comparison runs, from the same sources, and makes it known
 * to the engines.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "initramfs.h"
#include "serving.h"
#include "tools/accel.h"
#include "tools/build.h"
#include "tools/compiler.h"
#include "tools/hypervisor.h"
#include "tools/process.h"
#include "tools/sysroot.h"
#include "tools/temporary.h"

#define COMPANION "thimble-companion" /* no name of a user's program */

static void build_container(const struct container_request *request, const char *name,
                            struct container *container)
{
    struct container_request ours = *request;
    ours.build.output = temporary_path(name);
    ours.build.arguments = ours.build.environment = (struct strings){0};
    ours.build.quiet = true;
    ours.formats = 1u << CONTAINER_OCI;
    container_build(&ours, container);
}

static const char *build_vm(const struct request *request, const char *name)
{
    struct request ours = *request;
    ours.arguments = ours.environment = (struct strings){0};
    ours.output = temporary_path(text_format("%s.elf", name));
    ours.mode = 0600;
    ours.quiet = true;
    request_settle(&ours);
    build_image(&ours);
    return ours.output;
}

static struct container_request companion_request(const char *probe)
{
    struct container_request request = {0};
    request_add_file(&request.build, sysroot_file("compare/companion.c"));
    request_add_file(&request.build, sysroot_file(text_format("compare/%s", probe)));
    request.build.name = COMPANION;
    return request;
}

static void build_programs(struct comparison *comparison)
{
    const char *name = comparison->request.build.name;
    const struct container_request for_linux = companion_request("probe_linux.c");
    const struct container_request for_thimble = companion_request("probe_thimble.c");
    progress("building the container");
    build_container(&comparison->request, name, &comparison->program.container);
    if (comparison->request.build.port && !comparison->request.build.arguments.count)
        comparison->request.build.arguments = comparison->program.container.arguments;
    build_container(&for_linux, COMPANION, &comparison->companion.container);
    progress("building the Thimble VM");
    comparison->program.image = build_vm(&comparison->request.build, name);
    comparison->companion.image = build_vm(&for_thimble.build, COMPANION);
    comparison->usable[WAY_THIMBLE] = true;
    comparison->usable[WAY_FLOOR] = comparison->usable[WAY_ROM] = true;
}

/* Linux's first process; NULL when it does not compile (no static C library). */
static const char *build_init(const struct comparison *comparison)
{
    const char *init = temporary_path("thimble-init");
    struct strings argv = compiler_command(comparison->request.build.compiler);
    int silence = scratch_open();
    strings_add_all(&argv,
                    (const char *const[]){"-std=gnu11", "-O2", "-s", "-static", "-D_GNU_SOURCE",
                                          "-o", init, sysroot_file("compare/init.c"), NULL});
    int status = process_wait(process_start(&argv, silence, silence));
    close(silence);
    return status == 0 ? init : NULL;
}

static const char *build_initramfs(const struct container *container, const char *init,
                                   const char *const *modules)
{
    const char *path =
        temporary_path(text_format("%s%s.cpio", container->name, modules ? "-net" : ""));
    struct initramfs *initramfs = initramfs_open(path);
    initramfs_file(initramfs, "thimble-init", init, 0755);
    if (modules)
        initramfs_modules(initramfs, modules);
    initramfs_tar(initramfs, "", container->layer_tar);
    initramfs_close(initramfs);
    return path;
}

static void build_networked(struct comparison *comparison, const char *init)
{
    const char *why = NULL;
    comparison->modules = linux_kernel_modules(&comparison->kernel, &why);
    if (comparison->modules) {
        comparison->program.networked =
            build_initramfs(&comparison->program.container, init, comparison->modules);
        return;
    }
    report_missing(&comparison->report, ROW_FIRST_ANSWER, COLUMN_LINUX, "%s", why);
    report_missing(&comparison->report, ROW_FIRST_ANSWER, COLUMN_INNER, "%s", why);
}

static void build_linux_vm(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    progress("looking for a Linux kernel (downloaded once)");
    const char *why = linux_kernel_find(&comparison->kernel, comparison->kernel_wish);
    const char *init = why ? NULL : build_init(comparison);
    if (!why && !init)
        why = "its init does not compile: no static C library for the host";
    if (why) {
        report_column_absent(report, COLUMN_LINUX, "%s", why);
        report_column_absent(report, COLUMN_INNER, "%s", why);
        report_column_absent(report, COLUMN_FULL, "%s", why);
        return;
    }
    comparison->usable[WAY_LINUX] = true;
    comparison->init = init;
    comparison->program.initramfs = build_initramfs(&comparison->program.container, init, NULL);
    comparison->companion.initramfs = build_initramfs(&comparison->companion.container, init, NULL);
    if (comparison->exchange.request)
        build_networked(comparison, init);
    if (report->columns[COLUMN_INNER].hidden)
        return;
    comparison->inner_initramfs = inner_build(comparison, init, &why);
    if (!comparison->inner_initramfs)
        report_column_absent(report, COLUMN_INNER, "%s", why);
}

static void build_full_vm(struct comparison *comparison)
{
    const struct full_disk_parts parts = {comparison->init,
                                          comparison->program.container.layer_tar};
    if (!comparison->full_wish || !comparison->init)
        return;
    const char *why = full_disk_make(&comparison->full, &parts);
    if (!why)
        return;
    comparison->full.path = NULL;
    report_column_absent(&comparison->report, COLUMN_FULL, "%s", why);
}

/* Docker when it answers or can be started, else podman: what people mean by a container. */
static const char *find_engine(struct comparison *comparison, struct engine *engine)
{
    const char *wish = comparison->engine_wish ? comparison->engine_wish : "auto";
    bool any = strcmp(wish, "auto") == 0, docker = any || strcmp(wish, "docker") == 0;
    bool podman = (any || strcmp(wish, "podman") == 0) && process_find("podman");
    if (strcmp(wish, "none") == 0)
        return "left out on request (--engine none)";
    if (docker && !comparison->start_engine && engine_docker_runs(engine) == 0)
        return NULL;
    if (docker && geteuid() == 0 && process_find("dockerd")) {
        progress("starting a private docker daemon");
        if (engine_start_private(engine, true) == 0) {
            serving_prepare(engine);
            return NULL;
        }
    }
    if (podman && engine_find(engine, "podman") == 0)
        return NULL;
    return docker && process_find("dockerd") && geteuid()
               ? "no docker or podman answers, and only root can start one"
               : "no docker or podman here (packages docker.io, podman)";
}

static const char *find_runner(struct comparison *comparison, struct engine *runner)
{
    bool runc = process_find("runc") && geteuid() == 0;
    if (engine_find(runner, runc ? "runc" : "none"))
        return "neither runc nor plain namespaces can be used";
    if (!runc) {
        report_name_column(&comparison->report, COLUMN_RUNC, "namespaces");
        report_trouble(&comparison->report,
                       "Instead of runc, a bare runner with namespaces was used: %s.",
                       process_find("runc") ? "runc needs root here" : "runc is not installed");
    }
    return NULL;
}

static void load(struct comparison *comparison, enum way way, const char *why)
{
    struct engine *engine = &comparison->engines[way];
    if (!why)
        progress("loading the container into %s", engine->name);
    if (!why &&
        (engine_load(engine, &comparison->program.container, &comparison->program.images[way]) ||
         engine_load(engine, &comparison->companion.container, &comparison->companion.images[way])))
        why = text_format("%s did not take the container", engine->name);
    if (why)
        report_column_absent(&comparison->report, way_columns[way], "%s", why);
    comparison->usable[way] = !why;
}

void comparison_build(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    vm_accel = accel_choose(comparison->accel_wish);
    vm_kind = strcmp(comparison->kind_wish, "auto") == 0 ? "microvm" : comparison->kind_wish;
    report->emulated = strcmp(vm_accel, "tcg") == 0;
    report->columns[COLUMN_INNER].hidden = !report->emulated;
    report->columns[COLUMN_FULL].hidden = !comparison->full_wish;
    hypervisor_find();
    build_programs(comparison);
    if (!interrupted)
        build_linux_vm(comparison);
    if (!interrupted)
        build_full_vm(comparison);
    if (!interrupted)
        load(comparison, WAY_RUNC, find_runner(comparison, &comparison->engines[WAY_RUNC]));
    if (!interrupted)
        load(comparison, WAY_ENGINE, find_engine(comparison, &comparison->engines[WAY_ENGINE]));
    if (comparison->usable[WAY_ENGINE])
        report_name_column(report, COLUMN_ENGINE, comparison->engines[WAY_ENGINE].name);
}

void comparison_unbuild(struct comparison *comparison)
{
    for (enum way way = WAY_ENGINE; way <= WAY_RUNC; way++) {
        struct engine *engine = &comparison->engines[way];
        if (comparison->usable[way]) {
            engine_unload(engine, &comparison->program.images[way]);
            engine_unload(engine, &comparison->companion.images[way]);
        }
        if (engine->name)
            engine_close(engine);
    }
}
