/* SPDX-License-Identifier: MIT
 *
 * How lwIP is built: its raw interface only, below sockets of our own; no threads in
 * it, no memory of its own, no timer of its own. docs/network.md says why.
 */
#ifndef NET_PORT_LWIPOPTS_H
#define NET_PORT_LWIPOPTS_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

/* Everything of lwIP runs with interrupts off: there is nobody to be locked out. */
#define NO_SYS                                1
#define SYS_LIGHTWEIGHT_PROT                  0
#define LWIP_NETCONN                          0
#define LWIP_SOCKET                           0
#define LWIP_TIMERS                           1
#define LWIP_TIMERS_CUSTOM                    1 /* timers.c */
#define LWIP_STATS                            0
#define LWIP_ERRNO_STDINCLUDE                 1
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS 1

/* Memory is the glue's (memory.c). */
#define MEM_ALIGNMENT            16
#define MEM_CUSTOM_ALLOCATOR     1
#define MEM_CUSTOM_MALLOC        net_memory_new
#define MEM_CUSTOM_CALLOC        net_memory_new_cleared
#define MEM_CUSTOM_FREE          net_memory_free
#define MEMP_MEM_MALLOC          1
#define PBUF_POOL_BUFSIZE        4064 /* with its header, a page */
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define LWIP_PBUF_REF_T          uint16_t
#define PBUF_POOL_FREE_OOSEQ     0
extern uint16_t net_reassembly_pieces;
void *net_memory_new(size_t size_bytes);
void *net_memory_new_cleared(size_t count, size_t size_bytes);
void net_memory_free(void *memory);

/* Cards say what they do of the checksums. */
#define LWIP_CHECKSUM_CTRL_PER_NETIF   1
#define LWIP_NETIF_HWADDRHINT          1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define LWIP_NETIF_HOSTNAME            1
#define LWIP_NETIF_LOOPBACK            0 /* loopback.c */
#define LWIP_HAVE_LOOPIF               0

#define LWIP_ARP            1
#define ARP_TABLE_SIZE      64
#define ARP_QUEUEING        1
#define ARP_QUEUE_LEN       16
#define ETHARP_TRUST_IP_MAC 0

#define LWIP_IPV4                 1
#define IP_REASSEMBLY             1
#define IP_FRAG                   1
#define IP_REASS_MAX_PBUFS        net_reassembly_pieces
#define MEMP_NUM_REASSDATA        16
#define IP_SOF_BROADCAST          1
#define IP_DEFAULT_TTL            64
#define LWIP_ICMP                 1
#define LWIP_RAW                  1
#define LWIP_IGMP                 1
#define LWIP_MULTICAST_TX_OPTIONS 1
#define LWIP_DHCP                 1
#define LWIP_DHCP_DOES_ACD_CHECK  0
#define LWIP_DHCP_MAX_DNS_SERVERS 0 /* dhcp.c */
#define DHCP_COARSE_TIMER_SECS    1 /* timers.c calls it when a second counts */
#define DHCP_TIMEOUT_SIZE_T       uint32_t
#define DHCP_DEFINE_CUSTOM_TIMEOUTS
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T0_LEASE(to, dhcp)                                           \
    ((to) = LWIP_MAX((dhcp)->offered_t0_lease, 1u))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T1_RENEW(to, dhcp)                                           \
    ((to) = LWIP_MAX((dhcp)->offered_t1_renew, 1u))
#define DHCP_SET_TIMEOUT_FROM_OFFERED_T2_REBIND(to, dhcp)                                          \
    ((to) = LWIP_MAX((dhcp)->offered_t2_rebind, 1u))
#define DHCP_NEXT_TIMEOUT_THRESHOLD          2 /* s */
#define DHCP_REQUEST_BACKOFF_SEQUENCE(tries) ((u16_t)((tries) < 6 ? 1000 << (tries) : 60000))
#define DHCP_ADD_EXTRA_REQUEST_OPTIONS       , 6, 12, 15, 26, 119, 121
#define DNS_MAX_SERVERS                      3
#define LWIP_ACD                             0
#define LWIP_AUTOIP                          0
#define LWIP_DNS                             1 /* what of it tells of servers: dns_servers.c */

#define LWIP_IPV6                      1
#define LWIP_IPV6_NUM_ADDRESSES        6
#define LWIP_IPV6_SCOPES               1
#define IPV6_FRAG_COPYHEADER           1 /* a pointer is as large as the header of a piece */
#define LWIP_ND6_NUM_NEIGHBORS         32
#define LWIP_ND6_NUM_DESTINATIONS      64
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 3
#define LWIP_IPV6_DHCP6                1 /* dhcp6.c */
#define LWIP_IPV6_MLD                  1

#define LWIP_UDP             1
#define LWIP_NETBUF_RECVINFO 1

