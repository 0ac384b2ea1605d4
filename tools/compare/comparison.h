/* SPDX-License-Identifier: MIT
 *
 * One comparison: what the user asked for, what was built from it, the ways to
 * run it, and the report that the measurements fill.
 */
#ifndef THIMBLE_COMPARE_COMPARISON_H
#define THIMBLE_COMPARE_COMPARISON_H

#include "exchange.h"
#include "full_disk.h"
#include "instance.h"
#include "linux_kernel.h"
#include "report.h"
#include "tools/container.h"
#include "tools/engine.h"
#include "virtual_machine.h"

/* What an instance runs: the user's program, or the companion as one of three things. */
enum job { JOB_PROGRAM, JOB_HOLD, JOB_COMPUTE, JOB_PROBE };

/* The ways to run something. The last two are no way for a program: they are
 * what the hypervisor alone costs. */
enum way { WAY_ENGINE, WAY_RUNC, WAY_LINUX, WAY_THIMBLE, WAY_FLOOR, WAY_ROM, WAYS };
#define WAYS_REAL WAY_FLOOR

struct order {
    enum job job;
    uint64_t memory_bytes; /* 0: the default */
    bool stays;            /* the floor guest: keep it waiting */
    bool serves;           /* it is to be reached by the network */
    bool many;             /* beside others of its kind, which want the same port */
    bool as_linux;         /* on the machine type on which Linux finds a network card */
    bool traced;           /* under strace, which writes its count to trace_path() */
};

/* One of the two programs: the user's, the companion. */
struct subject {
    struct container container;
    struct engine_image images[2]; /* by enum way: WAY_ENGINE, WAY_RUNC */
    const char *image;             /* Thimble's */
    const char *initramfs;         /* Linux's */
    const char *networked;         /* the same with a network card's modules, or NULL */
};

struct comparison {
    /* asked for */
    struct container_request request; /* first: options of build and container expect it here */
    const char *ready;
    const char *path;         /* that clients ask for by HTTP, or NULL */
    struct exchange exchange; /* what clients ask for; no request: nothing */
    unsigned port;            /* that the program listens on */
    const char *kernel_wish, *engine_wish, *accel_wish, *kind_wish;
    const char *json, *markdown, *html; /* where reports go, or NULL */
    double deadline_s;
    unsigned runs;
    double start_share_s; /* after this much, and a few runs, what takes long ends */
    bool start_engine;
    bool full_wish;    /* --full-vm */
    unsigned left_out; /* families of rows, by their place in verb_compare.c */
    /* built and found */
    struct engine engines[2]; /* by enum way */
    bool usable[WAYS];
    struct linux_kernel kernel;
    struct subject program, companion;
    const char *init;            /* Linux's first process, compiled */
    struct full_disk full;       /* no path: no full VM */
    const char *inner_initramfs; /* NULL: no container in the Linux VM */
    const char *const *modules;  /* of Linux's network card; NULL: it has no network */
    unsigned rounds;             /* of the compute kernel */
    bool ends;                   /* the program ends by itself */
    int worst_status;            /* of the program, in any way to run it */
    struct report report;
};

extern const enum column way_columns[WAYS_REAL];
extern const char *const way_names[WAYS];

/* build.c: builds everything; the parts that cannot be had leave their reason in the report. */
void comparison_build(struct comparison *comparison);
void comparison_unbuild(struct comparison *comparison);

/* way.c */
struct instance *way_start(struct comparison *comparison, enum way way, const struct order *order);
/* The program in the full VM, which is no way for anything else. */
struct instance *way_start_full(struct comparison *comparison);
/* The files that a virtual machine of the user's program starts from; 0 for a container. */
uint64_t way_loaded_bytes(const struct comparison *comparison, enum way way);
void way_stop(struct comparison *comparison, struct instance *instance, int patience_ms);
/* Processes of the host that exist for one instance. */
size_t way_processes(const struct instance *instance, pid_t *pids, size_t most);
/* Of a container's cgroup: what is charged now, and the peak. */
bool way_cgroup(const struct instance *instance, struct engine_memory *memory);
const char *trace_path(void);

/* What a process takes of the host. */
uint64_t process_pss_bytes(pid_t pid);
uint64_t process_peak_bytes(pid_t pid);
uint64_t process_cpu_ns(pid_t pid);

/* measure_start.c: may what has taken so long be done once more? */
#define STARTS_LEAST 7 /* six for a range of confidence, and the one that warms up */
bool start_again(const struct comparison *comparison, unsigned runs_done, unsigned least,
                 double taken_s);

/* One family of rows each. */
void measure_size(struct comparison *comparison);
void measure_start(struct comparison *comparison);
void measure_compute(struct comparison *comparison);
void measure_memory(struct comparison *comparison);
void measure_smallest(struct comparison *comparison);
void measure_requests(struct comparison *comparison);
void measure_density(struct comparison *comparison);
void measure_isolation(struct comparison *comparison);
void measure_inner(struct comparison *comparison);
void measure_words(struct comparison *comparison);
void measure_full(struct comparison *comparison);

/* portability.c: writes every format, has each read back and, where that can be, taken by others.
 */
void portability(struct comparison *comparison);

/* host.c: what it runs on. */
void host_describe(struct comparison *comparison);

/* advice.c: sentences by the rules in docs/comparing.md. */
void advise(struct report *report);

/* inner.c: the initramfs with a container's runtime in it; NULL and a reason. */
const char *inner_build(struct comparison *comparison, const char *init, const char **why);
void inner_compute(struct comparison *comparison); /* once */
/* The program on the VM's network; mark_ns is when the container's start began. */
struct instance *inner_serve(struct comparison *comparison);
/* One that waits, the companion when the program ends by itself; ready, or NULL. */
struct instance *inner_hold(struct comparison *comparison);
#define INNER_MEMORY_BYTES (512ull << 20)

/* What is being done, on standard error: one changing line on a terminal, plain lines elsewhere. */
void progress(const char *format, ...) PRINTF_LIKE(1, 2);
void progress_end(void);

#endif
