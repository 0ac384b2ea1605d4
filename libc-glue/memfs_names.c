/* SPDX-License-Identifier: MIT
 *
 * A treap: ordered by hash, length and name from left to right, and by a second
 * number, drawn from the hash, from the top down.
 */
#include <string.h>

#include "libc-glue/memfs_names.h"

static uint32_t height_of(const struct named *named)
{
    return (named->hash ^ named->hash >> 15) * 0x9e3779b1u;
}

static int compare(uint32_t hash, const char *text, size_t length, const struct named *other)
{
    if (hash != other->hash)
        return hash < other->hash ? -1 : 1;
    if (length != other->length)
        return length < other->length ? -1 : 1;
    return memcmp(text, other->text, length);
}

struct named *names_find(struct named *top, const char *text, size_t length, uint32_t hash)
{
    while (top) {
        int order = compare(hash, text, length, top);
        if (order == 0)
            break;
        top = order < 0 ? top->left : top->right;
    }
    return top;
}

/* What comes before the name goes left, the rest right. */
static void split(struct named *top, const struct named *by, struct named **left,
                  struct named **right)
{
    while (top) {
        if (compare(by->hash, by->text, by->length, top) > 0) {
            *left = top;
            left = &top->right;
            top = top->right;
        } else {
            *right = top;
            right = &top->left;
            top = top->left;
        }
    }
    *left = *right = NULL;
}

static struct named *join(struct named *left, struct named *right)
{
    struct named *top, **at = &top;

    while (left && right) {
        if (height_of(left) > height_of(right)) {
            *at = left;
            at = &left->right;
            left = left->right;
        } else {
            *at = right;
            at = &right->left;
            right = right->left;
        }
    }
    *at = left ? left : right;
    return top;
}

void names_add(struct named **top, struct named *named)
{
    while (*top && height_of(*top) >= height_of(named))
        top = compare(named->hash, named->text, named->length, *top) < 0 ? &(*top)->left
                                                                         : &(*top)->right;
    split(*top, named, &named->left, &named->right);
    *top = named;
}

void names_remove(struct named **top, struct named *named)
{
    while (*top != named)
        top = compare(named->hash, named->text, named->length, *top) < 0 ? &(*top)->left
                                                                         : &(*top)->right;
    *top = join(named->left, named->right);
}
