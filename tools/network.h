/* SPDX-License-Identifier: MIT
 *
 * The network of a machine: what was asked for, whether it can be had, the hypervisor's
 * words for it and the guest's.
 */
#ifndef THIMBLE_TOOLS_NETWORK_H
#define THIMBLE_TOOLS_NETWORK_H

#include "options.h"
#include "publish.h"
#include "text.h"

enum network_kind {
    NETWORK_AUTO, /* user, when the program has a network */
    NETWORK_NONE,
    NETWORK_USER, /* QEMU's own: the guest reaches out, and in what is published */
    NETWORK_TAP,  /* an interface of this machine */
};

struct network {
    enum network_kind kind;
    const char *wish; /* an option that only a program with a network can use, as written */
    const char *tap;
    const char *mac;     /* NULL: made from the name */
    const char *address; /* of the guest on a tap, or NULL: it asks by DHCP */
    const char *gateway, *netmask;
    struct strings name_servers;
    const char *pcap;
    struct publications published;
    bool tells_address; /* the guest says which address it has */
};

/* network_options.c: rows for the table of a verb whose struct is a run_request. */
extern const struct option_row run_network_rows[];
/* Ends the program when the options contradict each other. */
void network_check_options(const struct network *network);

/* Settles what was left open: for a machine called `name`, and a program that messages call
 * `what` and that has a network, or has none. A port, an interface or a file that is not to
 * be had ends the program. */
void network_settle(struct network *network, const char *name, const char *what, bool has_network);

/* The words for a settled one; for kind none they are none. */
void network_add_boot_words(const struct network *network, struct strings *words);
void network_add_arguments(const struct network *network, const char *machine_kind,
                           struct strings *argv);

#endif
