/* SPDX-License-Identifier: MIT
 *
 * Instances that are asked over the network, wherever they are.
 */
#ifndef THIMBLE_COMPARE_SERVING_H
#define THIMBLE_COMPARE_SERVING_H

#include "comparison.h"
#include "load.h"

/* For an engine with a network of its own: ports can be published there. */
void serving_prepare(const struct engine *engine);

/* For a virtual machine that starts: the program's port is published, and noted. */
const struct network *serving_network(const struct comparison *comparison,
                                      struct instance *instance);

/* The same for a container: published by its engine where that has a network; else on the
 * host's, or, many at once, each on its own with nobody else. */
void serving_container(const struct comparison *comparison, const struct engine *engine, bool many,
                       struct engine_run *run, struct instance *instance);

/* It has given an answer. False also when it has ended. */
bool instance_answers(const struct comparison *comparison, struct instance *instance,
                      double deadline_s);

/* The program is to be asked in this way. */
bool serves(const struct comparison *comparison, enum way way);

struct load_figures instance_load(const struct comparison *comparison,
                                  const struct instance *instance, unsigned connections,
                                  double seconds);

#endif
