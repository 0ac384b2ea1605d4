/* SPDX-License-Identifier: MIT
 *
 * The road of a container: compile, link, plan the files, pack them once, write
 * every format from that, each read back before it gets its name.
 */
#include "container.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler.h"
#include "container_view.h"
#include "digest.h"
#include "folder.h"
#include "linking.h"
#include "oci.h"
#include "port.h"
#include "process.h"
#include "tar.h"
#include "temporary.h"

const char *const container_format_names[] = {
    [CONTAINER_OCI] = "oci",       [CONTAINER_OCI_ARCHIVE] = "oci-archive",
    [CONTAINER_DOCKER] = "docker", [CONTAINER_TAR] = "tar",
    [CONTAINER_DIR] = "dir",       [CONTAINER_FORMATS] = NULL,
};

static const char *const suffixes[CONTAINER_FORMATS] = {
    [CONTAINER_OCI] = ".oci",           [CONTAINER_OCI_ARCHIVE] = ".oci.tar",
    [CONTAINER_DOCKER] = ".docker.tar", [CONTAINER_TAR] = ".tar",
    [CONTAINER_DIR] = ".rootfs",
};

/* "dir/app.oci" -> "dir/app": what the outputs begin with. */
static const char *stem(const struct request *request)
{
    const char *output = request->output ? request->output : request->name;
    size_t length = strlen(output);
    while (length > 1 && output[length - 1] == '/')
        length--;
    output = text_copy_bytes(output, length);
    for (unsigned i = 0; i < CONTAINER_FORMATS; i++) {
        size_t tail = strlen(suffixes[i]);
        if (text_ends_with(output, suffixes[i]) && strlen(text_after_last(output, '/')) > tail &&
            i != CONTAINER_TAR)
            return text_copy_bytes(output, length - tail);
    }
    if (text_ends_with(output, ".tar") && strlen(text_after_last(output, '/')) > 4)
        return text_copy_bytes(output, length - 4);
    return output;
}

/* "My App" -> "my-app": what registries take as a name. */
static const char *image_name(const char *name)
{
    char *safe = text_copy(name), *to = safe;
    for (const char *from = name; *from; from++) {
        if (isalnum((unsigned char)*from))
            *to++ = (char)tolower((unsigned char)*from);
        else if (to > safe && to[-1] != '-')
            *to++ = '-';
    }
    while (to > safe && to[-1] == '-')
        to--;
    *to = 0;
    return *safe ? safe : "program";
}

static const char *image_tag(const struct container_request *request, const char *name)
{
    const char *given = request->tag ? request->tag : image_name(name);
    return strchr(text_after_last(given, '/'), ':') ? given : text_format("%s:latest", given);
}

static const char *glibc_version(void)
{
    char version[64];
    size_t bytes = confstr(_CS_GNU_LIBC_VERSION, version, sizeof version);
    return bytes && bytes <= sizeof version ? text_copy(version) : "the host's C library";
}

static struct compiler find_compiler(const struct container_request *request,
                                     struct container *container)
{
    if (!request->libc || strcmp(request->libc, "glibc") == 0) {
        container->libc = glibc_version();
        return compiler_for_linux(request->build.compiler);
    }
    container->libc = "musl";
    if (request->build.compiler)
        die(EXIT_STATUS_USAGE, "--cc %s: with --libc musl the compiler is musl-gcc",
            request->build.compiler);
    if (!process_find("musl-gcc"))
        die(EXIT_STATUS_FAILED,
            "--libc musl: musl-gcc is not installed: apt install musl-tools (or leave --libc out)");
    return compiler_for_linux("musl-gcc");
}

static uint64_t file_bytes(const char *path)
{
    struct stat status;
    if (stat(path, &status))
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
    return (uint64_t)status.st_size;
}

static void build_port(struct container_request *request, struct container *container)
{
    if (request->libc && strcmp(request->libc, "glibc") != 0)
        die(EXIT_STATUS_USAGE, "--libc %s: a recipe is built against the host's C library",
            request->libc);
    container->libc = glibc_version();
    container->program = port_for_linux(&request->build);
    container->program_bytes = file_bytes(container->program);
}

static void build_program(const struct container_request *request, struct container *container)
{
    struct request build = request->build;
    build.inputs = memory_grow(build.inputs, build.input_count * sizeof *build.inputs,
                               (build.input_count + 1) * sizeof *build.inputs);
    build.name = container->name;
    struct compiler compiler = find_compiler(request, container);
    compile_sources(&build, &compiler);
    container->program = link_program(&build, &compiler);
    container->program_bytes = file_bytes(container->program);
}

