/* SPDX-License-Identifier: MIT
 *
 * Random bytes, by every name they have.
 *     random              checks them
 *     random draw         prints one of each kind
 *     random device N     prints what the virtio-rng driver brings, N bytes at the most
 *     random again        prints a draw for each line of input
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "check.h"

#define SAMPLE_BYTES   4096
#define PATIENT_CYCLES (1ull << 30)

static void print_hex(const char *name, const void *bytes, size_t n)
{
    printf("%s=", name);
    for (size_t i = 0; i < n; i++)
        printf("%02x", ((const unsigned char *)bytes)[i]);
    printf("\n");
}

/* Ones and zeros in balance, and no byte value far from its share: six standard
 * deviations and more, once in a hundred million runs by chance. */
static void check_spread(const unsigned char *bytes)
{
    unsigned ones = 0, counts[256] = {0};

    for (int i = 0; i < SAMPLE_BYTES; i++) {
        ones += (unsigned)__builtin_popcount(bytes[i]);
        counts[bytes[i]]++;
    }
    CHECK(ones > SAMPLE_BYTES * 4 - 560 && ones < SAMPLE_BYTES * 4 + 560);
    for (int i = 0; i < 256; i++)
        CHECK(counts[i] < 16 + 32);
}

static void read_file(const char *name, void *to, size_t n)
{
    int fd = open(name, O_RDONLY);

    CHECK(fd >= 0 && read(fd, to, n) == (ssize_t)n);
    CHECK(close(fd) == 0);
}

/* No byte is outside of what was asked for, at any length. */
static void check_edges(void)
{
    static unsigned char bytes[2048 + 2];

    for (size_t n = 0; n <= 2048; n += n < 600 ? 1 : 181) {
        memset(bytes, 0xa5, sizeof bytes);
        CHECK(getrandom(bytes + 1, n, 0) == (ssize_t)n);
        CHECK(bytes[0] == 0xa5 && bytes[n + 1] == 0xa5);
        unsigned same = 0;
        for (size_t i = 1; i <= n; i++)
            same += bytes[i] == 0xa5;
        CHECK(same < 16 + n / 32);
    }
}

static void check_names(void)
{
    static unsigned char bytes[8][SAMPLE_BYTES];

    CHECK(getrandom(bytes[0], SAMPLE_BYTES, 0) == SAMPLE_BYTES);
    CHECK(getrandom(bytes[1], SAMPLE_BYTES, GRND_NONBLOCK | GRND_RANDOM) == SAMPLE_BYTES);
    CHECK(getrandom(bytes[0], 1, 0x80) == -1 && errno == EINVAL);
    for (int i = 0; i < SAMPLE_BYTES; i += 256)
        CHECK(getentropy(bytes[2] + i, 256) == 0);
    errno = 0;
    CHECK(getentropy(bytes[2], 257) == -1 && errno == EIO);
    arc4random_buf(bytes[3], SAMPLE_BYTES);
    for (int i = 0; i < SAMPLE_BYTES; i += 4) {
        uint32_t word = arc4random();
        memcpy(bytes[4] + i, &word, 4);
    }
    read_file("/dev/urandom", bytes[5], SAMPLE_BYTES);
    read_file("/dev/random", bytes[6], SAMPLE_BYTES);
    for (int i = 0; i < SAMPLE_BYTES; i++)
        bytes[7][i] = (unsigned char)arc4random_uniform(256);
    for (int i = 0; i < 8; i++) {
        check_spread(bytes[i]);
        for (int k = 0; k < i; k++)
            CHECK(memcmp(bytes[i], bytes[k], 16) != 0);
    }
}

static void check_uniform(void)
{
    unsigned counts[6] = {0};

    CHECK(arc4random_uniform(0) == 0 && arc4random_uniform(1) == 0);
    for (int i = 0; i < 6000; i++)
        counts[arc4random_uniform(6)]++;
    for (int i = 0; i < 6; i++)
        CHECK(counts[i] > 800 && counts[i] < 1200);
}

/* More than one seed is good for. */
static void check_much(void)
{
    static unsigned char much[300000];

    for (int i = 0; i < 8; i++)
        arc4random_buf(much, sizeof much);
    check_spread(much + sizeof much - SAMPLE_BYTES);
}

static void draw(void)
{
    unsigned char bytes[16];

    CHECK(getentropy(bytes, sizeof bytes) == 0);
    print_hex("getentropy", bytes, sizeof bytes);
    arc4random_buf(bytes, sizeof bytes);
    print_hex("arc4random", bytes, sizeof bytes);
    read_file("/dev/urandom", bytes, sizeof bytes);
    print_hex("urandom", bytes, sizeof bytes);
}

/* The driver itself, by its name in the kernel. */
static void device_print(size_t n)
{
    extern const struct {
        const char *name;
        size_t (*read)(void *, size_t, uint64_t);
    } virtio_rng __asm__("drivers.virtio_rng");
    unsigned char bytes[4096];

    n = virtio_rng.read(bytes, n < sizeof bytes ? n : sizeof bytes, PATIENT_CYCLES);
    printf("%zu bytes of %s\n", n, virtio_rng.name);
    print_hex("device", bytes, n);
}

int main(int argc, char **argv)
{
    char line[80];

    if (argc > 1 && strcmp(argv[1], "draw") == 0) {
        draw();
        return 0;
    }
    if (argc > 2 && strcmp(argv[1], "device") == 0) {
        device_print(strtoul(argv[2], NULL, 10));
        draw();
        return success();
    }
    if (argc > 1 && strcmp(argv[1], "again") == 0) {
        for (draw(); fgets(line, sizeof line, stdin); draw())
            fflush(stdout);
        return 0;
    }
    check_edges();
    check_names();
    check_uniform();
    check_much();
    return success();
}
