/* SPDX-License-Identifier: MIT
 *
 * The machine and the versions that a comparison ran with.
 */
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "comparison.h"
#include "tools/compiler.h"
#include "tools/hypervisor.h"
#include "tools/process.h"
#include "tools/verb.h"

/* What follows "KEY : " or KEY= in a file, without quotes; "" when it is not there. */
static const char *field(const char *path, const char *key)
{
    char line[512];
    const char *value = "";
    FILE *file = fopen(path, "r");
    while (file && !*value && fgets(line, sizeof line, file)) {
        if (!text_starts_with(line, key))
            continue;
        const char *start = line + strlen(key);
        start += strspn(start, " \t:=\"");
        value = text_copy_bytes(start, strcspn(start, "\"\n"));
    }
    if (file)
        fclose(file);
    return value;
}

static const char *version_of(const char *program)
{
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){program, "--version", NULL});
    const char *text = process_find(program) ? process_capture(&argv) : NULL;
    return text ? text : "?";
}

void host_describe(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    struct utsname host;
    struct sysinfo memory;
    uname(&host);
    sysinfo(&memory);
    struct strings compiler = compiler_command(comparison->request.build.compiler);
    report_fact(report, "processor", "Processor", "%s, %ld of them online",
                field("/proc/cpuinfo", "model name"), sysconf(_SC_NPROCESSORS_ONLN));
    report_fact(report, "memory", "Memory", "%s",
                text_size((unsigned long long)memory.totalram * memory.mem_unit));
    report_fact(report, "system", "System", "%s, %s %s", field("/etc/os-release", "PRETTY_NAME="),
                host.sysname, host.release);
    report_fact(report, "accelerator", "Virtual machines",
                strcmp(vm_accel, "kvm") == 0
                    ? "on the processor itself (%s), machine %s"
                    : "on an EMULATED processor (QEMU %s): this host has no usable hardware "
                      "virtualisation; machine %s",
                vm_accel, vm_kind);
    report_fact(report, "hypervisor", "Hypervisor", "%s", version_of(hypervisor_find()));
    for (enum way way = WAY_ENGINE; way <= WAY_RUNC; way++)
        if (comparison->usable[way])
            report_fact(report, way == WAY_ENGINE ? "engine" : "runtime",
                        way == WAY_ENGINE ? "Container engine" : "Container runtime", "%s %s%s",
                        comparison->engines[way].name, comparison->engines[way].version,
                        comparison->engines[way].folder ? " (a private daemon, started for this)"
                                                        : "");
    if (comparison->usable[WAY_LINUX])
        report_fact(report, "linux", "Kernel of the Linux VM", "%s", comparison->kernel.version);
    report_fact(report, "libc", "C library of the container", "%s, static",
                comparison->program.container.libc);
    report_fact(report, "compiler", "Compiler", "%s", version_of(compiler.at[0]));
    report_fact(report, "thimble", "Thimble", "%s", THIMBLE_VERSION);
}
