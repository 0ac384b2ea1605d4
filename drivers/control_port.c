/* SPDX-License-Identifier: MIT
 *
 * The second serial port, when `mkimage run` is at its other end: a byte there is
 * a press of the power button (kernel/abi/console.h). Apart from the console, so
 * that input which nobody reads does not stand in the way.
 */
#include "kernel/abi/console.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/console.h"
#include "kernel/kernel.h"
#include "kernel/power.h"

#define LINE        3 /* ISA interrupt */
#define DATA        (PORT_CONTROL + 0)
#define INTERRUPTS  (PORT_CONTROL + 1)
#define FIFO        (PORT_CONTROL + 2)
#define LINE_FORMAT (PORT_CONTROL + 3)
#define MODEM       (PORT_CONTROL + 4)
#define STATUS      (PORT_CONTROL + 5)
#define SCRATCH     (PORT_CONTROL + 7)

#define INTERRUPT_RECEIVED 0x01
#define FORMAT_8N1         0x03
#define MODEM_READY        0x0b /* DTR, RTS and the interrupt's gate */
#define STATUS_RECEIVED    0x01
#define SCRATCH_PATTERN    0x5a

static void byte_take(void)
{
    while (port_read8(STATUS) & STATUS_RECEIVED) {
        uint8_t byte = port_read8(DATA);
        if (byte > CONTROL_TERMINATE)
            button_press(byte);
    }
}

static bool control_port_arm(void)
{
    if (!console_is_framed())
        return false;
    port_write8(SCRATCH, SCRATCH_PATTERN);
    if (port_read8(SCRATCH) != SCRATCH_PATTERN || !interrupt_line_enable(LINE, byte_take))
        return false;
    port_write8(LINE_FORMAT, FORMAT_8N1);
    port_write8(FIFO, 0);
    port_write8(MODEM, MODEM_READY);
    port_write8(INTERRUPTS, INTERRUPT_RECEIVED);
    console_report_control();
    return true;
}

const struct power_button control_port = {"control port", control_port_arm};
