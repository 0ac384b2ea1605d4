/* SPDX-License-Identifier: MIT
 *
 * Time zones for programs that ask for local time: the compiled file of the zone that
 * TZ names goes from this machine into the root file system.
 */
#ifndef THIMBLE_TOOLS_ZONES_H
#define THIMBLE_TOOLS_ZONES_H

#include "request.h"

/* Lays /usr/share/zoneinfo/NAME of this machine under the request's root folders, for
 * each zone of the request, when the linked program can read it. A name that is no zone
 * here is warned of: the program will have UTC. */
void zones_pack(struct request *request, const char *linked);

#endif
