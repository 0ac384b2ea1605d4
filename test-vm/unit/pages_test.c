/* SPDX-License-Identifier: MIT
 *
 * The page allocator on a block of host memory that plays the machine's RAM.
 */
// sources: kernel/pages.c kernel/idle_pages.c
#include "kernel/idle_pages.h"
#include "kernel/kernel.h"
#include "kernel/memory.h"
#include "kernel/panic.h"
#include "unit.h"

enum { RAM_PAGES = 2048 };

#define IMAGE_END 0x180000ul

struct placement placement;
static unsigned covers;
static uint8_t owner[RAM_PAGES];

void panic(const char *format, ...)
{
    fprintf(stderr, "panic: %s\n", format);
    abort();
}

void mmu_cover(uint64_t address)
{
    CHECK(address < RAM_PAGES * PAGE_SIZE);
    covers++;
}

/* the third is less than a page: nothing; the last one's ends are no page's */
static const struct memory_range machine[] = {
    {0, 0x9fc00}, {0x100000, 0x500000}, {0x580100, 0x580f00}, {0x600123, 0x700fff}};

/* Takes one page; it must be RAM, not of the image, and nobody else's. */
static uint64_t page_take_checked(void)
{
    uint64_t page = page_alloc();

    if (page == 0)
        return 0;
    CHECK(page % PAGE_SIZE == 0 && page < RAM_PAGES * PAGE_SIZE);
    CHECK((page >= IMAGE_END && page + PAGE_SIZE <= 0x500000) ||
          (page >= 0x601000 && page + PAGE_SIZE <= 0x700000) ||
          (page >= PAGE_SIZE && page + PAGE_SIZE <= 0x9fc00));
    CHECK(!owner[page / PAGE_SIZE]);
    owner[page / PAGE_SIZE] = 1;
    memset(physical_pointer(page), 0xa5, PAGE_SIZE);
    return page;
}

static void page_return(uint64_t page)
{
    CHECK(owner[page / PAGE_SIZE]);
    owner[page / PAGE_SIZE] = 0;
    page_free(page);
}

static void pages_start(void)
{
    placement.direct_map = (uintptr_t)aligned_alloc(PAGE_SIZE, RAM_PAGES * PAGE_SIZE);
    pages_init(machine, sizeof machine / sizeof machine[0], IMAGE_END);
    CHECK(pages_total() == (0x500000 - IMAGE_END) / PAGE_SIZE + 0xff + 0x9e);
    CHECK(pages_free() == pages_total());
    CHECK(covers == 0); /* nothing is touched before it is asked for */
}

static void pages_all_and_back(void)
{
    static uint64_t taken[RAM_PAGES];

    for (int round = 0; round < 3; round++) {
        size_t count = 0;

        while ((taken[count] = page_take_checked()) != 0)
            count++;
        CHECK(count == pages_total() && pages_free() == 0);
        while (count > 0)
            page_return(taken[--count]);
        CHECK(pages_free() == pages_total());
    }
}

static void pages_promised(void)
{
    size_t all = pages_total();

    CHECK(!pages_reserve(all + 1));
    CHECK(pages_reserve(all - 2) && pages_free() == 2);
    uint64_t a = page_take_checked();
    uint64_t b = page_take_checked();
    CHECK(a && b && page_alloc() == 0); /* the promised ones are not given away */
    uint64_t c = page_alloc_reserved();
    CHECK(c != 0 && !owner[c / PAGE_SIZE]);
    page_free(c);
    pages_unreserve(all - 3);
    page_return(a);
    page_return(b);
    CHECK(pages_free() == all);
}

static void pages_at_random(void)
{
    static uint64_t taken[RAM_PAGES];
    size_t count = 0;

    for (int round = 0; round < 200000; round++) {
        if (random_below(2)) {
            uint64_t page = page_take_checked();
            CHECK((page == 0) == (count == pages_total()));
            if (page)
                taken[count++] = page;
        } else if (count > 0) {
            size_t i = random_below(count);
            page_return(taken[i]);
            taken[i] = taken[--count];
        }
        CHECK(pages_free() == pages_total() - count);
    }
    while (count > 0)
        page_return(taken[--count]);
}

/* Pages that the host takes back and gives again: zeroes, wherever they are touched. */
static void pages_idle(void)
{
    static uint64_t taken[RAM_PAGES], told[700];
    size_t all = pages_total(), count = 0;

    while (count < 1000)
        taken[count++] = page_take_checked();
    while (count > 0)
        page_return(taken[--count]);
    size_t idle = idle_pages_count();
    CHECK(idle >= 1000);
    size_t n = idle_pages_take(told, 700);
    CHECK(n == 700 && idle_pages_count() == idle - 700 && pages_free() == all - 700);
    for (size_t i = 0; i < n; i++) {
        CHECK(!owner[told[i] / PAGE_SIZE]);
        memset(physical_pointer(told[i]), 0, PAGE_SIZE);
    }
    idle_pages_return(told, n);
    CHECK(pages_free() == all && idle_pages_count() == idle - 700);
    /* all of memory can still be had, each page once */
    while ((taken[count] = page_take_checked()) != 0)
        count++;
    CHECK(count == all);
    while (count > 0)
        page_return(taken[--count]);
    /* promised pages are not the host's to take */
    CHECK(pages_reserve(all - 3));
    CHECK(idle_pages_take(told, 700) == 3);
    idle_pages_return(told, 3);
    pages_unreserve(all - 3);
    CHECK(pages_free() == all);
}

static unsigned shortages;

static void on_shortage(void)
{
    shortages++;
    pages_unreserve(10); /* somebody gives back what he had promised */
}

static void pages_short(void)
{
    size_t all = pages_total();

    CHECK(pages_reserve(all));
    memory_short = on_shortage;
    CHECK(pages_reserve(10) && shortages == 1);
    CHECK(!pages_reserve(11) && shortages == 2);
    memory_short = NULL;
    pages_unreserve(all - 10);
    CHECK(pages_free() == all);
}

static void pages_fail(void)
{
    pages_fail_after = 2;
    pages_fail_count = 2;
    uint64_t a = page_take_checked();
    CHECK(a && pages_reserve(1));
    CHECK(page_alloc() == 0 && !pages_reserve(1));
    CHECK(pages_reserve(1));
    pages_unreserve(2);
    page_return(a);
    CHECK(pages_free() == pages_total());
}

UNIT_MAIN(TEST(pages_start), TEST(pages_all_and_back), TEST(pages_promised), TEST(pages_at_random),
          TEST(pages_idle), TEST(pages_short), TEST(pages_fail))
