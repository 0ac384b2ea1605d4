/* SPDX-License-Identifier: MIT
 *
 * What the two ends of a measurement agree on. By file: netperf.c reads the command line,
 * serve.c is the end that is measured, client.c the one that measures.
 */
#ifndef NETPERF_H
#define NETPERF_H

#include <stdint.h>

#define PORT_DEFAULT   5201
#define BUFFER_BYTES   (1 << 18)
#define DATAGRAM_BYTES 65507 /* the largest */

/* The first bytes on a connection say what goes over it, in network byte order. */
struct order {
    uint32_t magic;
    uint32_t mode;
    uint32_t request_bytes, response_bytes; /* of MODE_TURNS */
    uint64_t bytes;                         /* of MODE_SOURCE, before it closes; 0: for ever */
};
#define ORDER_MAGIC 0x6e706631

enum mode {
    MODE_SINK = 1, /* the client sends and closes; the server answers with how many came, 8 bytes */
    MODE_SOURCE = 2, /* the server sends */
    MODE_TURNS = 3,  /* requests and responses */
};

struct measurement {
    enum mode mode;
    const char *host;
    unsigned port;
    int udp; /* MODE_TURNS only: the server sends datagrams back */
    unsigned request_bytes, response_bytes, connections;
    uint64_t bytes;  /* in all, or 0 */
    uint64_t rounds; /* in all, or 0 */
    double seconds;  /* when neither is given */
};

int serve(unsigned port);
int measure(const struct measurement *measurement);
void order_pack(const struct order *order, unsigned char to[24]);
int order_unpack(struct order *order, const unsigned char from[24]); /* -1: it is none */

#endif
