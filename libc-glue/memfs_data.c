/* SPDX-License-Identifier: MIT
 *
 * Contents of files in memory: pages of their own, the image's bytes where there is
 * none and the file began as a packed one, and zeros.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <string.h>

#include "kernel/abi/rootfs.h"
#include "libc-glue/memfs.h"

#define PIECE_BYTES 65536 /* copied with interrupts off */
#define OFFSET_MAX  LLONG_MAX

static void *page_raw(void)
{
    void *page = NULL;

    if (memfs_charge(PAGE_BYTES) && !(page = memory_page_new()))
        memfs_discharge(PAGE_BYTES);
    return page;
}

static void *page_clean(void)
{
    void *page = page_raw();

    return page ? memset(page, 0, PAGE_BYTES) : NULL;
}

static struct memfs_node *losing; /* whose pages are given back just now; or NULL */

/* A page that somebody has mapped waits until the last mapping is gone. */
static void page_back(void *page)
{
    struct memfs_orphan *orphan;

    if (!losing || !losing->lenders) {
        memory_page_free(page);
        memfs_discharge(PAGE_BYTES);
        return;
    }
    orphan = object_new(sizeof *orphan);
    if (!orphan)
        return; /* lost, rather than used for something else while it is mapped */
    *orphan = (struct memfs_orphan){losing->orphans, page};
    losing->orphans = orphan;
}

static const struct page_source source = {page_clean, page_back};

static void remove_pages(struct memfs_node *node, uint64_t first, uint64_t end)
{
    losing = node;
    pages_remove(&node->pages, first, end, &source);
    losing = NULL;
}

static off_t smaller(off_t a, off_t b)
{
    return a < b ? a : b;
}

/* Fills bytes that no page of the file's own has. */
static void fill_below(const struct memfs_node *node, off_t at, void *to, size_t size_bytes)
{
    size_t packed = 0;

    if (at < node->packed_bytes)
        packed = (size_t)smaller((off_t)size_bytes, node->packed_bytes - at);
    if (packed)
        memcpy(to, rootfs_data(node->packed - 1) + at, packed);
    memset((char *)to + packed, 0, size_bytes - packed);
}

/* The file's own page; where there is none yet, one that holds what the file has. */
static char *page_own(struct memfs_node *node, uint64_t index, bool whole)
{
    void **slot = pages_slot(&node->pages, index, &source);

    if (slot && !*slot && (*slot = page_raw())) {
        node->pages.count++;
        node->changed = true;
        if (!whole)
            fill_below(node, (off_t)(index * PAGE_BYTES), *slot, PAGE_BYTES);
    }
    return slot ? *slot : NULL;
}

static size_t piece_in_page(off_t at, size_t size_bytes)
{
    size_t room = PAGE_BYTES - (size_t)at % PAGE_BYTES;

    return size_bytes < room ? size_bytes : room;
}

static void copy_out(const struct memfs_node *node, off_t at, char *to, size_t size_bytes)
{
    while (size_bytes) {
        size_t piece = node->pages.top ? piece_in_page(at, size_bytes) : size_bytes;
        const char *page = pages_get(&node->pages, (uint64_t)at / PAGE_BYTES);
        if (page)
            memcpy(to, page + at % PAGE_BYTES, piece);
        else
            fill_below(node, at, to, piece);
        at += (off_t)piece;
        to += piece;
        size_bytes -= piece;
    }
}

/* As Linux does by default: reading is noted once after each change. */
static void note_access(struct memfs_node *node)
{
    const struct timespec *access = &node->access, *modify = &node->modify;

    if (access->tv_sec < modify->tv_sec ||
        (access->tv_sec == modify->tv_sec && access->tv_nsec <= modify->tv_nsec))
        node->access = time_now();
}

/* The whole range is claimed first, so that each of several readers gets a piece of
 * its own; then it is copied in pieces, with interrupts on between them. */
static ssize_t data_read(struct file *file, void *to, size_t size_bytes, off_t *at)
{
    struct memfs_node *node = file->object;
    bool were_on = interrupts_off();
    off_t start = *at;
    size_t done = 0;
    int error = 0;

    size_bytes = start < node->size_bytes
                     ? (size_t)smaller(node->size_bytes - start,
                                       size_bytes > SSIZE_MAX ? SSIZE_MAX : (off_t)size_bytes)
                     : 0;
    *at = start + (off_t)size_bytes;
    if (size_bytes)
        note_access(node);
    interrupts_restore(were_on);
    while (done < size_bytes && !error) {
        size_t piece = size_bytes - done < PIECE_BYTES ? size_bytes - done : PIECE_BYTES;
        were_on = interrupts_off();
        if (memory_probe((char *)to + done, piece, true))
            copy_out(node, start + (off_t)done, (char *)to + done, piece);
        else
            error = -EFAULT;
        interrupts_restore(were_on);
        if (!error)
            done += piece;
    }
    if (error)
        *at = start + (off_t)done;
    return done ? (ssize_t)done : error;
}

