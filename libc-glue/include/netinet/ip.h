/* SPDX-License-Identifier: MIT */
#ifndef _NETINET_IP_H
#define _NETINET_IP_H

#include <netinet/in.h>
#include <stdint.h>

struct iphdr {
    uint8_t ihl : 4, version : 4;
    uint8_t tos;
    uint16_t tot_len;
    uint16_t id;
    uint16_t frag_off;
    uint8_t ttl;
    uint8_t protocol;
    uint16_t check;
    uint32_t saddr;
    uint32_t daddr;
};

/* The same by its BSD names. */
struct ip {
    uint8_t ip_hl : 4, ip_v : 4;
    uint8_t ip_tos;
    uint16_t ip_len;
    uint16_t ip_id;
    uint16_t ip_off;
#define IP_RF      0x8000
#define IP_DF      0x4000
#define IP_MF      0x2000
#define IP_OFFMASK 0x1fff
    uint8_t ip_ttl;
    uint8_t ip_p;
    uint16_t ip_sum;
    struct in_addr ip_src, ip_dst;
};

struct timestamp {
    uint8_t len;
    uint8_t ptr;
    uint8_t flags : 4, overflow : 4;
    uint32_t data[9];
};

struct ip_timestamp {
    uint8_t ipt_code;
    uint8_t ipt_len;
    uint8_t ipt_ptr;
    uint8_t ipt_flg : 4, ipt_oflw : 4;
    uint32_t data[9];
};

#define IPVERSION    4
#define IP_MAXPACKET 65535
#define IP_MSS       576
#define MAXTTL       255
#define IPDEFTTL     64
#define IPFRAGTTL    60
#define IPTTLDEC     1
#define MAX_IPOPTLEN 40

#define IPTOS_ECN_MASK      0x03
#define IPTOS_ECN(x)        ((x)&IPTOS_ECN_MASK)
#define IPTOS_ECN_NOT_ECT   0x00
#define IPTOS_ECN_ECT1      0x01
#define IPTOS_ECN_ECT0      0x02
#define IPTOS_ECN_CE        0x03
#define IPTOS_DSCP_MASK     0xfc
#define IPTOS_DSCP(x)       ((x)&IPTOS_DSCP_MASK)
#define IPTOS_DSCP_AF11     0x28
#define IPTOS_DSCP_AF12     0x30
#define IPTOS_DSCP_AF13     0x38
#define IPTOS_DSCP_AF21     0x48
#define IPTOS_DSCP_AF22     0x50
#define IPTOS_DSCP_AF23     0x58
#define IPTOS_DSCP_AF31     0x68
#define IPTOS_DSCP_AF32     0x70
#define IPTOS_DSCP_AF33     0x78
#define IPTOS_DSCP_AF41     0x88
#define IPTOS_DSCP_AF42     0x90
#define IPTOS_DSCP_AF43     0x98
#define IPTOS_DSCP_EF       0xb8
#define IPTOS_CLASS_MASK    0xe0
#define IPTOS_CLASS(x)      ((x)&IPTOS_CLASS_MASK)
#define IPTOS_CLASS_CS0     0x00
#define IPTOS_CLASS_CS1     0x20
#define IPTOS_CLASS_CS2     0x40
#define IPTOS_CLASS_CS3     0x60
#define IPTOS_CLASS_CS4     0x80
#define IPTOS_CLASS_CS5     0xa0
#define IPTOS_CLASS_CS6     0xc0
#define IPTOS_CLASS_CS7     0xe0
#define IPTOS_CLASS_DEFAULT IPTOS_CLASS_CS0
#define IPTOS_TOS_MASK      0x1e
#define IPTOS_TOS(x)        ((x)&IPTOS_TOS_MASK)
#define IPTOS_LOWDELAY      0x10
#define IPTOS_THROUGHPUT    0x08
#define IPTOS_RELIABILITY   0x04
#define IPTOS_LOWCOST       0x02
#define IPTOS_MINCOST       IPTOS_LOWCOST

#define IPTOS_PREC_MASK            0xe0
#define IPTOS_PREC(x)              ((x)&IPTOS_PREC_MASK)
#define IPTOS_PREC_NETCONTROL      0xe0
#define IPTOS_PREC_INTERNETCONTROL 0xc0
#define IPTOS_PREC_CRITIC_ECP      0xa0
#define IPTOS_PREC_FLASHOVERRIDE   0x80
#define IPTOS_PREC_FLASH           0x60
#define IPTOS_PREC_IMMEDIATE       0x40
#define IPTOS_PREC_PRIORITY        0x20
#define IPTOS_PREC_ROUTINE         0x00

#define IPOPT_COPY         0x80
#define IPOPT_CLASS_MASK   0x60
#define IPOPT_NUMBER_MASK  0x1f
#define IPOPT_COPIED(o)    ((o)&IPOPT_COPY)
#define IPOPT_CLASS(o)     ((o)&IPOPT_CLASS_MASK)
#define IPOPT_NUMBER(o)    ((o)&IPOPT_NUMBER_MASK)
#define IPOPT_CONTROL      0x00
#define IPOPT_MEASUREMENT  0x40
#define IPOPT_EOL          0
#define IPOPT_END          IPOPT_EOL
#define IPOPT_NOP          1
#define IPOPT_NOOP         IPOPT_NOP
#define IPOPT_RR           7
#define IPOPT_TS           68
#define IPOPT_TIMESTAMP    IPOPT_TS
#define IPOPT_SECURITY     130
#define IPOPT_LSRR         131
#define IPOPT_SATID        136
#define IPOPT_SSRR         137
#define IPOPT_RA           148
#define IPOPT_OPTVAL       0
#define IPOPT_OLEN         1
#define IPOPT_OFFSET       2
#define IPOPT_MINOFF       4
#define IPOPT_TS_TSONLY    0
#define IPOPT_TS_TSANDADDR 1
#define IPOPT_TS_PRESPEC   3

#endif
