/* SPDX-License-Identifier: MIT
 *
 * Readers of untrusted bytes: ELF files, bundles, packed symbols. Good ones are
 * understood; every truncation and a stretch of damaged ones end in an answer,
 * with the sanitizers watching.
 */
// sources: tools/elf64.c tools/bundle.c tools/symbols.c tools/parts.c tools/rootfs.c
// sources: tools/output.c tools/temporary.c tools/tree.c tools/file.c tools/text.c tools/error.c
// sources: -lcrypto
#include "tools/bundle.h"
#include "tools/elf64.h"
#include "tools/symbols.h"
#include "unit.h"

enum { FUZZ_SECONDS = 2 };

static volatile size_t bytes_seen; /* so that reading is not optimised away */

struct blob {
    uint8_t *bytes;
    size_t size_bytes;
};

static struct blob blob_read(const char *path)
{
    struct blob blob = {malloc(1 << 20), 0};
    FILE *file = fopen(path, "rb");

    CHECK(file != NULL);
    blob.size_bytes = fread(blob.bytes, 1, 1 << 20, file);
    fclose(file);
    return blob;
}

/* A small ELF file with segments, sections, symbols and the PVH note. */
static struct blob floor_image(void)
{
    char path[512];

    snprintf(path, sizeof path, "%s/sysroot/compare/floor.elf", getenv("BUILD"));
    return blob_read(path);
}

/* Asks a reader for all that it can give. */
static void elf_walk(const uint8_t *bytes, size_t size_bytes)
{
    struct elf64 elf;
    struct elf64_symbols symbols;
    const char *why = NULL;
    uint32_t entry;
    uint64_t value;

    if (elf64_open(&elf, bytes, size_bytes, &why) != 0) {
        CHECK(why != NULL && why[0] != '\0');
        return;
    }
    for (unsigned i = 0; i < elf.section_count; i++) {
        Elf64_Shdr section = elf64_section(&elf, i);
        bytes_seen += strlen(elf64_section_name(&elf, &section));
    }
    for (unsigned i = 0; i < elf.segment_count; i++) {
        Elf64_Phdr segment = elf64_segment(&elf, i);
        const uint8_t *there = elf64_bytes(&elf, segment.p_offset, segment.p_filesz);
        if (there != NULL && segment.p_filesz > 0)
            bytes_seen += there[0] + there[segment.p_filesz - 1];
        there = elf64_memory(&elf, segment.p_vaddr, 8);
        if (there != NULL)
            bytes_seen += there[7];
    }
    elf64_symbols_open(&elf, &symbols);
    for (uint64_t i = 0; i < symbols.count && i < 1000; i++) {
        Elf64_Sym symbol = elf64_symbol(&symbols, i);
        bytes_seen += strlen(elf64_symbol_name(&symbols, &symbol));
    }
    elf64_symbol_find(&symbols, "floor_entry", &value);
    elf64_pvh_entry(&elf, &entry);
}

static void elf_understood(void)
{
    struct blob image = floor_image();
    struct elf64 elf;
    struct elf64_symbols symbols;
    const char *why;
    uint32_t entry = 0;
    uint64_t value = 0;

    CHECK(elf64_open(&elf, image.bytes, image.size_bytes, &why) == 0);
    CHECK(elf64_pvh_entry(&elf, &entry) && entry == elf.header.e_entry);
    CHECK(elf64_symbols_open(&elf, &symbols));
    CHECK(elf64_symbol_find(&symbols, "floor_entry", &value) && value == entry);
    CHECK(!elf64_symbol_find(&symbols, "no such symbol", &value));
    CHECK(elf64_memory(&elf, entry, 1) != NULL && elf64_memory(&elf, 0, 1) == NULL);
    CHECK(elf64_bytes(&elf, UINT64_MAX, 2) == NULL && elf64_bytes(&elf, 2, UINT64_MAX) == NULL);
    free(image.bytes);
}

/* Each in memory of exactly its size. */
static void elf_truncated(void)
{
    struct blob image = floor_image();

    for (size_t size_bytes = 0; size_bytes < image.size_bytes; size_bytes++) {
        uint8_t *copy = malloc(size_bytes ? size_bytes : 1);

        memcpy(copy, image.bytes, size_bytes);
        elf_walk(copy, size_bytes);
        free(copy);
    }
    free(image.bytes);
}

