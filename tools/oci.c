/* SPDX-License-Identifier: MIT
 *
 * JSON by jansson with sorted keys, so that the same container is the same bytes.
 */
#include "oci.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "digest.h"
#include "json_values.h"
#include "tar.h"

#define REF_NAME       "org.opencontainers.image.ref.name"
#define TITLE          "org.opencontainers.image.title"
#define CONTAINERD_KEY "io.containerd.image.name"

/* Takes the value. */
static const char *dump(json_t *value)
{
    char *text = value ? json_dumps(value, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
    if (!text)
        die(EXIT_STATUS_FAILED, "the container's description cannot be put into JSON");
    const char *copy = text_copy(text);
    free(text);
    json_decref(value);
    return copy;
}

static json_t *setting(const char *text)
{
    return json_from_setting(text, EXIT_STATUS_FAILED);
}

static json_t *list(const struct strings *texts)
{
    return json_from_settings(texts, EXIT_STATUS_FAILED);
}

static const char *time_text(int64_t time_s)
{
    char text[64];
    struct tm parts;
    time_t seconds = (time_t)time_s;
    if (!gmtime_r(&seconds, &parts) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts))
        die(EXIT_STATUS_USAGE, "SOURCE_DATE_EPOCH: not a time that can be written");
    return text_copy(text);
}

static json_t *settings(const struct container *container, const struct container_request *request)
{
    json_t *config = json_object();
    json_object_set_new(config, "Entrypoint", list(&container->entrypoint));
    json_object_set_new(config, "WorkingDir",
                        setting(container->workdir ? container->workdir : "/"));
    if (container->arguments.count)
        json_object_set_new(config, "Cmd", list(&container->arguments));
    if (container->environment.count)
        json_object_set_new(config, "Env", list(&container->environment));
    if (container->user)
        json_object_set_new(config, "User", setting(container->user));
    json_t *ports = json_object(), *labels = json_object();
    for (size_t i = 0; i < request->ports.count; i++)
        json_object_set_new(ports, request->ports.at[i], json_object());
    for (size_t i = 0; i < request->labels.count; i++) {
        const char *label = request->labels.at[i], *equals = strchr(label, '=');
        json_object_set_new(labels, text_copy_bytes(label, (size_t)(equals - label)),
                            setting(equals + 1));
    }
    if (json_object_size(ports))
        json_object_set(config, "ExposedPorts", ports);
    if (json_object_size(labels))
        json_object_set(config, "Labels", labels);
    json_decref(ports);
    json_decref(labels);
    return config;
}

const char *oci_config(const struct container *container, const struct container_request *request)
{
    const char *created = time_text(container->layer->time_s);
    const char *diff = text_format("sha256:%s", container->diff_id);
    json_t *root = json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:[s]}, s:[{s:s, s:s, s:s}]}",
                             "architecture", "amd64", "os", "linux", "created", created, "config",
                             settings(container, request), "rootfs", "type", "layers", "diff_ids",
                             diff, "history", "created", created, "created_by", "mkimage container",
                             "comment", "static program and root file system");
    return dump(root);
}

static const char *sha256(const char *text)
{
    char hex[DIGEST_HEX_BYTES];
    digest_bytes(text, strlen(text), hex);
    return text_copy(hex);
}

static json_t *descriptor(const char *type, const char *hex, uint64_t size_bytes)
{
    return json_pack("{s:s, s:o, s:I}", "mediaType", type, "digest",
                     setting(text_format("sha256:%s", hex)), "size", (json_int_t)size_bytes);
}

/* The whole name, as docker and containerd complete it: "docker.io/library/app:latest". */
static const char *full_name(const char *tag)
{
    const char *slash = strchr(tag, '/');
    if (!slash)
        return text_format("docker.io/library/%s", tag);
    size_t first = (size_t)(slash - tag);
    bool registry = memchr(tag, '.', first) || memchr(tag, ':', first) ||
                    (first == strlen("localhost") && text_starts_with(tag, "localhost"));
    return registry ? tag : text_format("docker.io/%s", tag);
}

/* All small files of an image layout. */
struct documents {
    const char *layout, *index, *manifest, *manifest_digest;
};

