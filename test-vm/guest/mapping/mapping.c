/* SPDX-License-Identifier: MIT
 *
 * mmap and its family, as POSIX has them: anonymous memory and files of the root file
 * system (numbers: 10240 bytes, lines of eight), with every way to misuse them.
 */
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../check.h"

#define PAGE       4096ul
#define FILE_BYTES 10240

#define REFUSED(call, error)                                                                       \
    do {                                                                                           \
        errno = 0;                                                                                 \
        CHECK((long)(call) == -1);                                                                 \
        CHECK(errno == (error));                                                                   \
    } while (0)

/* ---- faults as they reach the program ---- */

static sigjmp_buf back;
static siginfo_t seen;

static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    seen = *info;
    siglongjmp(back, 1);
}

enum { READ, WRITE, JUMP };

/* Does it fault, with this signal, this code, at this address? */
static bool faults(volatile char *address, int how, int signal, int code)
{
    memset(&seen, 0, sizeof seen);
    if (sigsetjmp(back, 1) == 0) {
        if (how == READ)
            (void)*address;
        else if (how == WRITE)
            *address = 1;
        else
            ((void (*)(void))(uintptr_t)address)();
        return false;
    }
    if (seen.si_signo != signal || seen.si_code != code || seen.si_addr != address)
        printf("signal %d code %d at %p\n", seen.si_signo, seen.si_code, seen.si_addr);
    return seen.si_signo == signal && seen.si_code == code && seen.si_addr == address;
}

static char *anonymous(size_t size_bytes)
{
    char *memory =
        mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(memory != MAP_FAILED && ((uintptr_t)memory & (PAGE - 1)) == 0);
    return memory;
}

static size_t free_pages(void)
{
    return (size_t)sysconf(_SC_AVPHYS_PAGES);
}

/* Page tables are fetched a dozen at once, when a few are left, and kept: how many a region
 * takes is decided by its chance base. The first round may fetch, the second finds what the
 * first gave back. */
enum { TABLES_FETCHED = 12 };
static long tables_may_be_fetched = TABLES_FETCHED;

/* Fewer than none when page tables went back that were there before. */
static long pages_gone(size_t before)
{
    return (long)before - (long)free_pages() - tables_may_be_fetched;
}

/* ---- anonymous memory ---- */

static void zeroes_and_back(void)
{
    char *warm = anonymous(PAGE);

    munmap(warm, PAGE);
    size_t before = free_pages();
    char *memory = anonymous(1000 * PAGE);
    CHECK(before - free_pages() >= 1000); /* it is promised now */
    for (size_t i = 0; i < 1000; i++) {
        CHECK(memory[i * PAGE] == 0 && memory[i * PAGE + PAGE - 1] == 0);
        memset(memory + i * PAGE, (int)i, PAGE);
    }
    CHECK(memory[999 * PAGE] == (char)999);
    CHECK(munmap(memory, 1000 * PAGE) == 0);
    CHECK(faults(memory, READ, SIGSEGV, SEGV_MAPERR));
    CHECK(munmap(memory, 1000 * PAGE) == 0); /* nothing there: no error */
    CHECK(pages_gone(before) <= 4);
    printf("pages that do not come back: %ld\n", pages_gone(before));
}