#define LWIP_TCP            1
#define SO_REUSE            1
#define SO_REUSE_RXTOALL    1 /* what is for a group, or for everybody */
#define LWIP_TCP_KEEPALIVE  1
#define TCP_LISTEN_BACKLOG  1
#define TCP_MSL             30000 /* ms: connections that are over are remembered for twice that */
#define TCP_MSS             3900  /* at most; what a connection uses follows the interface's MTU */
#define TCP_QUEUE_OOSEQ     1
#define LWIP_TCP_SACK_OUT   1
#define LWIP_TCP_TIMESTAMPS 1
#define LWIP_WND_SCALE      1
#define TCP_RCV_SCALE       5
/* By memory; see memory.c. */
extern uint32_t net_tcp_window_bytes, net_tcp_send_bytes, net_tcp_send_pieces;
#define TCP_WND                        net_tcp_window_bytes
#define TCP_SND_BUF                    net_tcp_send_bytes
#define TCP_SND_QUEUELEN               net_tcp_send_pieces
#define TCP_SNDLOWAT                   (net_tcp_send_bytes / 3)
#define TCP_SNDQUEUELOWAT              (net_tcp_send_pieces / 2)
#define TCP_OVERSIZE                   TCP_MSS
#define TCP_WND_UPDATE_THRESHOLD       (TCP_WND_MAX(pcb) / 4) /* by the window this peer can see */
#define TCP_OOSEQ_MAX_BYTES            net_tcp_window_bytes
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1

/* Whoever sends to one of our own addresses means the loopback interface (loopback.c). */
struct netif;
struct ip4_addr;
struct ip6_addr;
struct netif *net_route4(const void *to);
struct netif *net_route6(const void *to);
struct netif *net_route4_far(const void *to);
#define LWIP_HOOK_IP4_ROUTE_SRC(from, to) ((from) ? net_route4(to) : net_route4_far(to))
#define LWIP_HOOK_IP6_ROUTE(from, to)     net_route6(to)

/* Routes beside the one to everywhere (routes.c), and what DHCP says beside addresses
 * (dhcp.c). */
struct pbuf;
const struct ip4_addr *net_gateway4(const struct netif *netif, const void *to);
const struct ip6_addr *net_gateway6(struct netif *netif, const void *to);
void net_dhcp_asks(const struct netif *netif);
void net_dhcp_hears(const struct netif *netif, unsigned option, unsigned bytes,
                    const struct pbuf *p, unsigned offset);
#define LWIP_HOOK_ETHARP_GET_GW(netif, to)                                   net_gateway4(netif, to)
#define LWIP_HOOK_ND6_GET_GW(netif, to)                                      net_gateway6(netif, to)
#define LWIP_HOOK_DHCP_APPEND_OPTIONS(netif, dhcp, state, msg, kind, length) net_dhcp_asks(netif)
#define LWIP_HOOK_DHCP_PARSE_OPTION(netif, dhcp, state, msg, kind, option, length, pbuf, offset)   \
    net_dhcp_hears(netif, option, length, pbuf, offset)

/* connections.c, by our patch lwip-find.patch */
struct tcp_pcb;
void net_tcp_added(struct tcp_pcb *pcb);
void net_tcp_freed(struct tcp_pcb *pcb);
struct tcp_pcb *net_tcp_find(uint16_t remote_port, uint16_t local_port);
#define LWIP_HOOK_TCP_ADDED(pcb)                    net_tcp_added((struct tcp_pcb *)(pcb))
#define LWIP_HOOK_TCP_FREED(pcb)                    net_tcp_freed(pcb)
#define LWIP_HOOK_TCP_FIND(remote_port, local_port) net_tcp_find(remote_port, local_port)

/* connection_bounds.c, by our patch lwip-lists.patch */
struct tcp_pcb_listen;
void net_tcp_listed(struct tcp_pcb **list, struct tcp_pcb *pcb);
void net_tcp_unlist(struct tcp_pcb **list, struct tcp_pcb *pcb);
_Bool net_tcp_evict(void);
_Bool net_tcp_backlog_full(const struct tcp_pcb_listen *listener);
#define LWIP_HOOK_TCP_LISTED(list, pcb)      net_tcp_listed(list, (struct tcp_pcb *)(pcb))
#define LWIP_HOOK_TCP_UNLIST(list, pcb)      net_tcp_unlist(list, (struct tcp_pcb *)(pcb))
#define LWIP_HOOK_TCP_EVICT()                net_tcp_evict()
#define LWIP_HOOK_TCP_BACKLOG_FULL(listener) net_tcp_backlog_full(listener)

/* timers.c, by our patch lwip-portions.patch */
extern struct tcp_pcb *net_tcp_next;
#define LWIP_TCP_SLOW_NEXT net_tcp_next
#ifndef LWIP_TCP_SLOW_SENDS
#define LWIP_TCP_SLOW_SENDS 64 /* fewer than are taken in at one look */
#endif

struct tcp_hdr;
int8_t net_tcp_takes(struct tcp_pcb *pcb, const struct tcp_hdr *header, const struct pbuf *p);
#define LWIP_HOOK_TCP_INPACKET_PCB(pcb, header, bytes, bytes1, options2, p)                        \
    net_tcp_takes(pcb, header, p)

/* tcp_path.c, by our patch lwip-path.patch */
struct netif *net_tcp_route(struct tcp_pcb *pcb);
signed char net_tcp_output(struct tcp_pcb *pcb, struct pbuf *p, struct netif *netif);
extern uint16_t ip_id;
#define LWIP_HOOK_TCP_ROUTE(pcb)            net_tcp_route(pcb)
#define LWIP_HOOK_TCP_OUTPUT(pcb, p, netif) net_tcp_output(pcb, p, netif)

/* Numbers that nobody guesses (RFC 6528). */
uint32_t net_tcp_isn(const void *local, uint16_t local_port, const void *remote,
                     uint16_t remote_port);
#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port)                                  \
    net_tcp_isn(local, local_port, remote, remote_port)

#pragma GCC visibility pop

#endif
