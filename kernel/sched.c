/* SPDX-License-Identifier: MIT
 *
 * Who runs: a run queue in order of priority, waiting with and without an end,
 * and time slices. There is no tick: the timer is set when a timeout is due or
 * when somebody waits for the processor, and not touched otherwise.
 *
 * What is in struct cpu is changed with interrupts off.
 */
#include "kernel/kernel.h"
#include "kernel/log.h"
#include "kernel/panic.h"
#include "kernel/thread.h"
#include "kernel/time.h"

struct cpu {
    struct wait_queue ready;   /* does not hold the running thread */
    struct wait_queue devices; /* threads that wait for any device's interrupt */
    struct timer_heap timers;
    uint64_t alarm_ns;    /* when the timer will interrupt us; WAIT_FOREVER: not at all */
    uint64_t turn_cycles; /* when the running thread began to run */
    bool slice_watched;   /* the timer will come at the end of a slice, or before */
    bool open;            /* interrupts may come: threads run with them on */
    bool started;         /* the timer is set up */
    bool idle;
};

static struct cpu the_cpu = {.alarm_ns = WAIT_FOREVER};
void (*thread_attention)(void), (*device_interrupted)(void);
bool (*idle_work)(void);

static struct cpu *cpu_this(void)
{
    return &the_cpu;
}

/* Behind all of its priority or, when its turn is not over, in front of them. */
static void queue_put(struct wait_queue *queue, struct thread *thread, bool in_front)
{
    int above = thread->priority + in_front;
    struct thread *after = queue->last;

    while (after && after->priority < above)
        after = after->previous;
    thread->previous = after;
    thread->next = after ? after->next : queue->first;
    *(after ? &after->next : &queue->first) = thread;
    *(thread->next ? &thread->next->previous : &queue->last) = thread;
}

static void queue_add(struct wait_queue *queue, struct thread *thread)
{
    queue_put(queue, thread, false);
}

static void queue_remove(struct wait_queue *queue, struct thread *thread)
{
    *(thread->previous ? &thread->previous->next : &queue->first) = thread->next;
    *(thread->next ? &thread->next->previous : &queue->last) = thread->previous;
}

/* An interrupt that comes too early does no harm, so a timer is only ever moved
 * forward, and switching between threads does not touch it. */
static void alarm_need(struct cpu *cpu, uint64_t due_ns, uint64_t now_ns)
{
    if (due_ns >= cpu->alarm_ns)
        return;
    cpu->alarm_ns = due_ns;
    interrupt_timer_set(due_ns > now_ns ? due_ns - now_ns : 1);
}

static void slice_need(struct cpu *cpu)
{
    if (cpu->slice_watched)
        return;
    uint64_t now_ns = clock_monotonic_ns();
    alarm_need(cpu, now_ns + TIME_SLICE_NS, now_ns);
    cpu->slice_watched = true;
}

static void open(struct cpu *cpu)
{
    if (cpu->open)
        return;
    cpu->open = true;
    button_arm();
}

static void start(struct cpu *cpu)
{
    if (cpu->started)
        return;
    open(cpu);
    cpu->started = true;
    cpu->turn_cycles = cycles_now();
    clock_monotonic_ns(); /* finds the clock's rate before interrupts depend on it */
    bool has_timer = interrupt_timer_init();
    log_note("interrupts: on, %s timer", (uint64_t)(has_timer ? "with the APIC's" : "without a"),
             0);
}

/* From the running thread, which is in some queue or on its way out, to the next. */
static void switch_away(struct cpu *cpu)
{
    struct thread *from = thread_self(), *to;
    uint64_t now = cycles_now();

    from->run_cycles += now - cpu->turn_cycles;
    while (!(to = cpu->ready.first)) {
        cpu->idle = true;
        if (!idle_work || !idle_work())
            cpu_wait_interrupt();
        cpu->idle = false;
        now = cycles_now();
    }
    queue_remove(&cpu->ready, to);
    cpu->turn_cycles = now;
    if (cpu->ready.first)
        slice_need(cpu);
    if (to != from)
        thread_switch(from, to);
}

static void attend(void)
{
    if (thread_self()->alerted && thread_attention)
        thread_attention();
}

static void ready_add(struct cpu *cpu, struct thread *thread)
{
    thread->blocked = false;
    queue_add(&cpu->ready, thread);
    if (!cpu->idle)
        slice_need(cpu);
}

static bool is_preempted(const struct cpu *cpu)
{
    return cpu->ready.first && cpu->ready.first->priority > thread_self()->priority;
}