/* Ends the writing of a temporary file; its digest in hexadecimal. */
static uint64_t finish(struct output *output, char hex[DIGEST_HEX_BYTES])
{
    uint8_t digest[32];
    output_hash(output, digest);
    digest_hex(digest, hex);
    output_close(output, 0600);
    output_publish(output);
    return output->size_bytes;
}

/* The layer, plain and compressed, in the temporary folder. */
static void pack(const struct container_request *request, struct container *container)
{
    struct layer *layer = memory_new(sizeof *layer);
    *layer =
        layer_plan(&request->build.roots, container->program, container->name, container->workdir);
    container->layer = layer;
    container->layer_tar = temporary_path(text_format("%s.layer.tar", container->name));
    container->layer_gzip = temporary_path(text_format("%s.layer.tar.gz", container->name));
    struct output *plain = output_open(container->layer_tar);
    layer_write_tar(layer, plain);
    container->layer_bytes = finish(plain, container->diff_id);
    struct output *compressed = output_open(container->layer_gzip);
    gzip_file(container->layer_tar, compressed);
    container->layer_gzip_bytes = finish(compressed, container->layer_digest);
    container->config = oci_config(container, request);
    digest_bytes(container->config, strlen(container->config), container->config_digest);
}

/* Reads back what was written, before it gets its name. */
static void verify(const struct container *container, enum container_format format,
                   const char *written, const char *path)
{
    struct container_view view;
    const char *why = "it is another format";
    int result = container_view_open(&view, written, &why);
    if (result == 0 && view.format != format)
        result = -1;
    if (result == 0 && view.file_count != container->layer->count) {
        why = "its files are not those of the container";
        result = -1;
    }
    if (result == 0 && view.layer_count &&
        strcmp(view.layers[0].diff_id + strlen("sha256:"), container->diff_id) != 0) {
        why = "its layer is not that of the container";
        result = -1;
    }
    container_view_close(&view);
    if (result)
        die(EXIT_STATUS_FAILED, "%s: what was written does not read back: %s", path, why);
}

static uint64_t write_folder(const struct container *container, enum container_format format,
                             const char *path, const char *tag)
{
    bool oci = format == CONTAINER_OCI;
    const char *temporary = folder_open(path, oci ? "oci-layout" : container->name);
    uint64_t bytes = container->layer->files_bytes;
    if (oci)
        bytes = oci_write_folder(container, temporary, tag);
    else
        layer_write_folder(container->layer, temporary);
    verify(container, format, temporary, path);
    folder_publish(temporary, path);
    return bytes;
}

uint64_t container_write(const struct container *container, enum container_format format,
                         const char *path, const char *tag)
{
    const char *name = tag ? tag : container->tag;
    if (format == CONTAINER_OCI || format == CONTAINER_DIR)
        return write_folder(container, format, path, name);
    struct output *output = output_open(path);
    if (format == CONTAINER_OCI_ARCHIVE)
        oci_write_archive(container, output, name);
    else if (format == CONTAINER_DOCKER)
        oci_write_docker(container, output, name);
    else
        layer_write_tar(container->layer, output);
    output_close(output, 0666);
    verify(container, format, output->temporary, path);
    output_publish(output);
    return output->size_bytes;
}

void container_build(const struct container_request *original, struct container *container)
{
    struct container_request ours = *original;
    const struct container_request *request = &ours;
    *container = (struct container){.workdir = request->workdir, .user = request->user};
    request_check(&request->build);
    const char *outputs = stem(&request->build);
    container->name = text_after_last(outputs, '/');
    if (strcmp(container->name, "tmp") == 0 || strcmp(container->name, "..") == 0 ||
        strcmp(container->name, ".") == 0)
        die(EXIT_STATUS_USAGE, "-o %s: a container's program cannot have this name", outputs);
    container->tag = image_tag(request, container->name);
    strings_addf(&container->entrypoint, "/%s", container->name);
    if (ours.build.port)
        build_port(&ours, container);
    else
        build_program(request, container);
    strings_append(&container->arguments, &request->build.arguments);
    strings_append(&container->environment, &request->build.environment);
    pack(request, container);
    for (unsigned i = 0; i < CONTAINER_FORMATS; i++) {
        if (!(request->formats & 1u << i))
            continue;
        container->paths[i] = text_format("%s%s", outputs, suffixes[i]);
        container->sizes_bytes[i] = container_write(container, i, container->paths[i], NULL);
    }
}
