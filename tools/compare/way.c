/* SPDX-License-Identifier: MIT
 *
 * Starting the same thing in each of the ways, and ending it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serving.h"
#include "tools/sysroot.h"
#include "tools/temporary.h"

const enum column way_columns[WAYS_REAL] = {
    [WAY_ENGINE] = COLUMN_ENGINE,
    [WAY_RUNC] = COLUMN_RUNC,
    [WAY_LINUX] = COLUMN_LINUX,
    [WAY_THIMBLE] = COLUMN_THIMBLE,
};

const char *const way_names[WAYS] = {"container",  "runc",        "Linux VM",
                                     "Thimble VM", "floor guest", "empty firmware"};

const char *trace_path(void)
{
    return temporary_path("calls");
}

/* The words after the program's name. */
static struct strings arguments_of(const struct comparison *comparison, enum job job)
{
    static const char *const verbs[] = {"", "hold", "compute", "probe"};
    struct strings words = {0};
    if (job == JOB_PROGRAM)
        return comparison->request.build.arguments;
    strings_add(&words, verbs[job]);
    if (job == JOB_COMPUTE)
        strings_addf(&words, "%u", comparison->rounds);
    return words;
}

static const struct subject *subject_of(const struct comparison *comparison, enum job job)
{
    return job == JOB_PROGRAM ? &comparison->program : &comparison->companion;
}

static struct strings environment_of(const struct comparison *comparison, enum job job)
{
    return job == JOB_PROGRAM ? comparison->request.build.environment : (struct strings){0};
}

static int start_container(struct comparison *comparison, enum way way, const struct order *order,
                           struct instance *instance)
{
    struct engine_container *container = memory_new(sizeof *container);
    int out = instance_pipe(instance);
    struct engine_run run = {
        .arguments = arguments_of(comparison, order->job),
        .environment = environment_of(comparison, order->job),
        .network = "none",
        .memory_bytes = order->memory_bytes,
        .own_arguments = true,
        .measured = geteuid() == 0,
        .in = -1,
        .out = out,
        .err = out,
    };
    if (order->serves)
        serving_container(comparison, &comparison->engines[way], order->many, &run, instance);
    instance->container = container;
    instance->start_ns = clock_now_ns();
    int result = engine_start(&comparison->engines[way],
                              &subject_of(comparison, order->job)->images[way], &run, container);
    close(out);
    if (result)
        snprintf(instance->text, sizeof instance->text, "it could not be started");
    return result;
}

static struct virtual_machine machine_of(const struct comparison *comparison, enum way way,
                                         const struct order *order)
{
    const struct subject *subject = subject_of(comparison, order->job);
    struct strings arguments = arguments_of(comparison, order->job), words = {0};
    struct strings environment = environment_of(comparison, order->job);
    struct virtual_machine vm = {.memory_bytes = order->memory_bytes, .stays = order->stays};
    if (way == WAY_THIMBLE) {
        vm.kernel = subject->image;
        vm.command_line = thimble_line(&arguments, &environment);
    } else if (way == WAY_LINUX) {
        vm.kernel = comparison->kernel.path;
        vm.initramfs = subject->initramfs;
        strings_append(&words, &subject->container.entrypoint);
        strings_append(&words, &arguments);
        vm.command_line = linux_run_line(&words, &environment);
    } else {
        vm.kernel = sysroot_file("compare/floor.elf");
        vm.firmware = way == WAY_ROM ? sysroot_file("compare/rom.bin") : NULL;
    }
    return vm;
}

static struct strings traced(const struct strings *command)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"strace", "-f", "-c", "-o", trace_path(), NULL});
    strings_append(&argv, command);
    return argv;
}

struct instance *way_start(struct comparison *comparison, enum way way, const struct order *order)
{
    const char *ready = order->job == JOB_PROGRAM ? comparison->ready : NULL;
    struct instance *instance =
        instance_new(way == WAY_LINUX ? LINUX_MARK : NULL, way < WAYS_REAL ? ready : NULL);
    if (way <= WAY_RUNC) {
        start_container(comparison, way, order, instance);
        return instance;
    }
    instance->framed = way == WAY_THIMBLE;
    struct virtual_machine vm = machine_of(comparison, way, order);
    if (order->serves) {
        vm.network = serving_network(comparison, instance);
        vm.command_line = line_with_network(vm.network, vm.command_line);
        vm.initramfs = way == WAY_LINUX ? comparison->program.networked : NULL;
        vm.kind = way == WAY_LINUX || order->as_linux ? vm_kind_for_linux() : NULL;
    }
    struct strings command = vm_command(&vm);
    if (order->traced)
        command = traced(&command);
    instance_spawn(instance, &command);
    return instance;
}

