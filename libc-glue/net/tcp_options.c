/* SPDX-License-Identifier: MIT
 *
 * Options of TCP sockets.
 */
#include <netinet/tcp.h>
#undef TCP_MSS /* lwIP's is another */

#include "libc-glue/net/inet.h"

#include <lwip/ip.h>
#include <lwip/priv/tcp_priv.h>
#include <string.h>

#define KEEP_IDLE_S     7200
#define KEEP_INTERVAL_S 75
#define KEEP_COUNT      9
#define SECOND_MS       1000u
#define SLOW_MS         500u

static bool has_connection(const struct tcp_socket *socket)
{
    return socket->pcb && socket->phase != PHASE_LISTENING;
}

/* Where the card cuts segments up, lwIP makes them twice as large: it works by segment. */
void tcp_widen(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;
    struct netif *netif = ip_route(&pcb->local_ip, &pcb->remote_ip);
    unsigned options = pcb->flags & TF_TIMESTAMP ? 12 : 0, wide;

    if (socket->mss_max && pcb->mss > socket->mss_max)
        pcb->mss = (u16_t)socket->mss_max;
    socket->segment_bytes = pcb->mss;
    if (!netif || netif == &net_loopback)
        return;
    wide = 2 * (pcb->mss - options) + options;
    if (net_card_of(netif)->nic.features &
            (IP_IS_V4(&pcb->remote_ip) ? NIC_SEGMENT_IP4 : NIC_SEGMENT_IP6) &&
        wide <= TCP_MSS)
        pcb->mss = (u16_t)wide;
}

/* A port may be bound to twice. Listening there twice is another matter (tcp_share.c). */
void tcp_reuse_apply(struct tcp_socket *socket)
{
    unsigned flags = socket->inet.base.flags;

    if ((flags >> SO_REUSEADDR | flags >> SO_REUSEPORT) & 1)
        ip_set_option(socket->pcb, SOF_REUSEADDR);
}

/* ---- lwIP asks twice a second, when it was asked to ---- */

#define LOOK_TICKS 1

/* There was no memory, and nothing is under way whose end would tell that there is. */
static void memory_look(struct tcp_socket *socket)
{
    if (socket->full && !socket->pcb->snd_queuelen) {
        socket->full = false;
        source_changed(&socket->inet.base.source, POLLOUT | POLLWRNORM);
    }
}

/* TCP_USER_TIMEOUT. False: it is over. */
static bool patience_look(struct tcp_socket *socket)
{
    const struct tcp_pcb *pcb = socket->pcb;

    if (!pcb->nrtx && !pcb->persist_backoff) {
        socket->stalled = false;
    } else if (!socket->stalled) {
        socket->stalled = true;
        socket->stalled_at_ms = net_now_ms;
    } else {
        return net_now_ms - socket->stalled_at_ms < socket->user_wait_ms;
    }
    return true;
}

static err_t look(void *argument, struct tcp_pcb *pcb)
{
    struct tcp_socket *socket = argument;

    if (!socket)
        return ERR_OK;
    memory_look(socket);
    if (!socket->user_wait_ms)
        tcp_poll(pcb, NULL, 0);
    else if (!patience_look(socket)) {
        tcp_abort(pcb);
        return ERR_ABRT;
    }
    return ERR_OK;
}

void tcp_look_soon(struct tcp_socket *socket)
{
    tcp_poll(socket->pcb, look, LOOK_TICKS);
}