static struct documents documents(const struct container *container, const char *tag)
{
    struct documents documents = {.layout = "{\"imageLayoutVersion\":\"1.0.0\"}"};
    documents.manifest = dump(json_pack(
        "{s:i, s:s, s:o, s:[o], s:{s:o}}", "schemaVersion", 2, "mediaType", OCI_TYPE_MANIFEST,
        "config", descriptor(OCI_TYPE_CONFIG, container->config_digest, strlen(container->config)),
        "layers", descriptor(OCI_TYPE_LAYER, container->layer_digest, container->layer_gzip_bytes),
        "annotations", TITLE, setting(container->name)));
    documents.manifest_digest = sha256(documents.manifest);
    json_t *manifest =
        descriptor(OCI_TYPE_MANIFEST, documents.manifest_digest, strlen(documents.manifest));
    json_object_set_new(manifest, "platform",
                        json_pack("{s:s, s:s}", "architecture", "amd64", "os", "linux"));
    json_object_set_new(manifest, "annotations",
                        json_pack("{s:o, s:o}", REF_NAME, setting(strrchr(tag, ':') + 1),
                                  CONTAINERD_KEY, setting(full_name(tag))));
    documents.index = dump(json_pack("{s:i, s:s, s:[o]}", "schemaVersion", 2, "mediaType",
                                     OCI_TYPE_INDEX, "manifests", manifest));
    return documents;
}

static uint64_t write_text(const char *path, const char *text)
{
    struct output *output = output_open(path);
    output_write(output, text, strlen(text));
    output_close(output, 0666);
    output_publish(output);
    return strlen(text);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0777))
        die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", path, strerror(errno));
}

static uint64_t copy_blob(const struct container *container, const char *path)
{
    const struct layer_file file = {path, container->layer_gzip, S_IFREG | 0644,
                                    container->layer_gzip_bytes};
    layer_copy_file(&file, path);
    return container->layer_gzip_bytes;
}

uint64_t oci_write_folder(const struct container *container, const char *folder, const char *tag)
{
    const struct documents text = documents(container, tag);
    const char *blobs = text_format("%s/blobs/sha256", folder);
    make_folder(text_format("%s/blobs", folder));
    make_folder(blobs);
    return write_text(text_format("%s/oci-layout", folder), text.layout) +
           write_text(text_format("%s/index.json", folder), text.index) +
           write_text(text_format("%s/%s", blobs, text.manifest_digest), text.manifest) +
           write_text(text_format("%s/%s", blobs, container->config_digest), container->config) +
           copy_blob(container, text_format("%s/%s", blobs, container->layer_digest));
}

static void add_text(struct tar *tar, const char *path, const char *text)
{
    tar_add_bytes(tar, path, text, strlen(text));
}

static void add_blob(struct tar *tar, const char *hex, const char *text)
{
    add_text(tar, text_format("blobs/sha256/%s", hex), text);
}

void oci_write_archive(const struct container *container, struct output *output, const char *tag)
{
    const struct documents text = documents(container, tag);
    struct tar *tar = tar_open(output, container->layer->time_s);
    tar_add_folder(tar, "blobs/", 0755);
    tar_add_folder(tar, "blobs/sha256/", 0755);
    add_blob(tar, text.manifest_digest, text.manifest);
    add_blob(tar, container->config_digest, container->config);
    tar_add_file(tar, text_format("blobs/sha256/%s", container->layer_digest),
                 container->layer_gzip, container->layer_gzip_bytes, 0644);
    add_text(tar, "index.json", text.index);
    add_text(tar, "oci-layout", text.layout);
    tar_close(tar);
}

void oci_write_docker(const struct container *container, struct output *output, const char *tag)
{
    const char *config = text_format("%s.json", container->config_digest);
    const char *layer = text_format("%s.tar", container->diff_id);
    struct tar *tar = tar_open(output, container->layer->time_s);
    add_text(tar, config, container->config);
    tar_add_file(tar, layer, container->layer_tar, container->layer_bytes, 0644);
    add_text(tar, "manifest.json",
             dump(json_pack("[{s:s, s:[s], s:[o]}]", "Config", config, "Layers", layer, "RepoTags",
                            setting(tag))));
    tar_close(tar);
}