static uint64_t file_bytes(const char *path)
{
    struct stat stat_of_file;
    return path && stat(path, &stat_of_file) == 0 ? (uint64_t)stat_of_file.st_size : 0;
}

uint64_t way_loaded_bytes(const struct comparison *comparison, enum way way)
{
    if (way <= WAY_RUNC)
        return 0;
    const struct order order = {.job = JOB_PROGRAM};
    const struct virtual_machine vm = machine_of(comparison, way, &order);
    return file_bytes(vm.kernel) + file_bytes(vm.initramfs);
}

struct instance *way_start_full(struct comparison *comparison)
{
    const struct request *build = &comparison->request.build;
    struct instance *instance = instance_new(LINUX_MARK, comparison->ready);
    struct strings words = {0};
    strings_append(&words, &comparison->program.container.entrypoint);
    strings_append(&words, &build->arguments);
    const struct virtual_machine vm = {
        .kernel = comparison->kernel.path,
        .disk = comparison->full.path,
        .kind = "q35",
        .command_line = linux_full_line(&words, &build->environment),
    };
    const struct strings command = vm_command(&vm);
    instance_spawn(instance, &command);
    return instance;
}

/* QEMU's status from the debug-exit device is 2 n + 1 for a guest's n; ours
 * says it in a frame too, where it is whole. */
static int guest_status(const struct instance *instance)
{
    if (instance->framed && instance->deframer.exited)
        return instance->deframer.status;
    return instance->status & 1 ? instance->status >> 1 : instance->status;
}

void way_stop(struct comparison *comparison, struct instance *instance, int patience_ms)
{
    (void)comparison;
    struct engine_container *container = instance->container;
    if (!container) {
        instance_end(instance, patience_ms);
        instance->status = guest_status(instance);
        return;
    }
    instance->status = container->client > 0 ? engine_wait(container, patience_ms) : 125;
    if (!instance->end_ns || instance->status >= 0)
        instance->end_ns = clock_now_ns();
    engine_remove(container);
    instance->container = NULL;
    instance_end(instance, 0);
}

bool way_cgroup(const struct instance *instance, struct engine_memory *memory)
{
    return instance->container && engine_memory(instance->container, memory) == 0;
}

/* The number in a file of /proc after a word, or 0. */
static uint64_t number_after(const char *path, const char *word)
{
    char line[512];
    uint64_t number = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (text_starts_with(line, word)) {
            number = strtoull(line + strlen(word), NULL, 10);
            break;
        }
    if (file)
        fclose(file);
    return number;
}

uint64_t process_pss_bytes(pid_t pid)
{
    return number_after(text_format("/proc/%d/smaps_rollup", (int)pid), "Pss:") * 1024;
}

uint64_t process_peak_bytes(pid_t pid)
{
    return number_after(text_format("/proc/%d/status", (int)pid), "VmHWM:") * 1024;
}

/* Threads come and go; their sum is in stat, in ticks, which is too coarse for
 * an idle second but not for several. */
uint64_t process_cpu_ns(pid_t pid)
{
    char line[1024];
    unsigned long long user = 0, system = 0;
    FILE *file = fopen(text_format("/proc/%d/stat", (int)pid), "r");
    if (file && fgets(line, sizeof line, file)) {
        const char *after = strrchr(line, ')');
        if (after)
            sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user,
                   &system);
    }
    if (file)
        fclose(file);
    return (user + system) * (1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK));
}

static pid_t parent_of(pid_t pid)
{
    return (pid_t)number_after(text_format("/proc/%d/status", (int)pid), "PPid:");
}

static bool is_shim(pid_t pid)
{
    char name[64] = "";
    FILE *file = fopen(text_format("/proc/%d/comm", (int)pid), "r");
    if (file && !fgets(name, sizeof name, file))
        name[0] = 0;
    if (file)
        fclose(file);
    return strstr(name, "shim") || strstr(name, "conmon");
}

size_t way_processes(const struct instance *instance, pid_t *pids, size_t most)
{
    const struct engine_container *container = instance->container;
    size_t count = 0;
    if (!container) {
        if (instance->pid > 0 && most)
            pids[count++] = instance->pid;
        return count;
    }
    pid_t init = engine_init_pid(container), parent = init > 0 ? parent_of(init) : 0;
    if (most < 3)
        return 0;
    if (container->client > 0)
        pids[count++] = container->client;
    if (init > 0 && init != container->client)
        pids[count++] = init;
    if (parent > 1 && parent != container->client && is_shim(parent))
        pids[count++] = parent;
    return count;
}
