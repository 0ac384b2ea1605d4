/* SPDX-License-Identifier: MIT
 *
 * Published ports: [IP:]HOST:GUEST[/udp], as containers have it. A port of this machine
 * is ours from publish_reserve() on, so that one that is taken is told of before
 * anything starts, and one that was left open is known.
 */
#ifndef THIMBLE_TOOLS_PUBLISH_H
#define THIMBLE_TOOLS_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

struct publication {
    const char *text;    /* as it was written */
    const char *address; /* of this machine */
    unsigned host_port;
    unsigned guest_port;
    bool udp;
    bool open; /* nobody named the host's port: publish_reserve picks a free one */
};

struct publications {
    struct publication *at;
    size_t count;
};

/* What is wrong ends the program, naming the option. */
void publish_add(struct publications *list, const char *option, const char *value);

/* Finds out whether the ports are to be had and takes them as far as that is possible;
 * what they are for may listen there all the same. Ends the program when one is not. */
void publish_reserve(struct publications *list);

/* A line on standard error for each whose port nobody had named: 80/tcp -> 127.0.0.1:40123 */
void publish_tell(const struct publications *list);

#endif
