/* SPDX-License-Identifier: MIT
 *
 * The companion's main. Standard C and POSIX only, the same on every side:
 *     companion hold            says "ready" and waits for ever
 *     companion compute ROUNDS  says "begin", computes, says "end" and a checksum
 *     companion probe           looks around (probe_linux.c, probe_thimble.c)
 */
#include "companion.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MATRIX_ROWS 40
#define SIEVE_SIZE  60000

/* Integer mixing: shifts, multiplications, a dependency from step to step. */
static uint64_t mix(uint64_t state)
{
    for (int i = 0; i < 200000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state += (state >> 32) * 0x9e3779b97f4a7c15u;
    }
    return state;
}

/* Memory and branches: primes below SIEVE_SIZE. */
static uint64_t sieve(void)
{
    static unsigned char composite[SIEVE_SIZE];
    uint64_t count = 0;
    memset(composite, 0, sizeof composite);
    for (unsigned i = 2; i < SIEVE_SIZE; i++) {
        if (composite[i])
            continue;
        count++;
        for (unsigned j = 2 * i; j < SIEVE_SIZE; j += i)
            composite[j] = 1;
    }
    return count;
}

/* Floating point: a product of two matrices. */
static uint64_t matrix(unsigned seed)
{
    static double a[MATRIX_ROWS][MATRIX_ROWS], b[MATRIX_ROWS][MATRIX_ROWS];
    double trace = 0;
    for (unsigned i = 0; i < MATRIX_ROWS; i++)
        for (unsigned j = 0; j < MATRIX_ROWS; j++) {
            a[i][j] = (double)((i * 7 + j + seed) % 13);
            b[i][j] = (double)((i + j * 5 + seed) % 11);
        }
    for (unsigned i = 0; i < MATRIX_ROWS; i++)
        for (unsigned j = 0; j < MATRIX_ROWS; j++) {
            double sum = 0;
            for (unsigned k = 0; k < MATRIX_ROWS; k++)
                sum += a[i][k] * b[k][j];
            trace += i == j ? sum : sum / 1024;
        }
    return (uint64_t)trace;
}

static int compute(unsigned rounds)
{
    uint64_t state = 88172645463325252u;
    puts("begin");
    fflush(stdout);
    for (unsigned i = 0; i < rounds; i++)
        state = mix(state) + sieve() + matrix(i);
    printf("end %016llx\n", (unsigned long long)state);
    return 0;
}

static _Noreturn void hold(void)
{
    puts("ready");
    fflush(stdout);
    for (;;)
        sleep(3600);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "hold") == 0)
        hold();
    if (argc == 3 && strcmp(argv[1], "compute") == 0)
        return compute((unsigned)atoi(argv[2]));
    if (argc == 2 && strcmp(argv[1], "probe") == 0)
        return probe();
    fprintf(stderr, "usage: companion hold | compute ROUNDS | probe\n");
    return 2;
}
