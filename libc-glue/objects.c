/* SPDX-License-Identifier: MIT
 *
 * Small memory for the glue itself, in pages of its own. Not from malloc: open() and
 * its like may be called by a signal handler that interrupted malloc. A page holds
 * objects of one size; an empty page goes back to the kernel.
 */
#include <string.h>

#include "libc-glue/files.h"

#define PAGE_BYTES 4096

struct object_page {
    struct object_page *next, *previous; /* pages of this size that have room */
    void *free;                          /* each holds the next one's address */
    unsigned short used, unused;         /* objects; never used: at the end of the page */
    unsigned short class;
};

static const uint16_t sizes[] = {32, 64, 96, 128, 160, 192, 256, 336, 448, 800, 1344, 2032};
enum { SIZE_COUNT = sizeof sizes / sizeof sizes[0] };
static struct object_page *with_room[SIZE_COUNT];

/* The first size that is large enough; by steps of 32 bytes for the small ones. */
static int size_class(size_t size_bytes)
{
    static const uint8_t small[] = {0, 0, 1, 2, 3, 4, 5, 6, 6, 7, 7, 7};
    int class = 8;

    if (size_bytes <= 336)
        return small[(size_bytes + 31) / 32];
    while (class < SIZE_COUNT && sizes[class] < size_bytes)
        class ++;
    return class;
}

static void list_add(int class, struct object_page *page)
{
    page->previous = NULL;
    page->next = with_room[class];
    if (page->next)
        page->next->previous = page;
    with_room[class] = page;
}

static void list_remove(int class, struct object_page *page)
{
    *(page->previous ? &page->previous->next : &with_room[class]) = page->next;
    if (page->next)
        page->next->previous = page->previous;
}

static bool is_full(const struct object_page *page)
{
    return !page->free && !page->unused;
}

static __attribute__((noinline)) struct object_page *page_new(int class)
{
    struct object_page *page = memory_page_new();

    if (!page)
        return NULL;
    page->free = NULL;
    page->used = 0;
    page->unused = (PAGE_BYTES - sizeof *page) / sizes[class];
    page->class = (unsigned short)class;
    list_add(class, page);
    return page;
}

static __attribute__((noinline)) void *take_slowly(int class)
{
    struct object_page *page = with_room[class];
    void *object;

    if (!page && !(page = page_new(class)))
        return NULL;
    object = page->free;
    if (object)
        page->free = *(void **)object;
    else
        object = (char *)page + PAGE_BYTES - (size_t)sizes[class] * page->unused--;
    page->used++;
    if (is_full(page))
        list_remove(class, page);
    return object;
}

/* Mostly one that was given back, and not the last of its page. */
static inline void *take(int class)
{
    struct object_page *page = with_room[class];
    void *object = page ? page->free : NULL;

    if (!object || (!*(void **)object && !page->unused))
        return take_slowly(class);
    page->free = *(void **)object;
    page->used++;
    return object;
}

void *object_take_undisturbed(size_t size_bytes)
{
    int class = size_class(size_bytes);

    return class == SIZE_COUNT ? memory_page_new() : take(class);
}

void *object_take(size_t size_bytes)
{
    bool were_on = interrupts_off();
    void *object = object_take_undisturbed(size_bytes);

    interrupts_restore(were_on);
    return object;
}

void *object_new(size_t size_bytes)
{
    void *object = object_take(size_bytes);

    return object ? memset(object, 0, size_bytes) : NULL;
}

static void give_back(struct object_page *page, void *object)
{
    if (is_full(page))
        list_add(page->class, page);
    *(void **)object = page->free;
    page->free = object;
    if (--page->used == 0) {
        list_remove(page->class, page);
        memory_page_free(page);
    }
}

/* A whole page has no header, and no smaller object begins where a page does. */
void object_free_undisturbed(void *object)
{
    struct object_page *page = (void *)((uintptr_t)object & ~(uintptr_t)(PAGE_BYTES - 1));

    if (object && object == (void *)page)
        memory_page_free(object);
    else if (object)
        give_back(page, object);
}

void object_free(void *object)
{
    bool were_on = interrupts_off();

    object_free_undisturbed(object);
    interrupts_restore(were_on);
}
