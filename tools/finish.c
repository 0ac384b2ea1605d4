/* SPDX-License-Identifier: MIT
 *
 * Writes the final ELF file: headers, segments without the linker's padding,
 * the bundle as one more segment, and section headers for those who look.
 */
#include "finish.h"

#include <string.h>

#include "bundle.h"
#include "elf64.h"
#include "file.h"
#include "image.h"
#include "output.h"
#include "program_id.h"

#define SEGMENTS_MAX      16
#define SEGMENT_ALIGNMENT 16
#define BUNDLE_SECTION    ".bundle"

struct final_section {
    Elf64_Shdr header;
    const char *name;
    const uint8_t *contents; /* NULL: written with a segment */
};

struct final {
    struct elf64 linked;
    struct bundle_plan bundle;
    Elf64_Phdr segments[SEGMENTS_MAX];
    Elf64_Phdr bundle_segment;             /* one of them */
    const uint8_t *contents[SEGMENTS_MAX]; /* of the segments; NULL: not on their own */
    unsigned segment_count;
    struct final_section *sections;
    unsigned section_count;
    uint64_t bundle_address; /* a bundle that is there already is left out */
    uint64_t at;             /* how far the file is laid out */
};

static uint64_t align(uint64_t at, uint64_t to, uint64_t like)
{
    return at + ((like - at) & (to - 1));
}

static void add_segment(struct final *final, Elf64_Phdr segment, const uint8_t *contents)
{
    if (final->segment_count == SEGMENTS_MAX)
        die(EXIT_STATUS_FAILED, "the linker made too many segments");
    final->contents[final->segment_count] = contents;
    final->segments[final->segment_count++] = segment;
}

/* Where the contents of an address are in the final file. */
static bool final_offset(const struct final *final, uint64_t address, uint64_t *offset)
{
    for (unsigned i = 0; i < final->segment_count; i++) {
        const Elf64_Phdr *segment = &final->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
            address - segment->p_vaddr <= segment->p_memsz) {
            uint64_t within = address - segment->p_vaddr;
            *offset = segment->p_offset + (within < segment->p_filesz ? within : segment->p_filesz);
            return true;
        }
    }
    return false;
}

static bool is_load(const struct final *final, const Elf64_Phdr *segment)
{
    return segment->p_type == PT_LOAD && segment->p_memsz &&
           segment->p_vaddr != final->bundle_address;
}

/* The loaded segments, one after the other. */
static void lay_out_loads(struct final *final)
{
    for (unsigned i = 0; i < final->linked.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&final->linked, i);
        if (!is_load(final, &segment))
            continue;
        const uint8_t *contents = elf64_bytes(&final->linked, segment.p_offset, segment.p_filesz);
        if (segment.p_filesz && !contents)
            die(EXIT_STATUS_FAILED, "a segment of the program lies outside of its file");
        segment.p_offset = final->at = align(final->at, SEGMENT_ALIGNMENT, segment.p_vaddr);
        segment.p_align = SEGMENT_ALIGNMENT;
        add_segment(final, segment, contents);
        final->at += segment.p_filesz;
    }
}

static void lay_out_bundle(struct final *final)
{
    uint64_t address = final->bundle_address;
    const Elf64_Phdr *last = &final->segments[final->segment_count - 1];
    uint64_t size_bytes = final->bundle.size_bytes;
    final->at = align(final->at, SEGMENT_ALIGNMENT, address);
    Elf64_Phdr segment = {
        .p_type = PT_LOAD,
        .p_flags = PF_R,
        .p_offset = final->at,
        .p_vaddr = address,
        .p_paddr = address - last->p_vaddr + last->p_paddr,
        .p_filesz = size_bytes,
        .p_memsz = size_bytes,
        .p_align = SEGMENT_ALIGNMENT,
    };
    if (last->p_vaddr + last->p_memsz > address)
        die(EXIT_STATUS_FAILED, "the linker script put image_bundle inside of the program");
    final->bundle_segment = segment;
    add_segment(final, segment, NULL);
    final->at += size_bytes;
}

