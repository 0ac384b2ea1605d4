/* SPDX-License-Identifier: MIT
 *
 * Container images: what is written reads back as it was; every cut and a
 * stretch of damage end in an answer; trees, digests and values.
 */
// sources: tools/container_view.c tools/blobs.c tools/oci.c tools/layer.c tools/tar.c
// sources: tools/digest.c tools/rootfs.c tools/output.c tools/temporary.c tools/tree.c
// sources: tools/file.c tools/text.c tools/error.c tools/values.c
// sources: tools/json_values.c -larchive -ljansson -lcrypto
#include <sys/stat.h>
#include <unistd.h>

#include "tools/container_view.h"
#include "tools/digest.h"
#include "tools/oci.h"
#include "tools/output.h"
#include "tools/tar.h"
#include "tools/temporary.h"
#include "tools/tree.h"
#include "tools/values.h"
#include "unit.h"

enum { FUZZ_SECONDS = 2 };

/* A layer with a short program, its tar and its compressed tar in this folder. */
static struct container sample(void)
{
    static struct layer layer;
    static const struct container_request request = {.libc = NULL};
    struct container container = {.name = "app", .tag = "app:latest", .layer = &layer};
    struct strings roots = {0};
    uint8_t digest[32];
    FILE *program = fopen("program", "w");

    CHECK(program && fputs("#!/bin/false\n", program) >= 0 && fclose(program) == 0);
    layer = layer_plan(&roots, "program", "app", "/a/b");
    strings_add(&container.entrypoint, "/app");
    struct output *plain = output_open("layer.tar");
    layer_write_tar(&layer, plain);
    output_hash(plain, digest);
    digest_hex(digest, container.diff_id);
    output_close(plain, 0600);
    output_publish(plain);
    struct output *compressed = output_open("layer.gz");
    gzip_file("layer.tar", compressed);
    output_hash(compressed, digest);
    digest_hex(digest, container.layer_digest);
    output_close(compressed, 0600);
    output_publish(compressed);
    container.layer_tar = "layer.tar";
    container.layer_gzip = "layer.gz";
    container.layer_bytes = plain->size_bytes;
    container.layer_gzip_bytes = compressed->size_bytes;
    container.config = oci_config(&container, &request);
    digest_bytes(container.config, strlen(container.config), container.config_digest);
    return container;
}

static void write_archive(const struct container *container, bool docker)
{
    struct output *output = output_open("image.tar");

    (docker ? oci_write_docker : oci_write_archive)(container, output, container->tag);
    output_close(output, 0600);
    output_publish(output);
}

static void test_plan(void)
{
    struct container container = sample();
    const char *const wanted[] = {"a", "a/b", "app", "tmp"};

    CHECK(container.layer->count == 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_TEXT(container.layer->files[i].path, wanted[i]);
    CHECK(container.layer->files[2].mode == (S_IFREG | 0755));
    CHECK(container.layer->files_bytes == 13);
}

static void test_read_back(void)
{
    struct container container = sample();

    for (int docker = 0; docker < 2; docker++) {
        struct container_view view;
        const char *why = "";
        write_archive(&container, docker);
        CHECK(container_is_image("image.tar"));
        CHECK(container_view_open(&view, "image.tar", &why) == 0);
        CHECK(view.format == (docker ? CONTAINER_DOCKER : CONTAINER_OCI_ARCHIVE));
        CHECK(view.layer_count == 1 && view.file_count == 4);
        CHECK_TEXT(view.layers[0].diff_id + 7, container.diff_id);
        CHECK_TEXT(view.config_digest + 7, container.config_digest);
        CHECK_TEXT(view.tag, docker ? "app:latest" : "latest");
        container_view_close(&view);
    }
}

static void open_damaged(const uint8_t *bytes, size_t size_bytes)
{
    struct container_view view;
    const char *why = NULL;
    FILE *file = fopen("damaged.tar", "wb");

    CHECK(file && fwrite(bytes, 1, size_bytes, file) == size_bytes && fclose(file) == 0);
    CHECK(container_view_open(&view, "damaged.tar", &why) == 0 || (why && *why));
    container_view_close(&view);
}

static void test_damaged(void)
{
    struct container container = sample();
    static uint8_t good[1 << 16], bad[1 << 16];

    for (int docker = 0; docker < 2; docker++) {
        write_archive(&container, docker);
        FILE *file = fopen("image.tar", "rb");
        size_t size = fread(good, 1, sizeof good, file);
        fclose(file);
        for (size_t cut = 0; cut < size; cut += 97)
            open_damaged(good, cut);
        for (time_t end = time(NULL) + FUZZ_SECONDS; time(NULL) < end;) {
            memcpy(bad, good, size);
            for (size_t i = 0; i < 1 + random_below(8); i++)
                bad[random_below(size)] = (uint8_t)random_next();
            open_damaged(bad, size);
        }
    }
}

/* A change of any byte of the JSON or of the layer must be seen. */
static void test_every_byte_counts(void)
{
    struct container container = sample();
    struct container_view view;
    const char *why;
    static uint8_t bytes[1 << 16];

    write_archive(&container, false);
    FILE *file = fopen("image.tar", "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    CHECK(container_view_open(&view, "image.tar", &why) == 0);
    const struct blob *layer =
        blobs_find(&view.blobs, text_format("blobs/sha256/%s", container.layer_digest));
    CHECK(layer != NULL);
    size_t at = (size_t)(layer->bytes - view.blobs.archive.bytes), count = layer->size_bytes;
    container_view_close(&view);
    for (size_t i = 0; i < count; i += 13) {
        bytes[at + i] ^= 1;
        FILE *out = fopen("changed.tar", "wb");
        CHECK(out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0);
        bytes[at + i] ^= 1;
        CHECK(container_view_open(&view, "changed.tar", &why) == -1);
        container_view_close(&view);
    }
}

static void test_tree(void)
{
    CHECK(mkdir("t", 0700) == 0 && mkdir("t/a", 0700) == 0 && mkdir("t/a/b", 0700) == 0);
    CHECK(mkdir("kept", 0700) == 0 && symlink("../../kept", "t/a/link") == 0);
    for (int i = 0; i < 500; i++)
        fclose(fopen(text_format("t/a/b/%d", i), "w"));
    fclose(fopen("kept/file", "w"));
    tree_remove("t");
    CHECK(access("t", F_OK) != 0);
    CHECK(access("kept/file", F_OK) == 0);
    tree_remove("nowhere");
    tree_remove("kept");
    CHECK(access("kept", F_OK) != 0);
}

static void test_values(void)
{
    char hex[DIGEST_HEX_BYTES];

    CHECK(value_size("-m", "64M") == 64 << 20);
    CHECK(value_size("-m", "1g") == 1 << 30);
    CHECK(value_size("-m", "10K") == 8 << 10);
    CHECK(value_seconds("--timeout", "0.5") == 0.5);
    digest_bytes("abc", 3, hex);
    CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

UNIT_MAIN(TEST(test_plan), TEST(test_read_back), TEST(test_damaged), TEST(test_every_byte_counts),
          TEST(test_tree), TEST(test_values))
