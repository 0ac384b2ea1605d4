/* SPDX-License-Identifier: MIT
 *
 * What programs find in glibc's header of this name.
 */
#ifndef _MALLOC_H
#define _MALLOC_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mallinfo {
    int arena;    /* bytes in runs of small blocks, and free ones that are kept */
    int ordblks;  /* free blocks */
    int smblks;   /* always 0 */
    int hblks;    /* large blocks */
    int hblkhd;   /* their bytes */
    int usmblks;  /* always 0 */
    int fsmblks;  /* always 0 */
    int uordblks; /* bytes of small blocks in use */
    int fordblks; /* bytes of free blocks */
    int keepcost; /* bytes that malloc_trim() would give back */
};

struct mallinfo2 {
    size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
};

#define M_MXFAST         1
#define M_TRIM_THRESHOLD (-1)
#define M_TOP_PAD        (-2)
#define M_MMAP_THRESHOLD (-3)
#define M_MMAP_MAX       (-4)
#define M_CHECK_ACTION   (-5)
#define M_PERTURB        (-6)
#define M_ARENA_TEST     (-7)
#define M_ARENA_MAX      (-8)

void *memalign(size_t, size_t);
void *valloc(size_t);
void *pvalloc(size_t);
size_t malloc_usable_size(void *);
struct mallinfo mallinfo(void);
struct mallinfo2 mallinfo2(void);
void malloc_stats(void);
int malloc_trim(size_t);
int mallopt(int, int);

#ifdef __cplusplus
}
#endif

#endif