static void parts_unmapped(void)
{
    char *memory = anonymous(10 * PAGE);

    memset(memory, 1, 10 * PAGE);
    CHECK(munmap(memory + 3 * PAGE, 2 * PAGE - 100) == 0); /* sizes are rounded up */
    CHECK(memory[3 * PAGE - 1] == 1 && memory[5 * PAGE] == 1);
    CHECK(faults(memory + 3 * PAGE, READ, SIGSEGV, SEGV_MAPERR));
    CHECK(faults(memory + 5 * PAGE - 1, WRITE, SIGSEGV, SEGV_MAPERR));
    /* the hole is found again, and by a hint */
    char *hole = mmap(memory + 3 * PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(hole == memory + 3 * PAGE && hole[0] == 0);
    char *elsewhere = mmap(memory + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(elsewhere != MAP_FAILED && elsewhere != memory + PAGE);
    CHECK(munmap(elsewhere, PAGE) == 0 && munmap(memory, 10 * PAGE) == 0);
}

static void fixed_replaces(void)
{
    char *memory = anonymous(4 * PAGE);

    memset(memory, 1, 4 * PAGE);
    REFUSED(mmap(memory + PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON | MAP_FIXED_NOREPLACE,
                 -1, 0),
            EEXIST);
    char *inner = mmap(memory + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
    CHECK(inner == memory + PAGE && inner[0] == 0 && inner[2 * PAGE - 1] == 0);
    CHECK(memory[PAGE - 1] == 1 && memory[3 * PAGE] == 1);
    CHECK(munmap(memory, 4 * PAGE) == 0);
    /* an address that only the program knows */
    char *low = mmap((void *)0x10000000, PAGE, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0);
    CHECK(low == (char *)0x10000000);
    low[5] = 5;
    CHECK(munmap(low, PAGE) == 0 && faults(low, READ, SIGSEGV, SEGV_MAPERR));
    /* and where it must not be */
    REFUSED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0), ENOMEM);
    REFUSED(mmap((void *)((uintptr_t)&seen & -PAGE), PAGE, PROT_READ,
                 MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1, 0),
            ENOMEM);
}

static void arguments_refused(void)
{
    const int rw = PROT_READ | PROT_WRITE, anon = MAP_PRIVATE | MAP_ANON;
    char *memory = anonymous(PAGE);

    REFUSED(mmap(NULL, 0, rw, anon, -1, 0), EINVAL);
    REFUSED(mmap(NULL, PAGE, rw, MAP_ANON, -1, 0), EINVAL);
    REFUSED(mmap(NULL, PAGE, rw, anon, -1, 100), EINVAL);
    REFUSED(mmap(memory + 1, PAGE, rw, anon | MAP_FIXED, -1, 0), EINVAL);
    REFUSED(mmap(NULL, PAGE, 8, anon, -1, 0), EINVAL);
    REFUSED(mmap(NULL, SIZE_MAX, rw, anon, -1, 0), ENOMEM);
    REFUSED(mmap(NULL, PTRDIFF_MAX, rw, anon, -1, 0), ENOMEM);
    REFUSED(mmap(NULL, 1ul << 40, rw, anon, -1, 0), ENOMEM);
    REFUSED(mmap(NULL, PAGE, rw | PROT_EXEC, anon, -1, 0), ENOTSUP);
    REFUSED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 77, 0), EBADF);
    REFUSED(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, 0, 0), ENODEV);
    REFUSED(munmap(memory + 1, PAGE), EINVAL);
    REFUSED(munmap(memory, 0), EINVAL);
    REFUSED(munmap(memory, SIZE_MAX), EINVAL);
    REFUSED(mprotect(memory + 1, PAGE, PROT_READ), EINVAL);
    REFUSED(mprotect(memory, PAGE, rw | PROT_EXEC), ENOTSUP);
    REFUSED(mprotect(memory, 2 * PAGE, PROT_READ), ENOMEM);
    CHECK(munmap(memory, PAGE) == 0);
    REFUSED(mprotect(memory, PAGE, PROT_READ), ENOMEM);
}

/* ---- access rights ---- */

