/* SPDX-License-Identifier: MIT
 *
 * Name servers and domains that the network's configuration has told of. They are set
 * where nothing else runs (in the network's own calls) and may change while they are
 * read: who reads looks whether they did.
 */
#include <string.h>

#include "libc-glue/names/names.h"

static struct resolver_names learned[NAMES_SOURCES];
static unsigned changes; /* odd: in the middle of one */

void learned_names_set(enum names_source source, const struct resolver_names *names)
{
    __atomic_add_fetch(&changes, 1, __ATOMIC_SEQ_CST);
    learned[source] = *names;
    __atomic_add_fetch(&changes, 1, __ATOMIC_SEQ_CST);
}

void learned_names_get(enum names_source source, struct resolver_names *to)
{
    unsigned before;

    do {
        before = __atomic_load_n(&changes, __ATOMIC_SEQ_CST);
        *to = learned[source];
    } while (before & 1 || before != __atomic_load_n(&changes, __ATOMIC_SEQ_CST));
}
