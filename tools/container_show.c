/* SPDX-License-Identifier: MIT
 *
 * A container image described: for people, and for programs.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "container_view.h"
#include "json_values.h"
#include "quoting.h"

static const char *const descriptions[CONTAINER_FORMATS] = {
    [CONTAINER_OCI] = "OCI image layout",
    [CONTAINER_OCI_ARCHIVE] = "OCI image layout in a tar",
    [CONTAINER_DOCKER] = "docker archive",
    [CONTAINER_TAR] = "root file system in a tar",
    [CONTAINER_DIR] = "root file system in a folder",
};

static const json_t *settings(const struct container_view *view)
{
    return json_object_get(view->config, "config");
}

static const char *setting(const struct container_view *view, const char *name)
{
    const char *text = json_string_value(json_object_get(settings(view), name));
    return text ? text : "";
}

static struct strings setting_list(const struct container_view *view, const char *name)
{
    struct strings list = {0};
    const json_t *array = json_object_get(settings(view), name);
    for (size_t i = 0; i < json_array_size(array); i++)
        if (json_is_string(json_array_get(array, i)))
            strings_add(&list, json_string_value(json_array_get(array, i)));
    return list;
}

static struct strings setting_keys(const struct container_view *view, const char *name)
{
    struct strings list = {0};
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(settings(view), name), key, value)
    {
        const char *text = json_string_value(value);
        strings_addf(&list, text ? "%s=%s" : "%s", key, text);
    }
    return list;
}

static void print_list(const char *title, const struct strings *list)
{
    for (size_t i = 0; i < list->count; i++)
        printf("%-13s%s\n", i ? "" : title, quote_if_needed(list->at[i]));
}

static void print_config(const struct container_view *view)
{
    const char *system = json_string_value(json_object_get(view->config, "os"));
    const char *processor = json_string_value(json_object_get(view->config, "architecture"));
    struct strings program = setting_list(view, "Entrypoint"), cmd = setting_list(view, "Cmd");
    struct strings environment = setting_list(view, "Env");
    struct strings ports = setting_keys(view, "ExposedPorts");
    struct strings labels = setting_keys(view, "Labels");
    strings_append(&program, &cmd);
    if (view->tag)
        printf("tag          %s\n", view->tag);
    printf("config       %s, verified\n", view->config_digest);
    printf("platform     %s/%s\n", system ? system : "?", processor ? processor : "?");
    printf("program      %s\n", quote_list(&program));
    print_list("environment", &environment);
    print_list("ports", &ports);
    print_list("labels", &labels);
    if (*setting(view, "WorkingDir"))
        printf("folder       %s\n", setting(view, "WorkingDir"));
    printf("user         %s\n", *setting(view, "User") ? setting(view, "User") : "root");
}

static void print_layers(const struct container_view *view)
{
    if (view->layer_count)
        printf("\nlayers                                                                      "
               "stored    unpacked\n");
    for (size_t i = 0; i < view->layer_count; i++)
        printf("  %s  %8llu  %10llu\n", view->layers[i].digest,
               (unsigned long long)view->layers[i].stored_bytes,
               (unsigned long long)view->layers[i].tar_bytes);
}

static size_t regular_count(const struct container_view *view)
{
    size_t count = 0;
    for (size_t i = 0; i < view->file_count; i++)
        count += S_ISREG(view->files[i].mode);
    return count;
}

void container_show_text(const struct container_view *view, bool files)
{
    printf("%s: %s, %s (%llu bytes)\n", view->path, descriptions[view->format],
           text_size(view->total_bytes), (unsigned long long)view->total_bytes);
    if (view->config)
        print_config(view);
    print_layers(view);
    printf("\nroot file system: %zu files, %s\n", regular_count(view),
           text_size(view->files_bytes));
    for (size_t i = 0; files && i < view->file_count; i++) {
        const struct container_file *file = &view->files[i];
        const char kind = S_ISDIR(file->mode) ? 'd' : S_ISLNK(file->mode) ? 'l' : '-';
        printf("  %c %04o %10llu  %s%s%s\n", kind, file->mode & 07777,
               (unsigned long long)file->size_bytes, file->path, file->target ? " -> " : "",
               file->target ? file->target : "");
    }
}

static json_t *layer_list(const struct container_view *view)
{
    json_t *array = json_array();
    for (size_t i = 0; i < view->layer_count; i++)
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:o, s:o}", "digest", view->layers[i].digest, "diff_id",
                             view->layers[i].diff_id, "stored_bytes",
                             json_from_integer(view->layers[i].stored_bytes), "unpacked_bytes",
                             json_from_integer(view->layers[i].tar_bytes)));
    return array;
}

static json_t *file_list(const struct container_view *view)
{
    json_t *array = json_array();
    for (size_t i = 0; i < view->file_count; i++) {
        const struct container_file *file = &view->files[i];
        json_array_append_new(
            array, json_from_file(file->path, file->mode, file->size_bytes, file->target));
    }
    return array;
}

void container_show_json(const struct container_view *view, bool files)
{
    json_t *root = json_pack("{s:o, s:s, s:o, s:o}", "file", json_from_text(view->path), "format",
                             container_format_names[view->format], "bytes",
                             json_from_integer(view->total_bytes), "layers", layer_list(view));
    if (view->config) {
        json_object_set_new(root, "config_digest", json_from_text(view->config_digest));
        json_object_set(root, "config", view->config);
    }
    if (view->tag)
        json_object_set_new(root, "tag", json_from_text(view->tag));
    json_t *rootfs = json_pack("{s:o, s:o}", "files", json_from_integer(regular_count(view)),
                               "bytes", json_from_integer(view->files_bytes));
    if (files)
        json_object_set_new(rootfs, "list", file_list(view));
    json_object_set_new(root, "rootfs", rootfs);
    json_dumpf(root, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(root);
}
