/* SPDX-License-Identifier: MIT
 *
 * The 16550 serial port at its PC address: console output sixteen bytes at a
 * time, input by interrupt while somebody waits for it.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/console.h"
#include "kernel/kernel.h"

#define PORT_BASE   0x3f8
#define LINE        4 /* ISA interrupt */
#define DATA        (PORT_BASE + 0)
#define INTERRUPTS  (PORT_BASE + 1)
#define FIFO        (PORT_BASE + 2)
#define LINE_FORMAT (PORT_BASE + 3)
#define MODEM       (PORT_BASE + 4)
#define STATUS      (PORT_BASE + 5)
#define SCRATCH     (PORT_BASE + 7)

#define INTERRUPT_RECEIVED 0x01
#define FIFO_ON            0x01
#define FIFO_WAKE_AT_14    0xc0
#define FORMAT_8N1         0x03
#define FORMAT_DIVISOR     0x80 /* DATA and INTERRUPTS are the divisor for now */
#define MODEM_READY        0x0b /* DTR, RTS and the interrupt's gate */
#define STATUS_RECEIVED    0x01
#define STATUS_ROOM        0x20
#define FIFO_BYTES         16
#define SCRATCH_PATTERN    0x5a

/* The highest speed, because emulators do keep to it, and a long FIFO, because
 * they hand over as many bytes at a time as it takes to wake us. */
static bool uart_probe(void)
{
    port_write8(SCRATCH, SCRATCH_PATTERN);
    if (port_read8(SCRATCH) != SCRATCH_PATTERN)
        return false;
    port_write8(LINE_FORMAT, FORMAT_8N1 | FORMAT_DIVISOR);
    port_write8(DATA, 1);
    port_write8(INTERRUPTS, 0);
    port_write8(LINE_FORMAT, FORMAT_8N1);
    port_write8(FIFO, FIFO_ON | FIFO_WAKE_AT_14);
    port_write8(MODEM, MODEM_READY);
    return true;
}

static void uart_write(const char *bytes, size_t n)
{
    while (n) {
        size_t part = n < FIFO_BYTES ? n : FIFO_BYTES;
        while (!(port_read8(STATUS) & STATUS_ROOM))
            cpu_relax();
        port_write_string(DATA, bytes, part);
        bytes += part;
        n -= part;
    }
}

static int uart_read(void)
{
    return port_read8(STATUS) & STATUS_RECEIVED ? port_read8(DATA) : -1;
}

/* Interrupts are off outside cpu_wait, so a byte that arrives between the look at
 * the status and the wait still ends the wait. */
static bool uart_listen(void)
{
    static enum { UNTRIED, BY_INTERRUPT, BY_POLLING } mode;

    if (mode == UNTRIED) {
        mode = interrupt_line_enable(LINE, NULL) ? BY_INTERRUPT : BY_POLLING;
        port_write8(INTERRUPTS, INTERRUPT_RECEIVED);
    }
    return mode == BY_INTERRUPT;
}

static void uart_wait(void)
{
    bool interrupts = uart_listen();

    if (port_read8(STATUS) & STATUS_RECEIVED)
        return;
    if (interrupts)
        cpu_wait();
    else
        cpu_relax();
}

const struct console_device uart16550 = {
    .name = "uart16550",
    .probe = uart_probe,
    .write = uart_write,
    .read = uart_read,
    .wait = uart_wait,
    .listen = uart_listen,
};
