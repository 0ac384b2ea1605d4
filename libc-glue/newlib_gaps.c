/* SPDX-License-Identifier: MIT
 *
 * Functions that newlib's headers declare and its build leaves undefined.
 */
#define _GNU_SOURCE /* secure_getenv */
#include <stdio.h>
#include <stdlib.h>

/* newlib has these under reserved names only. */
ssize_t __getline(char **line, size_t *size_bytes, FILE *from);
ssize_t __getdelim(char **line, size_t *size_bytes, int end, FILE *from);

ssize_t getline(char **line, size_t *size_bytes, FILE *from)
{
    return __getline(line, size_bytes, from);
}

ssize_t getdelim(char **line, size_t *size_bytes, int end, FILE *from)
{
    return __getdelim(line, size_bytes, end, from);
}

/* getlocalename_l() writes here; missing from the build with thread-local data. */
_Thread_local char _tls_getlocalename_l_buf[32];

/* Nobody can raise the program's privileges. */
char *secure_getenv(const char *name)
{
    return getenv(name);
}

/* BSD's names for a jump that leaves the signal mask alone, which all of ours do.
 * They must be the functions themselves: a call in between would have its own frame. */
__asm__(".section .text._setjmp, \"ax\", @progbits\n"
        ".globl _setjmp\n.type _setjmp, @function\n_setjmp: jmp setjmp\n"
        ".section .text._longjmp, \"ax\", @progbits\n"
        ".globl _longjmp\n.type _longjmp, @function\n_longjmp: jmp longjmp\n"
        ".text\n");
