/* SPDX-License-Identifier: MIT
 *
 * A QEMU TCG plugin that counts executed guest instructions: in total, and up
 * to the first execution of given addresses. Arguments:
 *     out=FILE      where the figures go when QEMU ends
 *     mark=0xADDR   may be repeated
 *     live=FILE     the counts so far are in this file all the time: 8 bytes in all, then 8 for
 *                   each range
 *     range=LO-HI   counts what is executed there apart; may be repeated
 *     each=LO-HI    counts every address there by itself, into the file of each_in=FILE, which
 *                   comes first: 8 bytes for each address (test-vm/profile makes functions of them)
 * FILE then holds `total N` and, for each mark, `mark 0xADDR N TIMES`, N being the
 * instructions executed before that address for the first time (-1: never), TIMES how
 * often it was executed.
 *
 * Every instruction carries its own inline counter: one per translated block
 * would be cheaper but counts the rest of a block that a fault cut short.
 * A repeated string instruction counts once per round, as the TCG sees it.
 *
 * Debian does not package qemu-plugin.h; what is used of it (version 1 of the
 * interface, QEMU 4.2 to 8.x) is declared here.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef void (*tb_trans_cb)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*vcpu_udata_cb)(unsigned int vcpu, void *data);
typedef void (*exit_cb)(qemu_plugin_id_t id, void *data);

extern void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_trans_cb cb);
extern void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, exit_cb cb, void *data);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb,
                                                        size_t index);
extern uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn,
                                                       enum qemu_plugin_op op, void *counter,
                                                       uint64_t add);
extern void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb,
                                                   enum qemu_plugin_cb_flags flags, void *data);

extern int qemu_plugin_version;
int qemu_plugin_version = 1;
int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

#define MARKS_MAX  16
#define RANGES_MAX 16

static struct range {
    uint64_t low, high;
} ranges[RANGES_MAX];
static unsigned int range_count;

static struct range each;
static uint64_t *each_counts;

struct mark {
    uint64_t address;
    int64_t insns_before;
    uint64_t times;
};

static struct mark marks[MARKS_MAX];
static unsigned int mark_count;
/* The first counts all, the others a range each. */
static uint64_t counts[1 + RANGES_MAX];
static uint64_t *insns_executed = counts; /* or in the file of live= */
static const char *out_path;

/* A marked instruction counts itself here, so that what it reads cannot
 * depend on the order of callbacks and inline counters. */
static void mark_executed(unsigned int vcpu, void *data)
{
    struct mark *mark = data;

    (void)vcpu;
    if (mark->insns_before < 0)
        mark->insns_before = (int64_t)*insns_executed;
    mark->times++;
    ++*insns_executed;
}

static struct mark *mark_find(uint64_t address)
{
    for (unsigned int i = 0; i < mark_count; i++)
        if (marks[i].address == address)
            return &marks[i];
    return NULL;
}

static void block_translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t count = qemu_plugin_tb_n_insns(tb);

    (void)id;
    for (size_t i = 0; i < count; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        uint64_t address = qemu_plugin_insn_vaddr(insn);
        struct mark *mark = mark_find(address);

        for (unsigned int j = 0; j < range_count; j++)
            if (address >= ranges[j].low && address < ranges[j].high)
                qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                           insns_executed + 1 + j, 1);
        if (address >= each.low && address < each.high)
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                       each_counts + (address - each.low), 1);

        if (mark != NULL)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_executed, QEMU_PLUGIN_CB_NO_REGS,
                                                   mark);
        else
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                       insns_executed, 1);
    }
}

static void figures_write(qemu_plugin_id_t id, void *data)
{
    FILE *out = out_path != NULL ? fopen(out_path, "w") : stderr;

    (void)id;
    (void)data;
    if (out == NULL) {
        perror(out_path);
        return;
    }
    fprintf(out, "total %" PRIu64 "\n", *insns_executed);
    for (unsigned int i = 0; i < mark_count; i++)
        fprintf(out, "mark 0x%" PRIx64 " %" PRId64 " %" PRIu64 "\n", marks[i].address,
                marks[i].insns_before, marks[i].times);
    if (out != stderr)
        fclose(out);
}

/* Counters that others can read while we count; NULL: a message was printed. */
static uint64_t *file_of_counts(const char *path, size_t size_bytes)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    void *place = MAP_FAILED;

    if (fd >= 0 && ftruncate(fd, (off_t)size_bytes) == 0)
        place = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (place == MAP_FAILED)
        perror(path);
    if (fd >= 0)
        close(fd);
    return place == MAP_FAILED ? NULL : place;
}

static struct range range_parse(const char *text)
{
    struct range range;
    char *end;

    range.low = strtoull(text, &end, 0);
    range.high = *end ? strtoull(end + 1, NULL, 0) : 0;
    return range;
}

int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    const char *each_path = NULL;

    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0) {
            out_path = strdup(argv[i] + 4);
        } else if (strncmp(argv[i], "live=", 5) == 0) {
            insns_executed = file_of_counts(argv[i] + 5, sizeof counts);
            if (insns_executed == NULL)
                return -1;
        } else if (strncmp(argv[i], "range=", 6) == 0 && range_count < RANGES_MAX) {
            ranges[range_count++] = range_parse(argv[i] + 6);
        } else if (strncmp(argv[i], "each_in=", 8) == 0) {
            each_path = argv[i] + 8;
        } else if (strncmp(argv[i], "each=", 5) == 0 && each_path != NULL) {
            each = range_parse(argv[i] + 5);
            each_counts = file_of_counts(each_path, (each.high - each.low) * sizeof *each_counts);
            if (each_counts == NULL)
                return -1;
        } else if (strncmp(argv[i], "mark=", 5) == 0 && mark_count < MARKS_MAX) {
            marks[mark_count].address = strtoull(argv[i] + 5, NULL, 0);
            marks[mark_count++].insns_before = -1;
        } else {
            fprintf(stderr, "insn_count: unknown or too many arguments: %s\n", argv[i]);
            return -1;
        }
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
    qemu_plugin_register_atexit_cb(id, figures_write, NULL);
    return 0;
}
