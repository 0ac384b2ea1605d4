/* SPDX-License-Identifier: MIT
 *
 * The container inside of the Linux VM: runc, as it is on the host, started by
 * the guest's init as often as asked. Where VMs are emulated, this is the
 * container on the same processor as they are.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "comparison.h"
#include "initramfs.h"
#include "isolation.h"
#include "serving.h"
#include "tools/process.h"
#include "tools/temporary.h"

/* A program and the libraries that ldd names, at the same places. */
static void add_with_libraries(struct initramfs *initramfs, const char *program)
{
    struct strings argv = {0};
    int out = scratch_open(), err = scratch_open();
    initramfs_file(initramfs, program + 1, program, 0755);
    strings_add_all(&argv, (const char *const[]){"ldd", program, NULL});
    int status = process_wait(process_start(&argv, out, err));
    char *rest = (char *)scratch_text(out);
    close(err);
    for (char *line; status == 0 && (line = strsep(&rest, "\n"));) {
        char *path = strchr(line, '/');
        if (!path)
            continue;
        path[strcspn(path, " ")] = 0;
        initramfs_file(initramfs, path + 1, path, 0755);
    }
}

/* runc's own default configuration, with our program in it. */
static json_t *bundle_template(void)
{
    struct strings argv = {0};
    const char *folder = temporary_path("bundle");
    const char *path = text_format("%s/config.json", folder);
    int silence = scratch_open();
    mkdir(folder, 0700);
    strings_add_all(&argv, (const char *const[]){"runc", "spec", "--bundle", folder, NULL});
    process_wait(process_start(&argv, silence, silence));
    close(silence);
    json_t *config = json_load_file(path, 0, NULL);
    unlink(path);
    rmdir(folder);
    return config;
}

/* The container is on the network of the VM, as with --network=host. */
static json_t *on_network_of_host(const json_t *template)
{
    json_t *config = json_deep_copy(template), *namespace;
    json_t *namespaces = json_object_get(json_object_get(config, "linux"), "namespaces");
    size_t i;
    json_array_foreach(namespaces, i, namespace)
    {
        const char *type = json_string_value(json_object_get(namespace, "type"));
        if (type && strcmp(type, "network") == 0) {
            json_array_remove(namespaces, i);
            break;
        }
    }
    return config;
}

static const char *bundle(const json_t *template, const char *root,
                          const struct container *container, const struct strings *arguments,
                          const struct strings *environment)
{
    json_t *config = json_deep_copy(template), *args = json_array();
    json_t *process = json_object_get(config, "process");
    json_t *env = json_object_get(process, "env");
    for (size_t i = 0; i < container->entrypoint.count; i++)
        json_array_append_new(args, json_string(container->entrypoint.at[i]));
    for (size_t i = 0; i < arguments->count; i++)
        json_array_append_new(args, json_string(arguments->at[i]));
    for (size_t i = 0; i < environment->count; i++)
        json_array_append_new(env, json_string(environment->at[i]));
    json_object_set_new(process, "args", args);
    json_object_set_new(process, "terminal", json_false());
    json_object_set_new(json_object_get(config, "root"), "path", json_string(root));
    json_object_del(config, "hostname");
    char *text = json_dumps(config, JSON_COMPACT);
    const char *copy = text ? text_copy(text) : "{}";
    free(text);
    json_decref(config);
    return copy;
}

static void add_bundles(struct comparison *comparison, struct initramfs *initramfs,
                        const json_t *template)
{
    const struct request *asked = &comparison->request.build;
    const struct container *companion = &comparison->companion.container;
    static const struct strings none;
    struct strings compute = {0}, probe = {0}, hold = {0};
    json_t *on_network = on_network_of_host(template);
    strings_add(&compute, "compute");
    strings_addf(&compute, "%u", comparison->rounds);
    strings_add(&probe, "probe");
    strings_add(&hold, "hold");
    const struct {
        const char *name, *text;
    } bundles[] = {
        {"b/program/config.json", bundle(template, "/r/program", &comparison->program.container,
                                         &asked->arguments, &asked->environment)},
        {"b/serve/config.json", bundle(on_network, "/r/program", &comparison->program.container,
                                       &asked->arguments, &asked->environment)},
        {"b/compute/config.json", bundle(template, "/r/companion", companion, &compute, &none)},
        {"b/hold/config.json", bundle(template, "/r/companion", companion, &hold, &none)},
        {"b/probe/config.json", bundle(template, "/r/companion", companion, &probe, &none)},
    };
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) {
        initramfs_folder(initramfs, text_copy_bytes(bundles[i].name, strlen(bundles[i].name) - 12));
        initramfs_text(initramfs, bundles[i].name, bundles[i].text);
    }
    json_decref(on_network);
}

const char *inner_build(struct comparison *comparison, const char *init, const char **why)
{
    const char *runc = process_find("runc"), *path = temporary_path("inner.cpio");
    static const char *const folders[] = {"b",    "r",   "r/program", "r/companion", "usr",
                                          "sbin", "lib", "lib64",     "usr/sbin",    "usr/bin"};
    *why = "runc is not installed (package runc)";
    if (!runc)
        return NULL;
    json_t *template = bundle_template();
    *why = "runc wrote no configuration (runc spec)";
    if (!json_is_object(template))
        return NULL;
    struct initramfs *initramfs = initramfs_open(path);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        initramfs_folder(initramfs, folders[i]);
    initramfs_folder(initramfs, "lib/x86_64-linux-gnu");
    initramfs_file(initramfs, "thimble-init", init, 0755);
    add_with_libraries(initramfs, runc);
    initramfs_tar(initramfs, "r/program/", comparison->program.container.layer_tar);
    initramfs_tar(initramfs, "r/companion/", comparison->companion.container.layer_tar);
    add_bundles(comparison, initramfs, template);
    if (comparison->modules)
        initramfs_modules(initramfs, comparison->modules);
    initramfs_close(initramfs);
    json_decref(template);
    return path;
}