/* Returns how many bytes there was room for. */
static size_t copy_in(struct memfs_node *node, off_t at, const char *from, size_t size_bytes)
{
    size_t done = 0;

    while (done < size_bytes) {
        size_t piece = piece_in_page(at, size_bytes - done);
        char *page = page_own(node, (uint64_t)at / PAGE_BYTES, piece == PAGE_BYTES);
        if (!page)
            break;
        memcpy(page + at % PAGE_BYTES, from + done, piece);
        at += (off_t)piece;
        done += piece;
        if (at > node->size_bytes)
            node->size_bytes = at;
    }
    return done;
}

static void note_change(struct memfs_node *node)
{
    node->changed = true;
    node->modify = node->change = time_now();
}

static ssize_t data_write(struct file *file, const void *from, size_t size_bytes, off_t *at)
{
    struct memfs_node *node = file->object;
    bool were_on = interrupts_off();
    off_t start = file->flags & O_APPEND ? node->size_bytes : *at;
    size_t done = 0;
    int error = start == OFFSET_MAX ? -EFBIG : 0;

    if ((off_t)size_bytes > OFFSET_MAX - start)
        size_bytes = (size_t)(OFFSET_MAX - start);
    if (size_bytes) {
        *at = start + (off_t)size_bytes;
        note_change(node);
    }
    interrupts_restore(were_on);
    while (done < size_bytes && !error) {
        size_t piece = size_bytes - done < PIECE_BYTES ? size_bytes - done : PIECE_BYTES,
               copied = 0;
        were_on = interrupts_off();
        if (memory_probe((const char *)from + done, piece, false))
            copied = copy_in(node, start + (off_t)done, (const char *)from + done, piece);
        else
            error = -EFAULT;
        interrupts_restore(were_on);
        done += copied;
        if (copied < piece && !error)
            error = -ENOSPC;
    }
    if (error && size_bytes)
        *at = start + (off_t)done;
    return done ? (ssize_t)done : error;
}

static int data_stat(struct file *file, struct stat *status)
{
    return memfs_ops.stat(file->place, status);
}

/* Bytes after the end within the last page must be zero, for when the file grows. */
static void end_clear(struct memfs_node *node, off_t size_bytes)
{
    char *page = pages_get(&node->pages, (uint64_t)size_bytes / PAGE_BYTES);
    size_t used = (size_t)size_bytes % PAGE_BYTES;

    if (page && used)
        memset(page + used, 0, PAGE_BYTES - used);
}

int memfs_resize(struct memfs_node *node, off_t size_bytes)
{
    if (size_bytes < node->size_bytes) {
        remove_pages(node, ((uint64_t)size_bytes + PAGE_BYTES - 1) / PAGE_BYTES, PAGE_INDEX_END);
        end_clear(node, size_bytes);
        node->packed_bytes = smaller(node->packed_bytes, size_bytes);
    }
    node->size_bytes = size_bytes;
    note_change(node);
    return 0;
}

void memfs_data_free(struct memfs_node *node)
{
    remove_pages(node, 0, PAGE_INDEX_END);
    node->packed_bytes = 0;
}

/* ---- holes ---- */

static bool is_hole(const struct memfs_node *node, uint64_t index)
{
    return !pages_get(&node->pages, index) && (off_t)(index * PAGE_BYTES) >= node->packed_bytes;
}

static off_t data_find(struct file *file, off_t from, bool hole)
{
    const struct memfs_node *node = file->object;
    bool were_on = interrupts_off();
    uint64_t index = (uint64_t)from / PAGE_BYTES;
    off_t found = from;

    if (from < 0 || from >= node->size_bytes)
        found = -ENXIO;
    else if (hole)
        while (found < node->size_bytes && !is_hole(node, index))
            found = (off_t)(++index * PAGE_BYTES);
    else if (is_hole(node, index))
        found = (off_t)(pages_next(&node->pages, index) * PAGE_BYTES);
    if (hole && found > node->size_bytes)
        found = node->size_bytes;
    /* The index behind the last is 2 to the 63rd bytes: negative. */
    if (!hole && (found < 0 || found >= node->size_bytes))
        found = -ENXIO;
    interrupts_restore(were_on);
    return found;
}

