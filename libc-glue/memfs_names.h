/* SPDX-License-Identifier: MIT
 *
 * Names in a folder, found by hash: a tree whose shape depends on the names only. It
 * never has to be rebuilt, so no folder is too large to be changed in a short time.
 */
#ifndef GLUE_MEMFS_NAMES_H
#define GLUE_MEMFS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct named {
    struct named *left, *right;
    uint32_t hash; /* of the name; whoever adds it fills this in */
    const char *text;
    size_t length;
};

/* How the hash of a name is made, byte by byte: FNV-1a. */
#define NAME_HASH_START            2166136261u
#define NAME_HASH_STEP(hash, byte) (((hash) ^ (unsigned char)(byte)) * 16777619u)

struct named *names_find(struct named *top, const char *text, size_t length, uint32_t hash);
void names_add(struct named **top, struct named *named); /* which must not be there yet */
void names_remove(struct named **top, struct named *named);

#pragma GCC visibility pop

#endif
