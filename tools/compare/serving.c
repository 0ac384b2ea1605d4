/* SPDX-License-Identifier: MIT
 *
 * Reaching a program that serves: through a published port where there is one, else on the
 * network that it is on, which may be one of its own.
 */
#include "serving.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/network.h"

#define SLICE_S 1.0  /* of asking, between looks at whether it is still there */
#define LOOK_S  0.01 /* for what it has said, and whether it has ended */

/* Which networks of others are entered takes root; -1: it cannot be. Returns the way back. */
static int enter_network(pid_t of)
{
    int ours = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int theirs = open(text_format("/proc/%d/ns/net", (int)of), O_RDONLY | O_CLOEXEC);
    if (ours >= 0 && (theirs < 0 || setns(theirs, CLONE_NEWNET))) {
        close(ours);
        ours = -1;
    }
    if (theirs >= 0)
        close(theirs);
    return ours;
}

static void leave_network(int ours)
{
    if (setns(ours, CLONE_NEWNET))
        die(EXIT_STATUS_FAILED, "the way back to this machine's network is lost");
    close(ours);
}

void serving_prepare(const struct engine *engine)
{
    int ours = engine->apart ? enter_network(engine->daemon) : -1;
    if (ours < 0)
        return;
    engine_raise_loopback();
    leave_network(ours);
}

/* Runs something in the network where an instance is reached. */
static bool in_network(const struct instance *instance, void (*action)(void *), void *argument)
{
    if (!instance->network_of) {
        action(argument);
        return true;
    }
    int ours = enter_network(instance->network_of);
    if (ours < 0)
        return false;
    action(argument);
    leave_network(ours);
    return true;
}

static struct sockaddr_in address_of(const struct instance *instance)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(instance->served_port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return to;
}

struct asking {
    const struct comparison *comparison;
    struct sockaddr_in to;
    unsigned connections;
    double seconds;
    int result;
    struct load_figures figures;
};

static void ask_first(void *argument)
{
    struct asking *asking = argument;
    asking->result =
        first_answer(&asking->to, &asking->comparison->exchange, asking->seconds, &interrupted);
}

static void ask_much(void *argument)
{
    struct asking *asking = argument;
    asking->figures =
        load_run(&asking->to, &asking->comparison->exchange, asking->connections, asking->seconds);
}

/* A container's own network is there when its first process is. */
static void find_network(struct instance *instance, double deadline_s)
{
    int64_t until_ns = clock_now_ns() + (int64_t)(deadline_s * 1e9);
    while (instance->network_inside && !instance->network_of && !interrupted) {
        instance->network_of = engine_init_pid(instance->container);
        if (!instance->network_of && clock_now_ns() > until_ns)
            return;
        if (!instance->network_of)
            clock_sleep_ms(5);
    }
}

bool instance_answers(const struct comparison *comparison, struct instance *instance,
                      double deadline_s)
{
    struct asking asking = {
        .comparison = comparison, .to = address_of(instance), .seconds = SLICE_S, .result = -1};
    find_network(instance, deadline_s);
    if (instance->network_inside && !instance->network_of)
        return false;
    int64_t until_ns = clock_now_ns() + (int64_t)(deadline_s * 1e9);
    while (!interrupted && clock_now_ns() < until_ns) {
        if (!in_network(instance, ask_first, &asking) || asking.result == 0)
            break;
        if (instance_wait(instance, WAIT_END, NULL, LOOK_S))
            break;
    }
    return asking.result == 0;
}

struct load_figures instance_load(const struct comparison *comparison,
                                  const struct instance *instance, unsigned connections,
                                  double seconds)
{
    struct asking asking = {.comparison = comparison,
                            .to = address_of(instance),
                            .connections = connections,
                            .seconds = seconds};
    if (!in_network(instance, ask_much, &asking))
        asking.figures.trouble = "its network cannot be entered";
    return asking.figures;
}

/* A free port of this machine for the program's own. */
static struct publications publish(const struct comparison *comparison, struct instance *instance)
{
    struct publications published = {0};
    publish_add(&published, "--ready", text_format("%u", comparison->port));
    publish_reserve(&published);
    instance->served_port = (uint16_t)published.at[0].host_port;
    return published;
}

const struct network *serving_network(const struct comparison *comparison,
                                      struct instance *instance)
{
    struct network *network = memory_new(sizeof *network);
    network->kind = NETWORK_USER;
    network->mac = "52:54:00:12:34:56";
    network->published = publish(comparison, instance);
    instance->reached_by = "QEMU's user network, published";
    return network;
}

void serving_container(const struct comparison *comparison, const struct engine *engine, bool many,
                       struct engine_run *run, struct instance *instance)
{
    if (engine->networked) {
        struct publications published = publish(comparison, instance);
        run->network = NULL;
        strings_addf(&run->ports, "127.0.0.1:%u:%u", published.at[0].host_port, comparison->port);
        instance->network_of = engine->apart ? engine->daemon : 0;
        instance->reached_by = "the engine's bridge, published";
        return;
    }
    instance->served_port = (uint16_t)comparison->port;
    instance->network_inside = many && geteuid() == 0;
    instance->reached_by = "the host's network";
    run->network = instance->network_inside ? "none" : "host";
}

bool serves(const struct comparison *comparison, enum way way)
{
    return comparison->exchange.request && !comparison->ends &&
           (way != WAY_LINUX || comparison->modules);
}
