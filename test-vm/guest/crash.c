/* SPDX-License-Identifier: MIT
 *
 * Ends that must be explained by file and line: crash HOW. The line that it must be
 * is marked with `here: HOW`.
 */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel's own names, which no C program can have by accident. */
extern _Noreturn void program_abort_because(const char *format,
                                            ...) __asm__("kernel.program_abort_because");
extern uint64_t mmu_unmap(uintptr_t address) __asm__("kernel.mmu_unmap");
extern const char bundle[] __asm__("image_bundle");

static volatile uintptr_t wild = 0x7ead00000000;
static volatile int zero;

static __attribute__((noinline)) void wild_write(void)
{
    *(volatile int *)wild = 1; /* here: wild-write */
}

static volatile uintptr_t impossible = 0xfd5a00000000; /* bit 47, and none above */

static void impossible_write(void)
{
    *(volatile int *)impossible = 1; /* here: impossible */
}

static inline __attribute__((always_inline)) void inlined_write(void)
{
    *(volatile int *)wild = 2; /* here: inlined */
}

static __attribute__((noinline)) void around(void)
{
    inlined_write(); /* inlined here */
}

static __attribute__((noinline)) int recurse(volatile char *above)
{
    volatile char here[1000];

    here[0] = *above;
    return recurse(here) + here[0]; /* here: stack */
}

static void stack_overflow(void)
{
    volatile char top = 0;

    printf("%d\n", recurse(&top));
}

static void heap_jump(void)
{
    unsigned char *code = malloc(16);

    *code = 0xc3;
    ((void (*)(void))(uintptr_t)code)(); /* here: heap-jump */
    free(code);
}

static void fail(void)
{
    program_abort_because("double free of %p", (void *)wild); /* here: fail */
}

static void fail_assert(void)
{
    assert(zero == 1); /* here: assert */
}

/* What the report itself reads is gone: names, and which image this is. */
static void nested(void)
{
    mmu_unmap((uintptr_t)bundle);
    wild_write();
}

/* A handler that has no room, and one that faults itself: the first cause is told. */
static void on_fault(int number)
{
    *(volatile int *)(wild + (uintptr_t)number) = 3; /* here: handler-fault */
}

static void handler_full(void)
{
    signal(SIGSEGV, on_fault);
    stack_overflow();
}

static void handler_fault(void)
{
    signal(SIGSEGV, on_fault);
    *(volatile int *)0x7eae00000000 = 4;
}

static pthread_barrier_t barrier;

static void *worker(void *argument)
{
    pthread_setname_np(pthread_self(), "worker");
    pthread_barrier_wait(&barrier);
    ((void (*)(void))(uintptr_t)argument)();
    return NULL;
}

static void *waiter(void *argument)
{
    pthread_setname_np(pthread_self(), "patient");
    pthread_barrier_wait(&barrier);
    for (;;)
        sleep(1000); /* here: patient */
    return argument;
}

/* In a thread of its own, with another one asleep. */
static void threaded(void (*way)(void))
{
    pthread_attr_t attributes;
    pthread_t ids[2];

    pthread_barrier_init(&barrier, NULL, 3);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    pthread_create(&ids[0], &attributes, waiter, NULL);
    pthread_create(&ids[1], &attributes, worker, (void *)(uintptr_t)way);
    pthread_barrier_wait(&barrier);
    pthread_join(ids[1], NULL); /* here: main waits */
}

static const struct way {
    const char *name;
    void (*run)(void);
} ways[] = {
    {"wild-write", wild_write},
    {"inlined", around},
    {"stack", stack_overflow},
    {"heap-jump", heap_jump},
    {"fail", fail},
    {"assert", fail_assert},
    {"handler-full", handler_full},
    {"handler-fault", handler_fault},
    {"nested", nested},
    {"impossible", impossible_write},
};

int main(int argc, char **argv)
{
    puts("before");
    fflush(stdout);
    for (size_t i = 0; argc > 1 && i < sizeof ways / sizeof ways[0]; i++) {
        if (strcmp(ways[i].name, argv[1]) != 0)
            continue;
        if (argc > 2)
            threaded(ways[i].run);
        else
            ways[i].run();
    }
    puts("SURVIVED");
    return 0;
}
