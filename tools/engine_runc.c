/* SPDX-License-Identifier: MIT
 *
 * runc without an engine around it: a bundle is a folder with the files and a
 * config.json as the OCI runtime specification has it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroup.h"
#include "engine_work.h"
#include "guardian.h"
#include "json_values.h"
#include "process.h"
#include "temporary.h"

bool engine_try_runc(struct engine *engine, const char **why)
{
    const char *words;
    *engine = (struct engine){.kind = ENGINE_RUNC, .name = "runc", .work = &engine_work_runc};
    if (!process_find("runc")) {
        *why = "runc is not installed: apt install runc";
        return false;
    }
    if (geteuid()) {
        *why = "runc needs root";
        return false;
    }
    strings_add(&engine->command, "runc");
    struct strings ask = {0};
    strings_add_all(&ask, (const char *const[]){"runc", "--version", NULL});
    if (process_ask(&ask, &words)) {
        *why = text_format("runc does not work: %s", words);
        return false;
    }
    const char *version = text_copy_bytes(words, strcspn(words, "\n"));
    engine->version = text_after_last(version, ' ');
    engine->cgroupfs = true;
    return true;
}

/* runc keeps the state of its containers here, where no other runc looks. */
static const char *state_folder(void)
{
    static const char *folder;
    if (!folder) {
        folder = temporary_path("runc");
        guardian_tree(folder);
    }
    return folder;
}

static struct strings command(const char *const *words)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){"runc", "--root", state_folder(), NULL});
    strings_add_all(&argv, words);
    return argv;
}

static json_t *setting(const char *text)
{
    return json_from_setting(text, EXIT_STATUS_NO_VM);
}

static json_t *settings(const struct strings *texts)
{
    return json_from_settings(texts, EXIT_STATUS_NO_VM);
}

static json_t *words(const char *const *texts)
{
    struct strings all = {0};
    strings_add_all(&all, texts);
    return settings(&all);
}

/* What docker leaves to a program that runs as root inside. */
static json_t *capabilities(void)
{
    static const char *const kept[] = {
        "CAP_AUDIT_WRITE", "CAP_CHOWN",   "CAP_DAC_OVERRIDE",     "CAP_FOWNER",     "CAP_FSETID",
        "CAP_KILL",        "CAP_MKNOD",   "CAP_NET_BIND_SERVICE", "CAP_NET_RAW",    "CAP_SETFCAP",
        "CAP_SETGID",      "CAP_SETPCAP", "CAP_SETUID",           "CAP_SYS_CHROOT", NULL};
    return json_pack("{s:o, s:o, s:o}", "bounding", words(kept), "effective", words(kept),
                     "permitted", words(kept));
}

static json_t *process(const struct container *container, const struct engine_run *run)
{
    const char *user = container->user ? container->user : "0:0";
    struct strings environment = engine_environment(container, run);
    struct strings arguments = engine_arguments(container, run);
    const char *group = strchr(user, ':');
    return json_pack("{s:b, s:{s:i, s:i}, s:o, s:o, s:o, s:o, s:b}", "terminal", 0, "user", "uid",
                     atoi(user), "gid", group ? atoi(group + 1) : 0, "args", settings(&arguments),
                     "env", settings(&environment), "cwd",
                     setting(container->workdir ? container->workdir : "/"), "capabilities",
                     capabilities(), "noNewPrivileges", 1);
}

static json_t *mount(const char *destination, const char *type, const char *source,
                     const char *const *options)
{
    return json_pack("{s:o, s:s, s:o, s:o}", "destination", setting(destination), "type", type,
                     "source", setting(source), "options", words(options));
}

static json_t *mounts(const struct engine_run *run)
{
    static const char *const strict[] = {"nosuid", "noexec", "nodev", NULL};
    static const char *const read_only[] = {"nosuid", "noexec", "nodev", "ro", NULL};
    static const char *const devices[] = {"nosuid", "strictatime", "mode=755", "size=65536k", NULL};
    static const char *const terminals[] = {"nosuid",        "noexec",    "newinstance",
                                            "ptmxmode=0666", "mode=0620", NULL};
    static const char *const shared[] = {"nosuid",    "noexec",      "nodev",
                                         "mode=1777", "size=65536k", NULL};
    json_t *array = json_array();
    json_array_append_new(array, mount("/proc", "proc", "proc", strict));
    json_array_append_new(array, mount("/dev", "tmpfs", "tmpfs", devices));
    json_array_append_new(array, mount("/dev/pts", "devpts", "devpts", terminals));
    json_array_append_new(array, mount("/dev/shm", "tmpfs", "shm", shared));
    json_array_append_new(array, mount("/sys", "sysfs", "sysfs", read_only));
    for (size_t i = 0; i < run->volumes.count; i++) {
        struct engine_volume volume = engine_volume(run->volumes.at[i]);
        const char *const bind[] = {"rbind", volume.read_only ? "ro" : "rw", NULL};
        json_array_append_new(array, mount(volume.path, "bind", volume.folder, bind));
    }
    return array;
}

