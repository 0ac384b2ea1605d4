/* SPDX-License-Identifier: MIT
 *
 * From the kernel's hand-over to main, and back out again.
 */
#include <stdlib.h>
#include <unistd.h>

#include "kernel/power.h"
#include "kernel/program.h"
#include "libc-glue/pthread_glue.h"

/* In programs without threads nobody else can end them. */
#pragma weak locks_hurry
#pragma weak wait_on

extern int main(int argc, char **argv, char **envp);
extern char **environ;

/* Drawn by the linker script. */
typedef void function(void);
extern function *__preinit_array_start[], *__preinit_array_end[];
extern function *__init_array_start[], *__init_array_end[];
extern function *__fini_array_start[], *__fini_array_end[];

/* newlib's, without a header of its own: atexit handlers, and stdio's flush. */
void __call_exitprocs(int status, void *dso);
extern void (*__stdio_exit_handler)(void);

__attribute__((visibility("hidden"))) void program_run(void)
{
    environ = program_envp;
    for (function **f = __preinit_array_start; f < __preinit_array_end; f++)
        (*f)();
    for (function **f = __init_array_start; f < __init_array_end; f++)
        (*f)();
    exit(main(program_argc, program_argv, program_envp));
}

/* The first to call it ends the program; a second one waits for that. */
static void end_begin(void)
{
    static struct thread *ending;
    struct thread *first = NULL;

    if (__atomic_compare_exchange_n(&ending, &first, thread_self(), false, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST) &&
        locks_hurry)
        locks_hurry(thread_self());
    while (first && first != thread_self())
        wait_on(NULL, NULL, 0, WAIT_FOREVER);
}

/* In place of newlib's, which knows destructors only as atexit handlers. */
void exit(int status)
{
    end_begin();
    __call_exitprocs(status, NULL);
    for (function **f = __fini_array_end; f > __fini_array_start;)
        (*--f)();
    if (__stdio_exit_handler)
        __stdio_exit_handler();
    _exit(status);
}

/* Programs with a network have another one (net/finish.c). */
__attribute__((weak)) void _exit(int status)
{
    power_off(status & 0xff);
}

void _Exit(int status)
{
    _exit(status);
}
