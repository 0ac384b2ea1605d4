/* SPDX-License-Identifier: MIT
 *
 * The pages of a file and the names of a folder, at random, against the simplest
 * models; and what happens when there is no memory.
 */
// sources: libc-glue/memfs_pages.c libc-glue/memfs_names.c
#include "libc-glue/memfs_names.h"
#include "libc-glue/memfs_pages.h"
#include "unit.h"

static size_t pages_out, pages_allowed = SIZE_MAX;

static void *take(void)
{
    if (pages_out >= pages_allowed)
        return NULL;
    pages_out++;
    return calloc(1, PAGE_BYTES);
}

static void give(void *page)
{
    pages_out--;
    free(page);
}

static const struct page_source source = {take, give};

#define MODEL 600

/* Indexes far apart, so that the tree has several heights. */
static uint64_t index_of(size_t i)
{
    return i < 200 ? i : i < 400 ? (1ull << 20) + 511 * i : PAGE_INDEX_END - 1 - (MODEL - 1 - i);
}

static void model_check(const struct page_tree *tree, void *const model[MODEL])
{
    uint64_t count = 0;

    for (size_t i = 0; i < MODEL; i++) {
        CHECK(pages_get(tree, index_of(i)) == model[i]);
        count += model[i] != NULL;
    }
    CHECK(tree->count == count);
    for (size_t from = 0; from < MODEL; from += 37) {
        size_t next = from;
        while (next < MODEL && !model[next])
            next++;
        CHECK(pages_next(tree, index_of(from)) ==
              (next == MODEL ? PAGE_INDEX_END : index_of(next)));
    }
}

static void pages_at_random(void)
{
    static void *model[MODEL];
    struct page_tree tree = {.top = NULL};

    for (int round = 0; round < 3000; round++) {
        size_t i = random_below(MODEL), span = random_below(50);
        if (random_below(10)) {
            void **slot = pages_slot(&tree, index_of(i), &source);
            CHECK(slot != NULL && *slot == model[i]);
            if (!*slot) {
                *slot = model[i] = take();
                tree.count++;
            }
        } else {
            size_t end = i + span < MODEL ? i + span : MODEL - 1;
            pages_remove(&tree, index_of(i), index_of(end), &source);
            for (; i < end; i++)
                model[i] = NULL;
        }
        if (round % 100 == 0)
            model_check(&tree, model);
    }
    model_check(&tree, model);
    pages_remove(&tree, 0, PAGE_INDEX_END, &source);
    CHECK(pages_out == 0 && tree.count == 0 && tree.top == NULL);
}

/* Each allocation fails once: nothing is lost, and what was there stays. */
static void pages_without_memory(void)
{
    for (size_t allowed = 0; allowed < 20; allowed++) {
        struct page_tree tree = {.top = NULL};
        void **slot = pages_slot(&tree, 3, &source);
        void *page = *slot = take();
        tree.count = 1;
        pages_allowed = pages_out + allowed;
        slot = pages_slot(&tree, PAGE_INDEX_END - 1, &source);
        CHECK(!slot || !*slot);
        CHECK(pages_get(&tree, 3) == page);
        pages_allowed = SIZE_MAX;
        pages_remove(&tree, 0, PAGE_INDEX_END, &source);
        CHECK(pages_out == 0);
    }
}

#define NAMES 2000

static uint32_t hash_of(const char *text)
{
    uint32_t hash = NAME_HASH_START;

    while (*text)
        hash = NAME_HASH_STEP(hash, *text++);
    return hash;
}

static void names_at_random(void)
{
    static struct named named[NAMES];
    static char texts[NAMES][8];
    static char present[NAMES];
    struct named *top = NULL;

    for (int i = 0; i < NAMES; i++) {
        snprintf(texts[i], sizeof texts[i], "%x", i);
        named[i] =
            (struct named){.text = texts[i], .length = strlen(texts[i]), .hash = hash_of(texts[i])};
    }
    for (int round = 0; round < 30000; round++) {
        size_t i = random_below(NAMES);
        struct named *found = names_find(top, texts[i], named[i].length, named[i].hash);
        CHECK(found == (present[i] ? &named[i] : NULL));
        if (present[i])
            names_remove(&top, &named[i]);
        else
            names_add(&top, &named[i]);
        present[i] ^= 1;
    }
    CHECK(names_find(top, "none", 4, hash_of("none")) == NULL);
}

static unsigned height(const struct named *at)
{
    unsigned left, right;

    if (!at)
        return 0;
    left = height(at->left);
    right = height(at->right);
    return 1 + (left > right ? left : right);
}

/* Numbered names, the usual case, must not make a list of the tree. */
static void names_stay_low(void)
{
    enum { COUNT = 100000 };
    static struct named named[COUNT];
    static char texts[COUNT][12];
    struct named *top = NULL;

    for (int i = 0; i < COUNT; i++) {
        int length = snprintf(texts[i], sizeof texts[i], "file%d", i);
        named[i] =
            (struct named){.text = texts[i], .length = (size_t)length, .hash = hash_of(texts[i])};
        names_add(&top, &named[i]);
    }
    CHECK(height(top) < 60);
}

UNIT_MAIN(TEST(pages_at_random), TEST(pages_without_memory), TEST(names_at_random),
          TEST(names_stay_low))
