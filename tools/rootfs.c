/* SPDX-License-Identifier: MIT
 *
 * Scans folders breadth first, lays the tree out, writes it.
 */
#include "rootfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE_BYTES  4096
#define PIECE_BYTES (1 << 20)

struct plan_node {
    struct rootfs_node packed;
    const char *name;
    struct strings paths; /* where it is on the host; for a folder, all that are merged */
};

static const char *path_of(const struct plan_node *node)
{
    return node->paths.at[node->paths.count - 1];
}

static struct plan_node *node_add(struct rootfs_plan *plan, uint32_t parent, const char *name)
{
    uint32_t count = plan->node_count;
    if (count == UINT32_MAX)
        die(EXIT_STATUS_FAILED, "too many files for one root file system");
    if ((count & (count - 1)) == 0) {
        size_t bytes = sizeof *plan->nodes;
        plan->nodes =
            memory_grow(plan->nodes, count * bytes, (count ? (size_t)count * 2 : 1) * bytes);
    }
    struct plan_node *node = &plan->nodes[plan->node_count++];
    *node = (struct plan_node){.packed.parent = parent, .name = name};
    return node;
}

/* The names in all folders of a node, sorted, each once. */
static struct strings child_names(const struct plan_node *folder)
{
    struct strings names = {0}, unique = {0};
    for (size_t i = 0; i < folder->paths.count; i++) {
        DIR *open_folder = opendir(folder->paths.at[i]);
        if (!open_folder)
            die(EXIT_STATUS_FAILED, "%s: %s", folder->paths.at[i], strerror(errno));
        for (struct dirent *entry; (entry = readdir(open_folder));)
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                strings_add(&names, text_copy(entry->d_name));
        closedir(open_folder);
    }
    strings_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        if (!i || strcmp(names.at[i - 1], names.at[i]) != 0)
            strings_add(&unique, names.at[i]);
    return unique;
}

static void set_link(struct plan_node *node, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target);
    if (length < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    node->packed.size_bytes = (uint64_t)length;
    node->packed.mode = S_IFLNK | 0777;
}

static void set_file(struct plan_node *node, const char *path, const struct stat *status)
{
    if (access(path, R_OK))
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    node->packed.size_bytes = (uint64_t)status->st_size;
    node->packed.mode = S_IFREG | (status->st_mode & S_IXUSR ? 0755 : 0644);
}

/* Looks at one path and makes the node what it is there; of several, the last
 * one counts, but folders are merged. */
static void node_look(struct plan_node *node, const char *path)
{
    struct stat status;
    if (lstat(path, &status)) {
        if (errno == ENOENT) /* not in this one of the merged folders */
            return;
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    }
    if (!S_ISDIR(status.st_mode) || !S_ISDIR(node->packed.mode))
        node->paths = (struct strings){0};
    strings_add(&node->paths, path);
    if (S_ISDIR(status.st_mode))
        node->packed.mode = S_IFDIR | 0755;
    else if (S_ISLNK(status.st_mode))
        set_link(node, path);
    else if (S_ISREG(status.st_mode))
        set_file(node, path, &status);
    else
        die(EXIT_STATUS_FAILED,
            "%s: not a file, folder or symbolic link, so it cannot be in the root file system",
            path);
}

static void scan_folder(struct rootfs_plan *plan, uint32_t index)
{
    struct strings names = child_names(&plan->nodes[index]);
    struct strings folders = plan->nodes[index].paths;
    plan->nodes[index].packed.child_first = plan->node_count;
    plan->nodes[index].packed.child_count = (uint32_t)names.count;
    for (size_t i = 0; i < names.count; i++) {
        if (strlen(names.at[i]) > ROOTFS_NAME_MAX)
            die(EXIT_STATUS_FAILED, "%s/%s: the name is too long", folders.at[0], names.at[i]);
        struct plan_node *node = node_add(plan, index, names.at[i]);
        for (size_t j = 0; j < folders.count; j++)
            node_look(node, text_format("%s/%s", folders.at[j], names.at[i]));
        if (!node->paths.count)
            die(EXIT_STATUS_FAILED, "%s/%s: it went away while it was read", folders.at[0],
                names.at[i]);
    }
}

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

static bool has_data(const struct plan_node *node)
{
    return !S_ISDIR(node->packed.mode) && node->packed.size_bytes;
}

static bool is_large(const struct plan_node *node)
{
    return node->packed.size_bytes >= PAGE_BYTES;
}