static void bytes_damage(uint8_t *bytes, size_t size_bytes, size_t changes)
{
    static const uint8_t likely[] = {0, 1, 2, 0x7f, 0x80, 0xff};

    while (changes-- > 0)
        bytes[random_below(size_bytes)] =
            random_below(2) ? likely[random_below(sizeof likely)] : (uint8_t)random_next();
}

static void elf_damaged(void)
{
    struct blob image = floor_image();
    time_t end = time(NULL) + FUZZ_SECONDS;
    size_t rounds = 0;

    while (time(NULL) < end) {
        size_t size_bytes = random_below(4) ? image.size_bytes : random_below(image.size_bytes) + 1;
        uint8_t *copy = malloc(size_bytes);

        memcpy(copy, image.bytes, size_bytes);
        /* the headers and, at the end, the tables */
        bytes_damage(copy, size_bytes < 200 ? size_bytes : 200, random_below(4));
        if (size_bytes > 1000)
            bytes_damage(copy + size_bytes - 900, 900, random_below(4));
        elf_walk(copy, size_bytes);
        free(copy);
        rounds++;
    }
    printf("    %zu damaged files\n", rounds);
    free(image.bytes);
}

static void symbols_walk(const uint8_t *bytes, size_t size_bytes)
{
    struct symbol_reader reader;
    struct function_name name;
    size_t count = 0;

    if (!symbols_start(&reader, bytes, size_bytes))
        return;
    while (symbols_next(&reader, &name)) {
        for (size_t i = 0; i < name.name_bytes; i++)
            bytes_seen += (unsigned char)name.name[i];
        CHECK(count++ <= size_bytes);
    }
}

static void symbols_packed_and_back(void)
{
    struct blob image = floor_image();
    struct elf64 elf;
    struct elf64_symbols table;
    const char *why;

    CHECK(elf64_open(&elf, image.bytes, image.size_bytes, &why) == 0);
    CHECK(elf64_symbols_open(&elf, &table));
    struct bytes packed = symbols_pack(&table);
    for (size_t size_bytes = 0; size_bytes <= packed.size_bytes; size_bytes++) {
        uint8_t *copy = malloc(size_bytes ? size_bytes : 1);
        memcpy(copy, packed.at, size_bytes);
        symbols_walk(copy, size_bytes);
        free(copy);
    }
    free(image.bytes);
}

static size_t bundle_make(uint8_t *to)
{
    struct bundle header = {BUNDLE_MAGIC, BUNDLE_VERSION, 2, 0};
    struct bundle_entry entries[2] = {{BUNDLE_MANIFEST, 0, 72, 12}, {BUNDLE_BUILD_ID, 0, 88, 32}};

    header.size_bytes = 120;
    memset(to, 0, 120);
    memcpy(to, &header, sizeof header);
    memcpy(to + sizeof header, entries, sizeof entries);
    return 120;
}

static void bundle_walk(const uint8_t *bytes, size_t size_bytes)
{
    struct bundle_view view;
    const char *why = NULL;

    if (bundle_open(&view, bytes, size_bytes, &why) != 0) {
        CHECK(why != NULL && why[0] != '\0');
        return;
    }
    for (int type = 0; type < 8; type++) {
        const struct bundle_entry *entry = bundle_find(&view, (enum bundle_type)type);
        for (uint64_t i = 0; entry != NULL && i < entry->size_bytes; i++)
            bytes_seen += bytes[entry->offset + i];
    }
}

static void bundles(void)
{
    uint8_t good[256];
    size_t good_bytes = bundle_make(good);
    struct bundle_view view;
    const char *why;

    CHECK(bundle_open(&view, good, good_bytes, &why) == 0);
    CHECK(bundle_find(&view, BUNDLE_BUILD_ID)->size_bytes == 32);
    CHECK(bundle_find(&view, BUNDLE_ROOTFS) == NULL);
    CHECK(bundle_open(&view, good, good_bytes - 1, &why) != 0);
    for (int round = 0; round < 200000; round++) {
        size_t size_bytes = random_below(2) ? good_bytes : random_below(good_bytes) + 1;
        uint8_t *copy = malloc(size_bytes);
        memcpy(copy, good, size_bytes);
        bytes_damage(copy, size_bytes, random_below(4));
        bundle_walk(copy, size_bytes);
        free(copy);
    }
}

UNIT_MAIN(TEST(elf_understood), TEST(elf_truncated), TEST(elf_damaged),
          TEST(symbols_packed_and_back), TEST(bundles))