/* What the program has set, for lwIP's description of the connection. */
void tcp_options_apply(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;

    if (!has_connection(socket))
        return;
    if (socket->no_delay)
        tcp_nagle_disable(pcb);
    else
        tcp_nagle_enable(pcb);
    if (socket->inet.base.flags >> SO_KEEPALIVE & 1)
        ip_set_option(pcb, SOF_KEEPALIVE);
    else
        ip_reset_option(pcb, SOF_KEEPALIVE);
    tcp_reuse_apply(socket);
    pcb->keep_idle = (socket->keep_idle_s ? socket->keep_idle_s : KEEP_IDLE_S) * SECOND_MS;
    pcb->keep_intvl =
        (socket->keep_interval_s ? socket->keep_interval_s : KEEP_INTERVAL_S) * SECOND_MS;
    pcb->keep_cnt = socket->keep_count ? socket->keep_count : KEEP_COUNT;
    if (socket->inet.ttl)
        pcb->ttl = socket->inet.ttl;
    pcb->tos = socket->inet.tos;
    pcb->netif_idx = socket->inet.netif_index;
    if (socket->user_wait_ms)
        tcp_look_soon(socket);
    if (socket->phase == PHASE_CONNECTED)
        tcp_window_follow(socket, 0);
}

static int state_of(const struct tcp_socket *socket)
{
    static const unsigned char states[] = {
        [CLOSED] = TCP_CLOSE,         [LISTEN] = TCP_LISTEN,           [SYN_SENT] = TCP_SYN_SENT,
        [SYN_RCVD] = TCP_SYN_RECV,    [ESTABLISHED] = TCP_ESTABLISHED, [FIN_WAIT_1] = TCP_FIN_WAIT1,
        [FIN_WAIT_2] = TCP_FIN_WAIT2, [CLOSE_WAIT] = TCP_CLOSE_WAIT,   [CLOSING] = TCP_CLOSING,
        [LAST_ACK] = TCP_LAST_ACK,    [TIME_WAIT] = TCP_TIME_WAIT,
    };

    return socket->pcb ? states[socket->pcb->state] : TCP_CLOSE;
}

static int info_give(const struct tcp_socket *socket, void *value, socklen_t *bytes)
{
    const struct tcp_pcb *pcb = socket->pcb;
    struct tcp_info info = {.tcpi_state = (uint8_t)state_of(socket)};

    if (has_connection(socket)) {
        unsigned round_trip_us = pcb->sa > 0 ? (unsigned)(pcb->sa >> 3) * SLOW_MS * 1000 : 0;
        info.tcpi_retransmits = pcb->nrtx;
        info.tcpi_options = (pcb->flags & TF_TIMESTAMP ? TCPI_OPT_TIMESTAMPS : 0) |
                            (pcb->flags & TF_SACK ? TCPI_OPT_SACK : 0) |
                            (pcb->flags & TF_WND_SCALE ? TCPI_OPT_WSCALE : 0);
        info.tcpi_snd_wscale = pcb->snd_scale & 15;
        info.tcpi_rcv_wscale = pcb->rcv_scale & 15;
        info.tcpi_rto = (unsigned)pcb->rto * SLOW_MS * 1000;
        info.tcpi_snd_mss = info.tcpi_rcv_mss = info.tcpi_advmss = socket->segment_bytes;
        info.tcpi_unacked = pcb->snd_queuelen;
        info.tcpi_rtt = round_trip_us;
        info.tcpi_snd_ssthresh = pcb->ssthresh / (pcb->mss ? pcb->mss : 1);
        info.tcpi_snd_cwnd = pcb->cwnd / (pcb->mss ? pcb->mss : 1);
        info.tcpi_rcv_space = pcb->rcv_wnd;
        info.tcpi_bytes_received = socket->received_bytes;
        info.tcpi_bytes_acked = socket->sent_bytes;
    }
    return give_bytes(value, bytes, &info, sizeof info);
}

