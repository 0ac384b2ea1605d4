/* SPDX-License-Identifier: MIT
 *
 * The reserved names by which newlib asks for memory. They lead to the public ones,
 * so that a program that brings its own malloc has it used by the C library, too.
 */
#include <malloc.h>
#include <reent.h>
#include <stdlib.h>

#define UNUSED __attribute__((unused))

void *_malloc_r(struct _reent *r UNUSED, size_t size_bytes)
{
    return malloc(size_bytes);
}

void _free_r(struct _reent *r UNUSED, void *block)
{
    free(block);
}

void *_realloc_r(struct _reent *r UNUSED, void *block, size_t size_bytes)
{
    return realloc(block, size_bytes);
}

void *_calloc_r(struct _reent *r UNUSED, size_t count, size_t each_bytes)
{
    return calloc(count, each_bytes);
}

void *_reallocf_r(struct _reent *r UNUSED, void *block, size_t size_bytes)
{
    void *other = realloc(block, size_bytes);

    if (!other && size_bytes)
        free(block);
    return other;
}
