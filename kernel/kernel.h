/* SPDX-License-Identifier: MIT
 *
 * The kernel's table of contents: what its files offer to each other, by file.
 * What the layers above may use is in the small headers beside this one.
 */
#ifndef KERNEL_KERNEL_H
#define KERNEL_KERNEL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/bundle.h"
#include "kernel/interrupts.h"
#include "kernel/param.h"

/* acpi.c, acpi_tables.c, acpi_power.c: see kernel/acpi.h */

/* arguments.c: the program's argv and envp from manifest and command line */
uintptr_t arguments_init(const struct manifest *manifest, size_t manifest_bytes,
                         const char *command_line); /* returns where the stack starts */

/* backtrace.c: how a thread got to where it is. frame: a frame pointer; instruction
 * and caller: what is not in its chain, or 0 */
void backtrace_print(uintptr_t instruction, uintptr_t caller, uintptr_t frame);
void backtrace_print_waiting(uintptr_t address, uintptr_t frame);

/* bundle.c: what mkimage appended to the image */
const void *bundle_find(enum bundle_type type, size_t *size_bytes);
uint64_t bundle_end(void); /* first address after the image, page aligned */

/* cmdline.c: words of the kernel command line */
struct cmdline {
    const char *at;
    bool word_quoted; /* the word just read had quotes in it */
};
/* Unquotes the next word into word (cut at max - 1 bytes) and returns its full
 * length, or -1 at the end. word may be NULL to measure. */
long cmdline_next(struct cmdline *line, char *word, size_t max);

/* entropy.c: chance from the processor itself; kernel/entropy.h is for all others */
uint64_t entropy_word(void);

