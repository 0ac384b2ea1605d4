/* SPDX-License-Identifier: MIT
 *
 * Threads, and the one way to wait. Code is written for one processor; what
 * belongs to a processor is in struct cpu (sched.c), so that more of them change
 * nothing here.
 *
 * A program with one thread that never waits for a time links none of this.
 */
#ifndef KERNEL_THREAD_H
#define KERNEL_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/timer.h"

#define THREAD_NAME_BYTES 16
#define WAIT_FOREVER      UINT64_MAX

struct thread;
struct wait_queue {
    struct thread *first, *last; /* by priority, then first come, first served */
};

enum wait_result {
    WAIT_WOKEN,
    WAIT_CHANGED, /* the word had another value already */
    WAIT_TIMEOUT,
    WAIT_ALERTED, /* somebody wants the thread's attention; it has been given */
};

/* What %fs points to. The processor's ABI and compilers fix the first and the last. */
struct thread_control {
    void *self; /* fs:0 */
    uint64_t reserved;
    struct thread *thread; /* fs:0x10 */
    uint64_t reserved2[2];
    uint64_t canary; /* fs:0x28 */
};

struct thread {
    uintptr_t stack_pointer;        /* of a thread that does not run; switch.S has the offset */
    struct thread_control *control; /* switch.S, too */
    struct thread *next, *previous; /* in the run queue or a wait queue */
    struct wait_queue *queue;       /* what it waits for, or NULL */
    struct timer timeout;
    enum wait_result result; /* of the last wait */
    bool blocked;            /* neither running nor in the run queue */
    bool alerted;            /* to look at thread_attention before it goes on */
    bool deaf;               /* never is: it is none of the program's */
    int priority;            /* higher runs first; threads of one priority take turns */
    bool first_in_first_out; /* ... unless this is set */
    uint64_t run_cycles;     /* processor time before it began to run this time */
    uint64_t turn_cycles;    /* of its turn, what was used before it was preempted */
    void (*function)(void *argument);
    void *argument;
    uintptr_t stack_start, stack_end;         /* as the program may use it; 0: the main stack */
    uintptr_t slot;                           /* of stacks.c, or 0 */
    uintptr_t alternate_start, alternate_end; /* sigaltstack: where faults are handled */
    struct thread *all_next, *all_previous;
    char name[THREAD_NAME_BYTES];
    unsigned number;                                  /* in order of creation; 0: the first */
    uint64_t frame[22];                               /* trap_redirect: where it was interrupted */
    uint64_t fault_signal, fault_code, fault_address; /* fault.c */
};

/* The running thread. */
#define thread_self() (*(struct thread * __seg_fs *)offsetof(struct thread_control, thread))

/* thread.c. The stack is the kernel's when stack is NULL. NULL: no memory. The new
 * thread waits for thread_ready. */
struct thread *thread_create(void (*function)(void *), void *argument, void *stack,
                             size_t stack_bytes);
_Noreturn void thread_exit(void);
/* For those who wait for a thread: sets *ended and wakes the queue in one step with
 * the thread's end. Who was waiting calls thread_release, unless it is detached. */
_Noreturn void thread_end(unsigned *ended, struct wait_queue *joiners, const bool *detached);
bool thread_detach(const unsigned *ended, bool *detached); /* false: it has ended already */
void thread_release(struct thread *thread);
void *thread_local_of(const struct thread *thread, const void *mine); /* its copy of my variable */
extern uint64_t threads_ended_cycles; /* processor time of those that are gone */

/* thread_list.c */
extern struct thread *threads_all; /* the youngest first */
void thread_list_add(struct thread *thread);
void thread_list_remove(struct thread *thread);

/* sched.c */
void thread_ready(struct thread *thread); /* puts it into the run queue */
/* In place of thread_ready: it begins when it is woken. */
void thread_ready_when_woken(struct thread *thread, struct wait_queue *queue);
void thread_yield(void);
void thread_give_way(void); /* to one of higher priority; its turn goes on after that */
void thread_set_priority_new(struct thread *thread, int priority, bool first_in_first_out);
void thread_set_priority(struct thread *thread, int priority, bool first_in_first_out);
uint64_t thread_run_cycles(const struct thread *thread);
void thread_alert(struct thread *thread); /* ends its wait, and has it look up */
void thread_deafen(struct thread *thread);
void interrupts_begin(void); /* from now on they come, although nobody waits for anything */
extern void (*thread_attention)(void); /* run by alerted threads; they clear the flag */
/* Sleeps while *word == value (word NULL: in any case), until woken. */
enum wait_result wait_on(struct wait_queue *queue, const unsigned *word, unsigned value,
                         uint64_t deadline_ns);
/* The same without giving that attention: for who must put its things in order before
 * signal handlers run. May be called with interrupts off, and leaves them off. */
enum wait_result wait_quietly(struct wait_queue *queue, const unsigned *word, unsigned value,
                              uint64_t deadline_ns);
void waiting_allow(void); /* interrupts on from now on, if the program has come to need them */
unsigned wake(struct wait_queue *queue, unsigned count); /* returns how many there were */
/* fire() runs with interrupts off. */
void timer_start(struct timer *timer, uint64_t due_ns, void (*fire)(struct timer *timer));
void timer_stop(struct timer *timer);
/* Called with interrupts off, on whatever thread ran last, when nobody can run; or NULL.
 * Wakes who has something to do now; false: nothing more to look at, halt. */
extern bool (*idle_work)(void);
bool thread_is_idle(void); /* nobody runs: asked by interrupt handlers and timers */
/* Called with interrupts off after each interrupt of a device; or NULL. */
extern void (*device_interrupted)(void);

/* fault.c: exceptions that the program wants to handle itself, as bits 1 << signal.
 * The handler runs on the thread's stack, or the alternate one for the second set;
 * when it returns, the thread goes on with what is in the frame. */
struct trap_frame;
void faults_handle(uint64_t signals, uint64_t on_alternate_stack,
                   void (*handler)(struct trap_frame *frame));
/* Registers in a frame, in the order of struct trap_frame. */
enum { FRAME_REGISTERS = 22, FRAME_VECTOR = 15 };
void call_on_stack(void (*function)(void *), void *argument, uintptr_t top);
_Noreturn void fault_fatal(const struct trap_frame *frame, int signal);

#endif
