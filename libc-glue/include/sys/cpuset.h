/* SPDX-License-Identifier: MIT
 *
 * Sets of processors, for programs that ask. There is one, number 0.
 */
#ifndef _SYS_CPUSET_H_
#define _SYS_CPUSET_H_

#define CPU_SETSIZE 64

typedef struct {
    unsigned long __bits;
} cpu_set_t;

#define CPU_ZERO(set)       ((void)((set)->__bits = 0))
#define CPU_SET(cpu, set)   ((void)((set)->__bits |= 1ul << (cpu)))
#define CPU_CLR(cpu, set)   ((void)((set)->__bits &= ~(1ul << (cpu))))
#define CPU_ISSET(cpu, set) ((int)((set)->__bits >> (cpu)&1))
#define CPU_COUNT(set)      (__builtin_popcountl((set)->__bits))
#define CPU_EQUAL(a, b)     ((a)->__bits == (b)->__bits)

#endif