static void rights_change(void)
{
    char *memory = anonymous(5 * PAGE);

    memset(memory, 7, 3 * PAGE); /* the last two are not there yet */
    CHECK(mprotect(memory + PAGE, 3 * PAGE, PROT_READ) == 0);
    CHECK(memory[PAGE] == 7 && memory[3 * PAGE] == 0);
    CHECK(faults(memory + PAGE, WRITE, SIGSEGV, SEGV_ACCERR));
    CHECK(faults(memory + 3 * PAGE, WRITE, SIGSEGV, SEGV_ACCERR));
    memory[0] = memory[4 * PAGE] = 8;
    CHECK(mprotect(memory + PAGE, PAGE, PROT_NONE) == 0);
    CHECK(faults(memory + PAGE, READ, SIGSEGV, SEGV_ACCERR));
    CHECK(faults(memory + 2 * PAGE - 1, WRITE, SIGSEGV, SEGV_ACCERR));
    CHECK(mprotect(memory, 5 * PAGE, PROT_READ | PROT_WRITE) == 0);
    CHECK(memory[0] == 8 && memory[PAGE] == 7 && memory[2 * PAGE] == 7 && memory[4 * PAGE] == 8);
    memset(memory, 9, 5 * PAGE);
    CHECK(munmap(memory, 5 * PAGE) == 0);
}

/* Code is written first and may be run afterwards, never both. */
static void code_made(void)
{
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov $42, %eax; ret */
    char *memory = anonymous(PAGE);

    memcpy(memory, code, sizeof code);
    CHECK(faults(memory, JUMP, SIGSEGV, SEGV_ACCERR));
    CHECK(mprotect(memory, PAGE, PROT_READ | PROT_EXEC) == 0);
    CHECK(((int (*)(void))(uintptr_t)memory)() == 42);
    CHECK(faults(memory, WRITE, SIGSEGV, SEGV_ACCERR));
    CHECK(mprotect(memory, PAGE, PROT_READ | PROT_WRITE) == 0);
    memory[1] = 43;
    CHECK(faults(memory, JUMP, SIGSEGV, SEGV_ACCERR));
    CHECK(munmap(memory, PAGE) == 0);
}

/* A large piece of address space costs nothing until it is used. */
static void space_reserved(void)
{
    size_t before = free_pages(), size_bytes = 1ul << 38;
    char *space = mmap(NULL, size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);

    CHECK(space != MAP_FAILED && pages_gone(before) <= 2);
    CHECK(faults(space, READ, SIGSEGV, SEGV_ACCERR));
    REFUSED(mprotect(space, size_bytes, PROT_READ | PROT_WRITE), ENOMEM);
    CHECK(mprotect(space + (1ul << 37), 3 * PAGE, PROT_READ | PROT_WRITE) == 0);
    memset(space + (1ul << 37), 1, 3 * PAGE);
    CHECK(faults(space + (1ul << 37) + 3 * PAGE, WRITE, SIGSEGV, SEGV_ACCERR));
    CHECK(munmap(space, size_bytes) == 0);
    char *lazy = mmap(NULL, 1ul << 37, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANON | MAP_NORESERVE, -1, 0);
    CHECK(lazy != MAP_FAILED);
    lazy[0] = lazy[(1ul << 37) - 1] = 1;
    CHECK(munmap(lazy, 1ul << 37) == 0);
    CHECK(pages_gone(before) <= 16); /* upper tables and nodes are kept */
}

/* ---- files ---- */

static void file_mapped(void)
{
    int fd = open("/numbers", O_RDONLY);
    char *file = mmap(NULL, FILE_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);

    CHECK(file != MAP_FAILED);
    char *copy = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *part = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    CHECK(copy != MAP_FAILED && part != MAP_FAILED);
    CHECK(close(fd) == 0); /* the mappings stay */
    CHECK(memcmp(file, "0000000\n0000001\n", 16) == 0);
    CHECK(memcmp(file + FILE_BYTES - 8, "0001279\n", 8) == 0);
    CHECK(memcmp(part, "0000512\n", 8) == 0);
    memset(copy, 'x', 8);
    CHECK(memcmp(copy, "xxxxxxxx0000001\n", 16) == 0 && memcmp(file, "0000000\n", 8) == 0);
    CHECK(copy[FILE_BYTES] == 0 && copy[3 * PAGE - 1] == 0); /* the rest of the last page */
    CHECK(faults(file, WRITE, SIGSEGV, SEGV_ACCERR));
    CHECK(mprotect(file, PAGE, PROT_READ | PROT_WRITE) == 0); /* it is private */
    file[0] = 'y';
    REFUSED(mprotect(part, PAGE, PROT_READ | PROT_WRITE), EACCES);
    CHECK(munmap(copy, PAGE) == 0 && memcmp(copy + PAGE, "0000512\n", 8) == 0);
    CHECK(munmap(copy, 3 * PAGE) == 0 && munmap(file, FILE_BYTES) == 0);
    CHECK(munmap(part, PAGE) == 0);
}