void thread_ready(struct thread *thread)
{
    struct cpu *cpu = cpu_this();

    interrupts_off();
    start(cpu);
    ready_add(cpu, thread);
    interrupts_restore(true);
    thread_give_way();
}

void thread_ready_when_woken(struct thread *thread, struct wait_queue *queue)
{
    bool were_on = interrupts_off();

    thread->blocked = true;
    thread->queue = queue;
    queue_add(queue, thread);
    interrupts_restore(were_on);
}

void thread_give_way(void)
{
    struct cpu *cpu = cpu_this();

    if (!is_preempted(cpu))
        return;
    bool were_on = interrupts_off();
    if (is_preempted(cpu)) {
        thread_self()->turn_cycles += cycles_now() - cpu->turn_cycles;
        queue_put(&cpu->ready, thread_self(), true);
        switch_away(cpu);
    }
    interrupts_restore(were_on);
    attend();
}

bool thread_is_idle(void)
{
    return cpu_this()->idle;
}

void thread_yield(void)
{
    struct cpu *cpu = cpu_this();
    bool were_on = interrupts_off();

    if (cpu->ready.first && cpu->ready.first->priority >= thread_self()->priority) {
        thread_self()->turn_cycles = 0;
        queue_add(&cpu->ready, thread_self());
        switch_away(cpu);
    }
    interrupts_restore(were_on);
    attend();
}

/* Before thread_ready. */
void thread_set_priority_new(struct thread *thread, int priority, bool first_in_first_out)
{
    thread->priority = priority;
    thread->first_in_first_out = first_in_first_out;
}

void thread_set_priority(struct thread *thread, int priority, bool first_in_first_out)
{
    struct cpu *cpu = cpu_this();
    bool were_on = interrupts_off();
    struct wait_queue *queue = thread->blocked ? thread->queue : &cpu->ready;

    if (thread == thread_self())
        queue = NULL;
    if (queue)
        queue_remove(queue, thread);
    thread->priority = priority;
    thread->first_in_first_out = first_in_first_out;
    if (queue)
        queue_add(queue, thread);
    interrupts_restore(were_on);
    if (were_on)
        thread_give_way();
}

uint64_t thread_run_cycles(const struct thread *thread)
{
    bool running = thread == thread_self();

    return thread->run_cycles + (running ? cycles_now() - cpu_this()->turn_cycles : 0);
}

static void unblock(struct cpu *cpu, struct thread *thread, enum wait_result result)
{
    if (thread->queue)
        queue_remove(thread->queue, thread);
    thread->queue = NULL;
    thread->result = result;
    timer_remove(&cpu->timers, &thread->timeout);
    ready_add(cpu, thread);
}

static void time_out(struct timer *timer)
{
    struct thread *thread = (void *)((char *)timer - offsetof(struct thread, timeout));

    unblock(cpu_this(), thread, WAIT_TIMEOUT);
}

static enum wait_result block(struct cpu *cpu, struct wait_queue *queue, uint64_t deadline_ns)
{
    struct thread *self = thread_self();

    start(cpu);
    self->blocked = true;
    self->turn_cycles = 0;
    self->queue = queue;
    if (queue)
        queue_add(queue, self);
    if (deadline_ns != WAIT_FOREVER) {
        self->timeout.due_ns = deadline_ns;
        self->timeout.fire = time_out;
        timer_add(&cpu->timers, &self->timeout);
        alarm_need(cpu, deadline_ns, clock_monotonic_ns());
    }
    switch_away(cpu);
    return self->result;
}

enum wait_result wait_quietly(struct wait_queue *queue, const unsigned *word, unsigned value,
                              uint64_t deadline_ns)
{
    enum wait_result result = WAIT_ALERTED;
    bool were_on = interrupts_off();

    if (word && *(const volatile unsigned *)word != value)
        result = WAIT_CHANGED;
    else if (!thread_self()->alerted)
        result = block(cpu_this(), queue, deadline_ns);
    interrupts_restore(were_on);
    return result;
}

void waiting_allow(void)
{
    interrupts_restore(cpu_this()->open);
}

enum wait_result wait_on(struct wait_queue *queue, const unsigned *word, unsigned value,
                         uint64_t deadline_ns)
{
    enum wait_result result = wait_quietly(queue, word, value, deadline_ns);

    waiting_allow();
    attend();
    return result;
}

unsigned wake(struct wait_queue *queue, unsigned count)
{
    struct cpu *cpu = cpu_this();
    unsigned woken = 0;

    if (!queue->first)
        return 0;
    bool were_on = interrupts_off();
    for (; woken < count && queue->first; woken++)
        unblock(cpu, queue->first, WAIT_WOKEN);
    interrupts_restore(were_on);
    if (were_on)
        thread_give_way();
    return woken;
}