/* Notes stand inside of a loaded segment; only their place changed. */
static void lay_out_notes(struct final *final)
{
    for (unsigned i = 0; i < final->linked.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&final->linked, i);
        if (segment.p_type == PT_NOTE && final_offset(final, segment.p_vaddr, &segment.p_offset))
            add_segment(final, segment, NULL);
    }
}

static void add_section(struct final *final, Elf64_Shdr header, const char *name,
                        const uint8_t *contents)
{
    final->sections[final->section_count++] = (struct final_section){header, name, contents};
}

/* The image adjusts its own pointers. GRUB refuses files in which it sees something to
 * relocate, and needs not know. */
static void hide_relocations(Elf64_Shdr *section)
{
    if (section->sh_type != SHT_RELA && section->sh_type != SHT_RELR)
        return;
    section->sh_type = SHT_PROGBITS;
    section->sh_link = section->sh_info = 0;
    section->sh_entsize = 0;
}

/* With debug information all sections stay, in their order, because symbols
 * name them by number; otherwise only what is loaded. */
static void lay_out_sections(struct final *final, bool debug)
{
    for (unsigned i = 1; i < final->linked.section_count; i++) {
        Elf64_Shdr section = elf64_section(&final->linked, i);
        const char *name = elf64_section_name(&final->linked, &section);
        const uint8_t *contents = NULL;
        if (section.sh_flags & SHF_ALLOC && section.sh_addr == final->bundle_address &&
            strcmp(name, BUNDLE_SECTION) == 0)
            continue;
        if (section.sh_flags & SHF_ALLOC) {
            if (!final_offset(final, section.sh_addr, &section.sh_offset))
                section.sh_offset = final->at;
            hide_relocations(&section);
        } else if (debug && i != final->linked.header.e_shstrndx) {
            contents = elf64_bytes(&final->linked, section.sh_offset, section.sh_size);
            section.sh_offset = final->at = align(final->at, 8, 0);
            final->at += contents ? section.sh_size : 0;
        } else if (!debug || i + 1 == final->linked.section_count) {
            continue;
        }
        add_section(final, section, name, contents);
    }
    const Elf64_Phdr *bundle = &final->bundle_segment;
    add_section(final,
                (Elf64_Shdr){.sh_type = SHT_PROGBITS,
                             .sh_flags = SHF_ALLOC,
                             .sh_addr = bundle->p_vaddr,
                             .sh_offset = bundle->p_offset,
                             .sh_size = bundle->p_filesz,
                             .sh_addralign = 8},
                BUNDLE_SECTION, NULL);
}

/* The table of section names, itself the last section. */
static void lay_out_section_names(struct final *final)
{
    size_t bytes = 1 + sizeof ".shstrtab";
    for (unsigned i = 1; i < final->section_count; i++)
        bytes += strlen(final->sections[i].name) + 1;
    char *names = memory_new(bytes), *to = names + 1;
    add_section(
        final,
        (Elf64_Shdr){
            .sh_type = SHT_STRTAB, .sh_offset = final->at, .sh_size = bytes, .sh_addralign = 1},
        ".shstrtab", (uint8_t *)names);
    for (unsigned i = 1; i < final->section_count; i++) {
        final->sections[i].header.sh_name = (Elf64_Word)(to - names);
        to = stpcpy(to, final->sections[i].name) + 1;
    }
    final->at = align(final->at + bytes, 8, 0);
}

static void lay_out(struct final *final, bool debug)
{
    unsigned notes = 0, loads = 1;
    for (unsigned i = 0; i < final->linked.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&final->linked, i);
        notes += segment.p_type == PT_NOTE;
        loads += is_load(final, &segment);
    }
    final->at = sizeof(Elf64_Ehdr) + (notes + loads) * sizeof(Elf64_Phdr);
    final->sections = memory_new((final->linked.section_count + 3) * sizeof *final->sections);
    final->section_count = 1;
    lay_out_loads(final);
    if (!final->segment_count)
        die(EXIT_STATUS_FAILED, "the linker made an empty program");
    lay_out_bundle(final);
    lay_out_notes(final);
    lay_out_sections(final, debug);
    lay_out_section_names(final);
}

