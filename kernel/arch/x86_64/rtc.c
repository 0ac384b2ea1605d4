/* SPDX-License-Identifier: MIT
 *
 * The date, from the battery-backed clock that every PC has.
 */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/kernel.h"

#define PORT_RTC_INDEX 0x70
#define PORT_RTC_DATA  0x71
#define RTC_UPDATING   0x80
#define RTC_BINARY     0x04
#define RTC_24_HOURS   0x02

static uint8_t rtc_read(uint8_t index)
{
    port_write8(PORT_RTC_INDEX, index);
    return port_read8(PORT_RTC_DATA);
}

static unsigned from_bcd(unsigned value)
{
    return (value & 15) + (value >> 4) * 10;
}

uint64_t wall_clock_s(void)
{
    static const uint8_t indices[6] = {0, 2, 4, 7, 8, 9}; /* seconds to years */
    unsigned t[6], again[6];
    unsigned same = 0;

    for (int tries = 0; same < 6 && tries < 100; tries++) {
        while (rtc_read(10) & RTC_UPDATING && ++tries < 1000)
            ;
        for (int i = 0; i < 6; i++)
            t[i] = rtc_read(indices[i]);
        same = 0;
        for (int i = 0; i < 6; i++)
            same += (again[i] = rtc_read(indices[i])) == t[i];
    }
    uint8_t mode = rtc_read(11);
    if (mode == 0xff || same < 6)
        return 0;
    bool afternoon = !(mode & RTC_24_HOURS) && t[2] & 0x80;
    t[2] &= 0x7f;
    for (int i = 0; i < 6 && !(mode & RTC_BINARY); i++)
        t[i] = from_bcd(t[i]);
    if (!(mode & RTC_24_HOURS))
        t[2] = t[2] % 12 + (afternoon ? 12 : 0);

    /* Days since 1970 by the civil calendar, years counted from March. */
    unsigned year = 2000 + t[5] - (t[4] <= 2), month = (t[4] + 9) % 12;
    uint64_t days = year * 365ull + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 +
                    t[3] - 1 - 719468;
    return ((days * 24 + t[2]) * 60 + t[1]) * 60 + t[0];
}