void thread_alert(struct thread *thread)
{
    struct cpu *cpu = cpu_this();
    bool were_on = interrupts_off();

    thread->alerted = !thread->deaf;
    if (thread->alerted && thread->blocked)
        unblock(cpu, thread, WAIT_ALERTED);
    interrupts_restore(were_on);
    if (were_on)
        thread_give_way();
}

void thread_deafen(struct thread *thread)
{
    bool were_on = interrupts_off();

    thread->deaf = true;
    thread->alerted = false;
    interrupts_restore(were_on);
}

_Noreturn void thread_leave(void)
{
    interrupts_off();
    switch_away(cpu_this());
    panic("a thread that has ended runs again");
}

void timer_start(struct timer *timer, uint64_t due_ns, void (*fire)(struct timer *timer))
{
    struct cpu *cpu = cpu_this();
    bool were_on = interrupts_off();

    start(cpu);
    timer_remove(&cpu->timers, timer);
    timer->due_ns = due_ns;
    timer->fire = fire;
    timer_add(&cpu->timers, timer);
    alarm_need(cpu, due_ns, clock_monotonic_ns());
    interrupts_restore(were_on);
}

void timer_stop(struct timer *timer)
{
    bool were_on = interrupts_off();

    timer_remove(&cpu_this()->timers, timer);
    interrupts_restore(were_on);
}

void interrupts_begin(void)
{
    interrupts_off();
    open(cpu_this());
    interrupts_restore(true);
}

void clock_sleep_until_ns(uint64_t due_ns)
{
    while (clock_monotonic_ns() < due_ns)
        wait_on(NULL, NULL, 0, due_ns);
}

/* cpu_wait() of programs that have threads. Who is alerted attends to that first. */
void sched_wait_device(void)
{
    if (!thread_self()->alerted)
        block(cpu_this(), &cpu_this()->devices, WAIT_FOREVER);
    if (thread_self()->alerted) {
        interrupts_restore(true);
        attend();
        interrupts_off();
    }
}

static bool is_turn_over(const struct cpu *cpu)
{
    uint64_t used = thread_self()->turn_cycles + cycles_now() - cpu->turn_cycles;

    return !thread_self()->first_in_first_out && used >= clock_cycles_of_ns(TIME_SLICE_NS);
}

/* Where a running thread arrives that an interrupt's handler has alerted. */
static void look_up(struct trap_frame *frame)
{
    (void)frame;
    attend();
}

/* Where a thread arrives that was interrupted, at the end of its turn or for another
 * of higher priority. */
static void turn_end(struct trap_frame *frame)
{
    (void)frame;
    if (is_turn_over(cpu_this()))
        thread_yield();
    else
        thread_give_way();
    attend();
}

static void timers_fire(struct cpu *cpu, bool is_alarm)
{
    uint64_t now_ns = clock_monotonic_ns();
    struct timer *timer;

    if (is_alarm) {
        cpu->alarm_ns = WAIT_FOREVER;
        cpu->slice_watched = false;
    }
    while ((timer = timer_take_due(&cpu->timers, now_ns)))
        timer->fire(timer);
    if (cpu->timers.first)
        alarm_need(cpu, cpu->timers.first->due_ns, now_ns);
}

/* Is the running thread's turn over, in favour of the next? */
static bool is_over(struct cpu *cpu, const struct thread *self)
{
    const struct thread *next = cpu->ready.first;

    if (!next || next->priority < self->priority)
        return false;
    if (next->priority > self->priority)
        return true;
    return is_turn_over(cpu);
}

/* Every interrupt ends here, with interrupts off, on the interrupt's own stack. */
void sched_interrupt(struct trap_frame *frame, bool is_timer)
{
    struct cpu *cpu = cpu_this();

    if (!cpu->open)
        return;
    if (!is_timer && device_interrupted)
        device_interrupted();
    while (!is_timer && cpu->devices.first)
        unblock(cpu, cpu->devices.first, WAIT_WOKEN);
    if (cpu->started)
        timers_fire(cpu, is_timer);
    if (cpu->idle)
        return;
    if (is_over(cpu, thread_self())) {
        trap_redirect(frame, turn_end, 0); /* who comes back from there attends as well */
        return;
    }
    if (thread_self()->alerted)
        trap_redirect(frame, look_up, 0);
    if (cpu->ready.first)
        slice_need(cpu);
}
