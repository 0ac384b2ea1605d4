/* SPDX-License-Identifier: MIT
 *
 * search.h: linear searches and doubly linked lists.
 */
#include <search.h>
#include <string.h>

struct element {
    struct element *next, *previous;
};

void insque(void *element, void *previous)
{
    struct element *new = element, *before = previous;

    new->previous = before;
    new->next = before ? before->next : NULL;
    if (before)
        before->next = new;
    if (new->next)
        new->next->previous = new;
}

void remque(void *element)
{
    struct element *old = element;

    if (old->previous)
        old->previous->next = old->next;
    if (old->next)
        old->next->previous = old->previous;
}

void *lfind(const void *key, const void *base, size_t *count, size_t size_bytes,
            __compar_fn_t compare)
{
    const char *at = base;

    for (size_t i = 0; i < *count; i++, at += size_bytes)
        if (compare(key, at) == 0)
            return (void *)at;
    return NULL;
}

void *lsearch(const void *key, void *base, size_t *count, size_t size_bytes, __compar_fn_t compare)
{
    void *found = lfind(key, base, count, size_bytes, compare);

    return found ? found : memcpy((char *)base + (*count)++ * size_bytes, key, size_bytes);
}
