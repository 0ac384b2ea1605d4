/* SPDX-License-Identifier: MIT
 *
 * Control-Alt-Delete, in both sets of codes, at a controller that this file plays:
 * the driver is compiled in with ports of our own.
 */
#include "unit.h"

#define ARCH_CPU_H /* instead of the real ports */
static uint8_t port_read8(uint16_t port);
static void port_write8(uint16_t port, uint8_t value);
#include "drivers/keyboard_button.c"

static struct {
    uint8_t bytes[64]; /* for the guest to read */
    size_t head, tail;
    uint8_t mode, command;
    bool there, stuck, mouse;
} controller;
static void (*handler)(void);
static int presses;

static uint8_t port_read8(uint16_t port)
{
    if (!controller.there)
        return 0xff;
    if (port == STATUS)
        return (uint8_t)((controller.head < controller.tail ? STATUS_OUTPUT : 0) |
                         (controller.stuck ? STATUS_INPUT : 0) |
                         (controller.mouse ? STATUS_MOUSE : 0));
    return controller.head < controller.tail ? controller.bytes[controller.head++] : 0;
}

static void answer(uint8_t byte)
{
    CHECK(controller.tail < sizeof controller.bytes);
    controller.bytes[controller.tail++] = byte;
}

static void port_write8(uint16_t port, uint8_t value)
{
    CHECK(controller.there && !controller.stuck);
    if (port == COMMAND) {
        controller.command = value;
        if (value == COMMAND_READ_MODE)
            answer(controller.mode);
    } else if (controller.command == COMMAND_WRITE_MODE) {
        controller.mode = value;
        controller.command = 0;
    } else {
        answer(0xfa); /* the keyboard's "yes" */
    }
}

bool interrupt_line_enable(unsigned line, void (*wanted)(void))
{
    CHECK(line == 1);
    handler = wanted;
    return true;
}

void button_press(int status)
{
    CHECK(status == 143);
    presses++;
}

/* What the codes do, one interrupt each. */
static int presses_of(const uint8_t *codes, size_t count)
{
    presses = 0;
    for (size_t i = 0; i < count; i++) {
        controller.head = controller.tail = 0;
        answer(codes[i]);
        handler();
    }
    return presses;
}
#define PRESSES(...)                                                                               \
    presses_of((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void controller_put(void)
{
    memset(&controller, 0, sizeof controller);
    memset(held, 0, sizeof held);
    releasing = false;
    controller.there = true;
    controller.mode = 0x70;
    answer(0x1c); /* typed at the firmware */
    CHECK(keyboard_button_arm());
    CHECK((controller.mode & 0x11) == 0x01);   /* interrupts, and the keyboard is not off */
    CHECK(controller.head == controller.tail); /* nothing is left that would block the next */
}

static void first_set(void)
{
    controller_put();
    CHECK(PRESSES(0x1d, 0x38, 0xe0, 0x53) == 1);
    CHECK(PRESSES(0x9d, 0xb8, 0xe0, 0xd3) == 0);
    CHECK(PRESSES(0xe0, 0x1d, 0xe0, 0x38, 0x53) == 1); /* the keys on the right */
    CHECK(PRESSES(0xe0, 0x9d, 0xe0, 0xb8, 0xe0, 0x53) == 0);
    CHECK(PRESSES(0x1d, 0x9d, 0x38, 0xe0, 0x53) == 0); /* control was let go */
}

static void second_set(void)
{
    controller_put();
    CHECK(PRESSES(0x14, 0x11, 0xe0, 0x71) == 1);
    CHECK(PRESSES(0xf0, 0x14, 0xf0, 0x11, 0xe0, 0xf0, 0x71) == 0);
    CHECK(PRESSES(0xe0, 0x71) == 0);
    CHECK(PRESSES(0x14, 0xf0, 0x14, 0x11, 0xe0, 0x71) == 0);
}

/* Typing anything at all, in either set, without the three keys. */
static void typing(void)
{
    controller_put();
    for (int i = 0; i < 20000; i++) {
        uint8_t key = (uint8_t)(1 + random_below(0x58));
        if (key != 0x1d && key != 0x53)
            CHECK(PRESSES(key, key | 0x80) == 0);
    }
    controller_put();
    for (int i = 0; i < 20000; i++) {
        uint8_t key = (uint8_t)(1 + random_below(0x83));
        if (key != 0x14 && key != 0x71 && key != 0x53)
            CHECK(PRESSES(key, 0xf0, key) == 0);
    }
}

static void other_machines(void)
{
    controller_put();
    controller.there = false;
    CHECK(!keyboard_button_arm());
    controller_put();
    controller.stuck = true; /* a port that shows the same for ever */
    CHECK(!keyboard_button_arm());
    controller_put();
    controller.mouse = true;
    CHECK(PRESSES(0x1d, 0x38, 0x53) == 0);
}

UNIT_MAIN(TEST(first_set), TEST(second_set), TEST(typing), TEST(other_machines))
