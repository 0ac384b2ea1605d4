/* SPDX-License-Identifier: MIT
 *
 * TCP sockets: making and ending them, what lwIP tells them, and what they are as files.
 *
 * A socket and lwIP's description of its connection (the pcb) live apart: a connection
 * that is closed goes on without its socket until all has been sent, and one that has
 * broken leaves the socket with what had been received.
 */
#include "libc-glue/net/inet.h"

#include <lwip/priv/tcp_priv.h>
#include <sys/ioctl.h>

#include "kernel/time.h"
#include "libc-glue/net/connections.h"

#define READ  (POLLIN | POLLRDNORM)
#define WRITE (POLLOUT | POLLWRNORM)

struct tcp_socket *tcp_socket_new(int family)
{
    struct tcp_socket *socket = object_new(sizeof *socket);

    if (!socket)
        return NULL;
    inet_begin(&socket->inet, family, SOCK_STREAM, IPPROTO_TCP);
    socket->inet.base.send_bytes = (int)net_tcp_send_bytes;
    socket->inet.base.receive_bytes = 2 * (int)net_tcp_window_bytes;
    return socket;
}

void tcp_socket_free(struct tcp_socket *socket)
{
    tcp_unread_drop(socket);
    object_free(socket);
}

int tcp_socket_make(int family, int protocol, struct file **made)
{
    struct tcp_socket *socket = tcp_socket_new(family);

    (void)protocol;
    *made = socket ? file_new(&tcp_file_ops, O_RDWR) : NULL;
    if (*made) {
        (*made)->object = socket;
        return 0;
    }
    object_free(socket);
    return -ENOMEM;
}

/* ---- what lwIP tells ---- */

static err_t received(void *argument, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
    struct tcp_socket *socket = argument;

    (void)error;
    if (p) {
        socket->unread_bytes += p->tot_len;
        socket->received_bytes += p->tot_len;
        if (socket->first)
            socket->last->next = p;
        else
            socket->first = p;
        while (p->next)
            p = p->next;
        socket->last = p;
        source_changed_undisturbed(&socket->inet.base.source, READ);
        return ERR_OK;
    }
    socket->ended = true;
    /* Both sides have said their last word: nothing lwIP does now concerns us. */
    if (pcb->state == TIME_WAIT || pcb->state == CLOSING || pcb->state == LAST_ACK) {
        tcp_detach(socket);
        socket->phase = PHASE_OVER;
    }
    source_changed(&socket->inet.base.source,
                   READ | POLLRDHUP | (socket->shut_write ? POLLHUP : 0));
    return ERR_OK;
}

static err_t sent(void *argument, struct tcp_pcb *pcb, u16_t size_bytes)
{
    struct tcp_socket *socket = argument;

    (void)pcb;
    socket->sent_bytes += size_bytes;
    if (socket->full && tcp_room(socket)) {
        socket->full = false;
        source_changed_undisturbed(&socket->inet.base.source, WRITE);
    }
    return ERR_OK;
}

/* The connection is gone, and its pcb with it. */
static void broken(void *argument, err_t error)
{
    struct tcp_socket *socket = argument;

    if (!socket)
        return;
    socket->pcb = NULL;
    if (error == ERR_RST)
        socket->inet.base.error = socket->phase == PHASE_CONNECTING ? ECONNREFUSED
                                  : socket->ended                   ? EPIPE
                                                                    : ECONNRESET;
    else if (error == ERR_ABRT)
        socket->inet.base.error = ETIMEDOUT;
    socket->ended = true;
    socket->phase = PHASE_OVER;
    source_changed(&socket->inet.base.source, EVENTS_END | READ | WRITE);
}

/* ---- the pcb ---- */

void tcp_names_keep(struct tcp_socket *socket)
{
    socket->local = (struct inet_name){socket->pcb->local_ip, socket->pcb->local_port};
    socket->peer = (struct inet_name){socket->pcb->remote_ip, socket->pcb->remote_port};
}

void tcp_attach(struct tcp_socket *socket, struct tcp_pcb *pcb)
{
    socket->pcb = pcb;
    tcp_arg(pcb, socket);
    tcp_recv(pcb, received);
    tcp_sent(pcb, sent);
    tcp_err(pcb, broken);
    tcp_options_apply(socket);
}

