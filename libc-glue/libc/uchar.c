/* SPDX-License-Identifier: MIT
 *
 * uchar.h: characters of 16 and 32 bits. A wchar_t is a char32_t. Half of a
 * surrogate pair is kept in the state's unused words until the other half is due.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>

#define HIGH_FIRST 0xd800u
#define LOW_FIRST  0xdc00u
#define LOW_LAST   0xdfffu
#define PAIR_START 0x10000u
#define PENDING    ((size_t)-3)

static mbstate_t state_to_16, state_to_32, state_from_16, state_from_32;

/* While a pair is half done no multibyte character is, so that the count of
 * its bytes can say so: newlib never has more than 4. */
#define PAIR_MARK 16

static int pair_half(const mbstate_t *state)
{
    return state->__count == PAIR_MARK;
}

static void pair_keep(mbstate_t *state, unsigned half)
{
    state->__count = PAIR_MARK;
    state->__value.__wch = (wint_t)half;
}

static unsigned pair_take(mbstate_t *state)
{
    unsigned half = (unsigned)state->__value.__wch;

    memset(state, 0, sizeof *state);
    return half;
}

size_t mbrtoc32(char32_t *restrict to, const char *restrict from, size_t size_bytes,
                mbstate_t *restrict state)
{
    wchar_t wide;
    size_t taken =
        mbrtowc(&wide, from ? from : "", from ? size_bytes : 1, state ? state : &state_to_32);

    if (from && to && taken <= size_bytes)
        *to = (char32_t)wide;
    return taken;
}

size_t c32rtomb(char *restrict to, char32_t character, mbstate_t *restrict state)
{
    return wcrtomb(to, (wchar_t)character, state ? state : &state_from_32);
}

size_t mbrtoc16(char16_t *restrict to, const char *restrict from, size_t size_bytes,
                mbstate_t *restrict state)
{
    mbstate_t *own = state ? state : &state_to_16;
    wchar_t wide;

    if (pair_half(own)) {
        unsigned low = pair_take(own);

        if (from && to)
            *to = (char16_t)low;
        return PENDING;
    }
    size_t taken = mbrtowc(&wide, from ? from : "", from ? size_bytes : 1, own);
    if (!from || taken > size_bytes)
        return taken;
    unsigned character = (unsigned)wide;
    if (character >= PAIR_START) {
        pair_keep(own, LOW_FIRST + (character & 0x3ff));
        character = HIGH_FIRST + ((character - PAIR_START) >> 10);
    }
    if (to)
        *to = (char16_t)character;
    return taken;
}

size_t c16rtomb(char *restrict to, char16_t character, mbstate_t *restrict state)
{
    mbstate_t *own = state ? state : &state_from_16;
    unsigned unit = character;

    if (!to) {
        memset(own, 0, sizeof *own);
        return 1;
    }
    if (pair_half(own)) {
        unsigned high = pair_take(own);

        if (unit < LOW_FIRST || unit > LOW_LAST) {
            errno = EILSEQ;
            return (size_t)-1;
        }
        return wcrtomb(to, (wchar_t)(PAIR_START + ((high - HIGH_FIRST) << 10) + unit - LOW_FIRST),
                       own);
    }
    if (unit >= HIGH_FIRST && unit < LOW_FIRST) {
        pair_keep(own, unit);
        return 0;
    }
    return wcrtomb(to, (wchar_t)unit, own);
}