/* Header, nodes, names, small contents, then large ones on pages of their own. */
static void lay_out(struct rootfs_plan *plan)
{
    uint64_t at = sizeof(struct rootfs) + plan->node_count * sizeof(struct rootfs_node);
    uint64_t name = 0;
    plan->layout.names_offset = at;
    for (uint32_t i = 0; i < plan->node_count; i++) {
        if (name > UINT32_MAX)
            die(EXIT_STATUS_FAILED, "too many files for one root file system");
        plan->nodes[i].packed.name = (uint32_t)name;
        name += strlen(plan->nodes[i].name) + 1;
    }
    plan->layout.names_bytes = name;
    at = round_up(at + name, 8);
    for (int large = 0; large < 2; large++)
        for (uint32_t i = 0; i < plan->node_count; i++) {
            struct plan_node *node = &plan->nodes[i];
            if (!has_data(node) || is_large(node) != large)
                continue;
            at = round_up(at, large ? PAGE_BYTES : 8);
            node->packed.data_offset = at;
            at += node->packed.size_bytes;
        }
    plan->layout.size_bytes = at;
}

static int64_t build_time_s(void)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (!epoch || !*epoch)
        return 0;
    char *end;
    errno = 0;
    long long seconds = strtoll(epoch, &end, 10);
    if (*end || errno)
        die(EXIT_STATUS_USAGE, "SOURCE_DATE_EPOCH=%s: expected a number of seconds", epoch);
    return seconds;
}

struct rootfs_plan rootfs_scan(const struct strings *roots)
{
    struct rootfs_plan plan = {0};
    struct plan_node *root = node_add(&plan, 0, "");
    root->packed.mode = S_IFDIR | 0755;
    strings_append(&root->paths, roots);
    for (uint32_t i = 0; i < plan.node_count; i++)
        if (S_ISDIR(plan.nodes[i].packed.mode))
            scan_folder(&plan, i);
    int64_t time_s = build_time_s();
    for (uint32_t i = 0; i < plan.node_count; i++)
        plan.nodes[i].packed.mtime_s = time_s;
    lay_out(&plan);
    return plan;
}

static const char *inner_path(const struct rootfs_plan *plan, uint32_t index)
{
    const struct plan_node *node = &plan->nodes[index];
    if (!index || !node->packed.parent)
        return node->name;
    return text_format("%s/%s", inner_path(plan, node->packed.parent), node->name);
}

struct rootfs_item rootfs_item(const struct rootfs_plan *plan, uint32_t index)
{
    const struct plan_node *node = &plan->nodes[index];
    return (struct rootfs_item){
        .path = inner_path(plan, index),
        .source = node->paths.count ? path_of(node) : NULL,
        .mode = node->packed.mode,
        .size_bytes = node->packed.size_bytes,
        .time_s = node->packed.mtime_s,
    };
}

static void write_file(const struct plan_node *node, struct output *output)
{
    static uint8_t piece[PIECE_BYTES];
    int fd = open(path_of(node), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        die(EXIT_STATUS_FAILED, "%s: %s", path_of(node), strerror(errno));
    uint64_t left = node->packed.size_bytes;
    while (left) {
        ssize_t bytes = read(fd, piece, left < sizeof piece ? (size_t)left : sizeof piece);
        if (bytes < 0 && errno != EINTR)
            die(EXIT_STATUS_FAILED, "%s: %s", path_of(node), strerror(errno));
        if (bytes == 0)
            die(EXIT_STATUS_FAILED, "%s: it became shorter while it was packed", path_of(node));
        if (bytes > 0) {
            output_write(output, piece, (size_t)bytes);
            left -= (uint64_t)bytes;
        }
    }
    close(fd);
}

static void write_link(const struct plan_node *node, struct output *output)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path_of(node), target, sizeof target);
    if (length < 0 || (uint64_t)length != node->packed.size_bytes)
        die(EXIT_STATUS_FAILED, "%s: it changed while it was packed", path_of(node));
    output_write(output, target, (size_t)length);
}

void rootfs_write(const struct rootfs_plan *plan, struct output *output)
{
    uint64_t start = output->size_bytes;
    struct rootfs header = {
        .magic = ROOTFS_MAGIC,
        .node_count = plan->node_count,
        .names_offset = plan->layout.names_offset,
        .size_bytes = plan->layout.size_bytes,
    };
    output_write(output, &header, sizeof header);
    for (uint32_t i = 0; i < plan->node_count; i++)
        output_write(output, &plan->nodes[i].packed, sizeof(struct rootfs_node));
    for (uint32_t i = 0; i < plan->node_count; i++)
        output_write(output, plan->nodes[i].name, strlen(plan->nodes[i].name) + 1);
    for (int large = 0; large < 2; large++)
        for (uint32_t i = 0; i < plan->node_count; i++) {
            const struct plan_node *node = &plan->nodes[i];
            if (!has_data(node) || is_large(node) != large)
                continue;
            output_pad(output, start + node->packed.data_offset);
            if (S_ISLNK(node->packed.mode))
                write_link(node, output);
            else
                write_file(node, output);
        }
    output_pad(output, start + plan->layout.size_bytes);
}