/* format.c: the kernel's own small printf (%s %c %d %u %x %lu %lx %p, widths, 0) */
size_t format_text(char *to, size_t max, const char *format, va_list args);
/* Cut to fit, with a zero at the end; returns its length. */
size_t format_into(char *to, size_t max, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void kprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* main.c */
struct memory_range {
    uint64_t start;
    uint64_t end;
};
struct boot_info {            /* the same, whoever booted us */
    const char *protocol;     /* "PVH", ... */
    const char *command_line; /* never NULL */
    uint64_t rsdp;            /* ACPI, or 0 */
    unsigned range_count;
    struct memory_range ranges[MEMORY_RANGES_MAX]; /* usable RAM, as reported */
};
extern struct boot_info boot_info;
_Noreturn void kernel_main(void);

/* arch/NAME/place.c: where things stand in this boot. SEALED variables are written
 * only by the code that runs before the image has its place, and read-only after. */
#define SEALED __attribute__((section(".bss.sealed")))
struct placement {
    uintptr_t image_distance; /* from where the image is linked to where it is */
    uint64_t image_end;       /* its physical end; it begins at IMAGE_LOAD_ADDRESS */
    uintptr_t stack, heap;    /* the areas' first addresses */
    uintptr_t direct_map;     /* where physical address 0 is seen */
};
extern struct placement placement;
_Noreturn void image_place(const char *command_line); /* goes on in kernel_main */

/* pages.c: physical memory by page */
void pages_init(const struct memory_range *ranges, unsigned count, uint64_t image_end);
uint64_t page_alloc(void);              /* one page, contents undefined; 0 when there is none */
uint64_t pages_alloc_row(size_t count); /* pages in a row, for devices; 0 when there are none */
void page_free(uint64_t page);
bool pages_reserve(size_t count); /* promises pages to later page_alloc_reserved calls */
void pages_unreserve(size_t count);
void pages_reserve_freed(size_t count); /* what was freed just now: cannot fail */
uint64_t page_alloc_reserved(void);
size_t pages_free(void); /* neither used nor promised */
size_t pages_total(void);
/* For tests: after so many calls that ask for memory, so many fail. */
extern size_t pages_fail_after, pages_fail_count;
uint64_t page_take_freed(void); /* for idle_pages.c: without counting */
size_t pages_freed(void);       /* of the free ones, those that were used before */
static inline void *physical_pointer(uint64_t address)
{
    return (void *)(placement.direct_map + address);
}

/* panic.c */
struct trap_frame;
/* what arch/NAME/trap.c knows of a frame */
void trap_frame_print(const struct trap_frame *frame);
uintptr_t trap_frame_instruction(const struct trap_frame *frame);
uintptr_t trap_frame_base(const struct trap_frame *frame);
uintptr_t trap_frame_caller(const struct trap_frame *frame); /* after a wild jump, or 0 */
_Noreturn void trap_fatal(const struct trap_frame *frame, int signal, const char *cause);

/* button.c, in the same programs as sched.c: arms what stands for a power button */
void button_arm(void);

/* sched.c, in programs with threads, sleeps or signals */
void sched_interrupt(struct trap_frame *frame, bool is_timer);
void sched_wait_device(void);

/* symbols.c: function names for backtraces */
const char *symbol_find(uintptr_t address, size_t *name_length, size_t *offset);

/* thread_list.c, in programs with threads */
void threads_print(void); /* name, state and where it stands, of each */

/* heap.c, in programs with a heap */
bool heap_fault(uintptr_t address);
const char *heap_describe(uintptr_t address);

/* mapping.c, in programs that map memory */
enum vm_answer mapping_fault(uintptr_t address, unsigned access);
const char *mapping_describe(uintptr_t address);

/* vm.c: areas of virtual memory that are filled page by page */
enum vm_answer {
    VM_FILLED,   /* the page is there now */
    VM_UNMAPPED, /* nothing belongs there */
    VM_REFUSED,  /* ... but this must not be done with it */
    VM_NO_PAGE,  /* ... but there is no page for it: no memory, or the end of a file */
};
enum vm_answer vm_fault(uintptr_t address, unsigned access);
bool vm_fill(uintptr_t address);            /* a page of zeroes; false: no memory */
bool vm_fill_promised(uintptr_t address);   /* one that was set aside */
const char *vm_describe(uintptr_t address); /* what is there, in words, or NULL */
const char *vm_place(uintptr_t address);    /* "the heap", ..., or NULL */
uintptr_t vm_stack_top(void);

/* ---- filled by kernel/arch/NAME/ ---- */

/* mmu.c */
enum {
    ACCESS_READ = 0,
    ACCESS_WRITE = 1,
    ACCESS_EXECUTE = 2,
    ACCESS_DEVICE = 4,
    ACCESS_BORROWED = 8, /* the page is not freed when it is unmapped by range */
    ACCESS_NONE = 16,    /* for mmu_range_protect: what is there is kept */
};
#define MMU_NOWHERE (~0ull)
uint64_t mmu_init(uintptr_t distance,
                  uint64_t image_end); /* returns the page map for image_enter */
_Noreturn void image_enter(uint64_t page_map, uintptr_t distance); /* boot.S */
bool mmu_map(uintptr_t address, uint64_t page, size_t size_bytes, unsigned access);
uint64_t mmu_unmap(uintptr_t address); /* the page that was there, or 0 */
bool mmu_is_mapped(uintptr_t address);
uint64_t mmu_physical(uintptr_t address); /* for devices and hypervisors; or MMU_NOWHERE */
void page_clear(uint64_t page);
void page_copy(uint64_t page, const void *from, size_t size_bytes);
void mmu_cover(uint64_t address); /* makes RAM around a physical address usable */
void *mmu_device(uint64_t address, size_t size_bytes);
void *mmu_window(uint64_t address, size_t size_bytes, unsigned access); /* any physical memory */

/* mmu_ranges.c: by range of whole pages, for areas of small pages */
enum page_mark { MARK_NONE, MARK_PROMISED, MARK_GUARD }; /* where there is no page */
struct page_counts {
    size_t present; /* pages, without borrowed ones */
    size_t promised;
};
struct page_counts mmu_range_count(uintptr_t start, uintptr_t end);
bool mmu_range_tables(uintptr_t start, uintptr_t end);  /* false: no memory */
void mmu_range_promise(uintptr_t start, uintptr_t end); /* marks what has no page */
/* Frees pages; says what was there. Tables that become empty are freed as well. */
struct page_counts mmu_range_clear(uintptr_t start, uintptr_t end, enum page_mark mark);
void mmu_range_protect(uintptr_t start, uintptr_t end, unsigned access);
/* Pages and marks; tables for the new place must be there. Says what was there. */
struct page_counts mmu_range_move(uintptr_t from, uintptr_t to, size_t size_bytes);
enum page_mark mmu_mark(uintptr_t address);

/* thread.c */
void thread_init(void);
size_t thread_local_bytes(void);
void thread_local_build(char *to);

/* fpu.c: around what may use vector registers; in programs that map memory or take signals */
void call_with_registers_kept(void (*function)(void *), void *argument);

/* switch.S, redirect.c: only in programs with threads, timers or fault handlers */
struct thread;
void thread_switch(struct thread *from, struct thread *to);
uintptr_t stack_prepare(uintptr_t top, void (*function)(void)); /* for thread_switch */
/* Where thread_switch left a thread: returns the address, and the frame. 0: it cannot be told. */
uintptr_t stack_resume_address(uintptr_t stack_pointer, uintptr_t *frame);
/* The thread goes on in function, on its own stack when stack_top is 0, and when
 * this returns with what is in the frame. */
void trap_redirect(struct trap_frame *frame, void (*function)(struct trap_frame *),
                   uintptr_t stack_top);
bool trap_is_redirecting(const struct trap_frame *frame); /* it is on its way there */

/* trap.c */
enum { FAULT_CODE_OTHER, FAULT_CODE_UNMAPPED, FAULT_CODE_ACCESS, FAULT_CODE_NO_PAGE };
struct fault {
    int signal;
    int code;
    uintptr_t address;
};
void traps_init(uintptr_t distance); /* for the image at its place */
/* Nobody handled it: the end, with the cause in words. */
_Noreturn void trap_end(const struct trap_frame *frame, const struct fault *fault);
/* Whoever handles exceptions in the kernel's place (fault.c), or NULL. */
extern bool (*fault_redirect)(struct trap_frame *frame, const struct fault *fault);

/* apic.c */
/* Both call the handler (or NULL) with interrupts off, and wake cpu_wait; false: poll
 * instead. Devices may share a line. */
bool interrupt_line_enable(unsigned line, void (*handler)(void));
struct interrupt_message { /* what a device writes, and where, to interrupt us */
    uint64_t address;
    uint32_t data;
};
bool interrupt_message_enable(struct interrupt_message *message, void (*handler)(void));
extern struct interrupt_routing interrupt_routing; /* kernel/acpi.h; as PCs have it by default */
bool interrupt_timer_init(void);
void interrupt_timer_set(uint64_t delay_ns); /* one interrupt, perhaps too early */
uint64_t interrupt_timer_count(void);

/* clock.c */
uint64_t cycles_now(void);
uint64_t cycles_at_boot(void);
uint64_t cycles_per_second_known(void); /* 0: it must be measured (clock_reference.c) */

/* rtc.c */
uint64_t wall_clock_s(void); /* since 1970, from the machine's own clock, or 0 */

/* fw_cfg.c: files that QEMU hands to its guest */
size_t fw_cfg_read(const char *name, char *to, size_t max); /* 0 when there is none */

/* pvpanic.c */
void machine_report_panic(void); /* tells the hypervisor, where it listens for that */

/* cpu.c */
bool cpu_random(uint64_t *word);
void cpu_relax(void);
void cpu_wait(void);           /* until the next interrupt; call it with interrupts off */
void cpu_wait_interrupt(void); /* the same, and no other thread runs meanwhile */
_Noreturn void cpu_stop(void);
_Noreturn void cpu_run_on_stack(uintptr_t stack_top, void (*function)(void));
void emulator_exit(int status); /* returns where nobody listens for it */
void machine_reset(void);

#endif