/* Zeros from `from` up to end. Whole pages go, but where a packed one would show. */
static int zero(struct memfs_node *node, off_t from, off_t end)
{
    while (from < end) {
        uint64_t index = (uint64_t)from / PAGE_BYTES;
        size_t piece = piece_in_page(from, (size_t)(end - from));
        bool packed = (off_t)(index * PAGE_BYTES) < node->packed_bytes;
        if (piece == PAGE_BYTES && !packed) {
            remove_pages(node, index, index + 1);
        } else if (!is_hole(node, index)) {
            char *page = page_own(node, index, false);
            if (!page)
                return -ENOSPC;
            memset(page + from % PAGE_BYTES, 0, piece);
        }
        from += (off_t)piece;
    }
    return 0;
}

static int fill(struct memfs_node *node, off_t from, off_t end)
{
    for (uint64_t index = (uint64_t)from / PAGE_BYTES; (off_t)(index * PAGE_BYTES) < end; index++)
        if (!page_own(node, index, false))
            return -ENOSPC;
    return 0;
}

static int data_allocate(struct file *file, int mode, off_t from, off_t size_bytes)
{
    struct memfs_node *node = file->object;
    off_t end = from + size_bytes;
    int error;

    if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
        return -EOPNOTSUPP;
    if (mode & FALLOC_FL_PUNCH_HOLE && mode != (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE))
        return -EOPNOTSUPP;
    /* What certainly does not fit is not begun. */
    if (!mode && (size_t)size_bytes > memfs_limit_bytes())
        return -ENOSPC;
    bool were_on = interrupts_off();
    if (mode & FALLOC_FL_PUNCH_HOLE)
        error = zero(node, from, smaller(end, node->size_bytes));
    else if (mode & FALLOC_FL_ZERO_RANGE)
        error = zero(node, from, end);
    else
        error = fill(node, from, end);
    if (!error && end > node->size_bytes && !(mode & FALLOC_FL_KEEP_SIZE))
        node->size_bytes = end;
    if (!error)
        note_change(node);
    interrupts_restore(were_on);
    return error;
}

/* ---- mappings ---- */

/* Who only reads is lent the image's own bytes; what others write later does not appear
 * there. A page of the file's own is shared by all. */
static void *data_page(struct file *file, uint64_t index, bool writing)
{
    struct memfs_node *node = file->object;
    bool were_on = interrupts_off(), reads_only = (file->flags & O_ACCMODE) == O_RDONLY;
    off_t start = (off_t)(index * PAGE_BYTES);
    void *page = NULL;

    if (start < node->size_bytes)
        page = pages_get(&node->pages, index);
    if (!page && !writing && reads_only && start + PAGE_BYTES <= node->packed_bytes)
        page = (char *)(uintptr_t)rootfs_data(node->packed - 1) + start;
    else if (!page && start < node->size_bytes && (writing || !is_hole(node, index)))
        page = page_own(node, index, false);
    if (page && !file->mapped) {
        file->mapped = true;
        node->lenders++;
    }
    interrupts_restore(were_on);
    return page;
}

static void orphans_free(struct memfs_node *node)
{
    while (node->orphans) {
        struct memfs_orphan *orphan = node->orphans;
        node->orphans = orphan->next;
        memory_page_free(orphan->page);
        memfs_discharge(PAGE_BYTES);
        object_free(orphan);
    }
}

/* A mapping holds the open file: it is gone, too. */
static void data_release(struct file *file)
{
    struct memfs_node *node = file->object;
    bool were_on = interrupts_off();

    if (file->mapped && --node->lenders == 0)
        orphans_free(node);
    interrupts_restore(were_on);
    memfs_release(file);
}

/* What is still the image's, up to where the file has a page of its own. */
static const void *data_lasting(struct file *file, off_t at, size_t *size_bytes)
{
    struct memfs_node *node = file->object;
    bool were_on = interrupts_off();
    off_t end = smaller(node->packed_bytes, node->size_bytes);
    off_t own = (off_t)(pages_next(&node->pages, (uint64_t)at / PAGE_BYTES) * PAGE_BYTES);
    const char *data = NULL;

    if (own >= 0 && own < end)
        end = own;
    if (at < end) {
        data = rootfs_data(node->packed - 1) + at;
        *size_bytes = (size_t)smaller((off_t)*size_bytes, end - at);
        note_access(node);
    }
    interrupts_restore(were_on);
    return data;
}

const struct file_ops memfs_file_ops = {
    .seekable = true,
    .read = data_read,
    .write = data_write,
    .stat = data_stat,
    .find = data_find,
    .allocate = data_allocate,
    .page = data_page,
    .lasting = data_lasting,
    .release = data_release,
};
