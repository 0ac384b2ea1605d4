/* SPDX-License-Identifier: MIT
 *
 * A program with a malloc of its own: the C library must use that one, and nothing of
 * ours may get in its way.
 */
#include "check.h"

static _Alignas(16) char arena[1 << 20];
static size_t used_bytes;
static unsigned frees;

void *malloc(size_t size_bytes)
{
    char *block = arena + used_bytes + 16;

    if (used_bytes + size_bytes + 32 > sizeof arena)
        return NULL;
    *(size_t *)(void *)(block - 16) = size_bytes;
    used_bytes += (size_bytes + 31) & ~15ul;
    return block;
}

void free(void *block)
{
    frees += block != NULL;
}

void *calloc(size_t count, size_t each_bytes)
{
    void *block = malloc(count * each_bytes);

    return block ? memset(block, 0, count * each_bytes) : NULL;
}

void *realloc(void *block, size_t size_bytes)
{
    size_t old_bytes = block ? *(size_t *)(void *)((char *)block - 16) : 0;
    void *other = malloc(size_bytes);

    if (other && block)
        memcpy(other, block, old_bytes < size_bytes ? old_bytes : size_bytes);
    return other;
}

int main(void)
{
    char *copy = strdup("text of some length");

    CHECK(copy > arena && copy < arena + sizeof arena);
    CHECK_TEXT(copy, "text of some length");
    free(copy);
    CHECK(frees == 1);
    printf("%f %s\n", 1.5, "stdio's buffer comes from there, too");
    CHECK(used_bytes > 1000);
    char *line = NULL;
    CHECK(asprintf(&line, "%0300d", 7) == 300 && line > arena && line < arena + sizeof arena);
    return success();
}