void tcp_detach(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;

    if (!pcb)
        return;
    socket->pcb = NULL;
    tcp_arg(pcb, NULL);
    if (pcb->state == LISTEN) {
        tcp_accept(pcb, NULL);
        return;
    }
    tcp_recv(pcb, NULL);
    tcp_sent(pcb, NULL);
    tcp_err(pcb, NULL);
}

int tcp_pcb_need(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb;

    if (socket->pcb)
        return 0;
    pcb = tcp_new_ip_type(inet_pcb_type(&socket->inet));
    if (!pcb)
        return -ENOBUFS;
    tcp_attach(socket, pcb);
    socket->phase = PHASE_NEW;
    socket->ended = false;
    socket->withheld_bytes = 0;
    return 0;
}

/* Closes the connection; data that nobody has read, or SO_LINGER with no time, break it. */
void tcp_close_pcb(struct tcp_socket *socket)
{
    struct tcp_pcb *pcb = socket->pcb;
    const struct linger *linger = &socket->inet.base.linger;
    bool listening = socket->phase == PHASE_LISTENING;

    if ((listening && tcp_share_leave(socket)) || !pcb)
        return;
    tcp_detach(socket);
    if (listening) {
        tcp_close(pcb);
        return;
    }
    bool break_it = pcb->state >= ESTABLISHED &&
                    (socket->unread_bytes || (linger->l_onoff && !linger->l_linger));
    if (!break_it)
        pcb->rcv_wnd = TCP_WND_MAX(pcb); /* all has been read: no reason for lwIP to break it */
    if (!break_it && pcb->state >= ESTABLISHED)
        net_connection_orphaned(pcb);
    if (break_it || tcp_close(pcb) != ERR_OK)
        tcp_abort(pcb);
}

/* SO_LINGER: waits until all has been acknowledged. */
static void linger(struct tcp_socket *socket)
{
    uint64_t deadline_ns =
        clock_monotonic_ns() + (uint64_t)socket->inet.base.linger.l_linger * 1000000000ull;
    int error = 0;

    if (socket->pcb && socket->pcb->state >= ESTABLISHED && !socket->shut_write)
        tcp_shutdown(socket->pcb, 0, 1);
    while (socket->pcb && (socket->pcb->unsent || socket->pcb->unacked) && !error) {
        unsigned turn = socket->inet.base.source.turn;
        socket->full = true;
        net_poll();
        if (socket->inet.base.source.turn == turn)
            error = source_wait(&socket->inet.base.source, true, turn, deadline_ns);
        interrupts_off();
    }
}

static void tcp_release(struct file *file)
{
    struct tcp_socket *socket = tcp_of(file);
    bool were_on = net_enter();

    if (socket->inet.base.linger.l_onoff && socket->inet.base.linger.l_linger > 0 &&
        !socket->unread_bytes && !(file->flags & O_NONBLOCK))
        linger(socket);
    tcp_waiting_drop(socket);
    tcp_close_pcb(socket);
    net_leave(were_on);
    tcp_socket_free(socket);
    file_free(file);
}

/* ---- as a file ---- */

/* How much more may be queued: nothing below a third, so that writers are not woken for
 * every little bit. */
size_t tcp_room(const struct tcp_socket *socket)
{
    const struct tcp_pcb *pcb = socket->pcb;
    size_t limit = (size_t)socket->inet.base.send_bytes, used;

    if (!pcb || pcb->snd_queuelen >= TCP_SND_QUEUELEN - 8)
        return 0;
    used = TCP_SND_BUF - pcb->snd_buf;
    limit = limit < TCP_SND_BUF ? limit : TCP_SND_BUF;
    limit = limit < net_share_bytes ? limit : net_share_bytes;
    if (2 * used <= limit)
        return limit - used;
    return used + limit / 3 <= limit ? limit - used : 0;
}

/* Mostly it is easy to see that there is room. */
static inline bool has_room(const struct tcp_socket *socket)
{
    const struct tcp_pcb *pcb = socket->pcb;
    size_t limit = (size_t)socket->inet.base.send_bytes, used = TCP_SND_BUF - pcb->snd_buf;

    return (2 * used < limit && 2 * used < TCP_SND_BUF &&
            pcb->snd_queuelen < TCP_SND_QUEUELEN / 2) ||
           tcp_room(socket);
}

