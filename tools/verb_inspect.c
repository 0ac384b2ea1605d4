/* SPDX-License-Identifier: MIT
 *
 * mkimage inspect: what is inside of an image.
 */
#include <stdlib.h>
#include <string.h>

#include "container_view.h"
#include "inspect.h"
#include "kernel/abi/bundle.h"
#include "options.h"
#include "verb.h"

struct inspect_request {
    const char *path;
    bool json, files;
};

void boot_protocols(const struct image *image, struct boot_protocol protocols[PROTOCOL_COUNT])
{
    uint64_t entry = image->elf.header.e_entry;
    protocols[0] = (struct boot_protocol){
        "PVH", "QEMU -kernel on microvm, q35, pc; cloud-hypervisor; Firecracker from 1.12",
        image->pvh_entry};
    protocols[1] = (struct boot_protocol){"Multiboot2", "GRUB, by BIOS and by UEFI", 0};
    elf64_multiboot2_entry(&image->elf, &protocols[1].entry);
    protocols[2] = (struct boot_protocol){"Linux 64-bit", "Firecracker before 1.12",
                                          entry != image->pvh_entry ? entry : 0};
}

const char *build_id_hex(const struct image *image)
{
    char *hex = memory_new(2 * BUILD_ID_BYTES + 1);
    for (unsigned i = 0; i < BUILD_ID_BYTES; i++)
        sprintf(hex + 2 * i, "%02x", image->build_id[i]);
    return hex;
}

const char *bundle_entry_name(uint32_t type)
{
    static const char *const names[] = {
        [BUNDLE_MANIFEST] = "manifest", [BUNDLE_SYMBOLS] = "symbols",
        [BUNDLE_PARTS] = "parts",       [BUNDLE_ROOTFS] = "rootfs",
        [BUNDLE_BUILD_ID] = "build id", [BUNDLE_PROGRAM_ID] = "program id",
    };
    bool known = type < sizeof names / sizeof *names && names[type];
    return known ? names[type] : text_format("type %u", type);
}

const char *segment_rights(uint32_t flags)
{
    return text_format("%c%c%c", flags & PF_R ? 'r' : '-', flags & PF_W ? 'w' : '-',
                       flags & PF_X ? 'x' : '-');
}

static void take_json(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct inspect_request *)into)->json = true;
}

static void take_files(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct inspect_request *)into)->files = true;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_inspect, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {NULL, "--json", OPTION_FLAG, NULL, take_json, "as JSON"},
    {NULL, "--files", OPTION_FLAG, NULL, take_files, "list the root file system"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_group groups[] = {{"options", rows}, {0}};

static void take_image(void *into, const char *word)
{
    struct inspect_request *request = into;
    if (request->path)
        die(EXIT_STATUS_USAGE, "%s and %s: one image at a time", request->path, word);
    request->path = word;
}

static int show_container(const struct inspect_request *request)
{
    struct container_view view;
    const char *why = "it cannot be read";
    int result = container_view_open(&view, request->path, &why);
    if (result)
        failed("%s: %s", request->path, why);
    else
        (request->json ? container_show_json : container_show_text)(&view, request->files);
    container_view_close(&view);
    return result ? EXIT_STATUS_FAILED : 0;
}

static int run(const char *const *argv)
{
    struct inspect_request request = {0};
    const struct option_rules rules = {groups, take_image, NULL, NULL};
    struct contents contents;
    struct media media;
    const char *why;
    options_parse(&rules, &request, argv);
    if (!request.path)
        die(EXIT_STATUS_USAGE, "inspect: no image was given");
    if (!media_recognise(request.path) && container_is_image(request.path))
        return show_container(&request);
    if (media_open(&media, request.path, request.path) || image_verify(&media.image))
        return EXIT_STATUS_FAILED;
    if (contents_read(&media.image, &contents, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", request.path, why);
    const struct inspection inspection = {&media, &media.image, &contents, request.files};
    (request.json ? inspect_json : inspect_text)(&inspection);
    media_close(&media);
    return 0;
}

const struct verb verb_inspect = {
    .name = "inspect",
    .synopsis = "[options] IMAGE",
    .summary = "show what is inside of an image",
    .text = "IMAGE: of any format that build or container writes.\n"
            "Shows an image's parts by size, how it boots, its arguments and environment, its\n"
            "biggest functions, its files and its licences, and verifies its build id. Of a\n"
            "container image: its settings, layers and files, each digest verified.",
    .options = groups,
    .run = run,
};
