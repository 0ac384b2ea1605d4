/* SPDX-License-Identifier: MIT
 *
 * execinfo.h, by frame pointers and the names that the image carries.
 */
#include <execinfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/frames.h"
#include "kernel/program.h"

#define LINE_BYTES 160

int backtrace(void **to, int max)
{
    return max <= 0 ? 0
                    : (int)frames_collect((uintptr_t)__builtin_frame_address(0), to, (size_t)max);
}

/* "app(main+0x1f) [0x7f...]", as glibc writes it. */
static int describe(void *address, char *to)
{
    size_t length, offset;
    /* A call may be a function's last instruction: look one byte earlier. */
    const char *name = frame_name((uintptr_t)address - 1, &length, &offset);

    if (!name)
        return snprintf(to, LINE_BYTES, "%s() [%p]", program_argv[0], address);
    return snprintf(to, LINE_BYTES, "%s(%.*s+0x%zx) [%p]", program_argv[0], (int)length, name,
                    offset + 1, address);
}

char **backtrace_symbols(void *const *addresses, int count)
{
    size_t size_bytes = (size_t)count * (sizeof(char *) + LINE_BYTES);
    char **list = malloc(size_bytes ? size_bytes : 1);
    char *text = (char *)(list + count);

    for (int i = 0; list && i < count; i++, text += LINE_BYTES) {
        describe(addresses[i], text);
        list[i] = text;
    }
    return list;
}

void backtrace_symbols_fd(void *const *addresses, int count, int fd)
{
    char line[LINE_BYTES + 1];

    for (int i = 0; i < count; i++) {
        describe(addresses[i], line);
        size_t length = strlen(line);
        line[length++] = '\n';
        if (write(fd, line, length) < 0)
            return;
    }
}
