/* SPDX-License-Identifier: MIT
 *
 * From an image's index to its last file, checking each step.
 */
#include "container_view.h"

#include <archive.h>
#include <archive_entry.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "oci.h"
#include "rootfs.h"

#define LAYERS_MAX 128
#define FILES_MAX  (1 << 20)

static int because(const char **why, const char *reason)
{
    *why = reason;
    return -1;
}

static bool is_tar(const char *path)
{
    char start[512];
    return file_peek(path, start, sizeof start) == (ssize_t)sizeof start &&
           memcmp(start + 257, "ustar", 5) == 0;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_rootfs_folder(const char *path)
{
    size_t length = strlen(path);
    while (length && path[length - 1] == '/')
        length--;
    return text_ends_with(text_copy_bytes(path, length), ".rootfs");
}

bool container_is_image(const char *path)
{
    if (!is_folder(path))
        return is_tar(path);
    return access(text_format("%s/oci-layout", path), F_OK) == 0 || is_rootfs_folder(path);
}

static json_t *parse(const struct blob *blob, const char **why)
{
    json_error_t error;
    json_t *value = json_loadb((const char *)blob->bytes, blob->size_bytes, 0, &error);
    if (!value || !json_is_object(value)) {
        *why = text_format("%s: not the JSON it should be: %s", blob->name,
                           value ? "not an object" : error.text);
        json_decref(value);
        return NULL;
    }
    return value;
}

static bool is_digest(const char *text)
{
    return text && text_starts_with(text, "sha256:") && strlen(text) == 7 + 64 &&
           strspn(text + 7, "0123456789abcdef") == 64;
}

/* The blob that a descriptor means, its size and digest checked. */
static const struct blob *follow(const struct container_view *view, const json_t *descriptor,
                                 const char *what, const char **why)
{
    const char *digest = json_string_value(json_object_get(descriptor, "digest"));
    const json_t *size = json_object_get(descriptor, "size");
    char hex[DIGEST_HEX_BYTES];
    if (!is_digest(digest)) {
        *why = text_format("the %s has no sha256 digest", what);
        return NULL;
    }
    const struct blob *blob =
        blobs_find(&view->blobs, text_format("blobs/sha256/%s", digest + strlen("sha256:")));
    if (!blob) {
        *why = text_format("the %s %s is missing", what, digest);
        return NULL;
    }
    if (!json_is_integer(size) || json_integer_value(size) != (json_int_t)blob->size_bytes) {
        *why = text_format("the %s has %zu bytes, not as many as is said of it", what,
                           blob->size_bytes);
        return NULL;
    }
    digest_bytes(blob->bytes, blob->size_bytes, hex);
    if (strcmp(hex, digest + strlen("sha256:")) != 0) {
        *why = text_format("the %s is damaged: its digest is sha256:%s, not %s", what, hex, digest);
        return NULL;
    }
    return blob;
}

static struct archive *archive_open(const struct blob *blob, bool raw)
{
    struct archive *archive = archive_read_new();
    archive_read_support_filter_all(archive);
    if (raw)
        archive_read_support_format_raw(archive);
    else
        archive_read_support_format_tar(archive);
    archive_read_support_format_empty(archive);
    if (archive_read_open_memory(archive, blob->bytes, blob->size_bytes) == ARCHIVE_OK)
        return archive;
    archive_read_free(archive);
    return NULL;
}

/* Unpacks a layer, only to know its digest and size. */
static int hash_tar(const struct blob *blob, struct container_layer *layer, char hex[],
                    const char **why)
{
    static uint8_t piece[1 << 16];
    uint8_t digest[32];
    struct archive *archive = archive_open(blob, true);
    struct archive_entry *entry;
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    la_ssize_t bytes = -1;
    EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
    if (archive && archive_read_next_header(archive, &entry) == ARCHIVE_OK)
        while ((bytes = archive_read_data(archive, piece, sizeof piece)) > 0) {
            EVP_DigestUpdate(hash, piece, (size_t)bytes);
            layer->tar_bytes += (uint64_t)bytes;
        }
    EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    archive_read_free(archive);
    digest_hex(digest, hex);
    return bytes < 0 ? because(why, "a layer cannot be unpacked") : 0;
}

static int add_file(struct container_view *view, struct container_file file, const char **why)
{
    size_t count = view->file_count, bytes = sizeof file;
    if (count == FILES_MAX)
        return because(why, "it has too many files");
    if ((count & (count - 1)) == 0)
        view->files = memory_grow(view->files, count * bytes, (count ? count * 2 : 1) * bytes);
    view->files[view->file_count++] = file;
    if (S_ISREG(file.mode))
        view->files_bytes += file.size_bytes;
    return 0;
}

static int list_files(struct container_view *view, const struct blob *blob, const char **why)
{
    struct archive *archive = archive_open(blob, false);
    struct archive_entry *entry;
    int next = ARCHIVE_FATAL, result = 0;
    while (archive && result == 0 &&
           (next = archive_read_next_header(archive, &entry)) >= ARCHIVE_WARN &&
           next != ARCHIVE_EOF) {
        const char *path = archive_entry_pathname(entry);
        const char *target = archive_entry_symlink(entry);
        struct container_file file = {
            .path = text_copy(path ? path : "?"),
            .target = target ? text_copy(target) : NULL,
            .mode = archive_entry_mode(entry),
            .size_bytes = (uint64_t)archive_entry_size(entry),
        };
        result = add_file(view, file, why);
    }
    archive_read_free(archive);
    if (result == 0 && next != ARCHIVE_EOF)
        result = because(why, "a layer is no tar archive");
    return result;
}

/* diff_id: what the configuration says the layer is when it is unpacked. */
static int read_layer(struct container_view *view, const struct blob *blob, const char *diff_id,
                      const char **why)
{
    struct container_layer *layer = &view->layers[view->layer_count++];
    char stored[DIGEST_HEX_BYTES], hex[DIGEST_HEX_BYTES];
    digest_bytes(blob->bytes, blob->size_bytes, stored);
    layer->digest = text_format("sha256:%s", stored);
    layer->stored_bytes = blob->size_bytes;
    if (hash_tar(blob, layer, hex, why))
        return -1;
    layer->diff_id = text_format("sha256:%s", hex);
    if (diff_id && strcmp(diff_id, layer->diff_id) != 0)
        return because(why, "a layer is not the one that the configuration names");
    return list_files(view, blob, why);
}

static const json_t *diff_ids(const struct container_view *view)
{
    return json_object_get(json_object_get(view->config, "rootfs"), "diff_ids");
}

/* Room for the layers; their number must be the configuration's. */
static int prepare_layers(struct container_view *view, size_t count, const char **why)
{
    if (count > LAYERS_MAX || count != json_array_size(diff_ids(view)))
        return because(why, "the configuration names another number of layers");
    view->layers = memory_new((count + 1) * sizeof *view->layers);
    return 0;
}

static int read_manifest(struct container_view *view, const json_t *manifest, const char **why)
{
    const struct blob *config =
        follow(view, json_object_get(manifest, "config"), "configuration", why);
    if (!config)
        return -1;
    view->config_digest = text_format("sha256:%s", text_after_last(config->name, '/'));
    view->config = parse(config, why);
    const json_t *layers = json_object_get(manifest, "layers");
    if (!view->config || prepare_layers(view, json_array_size(layers), why))
        return -1;
    for (size_t i = 0; i < json_array_size(layers); i++) {
        const struct blob *blob = follow(view, json_array_get(layers, i), "layer", why);
        const char *diff_id = json_string_value(json_array_get(diff_ids(view), i));
        if (!blob || read_layer(view, blob, diff_id ? diff_id : "", why))
            return -1;
    }
    return 0;
}

static int read_oci(struct container_view *view, const char **why)
{
    const struct blob *layout = blobs_find(&view->blobs, "oci-layout");
    const struct blob *index = blobs_find(&view->blobs, "index.json");
    if (!layout || !index)
        return because(why, "an OCI image layout has an oci-layout and an index.json");
    json_t *version = parse(layout, why);
    if (!version)
        return -1;
    json_decref(version);
    json_t *root = parse(index, why);
    if (!root)
        return -1;
    const json_t *first = json_array_get(json_object_get(root, "manifests"), 0);
    const struct blob *blob = follow(view, first, "manifest", why);
    json_t *manifest = blob ? parse(blob, why) : NULL;
    const char *tag = json_string_value(json_object_get(json_object_get(first, "annotations"),
                                                        "org.opencontainers.image.ref.name"));
    view->tag = tag ? text_copy(tag) : NULL;
    int result = manifest ? read_manifest(view, manifest, why) : -1;
    json_decref(manifest);
    json_decref(root);
    return result;
}

/* manifest.json of `docker save`: a list with one object. */
static int read_docker(struct container_view *view, const struct blob *blob, const char **why)
{
    json_t *root = json_loadb((const char *)blob->bytes, blob->size_bytes, 0, NULL);
    const json_t *image = json_array_get(root, 0), *layers = json_object_get(image, "Layers");
    const char *name = json_string_value(json_object_get(image, "Config"));
    const struct blob *config = name ? blobs_find(&view->blobs, name) : NULL;
    const char *tag = json_string_value(json_array_get(json_object_get(image, "RepoTags"), 0));
    int result = config ? 0 : because(why, "manifest.json names no configuration that is there");
    char hex[DIGEST_HEX_BYTES];
    if (config) {
        digest_bytes(config->bytes, config->size_bytes, hex);
        view->config_digest = text_format("sha256:%s", hex);
        view->tag = tag ? text_copy(tag) : NULL;
        view->config = parse(config, why);
        result = view->config ? prepare_layers(view, json_array_size(layers), why) : -1;
        if (result == 0 && !strstr(name, hex))
            result = because(why, "the configuration is damaged: its digest is not its name");
    }
    for (size_t i = 0; result == 0 && i < json_array_size(layers); i++) {
        const char *file = json_string_value(json_array_get(layers, i));
        const char *diff_id = json_string_value(json_array_get(diff_ids(view), i));
        const struct blob *layer = file ? blobs_find(&view->blobs, file) : NULL;
        result = layer ? read_layer(view, layer, diff_id ? diff_id : "", why)
                       : because(why, "a layer is missing");
    }
    json_decref(root);
    return result;
}

static int read_archive(struct container_view *view, const char **why)
{
    const struct blob *docker = blobs_find(&view->blobs, "manifest.json");
    if (blobs_find(&view->blobs, "oci-layout")) {
        view->format = CONTAINER_OCI_ARCHIVE;
        return read_oci(view, why);
    }
    if (docker) {
        view->format = CONTAINER_DOCKER;
        return read_docker(view, docker, why);
    }
    view->format = CONTAINER_TAR;
    view->layers = memory_new(sizeof *view->layers);
    struct blob whole = {view->path, view->blobs.archive.bytes, view->blobs.archive.size_bytes};
    return read_layer(view, &whole, NULL, why);
}

static int read_rootfs_folder(struct container_view *view, const char **why)
{
    struct strings roots = {0};
    strings_add(&roots, view->path);
    struct rootfs_plan plan = rootfs_scan(&roots);
    view->format = CONTAINER_DIR;
    int result = 0;
    for (uint32_t i = 1; result == 0 && i < plan.node_count; i++) {
        struct rootfs_item item = rootfs_item(&plan, i);
        struct container_file file = {.path = item.path, .mode = item.mode};
        char target[4096] = "";
        file.size_bytes = item.size_bytes;
        if (S_ISLNK(item.mode) && readlink(item.source, target, sizeof target - 1) > 0)
            file.target = text_copy(target);
        result = add_file(view, file, why);
    }
    view->total_bytes = view->files_bytes;
    return result;
}

int container_view_open(struct container_view *view, const char *path, const char **why)
{
    *view = (struct container_view){.path = path};
    if (is_folder(path) && access(text_format("%s/oci-layout", path), F_OK))
        return read_rootfs_folder(view, why);
    int result = is_folder(path) ? blobs_open_folder(&view->blobs, path, why)
                                 : blobs_open_archive(&view->blobs, path, why);
    if (result == 0)
        result = is_folder(path) ? read_oci(view, why) : read_archive(view, why);
    view->total_bytes = view->blobs.total_bytes;
    return result;
}

void container_view_close(struct container_view *view)
{
    json_decref(view->config);
    view->config = NULL;
    blobs_close(&view->blobs);
}
