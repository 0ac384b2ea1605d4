/* SPDX-License-Identifier: MIT
 *
 * Control-Alt-Delete on the keyboard controller of PCs (8042). Some hypervisors
 * have no other way to ask for an end: Firecracker's SendCtrlAltDel, for one.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"
#include "kernel/power.h"

#define LINE    1 /* ISA interrupt */
#define DATA    0x60
#define COMMAND 0x64
#define STATUS  0x64

#define NOTHING_THERE      0xff
#define STATUS_OUTPUT      0x01 /* for us to read */
#define STATUS_INPUT       0x02 /* the controller has not read yet */
#define STATUS_MOUSE       0x20 /* what is there to read is not the keyboard's */
#define COMMAND_READ_MODE  0x20
#define COMMAND_WRITE_MODE 0x60
#define MODE_INTERRUPT     0x01
#define MODE_KEYBOARD_OFF  0x10
#define KEYBOARD_ENABLE    0xf4
#define LOOKS              10000 /* at a controller that is busy */
#define BYTES_MAX          32    /* read in one go */

/* Codes of keys: controllers translate to the older set, or do not (Firecracker's).
 * The sets do not get into each other's way: one's Delete is no key of the other. */
#define RELEASE_SECOND 0xf0 /* in the second set, before the key's code */
#define RELEASE_FIRST  0x80 /* in the first set, within it */
#define EXTENDED       0xe0

static const struct key_set {
    uint8_t control, alt, delete;
} sets[2] = {{0x1d, 0x38, 0x53}, {0x14, 0x11, 0x71}};

static struct {
    bool control, alt;
} held[2];
static bool releasing;

static void code_take(uint8_t code)
{
    if (code == RELEASE_SECOND) {
        releasing = true;
        return;
    }
    if (code == EXTENDED)
        return;
    for (int i = 0; i < 2; i++) {
        bool release = i ? releasing : code & RELEASE_FIRST;
        uint8_t key = i ? code : code & (uint8_t)~RELEASE_FIRST;
        if (key == sets[i].control)
            held[i].control = !release;
        if (key == sets[i].alt)
            held[i].alt = !release;
        if (key == sets[i].delete &&!release && held[i].control && held[i].alt)
            button_press(BUTTON_STATUS);
    }
    releasing = false;
}

static void bytes_take(void)
{
    uint8_t status;

    for (int i = 0; i < BYTES_MAX && (status = port_read8(STATUS)) & STATUS_OUTPUT; i++) {
        uint8_t code = port_read8(DATA);
        if (!(status & STATUS_MOUSE))
            code_take(code);
    }
}

static bool is_ready(void)
{
    for (int i = 0; i < LOOKS; i++)
        if (!(port_read8(STATUS) & STATUS_INPUT))
            return true;
    return false;
}

static bool mode_read(uint8_t *mode)
{
    if (!is_ready())
        return false;
    port_write8(COMMAND, COMMAND_READ_MODE);
    for (int i = 0; i < LOOKS; i++)
        if (port_read8(STATUS) & STATUS_OUTPUT) {
            *mode = port_read8(DATA);
            return true;
        }
    return false;
}

static bool keyboard_button_arm(void)
{
    uint8_t mode;

    if (port_read8(STATUS) == NOTHING_THERE)
        return false;
    for (int i = 0; i < BYTES_MAX && port_read8(STATUS) & STATUS_OUTPUT; i++)
        port_read8(DATA); /* what was typed at the firmware */
    if (!mode_read(&mode) || !is_ready() || !interrupt_line_enable(LINE, bytes_take))
        return false;
    port_write8(COMMAND, COMMAND_WRITE_MODE);
    if (!is_ready())
        return false;
    port_write8(DATA, (uint8_t)((mode | MODE_INTERRUPT) & ~MODE_KEYBOARD_OFF));
    if (is_ready())
        port_write8(DATA, KEYBOARD_ENABLE);
    bytes_take(); /* a byte that stays there would keep the next from interrupting */
    return true;
}

const struct power_button keyboard_button = {"keyboard controller", keyboard_button_arm};
