/* SPDX-License-Identifier: MIT
 *
 * When and how freed pages go back to the host. Some stay for the next who ask: to
 * get a page back costs the host as much as a fault does us.
 */
#include "kernel/memory_return.h"
#include "kernel/idle_pages.h"
#include "kernel/kernel.h"

#define KEPT_PAGES  512  /* 2 MiB that are not told */
#define WORTH_PAGES 1024 /* fewer in excess of that are not worth a report */
#define BATCH_PAGES 512
#define RANGES_MAX  32

static uint64_t batch[BATCH_PAGES];

/* The next range in a batch: pages come in rows, upwards or downwards. */
static size_t range_next(const uint64_t *pages, size_t count, struct idle_range *range)
{
    uint64_t start = pages[0], end = start + PAGE_SIZE;
    size_t n = 1;

    for (; n < count; n++) {
        if (pages[n] == end)
            end += PAGE_SIZE;
        else if (pages[n] + PAGE_SIZE == start)
            start -= PAGE_SIZE;
        else
            break;
    }
    *range = (struct idle_range){start, (uint32_t)(end - start)};
    return n;
}

static bool batch_report(const struct memory_device *device, size_t count)
{
    struct idle_range ranges[RANGES_MAX];
    unsigned max = device->ranges_max < RANGES_MAX ? device->ranges_max : RANGES_MAX;
    bool good = true;

    for (size_t at = 0; at < count && good;) {
        unsigned n = 0;
        while (n < max && at < count)
            at += range_next(batch + at, count - at, &ranges[n++]);
        good = device->report(ranges, n);
    }
    return good;
}

void memory_return(void)
{
    static const struct memory_device *const *device = memory_devices;
    bool were_on = interrupts_off();
    bool is_worth_it = idle_pages_count() >= KEPT_PAGES + WORTH_PAGES;

    while (is_worth_it && *device && idle_pages_count() > KEPT_PAGES) {
        size_t excess = idle_pages_count() - KEPT_PAGES;
        size_t count = idle_pages_take(batch, excess < BATCH_PAGES ? excess : BATCH_PAGES);
        if (!count)
            break;
        if (!batch_report(*device, count))
            device++;
        idle_pages_return(batch, count);
    }
    interrupts_restore(were_on);
}