/* The page fault that reads a file must leave all registers alone. */
static void registers_kept(void)
{
    int fd = open("/numbers", O_RDONLY);
    const char *file = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    double before[2] = {1.5, -2.5}, after[2] = {0, 0};
    char byte;

    CHECK(file != MAP_FAILED && close(fd) == 0);
    __asm__ volatile("movupd %2, %%xmm0\n movapd %%xmm0, %%xmm1\n movapd %%xmm0, %%xmm15\n"
                     "movb (%3), %1\n addpd %%xmm1, %%xmm0\n addpd %%xmm15, %%xmm0\n"
                     "movupd %%xmm0, %0"
                     : "=m"(after), "=&r"(byte)
                     : "m"(before), "r"(file)
                     : "xmm0", "xmm1", "xmm15", "memory");
    CHECK(byte == '0' && after[0] == 4.5 && after[1] == -7.5);
    CHECK(munmap((void *)(uintptr_t)file, PAGE) == 0);
}

static void file_ends(void)
{
    int fd = open("/numbers", O_RDONLY);
    char *file = mmap(NULL, 5 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

    CHECK(file != MAP_FAILED && file[3 * PAGE - 1] == 0);
    CHECK(faults(file + 3 * PAGE, READ, SIGBUS, BUS_ADRERR));
    CHECK(faults(file + 5 * PAGE - 1, READ, SIGBUS, BUS_ADRERR));
    CHECK(munmap(file, 5 * PAGE) == 0);
    REFUSED(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), EACCES);
    REFUSED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, (off_t)LONG_MAX & -(off_t)PAGE),
            EOVERFLOW);
    CHECK(close(fd) == 0);
    fd = open("/", O_RDONLY);
    REFUSED(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), ENODEV);
    CHECK(close(fd) == 0);
    fd = open("/dev/zero", O_RDWR);
    char *zero = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(zero != MAP_FAILED && zero[0] == 0);
    zero[PAGE] = 1;
    char *same = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
    CHECK(same != MAP_FAILED && same[0] == 0);
    CHECK(munmap(zero, 2 * PAGE) == 0 && munmap(same, PAGE) == 0 && close(fd) == 0);
}

/* ---- advice, locks, sizes ---- */

static void advised(void)
{
    char *memory = anonymous(4 * PAGE);

    memset(memory, 3, 4 * PAGE);
    size_t before = free_pages();
    CHECK(madvise(memory + PAGE, 2 * PAGE, MADV_DONTNEED) == 0);
    CHECK(free_pages() == before); /* freed, but promised again */
    CHECK(memory[0] == 3 && memory[PAGE] == 0 && memory[3 * PAGE - 1] == 0 &&
          memory[3 * PAGE] == 3);
    CHECK(posix_madvise(memory, 4 * PAGE, POSIX_MADV_DONTNEED) == 0 && memory[0] == 3);
    CHECK(posix_madvise(memory, PAGE, 99) == EINVAL);
    REFUSED(madvise(memory, PAGE, 99), EINVAL);
    REFUSED(madvise(memory + 1, PAGE, MADV_NORMAL), EINVAL);
    CHECK(munmap(memory + PAGE, PAGE) == 0);
    REFUSED(madvise(memory, 4 * PAGE, MADV_WILLNEED), ENOMEM);
    CHECK(munmap(memory, 4 * PAGE) == 0);
}