static uint64_t write_final(const struct final *final, struct output *output)
{
    uint64_t build_id_at = 0;
    Elf64_Ehdr header = final->linked.header;
    header.e_phoff = sizeof header;
    header.e_phnum = (Elf64_Half) final->segment_count;
    header.e_shoff = final->at;
    header.e_shnum = (Elf64_Half) final->section_count;
    header.e_shstrndx = (Elf64_Half)(final->section_count - 1);
    output_write(output, &header, sizeof header);
    output_write(output, final->segments, final->segment_count * sizeof *final->segments);
    for (unsigned i = 0; i < final->segment_count; i++) {
        const Elf64_Phdr *segment = &final->segments[i];
        if (segment->p_type != PT_LOAD)
            continue;
        output_pad(output, segment->p_offset);
        if (final->contents[i])
            output_write(output, final->contents[i], segment->p_filesz);
        else
            build_id_at = bundle_write(&final->bundle, output);
    }
    for (unsigned i = 1; i < final->section_count; i++)
        if (final->sections[i].contents) {
            output_pad(output, final->sections[i].header.sh_offset);
            output_write(output, final->sections[i].contents, final->sections[i].header.sh_size);
        }
    output_pad(output, final->at);
    for (unsigned i = 0; i < final->section_count; i++)
        output_write(output, &final->sections[i].header, sizeof(Elf64_Shdr));
    return build_id_at;
}

/* A build ends by reading its own output with the code that `inspect` uses. */
static void verify(const struct output *output)
{
    struct image image;
    if (image_open(&image, output->temporary, output->path) || image_verify(&image))
        die(EXIT_STATUS_FAILED, "%s: what was written is not a good image; nothing was kept",
            output->path);
    image_close(&image);
}

static unsigned long long write_image(const struct final *final, const struct request *request)
{
    struct output *output = output_open(request->output);
    uint64_t build_id_at = write_final(final, output);
    uint8_t build_id[BUILD_ID_BYTES];
    output_hash(output, build_id);
    output_patch(output, build_id_at, build_id, sizeof build_id);
    output_close(output, request->mode);
    verify(output);
    output_publish(output);
    return output->size_bytes;
}

unsigned long long finish_image_again(const struct request *request, const struct image *image,
                                      bool debug)
{
    struct final final = {
        .linked = image->elf,
        .bundle = bundle_lay_out_again(&image->bundle, request),
        .bundle_address = image->bundle_segment.p_vaddr,
    };
    lay_out(&final, debug);
    return write_image(&final, request);
}

unsigned long long finish_image(const struct request *request, const char *linked)
{
    struct file_bytes file;
    struct final final = {0};
    struct elf64_symbols table;
    const char *why;
    if (file_map(linked, &file))
        die(EXIT_STATUS_FAILED, "%s was not linked", request->output);
    if (elf64_open(&final.linked, file.bytes, file.size_bytes, &why))
        die(EXIT_STATUS_FAILED, "the linker's output: %s", why);
    if (!elf64_symbols_open(&final.linked, &table) ||
        !elf64_symbol_find(&table, "image_bundle", &final.bundle_address))
        die(EXIT_STATUS_FAILED, "the linker's output has no symbol image_bundle");
    uint8_t id[PROGRAM_ID_BYTES];
    program_id_make(&final.linked, id);
    final.bundle = bundle_lay_out(request, &table, id);
    lay_out(&final, request->debug);
    unsigned long long bytes = write_image(&final, request);
    file_unmap(&file);
    return bytes;
}

void finish_debug_file(const struct request *request, const char *linked)
{
    struct request wanted = *request;
    wanted.output = request->debug_file;
    wanted.debug = true;
    wanted.roots = (struct strings){0};
    finish_image(&wanted, linked);
}