static struct instance *start(struct comparison *comparison, const char *bundle, unsigned count,
                              bool serves)
{
    struct instance *instance = instance_new(NULL, NULL);
    struct strings words = {0};
    strings_add_all(&words,
                    (const char *const[]){process_find("runc"), "run", "--no-pivot", "--bundle",
                                          text_format("/b/%s", bundle), "inner", NULL});
    struct virtual_machine vm = {.kernel = comparison->kernel.path,
                                 .initramfs = comparison->inner_initramfs,
                                 .memory_bytes = INNER_MEMORY_BYTES,
                                 .command_line = linux_repeat_line(&words, count)};
    if (serves) {
        vm.network = serving_network(comparison, instance);
        vm.command_line = line_with_network(vm.network, vm.command_line);
        vm.kind = vm_kind_for_linux();
    }
    struct strings command = vm_command(&vm);
    instance_spawn(instance, &command);
    return instance;
}

/* Waits for a text (NULL: any byte) and steps over it; when it came, or 0. */
static int64_t step(struct instance *instance, const char *text, double deadline_s)
{
    if (!instance_wait(instance, WAIT_TEXT, text, deadline_s))
        return 0;
    int64_t now = clock_now_ns();
    if (text) {
        const char *own = instance->text + instance->begin;
        const char *found = memmem(own, instance->size - instance->begin, text, strlen(text));
        instance->begin += (size_t)(found - own) + strlen(text);
    }
    return now;
}

struct instance *inner_serve(struct comparison *comparison)
{
    struct instance *instance = start(comparison, "serve", 1, true);
    instance->mark_ns = step(instance, LINUX_MARK, comparison->deadline_s);
    return instance;
}

struct instance *inner_hold(struct comparison *comparison)
{
    bool ends = comparison->ends;
    struct instance *instance = start(comparison, ends ? "hold" : "program", 1, false);
    if (step(instance, LINUX_MARK, comparison->deadline_s) &&
        instance_wait(instance, WAIT_TEXT, ends ? NULL : comparison->ready, comparison->deadline_s))
        return instance;
    way_stop(comparison, instance, 0);
    return NULL;
}

static void note_failure(struct comparison *comparison, struct instance *instance, enum row_id row)
{
    if (!interrupted)
        report_missing(&comparison->report, row, COLUMN_INNER,
                       "the container did not get there inside of the Linux VM; last output: %s",
                       instance_last_line(instance));
}

static void measure_starts(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    double deadline_s = comparison->deadline_s;
    unsigned runs = comparison->runs;
    struct instance *instance = start(comparison, "program", runs + 1, false);
    int64_t begin_ns = clock_now_ns();
    for (unsigned i = 0; i <= runs && !interrupted; i++) {
        if (!start_again(comparison, i, STARTS_LEAST, (double)(clock_now_ns() - begin_ns) / 1e9))
            break;
        progress("the container inside of the Linux VM: run %u of %u", i, runs);
        int64_t mark = step(instance, LINUX_MARK, deadline_s);
        int64_t ready = mark ? step(instance, comparison->ready, deadline_s) : 0;
        if (!ready) {
            note_failure(comparison, instance, ROW_START);
            break;
        }
        if (!comparison->ends) { /* one is all that can be had */
            report_sample(report, ROW_START, COLUMN_INNER, (double)(ready - mark) / 1e6);
            break;
        }
        int64_t end = step(instance, LINUX_MARK_END, deadline_s);
        if (!end)
            break;
        if (i == 0)
            continue; /* the first one warms up */
        report_sample(report, ROW_START, COLUMN_INNER, (double)(ready - mark) / 1e6);
        report_sample(report, ROW_START_END, COLUMN_INNER, (double)(end - mark) / 1e6);
    }
    instance_end(instance, 0);
}

void inner_compute(struct comparison *comparison)
{
    if (!comparison->inner_initramfs || interrupted)
        return;
    struct instance *instance = start(comparison, "compute", 1, false);
    int64_t begin = step(instance, "begin\n", 60);
    int64_t end = begin ? step(instance, "end ", 120) : 0;
    if (end)
        report_sample(&comparison->report, ROW_COMPUTE, COLUMN_INNER, (double)(end - begin) / 1e9);
    else
        note_failure(comparison, instance, ROW_COMPUTE);
    instance_end(instance, 0);
}

void measure_inner(struct comparison *comparison)
{
    if (!comparison->inner_initramfs || interrupted)
        return;
    measure_starts(comparison);
    if (interrupted)
        return;
    struct instance *instance = start(comparison, "probe", 1, false);
    progress("probing the container inside of the Linux VM");
    if (step(instance, LINUX_MARK, 60) && instance_wait(instance, WAIT_TEXT, "probe=done", 120))
        isolation_note(comparison, COLUMN_INNER, instance_output(instance));
    else
        note_failure(comparison, instance, ROW_KERNEL_SHARED);
    instance_end(instance, 0);
}
