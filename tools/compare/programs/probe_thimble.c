/* SPDX-License-Identifier: MIT
 *
 * The same questions inside a Thimble VM, where no kernel of Linux answers: is
 * there anything of the host to be seen, and does the instruction that makes a
 * system call reach anybody? That instruction ends the program, so it comes last.
 */
#include <stdio.h>
#include <unistd.h>

#include "companion.h"

int probe(void)
{
    static const char *const files[] = {"/proc/version", "/sys/kernel", "/dev/kmsg", "/dev/mem"};
    int seen = 0;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        seen += access(files[i], F_OK) == 0;
    printf("uname=Thimble\nseen=%d\nprobe=done\ncalls=trying\n", seen);
    fflush(stdout);
    long result = 39; /* getpid, which Linux never refuses */
    __asm__ volatile("syscall" : "+a"(result) : : "rcx", "r11", "memory");
    printf("calls=%ld\n", result);
    return 0;
}
