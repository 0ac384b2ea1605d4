/* SPDX-License-Identifier: MIT
 *
 * Control groups are folders; what they count and limit are files in them.
 */
#include "cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PATH_BYTES 1024
#define TRIES      200

/* The hierarchy that counts memory: where it is mounted, and of which version. */
struct hierarchy {
    char folder[PATH_BYTES];
    int version; /* 0: there is none */
};

static struct hierarchy memory_hierarchy(void)
{
    struct hierarchy found = {"", 0};
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    struct mntent *mount;
    while (mounts && found.version != 1 && (mount = getmntent(mounts))) {
        if (strcmp(mount->mnt_type, "cgroup") == 0 && hasmntopt(mount, "memory"))
            found.version = 1;
        else if (strcmp(mount->mnt_type, "cgroup2") == 0)
            found.version = 2;
        else
            continue;
        snprintf(found.folder, sizeof found.folder, "%s", mount->mnt_dir);
    }
    if (mounts)
        endmntent(mounts);
    return found;
}

static bool join(char *to, const struct hierarchy *at, const char *path, const char *file)
{
    return at->version && snprintf(to, PATH_BYTES, "%s%s%s%s", at->folder, path, *file ? "/" : "",
                                   file) < PATH_BYTES;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t bytes = write(fd, text, strlen(text));
    close(fd);
    return bytes < 0 ? -1 : 0;
}

static int write_number(const char *path, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return write_file(path, text);
}

static int read_number(const char *path, uint64_t *number)
{
    char text[64] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t bytes = read(fd, text, sizeof text - 1);
    close(fd);
    char *end = text;
    *number = strtoull(text, &end, 10);
    return bytes > 0 && end > text ? 0 : -1;
}

int cgroup_create(const char *path)
{
    struct hierarchy at = memory_hierarchy();
    char folder[PATH_BYTES], file[PATH_BYTES];
    if (!join(folder, &at, path, "") || mkdir(folder, 0755))
        return -1;
    /* So that groups below it count memory too. */
    if (at.version == 2 && join(file, &at, "", "cgroup.subtree_control"))
        write_file(file, "+memory");
    if (at.version == 2 && join(file, &at, path, "memory.current") && access(file, F_OK)) {
        rmdir(folder);
        return -1;
    }
    return 0;
}

int cgroup_limit_memory(const char *path, uint64_t bytes)
{
    struct hierarchy at = memory_hierarchy();
    char file[PATH_BYTES];
    if (!join(file, &at, path, at.version == 1 ? "memory.limit_in_bytes" : "memory.max"))
        return -1;
    return write_number(file, bytes);
}

int cgroup_enter(const char *path, pid_t pid)
{
    struct hierarchy at = memory_hierarchy();
    char file[PATH_BYTES];
    return join(file, &at, path, "cgroup.procs") ? write_number(file, (uint64_t)pid) : -1;
}

int cgroup_memory(const char *path, uint64_t *now_bytes, uint64_t *peak_bytes)
{
    struct hierarchy at = memory_hierarchy();
    char now[PATH_BYTES], peak[PATH_BYTES];
    bool old = at.version == 1;
    if (!join(now, &at, path, old ? "memory.usage_in_bytes" : "memory.current") ||
        !join(peak, &at, path, old ? "memory.max_usage_in_bytes" : "memory.peak"))
        return -1;
    return read_number(now, now_bytes) || read_number(peak, peak_bytes) ? -1 : 0;
}

/* Lines are "7:memory:/path", and "0::/path" in version 2. */
int cgroup_of(pid_t pid, char *path, size_t path_bytes)
{
    char name[64], line[PATH_BYTES + 256];
    struct hierarchy at = memory_hierarchy();
    int result = -1;
    snprintf(name, sizeof name, "/proc/%d/cgroup", (int)pid);
    FILE *file = fopen(name, "re");
    while (file && result && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *found;
        char *start = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!start)
            continue;
        *start++ = 0;
        start[strcspn(start, "\n")] = 0;
        found = strstr(controllers + 1, "memory");
        if (at.version == 1 ? found != NULL : controllers[1] == 0)
            result = snprintf(path, path_bytes, "%s", start) < (int)path_bytes ? 0 : -1;
    }
    if (file)
        fclose(file);
    return result;
}

static void kill_all_in(const char *folder)
{
    char path[PATH_BYTES + 16];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    FILE *file = fopen(path, "re");
    int pid;
    while (file && fscanf(file, "%d", &pid) == 1)
        if (pid > 1)
            kill(pid, SIGKILL);
    if (file)
        fclose(file);
}

static void remove_folder(const char *folder)
{
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        return;
    for (struct dirent *entry; (entry = readdir(open_folder));) {
        char inner[PATH_BYTES];
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
            snprintf(inner, sizeof inner, "%s/%s", folder, entry->d_name) < (int)sizeof inner)
            remove_folder(inner);
    }
    closedir(open_folder);
    for (int i = 0; i < TRIES && rmdir(folder) && errno == EBUSY; i++) {
        kill_all_in(folder);
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
}

void cgroup_remove(const char *path)
{
    if (strncmp(path, CGROUP_PREFIX, strlen(CGROUP_PREFIX)) != 0)
        return; /* never one that is not ours */
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    struct mntent *mount;
    while (mounts && (mount = getmntent(mounts))) {
        char folder[PATH_BYTES];
        if ((strcmp(mount->mnt_type, "cgroup") == 0 || strcmp(mount->mnt_type, "cgroup2") == 0) &&
            snprintf(folder, sizeof folder, "%s%s", mount->mnt_dir, path) < (int)sizeof folder)
            remove_folder(folder);
    }
    if (mounts)
        endmntent(mounts);
}