static unsigned ready_connected(struct tcp_socket *socket)
{
    unsigned events = 0;
    bool over = !socket->pcb;

    if (!over && !socket->ended && !socket->shut_read && !socket->shut_write && has_room(socket))
        return socket->unread_bytes ? READ | WRITE : WRITE; /* as it mostly is */

    if (socket->unread_bytes || socket->ended || socket->shut_read || over)
        events |= READ;
    if (socket->ended || socket->shut_read || over)
        events |= POLLRDHUP;
    if (over || (socket->ended && socket->shut_write))
        events |= POLLHUP;
    if (over || socket->shut_write || tcp_room(socket))
        events |= WRITE;
    else
        socket->full = true;
    return events;
}

static unsigned tcp_ready(struct file *file)
{
    struct tcp_socket *socket = tcp_of(file);
    unsigned events = socket->inet.base.error ? POLLERR : 0;

    switch (socket->phase) {
    case PHASE_NEW:
        return events | WRITE | POLLHUP;
    case PHASE_LISTENING:
        return events | (socket->waiting ? READ : 0);
    case PHASE_CONNECTING:
        return events;
    default:
        return events | ready_connected(socket);
    }
}

static int tcp_socket_shutdown(struct file *file, int how)
{
    struct tcp_socket *socket = tcp_of(file);
    bool were_on = net_enter();
    int error = 0;

    if (socket->phase == PHASE_LISTENING && how != SHUT_WR) {
        tcp_waiting_drop(socket);
        tcp_close_pcb(socket);
        socket->phase = PHASE_NEW;
    } else if (socket->phase == PHASE_CONNECTING) {
        tcp_close_pcb(socket);
        socket->phase = PHASE_OVER;
        socket->inet.base.error = ECONNRESET;
    } else if (socket->phase != PHASE_CONNECTED && !socket->unread_bytes && !socket->ended) {
        error = -ENOTCONN;
    } else if (socket->phase == PHASE_OVER && !socket->pcb && !socket->unread_bytes) {
        error = -ENOTCONN;
    } else {
        socket->shut_read |= how != SHUT_WR;
        if (how != SHUT_RD && !socket->shut_write) {
            socket->shut_write = true;
            if (socket->pcb)
                tcp_shutdown(socket->pcb, 0, 1);
            if (socket->pcb && socket->pcb->state == LAST_ACK) {
                tcp_names_keep(socket);
                tcp_detach(socket);
                socket->phase = PHASE_OVER;
            }
        }
    }
    source_changed(&socket->inet.base.source, EVENTS_END | READ | WRITE);
    net_leave(were_on);
    return error;
}

static int tcp_name(struct file *file, bool peer, struct sockaddr_storage *name)
{
    struct tcp_socket *socket = tcp_of(file);
    bool were_on = net_enter();
    int length = -ENOTCONN;

    if (socket->pcb && socket->phase != PHASE_LISTENING)
        tcp_names_keep(socket);
    if (!peer)
        length = inet_name_make(&socket->inet, &socket->local.address, socket->local.port, name);
    else if (socket->phase == PHASE_CONNECTED)
        length = inet_name_make(&socket->inet, &socket->peer.address, socket->peer.port, name);
    net_leave(were_on);
    return length;
}

static int tcp_control(struct file *file, unsigned long request, void *argument)
{
    struct tcp_socket *socket = tcp_of(file);
    int count;

    if (request == FIONREAD)
        count = (int)socket->unread_bytes;
    else if (request == TIOCOUTQ)
        count = socket->pcb && socket->phase != PHASE_LISTENING
                    ? (int)(TCP_SND_BUF - socket->pcb->snd_buf)
                    : 0;
    else
        return inet_control(file, request, argument);
    return socket->phase == PHASE_LISTENING ? -EINVAL : user_write(argument, &count, sizeof count);
}

static const struct socket_ops tcp_ops = {
    .bind = tcp_socket_bind,
    .listen = tcp_socket_listen,
    .accept = tcp_socket_accept,
    .connect = tcp_socket_connect,
    .shutdown = tcp_socket_shutdown,
    .name = tcp_name,
    .send = tcp_socket_send,
    .receive = tcp_socket_receive,
    .option_get = tcp_option_get,
    .option_set = tcp_option_set,
};

const struct file_ops tcp_file_ops = {
    .read = socket_file_read,
    .write = socket_file_write,
    .stat = socket_file_stat,
    .control = tcp_control,
    .ready = tcp_ready,
    .source = socket_file_source,
    .release = tcp_release,
    .socket = &tcp_ops,
};
