/* SPDX-License-Identifier: MIT
 *
 * The rows of a comparison, in the order in which they are printed. A new row is
 * a name in enum row_id, a line here, and somebody who calls report_sample().
 */
#include "report.h"

/* Three rows for so many connections. */
#define LOAD_ROWS(count, words)                                                                    \
    [ROW_REQUESTS_##count] = {"io.requests_" #count, "I/O",      "requests/s, " words, UNIT_COUNT, \
                              BETTER_MORE,           load_method},                                 \
    [ROW_P50_##count] = {"io.p50_" #count, "I/O",       "    latency, median",                     \
                         UNIT_MS,          BETTER_LESS, load_method},                              \
    [ROW_P99_##count] = {"io.p99_" #count, "I/O",       "    latency, 99 of 100",                  \
                         UNIT_MS,          BETTER_LESS, load_method}

static const char load_method[] =
    "Over connections that stay, a request on each at any time, for three seconds, by a client of "
    "one thread on the same host. VMs on the machine type on which the distribution's kernel finds "
    "a network card.";

#define AS_ABOVE "As above."

const struct row rows[ROWS] = {
    [ROW_ARCHITECTURE] = {"architecture", "Architecture", "what runs the program", UNIT_WORDS,
                          BETTER_NEITHER, "What was found on this machine and used."},
    [ROW_SIZE] = {"size.shipped", "Size", "what is shipped", UNIT_BYTES, BETTER_LESS,
                  "All files that must be handed over to run it elsewhere: the OCI image layout; "
                  "the root file system (runc); kernel and initramfs; the image."},
    [ROW_SIZE_COMPRESSED] = {"size.compressed", "Size", "the same, compressed", UNIT_BYTES,
                             BETTER_LESS, "Each file through gzip -9 (an OCI image already is)."},
    [ROW_SIZE_PARTS] = {"size.parts", "Size", "made of", UNIT_WORDS, BETTER_NEITHER,
                        "Sizes of the single files."},
    [ROW_START] = {"start.first_output", "Start-up", "start to ready", UNIT_MS, BETTER_LESS,
                   "From just before the command is started to the first byte that the program "
                   "writes (or the text given with --ready). Median of all runs; the ways take "
                   "turns."},
    [ROW_START_HYPERVISOR] = {"start.hypervisor", "Start-up", "of it: hypervisor", UNIT_MS,
                              BETTER_NEITHER,
                              "The same virtual machine with a firmware that is nothing but one "
                              "write to the console from its first instructions."},
    [ROW_START_FIRMWARE] = {"start.firmware", "Start-up", "of it: firmware", UNIT_MS,
                            BETTER_NEITHER,
                            "The floor guest, which prints a line from its first instructions, "
                            "minus the row above, medians. Loading a larger kernel counts as "
                            "guest."},
    [ROW_START_GUEST] = {"start.guest", "Start-up", "of it: guest", UNIT_MS, BETTER_NEITHER,
                         "The rest: kernel, its set-up, the C library, the program's way to its "
                         "first output."},
    [ROW_START_END] = {"start.whole_run", "Start-up", "start to the end of all", UNIT_MS,
                       BETTER_LESS,
                       "Until the command has ended and is cleaned up by its own means, for a "
                       "program that ends by itself."},
    [ROW_COMPUTE] = {"cpu.compute", "Processor", "compute kernel", UNIT_S, BETTER_LESS,
                     "A small C program (integer mixing, a sieve, a matrix product) built with "
                     "-O2 for each side; from its line \"begin\" to its line \"end\", seen from "
                     "the host."},
    [ROW_RUN_TIME] = {"cpu.run_time", "Processor", "the program's run time", UNIT_MS, BETTER_LESS,
                      "From ready to the program's end, seen from the host; only for a program "
                      "that ends by itself."},
    [ROW_FIRST_ANSWER] =
        {"io.first_answer", "I/O", "start to the first answer", UNIT_MS, BETTER_LESS,
         "From just before the command is started to the first whole answer (HTTP: to its status "
         "200) to what --requests or --ask says, asked every few milliseconds. VMs are reached "
         "through a published port of QEMU's user network; the engine's container through a port "
         "that it publishes, where it can, the others on the network of the system that they run "
         "on. The container in the Linux VM is started when that VM runs."},
    [ROW_FIRST_ANSWER_SAME] =
        {"io.first_answer_same_machine", "I/O", "  on the Linux VM's machine", UNIT_MS, BETTER_LESS,
         "The same, on the machine type on which the distribution's kernel finds a network card."},
    LOAD_ROWS(1, "1 connection"),
    LOAD_ROWS(8, "8 connections"),
    LOAD_ROWS(64, "64 connections"),
    [ROW_IO] = {"io", "I/O", "disk", UNIT_WORDS, BETTER_NEITHER, "Disk throughput."},
    [ROW_MEMORY_HOST] = {"memory.host", "Memory", "one waiting instance", UNIT_BYTES, BETTER_LESS,
                         "Proportional set size (PSS) of every process of the host that exists "
                         "for this one instance: the hypervisor; or the program, its shim, the "
                         "client that waits for it."},
    [ROW_MEMORY_GUEST] = {"memory.guest", "Memory", "the guest's own share", UNIT_BYTES,
                          BETTER_LESS,
                          "VMs: the row above minus the same hypervisor holding the floor guest. "
                          "Containers: memory charged to their cgroup while they wait."},
    [ROW_MEMORY_PEAK] = {"memory.peak", "Memory", "peak of one run", UNIT_BYTES, BETTER_LESS,
                         "VMs: the hypervisor's largest resident set (VmHWM). Containers: the "
                         "cgroup's peak, what the runtime itself used in there included."},
    [ROW_MEMORY_SMALLEST] = {"memory.smallest", "Memory", "smallest that works", UNIT_BYTES,
                             BETTER_LESS,
                             "The least memory (the machine's, or the cgroup's limit) with which "
                             "the program still gets ready (a server: answers), by bisection."},
    [ROW_IDLE] = {"idle.cpu", "Memory", "processor while idle", UNIT_PERCENT, BETTER_LESS,
                  "Processor time of the processes above while they wait, in per cent of one "
                  "processor."},
    [ROW_READY_1] = {"density.1.ready", "Density", "1 at once: until ready", UNIT_S, BETTER_LESS,
                     "Started in one go as fast as the host can; until the last is ready."},
    [ROW_TOTAL_1] = {"density.1.memory", "Density", "1 at once: memory", UNIT_BYTES, BETTER_LESS,
                     "PSS of all processes that exist for them, when all are ready."},
    [ROW_ANSWERED_1] = {"density.1.answered", "Density", "1 at once: until it answers", UNIT_S,
                        BETTER_LESS,
                        "From the start of the first to the moment when each has given an answer."},
    [ROW_READY_10] = {"density.10.ready", "Density", "10 at once: until all ready", UNIT_S,
                      BETTER_LESS, AS_ABOVE},
    [ROW_TOTAL_10] = {"density.10.memory", "Density", "10 at once: memory", UNIT_BYTES, BETTER_LESS,
                      AS_ABOVE},
    [ROW_ANSWERED_10] = {"density.10.answered", "Density", "10 at once: until all answer", UNIT_S,
                         BETTER_LESS, AS_ABOVE},
    [ROW_READY_50] = {"density.50.ready", "Density", "50 at once: until all ready", UNIT_S,
                      BETTER_LESS, AS_ABOVE},
    [ROW_TOTAL_50] = {"density.50.memory", "Density", "50 at once: memory", UNIT_BYTES, BETTER_LESS,
                      AS_ABOVE},
    [ROW_ANSWERED_50] = {"density.50.answered", "Density", "50 at once: until all answer", UNIT_S,
                         BETTER_LESS, AS_ABOVE},
    [ROW_KERNEL_SHARED] = {"isolation.kernel", "Isolation", "the kernel it runs on", UNIT_WORDS,
                           BETTER_NEITHER,
                           "A probe program compares the boot id of the kernel that answers it "
                           "with the host's."},
    [ROW_SEEN] = {"isolation.seen", "Isolation", "what the program sees", UNIT_WORDS,
                  BETTER_NEITHER, "The probe program looks through /proc, /dev and the like."},
    [ROW_HOST_CALLS] = {"isolation.host_calls", "Isolation", "host system calls in reach",
                        UNIT_COUNT, BETTER_LESS,
                        "The probe tries system calls by number with invalid arguments; counted "
                        "are those that the host's kernel looks at (neither refused nor absent)."},
    [ROW_VMM_CALLS] = {"isolation.hypervisor_calls", "Isolation", "calls of what stands between",
                       UNIT_COUNT, BETTER_LESS,
                       "Different system calls that the hypervisor, or the container's runtime, "
                       "makes in one run, counted by strace."},
    [ROW_POSTURE] = {"isolation.posture", "Isolation", "how it is confined", UNIT_WORDS,
                     BETTER_NEITHER,
                     "Containers: /proc/self/status and /proc/self/ns inside. VMs: the devices of "
                     "the hypervisor's command line."},
    [ROW_KERNEL_CODE] = {"surface.kernel_bytes", "Isolation", "kernel code behind it", UNIT_BYTES,
                         BETTER_NEITHER,
                         "Machine code of the kernel that serves the program: from its symbol "
                         "table while it runs, or from the image's parts."},
    [ROW_KERNEL_SYMBOLS] = {"surface.kernel_symbols", "Isolation", "functions in that kernel",
                            UNIT_COUNT, BETTER_NEITHER, "Counted in the same places."},
    [ROW_PORTABILITY] =
        {"portability", "Portability", "where the artifact runs", UNIT_WORDS, BETTER_NEITHER,
         "Every format was written, read back, and given to what else here can read "
         "or boot it, in this very report; counted is what took it."},
    [ROW_MANAGEMENT] = {"management", "Management", "tools around it", UNIT_WORDS, BETTER_NEITHER,
                        "Engines found here, and orchestrator files that were produced and "
                        "validated."},
    [ROW_STORAGE] = {"storage", "Storage", "volumes", UNIT_WORDS, BETTER_NEITHER,
                     "What this version offers and what was verified in this run."},
    [ROW_NETWORK] = {"network", "Networking", "ports", UNIT_WORDS, BETTER_NEITHER,
                     "What this version offers and what was verified in this run."},
};

bool row_is_of_servers(enum row_id id)
{
    return (id >= ROW_FIRST_ANSWER && id <= ROW_P99_64) || id == ROW_ANSWERED_1 ||
           id == ROW_ANSWERED_10 || id == ROW_ANSWERED_50;
}