static json_t *namespaces(bool network)
{
    static const char *const kinds[] = {"pid", "ipc", "uts", "mount", "network"};
    json_t *array = json_array();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds - !network; i++)
        json_array_append_new(array, json_pack("{s:s}", "type", kinds[i]));
    return array;
}

static json_t *linux_part(const struct engine_run *run, const char *group)
{
    static const char *const masked[] = {"/proc/acpi",        "/proc/kcore",
                                         "/proc/keys",        "/proc/latency_stats",
                                         "/proc/timer_list",  "/proc/timer_stats",
                                         "/proc/sched_debug", "/proc/scsi",
                                         "/sys/firmware",     NULL};
    static const char *const fixed[] = {"/proc/bus",           "/proc/fs", "/proc/irq", "/proc/sys",
                                        "/proc/sysrq-trigger", NULL};
    bool network = !run->network || strcmp(run->network, "host") != 0;
    json_t *root =
        json_pack("{s:o, s:o, s:o, s:o, s:{s:[{s:b, s:s}]}}", "cgroupsPath", setting(group),
                  "namespaces", namespaces(network), "maskedPaths", words(masked), "readonlyPaths",
                  words(fixed), "resources", "devices", "allow", 0, "access", "rwm");
    if (run->memory_bytes)
        json_object_set_new(json_object_get(root, "resources"), "memory",
                            json_pack("{s:I}", "limit", (json_int_t)run->memory_bytes));
    return root;
}

static int write_bundle(const char *bundle, const struct engine_run *run,
                        const struct engine_container *container)
{
    const struct engine_image *image = container->image;
    const char *group =
        text_format("%s/%s", container->cgroup ? container->cgroup : "", container->name);
    if (mkdir(bundle, 0700))
        return failed("%s: %s", bundle, strerror(errno));
    json_t *root =
        json_pack("{s:s, s:o, s:{s:o, s:b}, s:o, s:o, s:o}", "ociVersion", "1.0.2", "process",
                  process(image->container, run), "root", "path", setting(image->rootfs),
                  "readonly", 0, "hostname", setting(image->container->name), "mounts", mounts(run),
                  "linux", linux_part(run, group));
    int result =
        root ? json_dump_file(root, text_format("%s/config.json", bundle), JSON_SORT_KEYS) : -1;
    json_decref(root);
    return result ? failed("%s: the bundle cannot be written", bundle) : 0;
}

static int start(struct engine *engine, const struct engine_run *run,
                 struct engine_container *container)
{
    (void)engine;
    if (run->ports.count && (!run->network || strcmp(run->network, "host") != 0))
        return failed("-p %s: runc by itself publishes no ports: --net host, or docker or podman",
                      run->ports.at[0]);
    const char *bundle = temporary_path(text_format("bundle-%s", container->name));
    struct strings undo = command((const char *const[]){"delete", "-f", container->name, NULL});
    struct strings argv =
        command((const char *const[]){"run", "--bundle", bundle, container->name, NULL});
    const int streams[3] = {run->in, run->out, run->err};
    if (write_bundle(bundle, run, container))
        return -1;
    container->ticket = guardian_command(&undo);
    container->client = process_launch(&argv, streams, PROCESS_APART);
    return 0;
}

static pid_t init_pid(const struct engine_container *container)
{
    struct strings argv = command((const char *const[]){"state", container->name, NULL});
    const char *answer;
    if (process_ask(&argv, &answer))
        return 0;
    json_t *state = json_loads(answer, 0, NULL);
    json_int_t pid = json_integer_value(json_object_get(state, "pid"));
    json_decref(state);
    return (pid_t)pid;
}

static int send_signal(const struct engine_container *container, int number)
{
    struct strings argv =
        command((const char *const[]){"kill", container->name, text_format("%d", number), NULL});
    const char *answer;
    return process_ask(&argv, &answer) ? -1 : 0;
}

static void remove_container(struct engine_container *container)
{
    const char *bundle = temporary_path(text_format("bundle-%s", container->name));
    const char *state = text_format("%s/%s", state_folder(), container->name);
    if (access(state, F_OK) == 0) /* runc was killed before it could put things away */
        guardian_undo(container->ticket);
    else
        guardian_forget(container->ticket);
    unlink(text_format("%s/config.json", bundle));
    rmdir(bundle);
}

const struct engine_work engine_work_runc = {
    .load = engine_unpack,
    .unload = engine_unpacked_remove,
    .start = start,
    .init_pid = init_pid,
    .signal = send_signal,
    .remove = remove_container,
};