static void locked(void)
{
    char *memory = anonymous(4 * PAGE);
    unsigned char there[4];
    static char other[3 * PAGE];

    CHECK(mincore(memory, 4 * PAGE, there) == 0 && !there[0] && !there[3]);
    CHECK(mlock(memory + PAGE + 5, PAGE) == 0);
    CHECK(mincore(memory, 4 * PAGE, there) == 0 && !there[0] && there[1] && there[2] && !there[3]);
    REFUSED(msync(memory, 4 * PAGE, MS_SYNC | MS_INVALIDATE), EBUSY);
    CHECK(munlock(memory, 4 * PAGE) == 0);
    CHECK(msync(memory, 4 * PAGE, MS_SYNC | MS_INVALIDATE) == 0);
    REFUSED(msync(memory, PAGE, MS_SYNC | MS_ASYNC), EINVAL);
    REFUSED(msync(memory + 1, PAGE, MS_SYNC), EINVAL);
    CHECK(mlock(other, sizeof other) == 0 && munlock(other, sizeof other) == 0);
    CHECK(munmap(memory, 4 * PAGE) == 0);
    REFUSED(msync(memory, PAGE, MS_SYNC), ENOMEM);
    REFUSED(mlock(memory, PAGE), ENOMEM);
    REFUSED(munlock(memory, PAGE), ENOMEM);
    REFUSED(mlockall(0), EINVAL);
    CHECK(mlockall(MCL_CURRENT | MCL_FUTURE) == 0);
    memory = anonymous(2 * PAGE);
    CHECK(mincore(memory, 2 * PAGE, there) == 0 && there[0] && there[1]);
    CHECK(munlockall() == 0 && munmap(memory, 2 * PAGE) == 0);
}