static int get(struct tcp_socket *socket, int option, void *value, socklen_t *bytes)
{
    switch (option) {
    case TCP_NODELAY:
        return give_int(value, bytes, socket->no_delay);
    case TCP_CORK:
        return give_int(value, bytes, socket->corked);
    case TCP_MAXSEG:
        return give_int(value, bytes, socket->segment_bytes ? (int)socket->segment_bytes : 536);
    case TCP_KEEPIDLE:
        return give_int(value, bytes,
                        (int)(socket->keep_idle_s ? socket->keep_idle_s : KEEP_IDLE_S));
    case TCP_KEEPINTVL:
        return give_int(value, bytes,
                        (int)(socket->keep_interval_s ? socket->keep_interval_s : KEEP_INTERVAL_S));
    case TCP_KEEPCNT:
        return give_int(value, bytes, (int)(socket->keep_count ? socket->keep_count : KEEP_COUNT));
    case TCP_USER_TIMEOUT:
        return give_int(value, bytes, (int)socket->user_wait_ms);
    case TCP_QUICKACK:
        return give_int(value, bytes, 1);
    case TCP_SYNCNT:
        return give_int(value, bytes, TCP_SYNMAXRTX);
    case TCP_LINGER2:
    case TCP_DEFER_ACCEPT:
        return give_int(value, bytes, 0);
    case TCP_CONGESTION:
        return give_bytes(value, bytes, "reno\0\0\0\0\0\0\0\0\0\0\0", 16);
    case TCP_INFO:
        return info_give(socket, value, bytes);
    default:
        return -ENOPROTOOPT;
    }
}

static int in_range(int value, int from, int to)
{
    return value < from || value > to ? -EINVAL : 0;
}

static int cork(struct tcp_socket *socket, bool on)
{
    socket->corked = on;
    if (!on && has_connection(socket))
        tcp_output(socket->pcb);
    return 0;
}

static int set(struct tcp_socket *socket, int option, int value)
{
    int error;

    switch (option) {
    case TCP_NODELAY:
        socket->no_delay = value;
        if (value && has_connection(socket) && !socket->corked) {
            tcp_nagle_disable(socket->pcb);
            tcp_output(socket->pcb);
        }
        return 0;
    case TCP_CORK:
        return cork(socket, value);
    case TCP_MAXSEG:
        error = in_range(value, 88, 32767);
        if (!error)
            socket->mss_max = value;
        return error;
    case TCP_KEEPIDLE:
        error = in_range(value, 1, 32767);
        if (!error)
            socket->keep_idle_s = (unsigned)value;
        return error;
    case TCP_KEEPINTVL:
        error = in_range(value, 1, 32767);
        if (!error)
            socket->keep_interval_s = (unsigned)value;
        return error;
    case TCP_KEEPCNT:
        error = in_range(value, 1, 127);
        if (!error)
            socket->keep_count = (unsigned)value;
        return error;
    case TCP_USER_TIMEOUT:
        if (value < 0)
            return -EINVAL;
        socket->user_wait_ms = (unsigned)value;
        return 0;
    case TCP_QUICKACK:
    case TCP_DEFER_ACCEPT:
    case TCP_LINGER2:
    case TCP_SYNCNT:
    case TCP_WINDOW_CLAMP:
        return 0;
    default:
        return -ENOPROTOOPT;
    }
}

int tcp_option_get(struct file *file, int level, int option, void *value, socklen_t *bytes)
{
    struct tcp_socket *socket = tcp_of(file);
    bool were_on = net_enter();
    int error;

    if (level == IPPROTO_TCP)
        error = get(socket, option, value, bytes);
    else if (level == SOL_SOCKET && option == SO_ACCEPTCONN)
        error = give_int(value, bytes, socket->phase == PHASE_LISTENING);
    else
        error = inet_option_get(&socket->inet, level, option, value, bytes);
    net_leave(were_on);
    return error;
}

int tcp_option_set(struct file *file, int level, int option, const void *value, socklen_t bytes)
{
    struct tcp_socket *socket = tcp_of(file);
    bool were_on = net_enter();
    int error, number;

    if (level == IPPROTO_TCP && option == TCP_CONGESTION) {
        error = bytes >= 4 && memcmp(value, "reno", 4) == 0 ? 0 : -ENOENT;
    } else if (level == IPPROTO_TCP) {
        error = option_int(value, bytes, &number);
        if (!error)
            error = set(socket, option, number);
    } else {
        error = inet_option_set(&socket->inet, level, option, value, bytes);
        if (error == -ENOPROTOOPT && level == SOL_SOCKET)
            error = socket_option_set(&socket->inet.base, option, value, bytes);
    }
    tcp_options_apply(socket);
    net_leave(were_on);
    return error;
}
