/* SPDX-License-Identifier: MIT
 *
 * netperf: what a network carries. The same program is both ends.
 *     mkimage run -p 5201:5201 apps/netperf          the end that is measured
 *     cc -O2 -o netperf apps/netperf/netperf.c apps/netperf/serve.c apps/netperf/client.c
 *     ./netperf --to 127.0.0.1 sink                  the end that measures
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "netperf.h"

static const char usage[] =
    "usage: netperf [--port N]                         serve on this port (5201)\n"
    "       netperf --to ADDRESS [option...] MODE      measure the netperf that is there\n"
    "MODE: sink (we send), source (it sends), turns (requests and responses)\n"
    "  --seconds S        for so long (5)\n"
    "  --bytes N          sink, source: so many instead\n"
    "  --rounds N         turns: so many instead\n"
    "  --request N        turns: bytes of a request (64)\n"
    "  --response N       turns: bytes of a response (64)\n"
    "  --connections N    turns: at the same time (1)\n"
    "  --udp 1            turns: by datagrams\n";

static void put(unsigned char *to, uint64_t value, int bytes)
{
    while (bytes--) {
        to[bytes] = (unsigned char)value;
        value >>= 8;
    }
}

static uint64_t get(const unsigned char *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

void order_pack(const struct order *order, unsigned char to[24])
{
    put(to, order->magic, 4);
    put(to + 4, order->mode, 4);
    put(to + 8, order->request_bytes, 4);
    put(to + 12, order->response_bytes, 4);
    put(to + 16, order->bytes, 8);
}

int order_unpack(struct order *order, const unsigned char from[24])
{
    *order =
        (struct order){(uint32_t)get(from, 4), (uint32_t)get(from + 4, 4),
                       (uint32_t)get(from + 8, 4), (uint32_t)get(from + 12, 4), get(from + 16, 8)};
    return order->magic == ORDER_MAGIC && order->mode >= MODE_SINK && order->mode <= MODE_TURNS &&
                   (order->mode != MODE_TURNS || order->request_bytes)
               ? 0
               : -1;
}

static _Noreturn void refuse(const char *word)
{
    fprintf(stderr, "netperf: %s: not understood (--help)\n", word);
    exit(2);
}

static double number(const char *option, const char *value, double most)
{
    char *end = NULL;
    double given = value ? strtod(value, &end) : -1;
    if (!value || end == value || *end || !(given >= 0) || given > most)
        refuse(option);
    return given;
}

static void take_option(struct measurement *measurement, const char *option, const char *value)
{
    if (strcmp(option, "--to") == 0 && value)
        measurement->host = value;
    else if (strcmp(option, "--port") == 0)
        measurement->port = (unsigned)number(option, value, 65535);
    else if (strcmp(option, "--seconds") == 0)
        measurement->seconds = number(option, value, 1e6);
    else if (strcmp(option, "--bytes") == 0)
        measurement->bytes = (uint64_t)number(option, value, 1e15);
    else if (strcmp(option, "--rounds") == 0)
        measurement->rounds = (uint64_t)number(option, value, 1e12);
    else if (strcmp(option, "--request") == 0)
        measurement->request_bytes = (unsigned)number(option, value, DATAGRAM_BYTES);
    else if (strcmp(option, "--response") == 0)
        measurement->response_bytes = (unsigned)number(option, value, 1 << 30);
    else if (strcmp(option, "--connections") == 0)
        measurement->connections = (unsigned)number(option, value, 1024);
    else if (strcmp(option, "--udp") == 0)
        measurement->udp = number(option, value, 1) > 0;
    else
        refuse(option);
}

int main(int argc, char **argv)
{
    static const char *const modes[] = {[MODE_SINK] = "sink", "source", "turns"};
    struct measurement measurement = {
        .port = PORT_DEFAULT,
        .request_bytes = 64,
        .response_bytes = 64,
        .connections = 1,
        .seconds = 5,
    };
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0)
            return fputs(usage, stdout) < 0;
        if (strncmp(argv[i], "--", 2) == 0) {
            take_option(&measurement, argv[i], argv[i + 1]);
            i++;
            continue;
        }
        for (enum mode mode = MODE_SINK; mode <= MODE_TURNS; mode++)
            if (strcmp(modes[mode], argv[i]) == 0)
                measurement.mode = mode;
        if (!measurement.mode)
            refuse(argv[i]);
    }
    if (!measurement.mode && !measurement.host)
        return serve(measurement.port);
    if (!measurement.mode || !measurement.host || !measurement.request_bytes)
        refuse(measurement.host ? "which mode" : "--to ADDRESS");
    return measure(&measurement);
}