static void resized(void)
{
    char *memory = anonymous(4 * PAGE);
    size_t before = free_pages();

    memset(memory, 5, 4 * PAGE);
    char *behind = mmap(memory + 4 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(behind == memory + 4 * PAGE);
    REFUSED(mremap(memory, 4 * PAGE, 8 * PAGE, 0), ENOMEM);
    char *moved = mremap(memory, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved != memory);
    CHECK(moved[0] == 5 && moved[4 * PAGE - 1] == 5 && moved[4 * PAGE] == 0);
    memset(moved, 6, 8 * PAGE);
    CHECK(faults(memory, READ, SIGSEGV, SEGV_MAPERR));
    CHECK(mremap(moved, 8 * PAGE, 2 * PAGE, 0) == moved && moved[2 * PAGE - 1] == 6);
    CHECK(faults(moved + 2 * PAGE, READ, SIGSEGV, SEGV_MAPERR));
    CHECK(mremap(moved, 2 * PAGE, 3 * PAGE, 0) == moved && moved[2 * PAGE] == 0);
    REFUSED(mremap(moved + 100 * PAGE, PAGE, 2 * PAGE, 0), EFAULT);
    CHECK(munmap(moved, 3 * PAGE) == 0 && munmap(behind, PAGE) == 0);
    CHECK(pages_gone(before) <= -4);
}

/* ---- many ---- */

static uint64_t random_next(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

enum { FIELD = 64, ROUNDS = 20000 };

/* A field of pages, changed at random, beside a plain account of what each should be. */
static void at_random(void)
{
    static struct {
        int protection; /* -1: not mapped */
        char value;
    } wanted[FIELD];
    char *field = mmap(NULL, FIELD * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
    size_t before = free_pages();

    CHECK(field != MAP_FAILED);
    memset(wanted, 0, sizeof wanted);
    for (int round = 0; round < ROUNDS; round++) {
        size_t first = random_next() % FIELD, count = random_next() % (FIELD - first) % 9 + 1;
        int what = (int)(random_next() % 4);
        int protection = what == 3 ? PROT_NONE : what == 2 ? PROT_READ : PROT_READ | PROT_WRITE;
        char *start = field + first * PAGE;
        bool whole = true;
        for (size_t i = first; i < first + count; i++)
            whole = whole && wanted[i].protection >= 0;
        if (what == 0) {
            CHECK(munmap(start, count * PAGE) == 0);
        } else if (what == 1) {
            CHECK(mmap(start, count * PAGE, protection, MAP_PRIVATE | MAP_ANON | MAP_FIXED, -1,
                       0) == start);
        } else {
            int status = mprotect(start, count * PAGE, protection);
            CHECK((status == 0) == whole);
            if (!whole)
                continue;
        }
        for (size_t i = first; i < first + count; i++) {
            wanted[i].protection = what == 0 ? -1 : protection;
            if (what <= 1)
                wanted[i].value = 0;
        }
        size_t k = random_next() % FIELD;
        if (wanted[k].protection > PROT_NONE)
            CHECK(field[k * PAGE + 77] == wanted[k].value);
        else
            CHECK(faults(field + k * PAGE, READ, SIGSEGV,
                         wanted[k].protection < 0 ? SEGV_MAPERR : SEGV_ACCERR));
        if (wanted[k].protection == (PROT_READ | PROT_WRITE))
            field[k * PAGE + 77] = wanted[k].value = (char)round;
    }
    CHECK(munmap(field, FIELD * PAGE) == 0);
    CHECK(pages_gone(before) <= 4);
}

/* Many at a time: the place for a new one is found quickly, and lower ones first. */
static void many(void)
{
    enum { COUNT = 10000 };
    static char *all[COUNT];
    size_t before = free_pages();

    for (int i = 0; i < COUNT; i++) /* unlike its neighbours: they must not become one */
        CHECK((all[i] = mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANON, -1,
                             0)) != MAP_FAILED);
    for (int i = 0; i < COUNT; i += 2)
        CHECK(munmap(all[i], PAGE) == 0);
    char *pair = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    char *single = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANON, -1, 0);
    CHECK(pair != MAP_FAILED && single == all[0]);
    for (int i = 1; i < COUNT; i += 2)
        CHECK(munmap(all[i], PAGE) == 0);
    CHECK(munmap(pair, 2 * PAGE) == 0 && munmap(single, PAGE) == 0);
    printf("for 10000 mappings: %ld pages\n", pages_gone(before));
    CHECK(pages_gone(before) < 400);
}

static void memory_ends(void)
{
    size_t before = free_pages(), count = 0;
    char *first = NULL, *memory;

    while ((memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0)) !=
           MAP_FAILED) {
        *(char **)memory = first;
        first = memory;
        count++;
    }
    CHECK(errno == ENOMEM && count > before / 256 - 4);
    for (; first; first = memory) {
        memset(first + sizeof(char *), 1, (1 << 20) - sizeof(char *)); /* promised: it is there */
        memory = *(char **)first;
        CHECK(munmap(first, 1 << 20) == 0);
    }
    printf("at the end of memory: %zu MiB; pages that do not come back: %ld\n", count,
           pages_gone(before));
    CHECK(pages_gone(before) <= 20); /* page tables for the next time */
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};

    CHECK(sigaction(SIGSEGV, &action, NULL) == 0 && sigaction(SIGBUS, &action, NULL) == 0);
    for (int round = 0; round < 2; round++) {
        tables_may_be_fetched = round ? 0 : TABLES_FETCHED;
        zeroes_and_back();
        space_reserved();
        resized();
        at_random();
        many();
        memory_ends();
    }
    parts_unmapped();
    fixed_replaces();
    arguments_refused();
    rights_change();
    code_made();
    file_mapped();
    registers_kept();
    file_ends();
    advised();
    locked();
    return success();
}
