/* SPDX-License-Identifier: MIT
 *
 * Memory that a program maps: of zeroes, or of a file. All addresses and sizes are
 * in whole pages.
 */
#ifndef KERNEL_MAPPING_H
#define KERNEL_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Something whose bytes can be mapped. It stays as long as somebody holds it: whoever
 * made it, to begin with, and each mapping. size_bytes() and page() are called from page
 * faults, with interrupts off and the vector registers saved: they must wait for nobody
 * and touch only memory that is there, and so must be the bytes that page() returns. */
struct vm_object {
    uint64_t (*size_bytes)(struct vm_object *object); /* now; beyond its last page is SIGBUS */
    /* The bytes of the page at offset. Those that are a page of RAM can be mapped shared,
     * and stay until mapping_forget(); others never change, and are copied. NULL: a hole,
     * which is zeroes; or with for_writing, no memory. */
    void *(*page)(struct vm_object *object, uint64_t offset, bool for_writing);
    void (*release)(struct vm_object *object); /* interrupts are as usual; nobody holds it */
    const void *contents; /* for mapping_forget: the same in all objects of one file */
    unsigned holds;
    struct vm_object *next; /* mapping.c */
};
void vm_object_release(struct vm_object *object); /* one hold less */

/* As in kernel.h, for those who may not include that. */
enum {
    MAPPING_READ = 0,
    MAPPING_WRITE = 1,
    MAPPING_EXECUTE = 2,
    MAPPING_NO_ACCESS = 16,
};

enum {
    MAPPING_SHARED = 1,
    MAPPING_FIXED = 2,      /* exactly at the address, in place of what is there */
    MAPPING_UNPROMISED = 4, /* memory is not set aside: a touch may fail later */
    MAPPING_LOCKED = 8,
};

struct mapping {
    uintptr_t address; /* a wish, unless fixed; 0: anywhere */
    size_t size_bytes;
    unsigned access, access_max; /* as it is, and as it may become */
    unsigned flags;
    struct vm_object *object;
    uint64_t offset;
};

enum mapping_result { MAPPING_DONE, MAPPING_NO_MEMORY, MAPPING_ABSENT, MAPPING_FORBIDDEN };

uintptr_t mapping_create(const struct mapping *wanted); /* its address; 0: no memory or place */
enum mapping_result mapping_remove(uintptr_t start, size_t size_bytes);
enum mapping_result mapping_protect(uintptr_t start, size_t size_bytes, unsigned access);
/* The pages read as they did at first. */
enum mapping_result mapping_discard(uintptr_t start, size_t size_bytes);
enum mapping_result mapping_lock(uintptr_t start, size_t size_bytes, bool lock);
/* To another size, and to another place if it may move. Its address, or 0. */
uintptr_t mapping_resize(uintptr_t start, size_t old_bytes, size_t new_bytes, bool may_move);

bool mapping_covers(uintptr_t start, size_t size_bytes);    /* no page of it is unmapped */
bool mapping_is_clear(uintptr_t start, size_t size_bytes);  /* no page of it is mapped */
bool mapping_is_locked(uintptr_t start, size_t size_bytes); /* some page of it is */
bool memory_touch(uintptr_t address);                       /* any memory; false: there is none */
bool memory_is_present(uintptr_t address);
/* Shared pages of these contents are no longer theirs, from offset on: a file that is
 * cut calls it before it frees them. */
void mapping_forget(const void *contents, uint64_t offset);

#endif
