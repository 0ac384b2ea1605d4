/* SPDX-License-Identifier: MIT
 *
 * Where things are in this boot: one line of addresses.
 */
#include <stdio.h>
#include <stdlib.h>

static const int constant = 1;
static int data = 2;

int main(void)
{
    int local = constant + data;
    void *heap = malloc(100);
    unsigned long canary;

    __asm__("mov %%fs:0x28, %0" : "=r"(canary));

    printf("text=%p constant=%p data=%p stack=%p heap=%p canary=%lx\n", (void *)main,
           (void *)&constant, (void *)&data, (void *)&local, heap, canary);
    return 0;
}
