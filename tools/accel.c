/* SPDX-License-Identifier: MIT
 *
 * Boots the probe guest (tools/probe) under KVM once per boot of the host, and
 * remembers the verdict.
 */
#include "accel.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "file.h"
#include "hypervisor.h"
#include "process.h"
#include "sysroot.h"

#define DEVICE            "/dev/kvm"
#define PROBE_DEADLINE_MS 700
#define PROBE_STATUS      85 /* 42 on the debug-exit port, as QEMU hands it on */

/* A verdict holds for one boot of the host and one QEMU. */
static const char *verdict_key(void)
{
    char boot[64] = "";
    if (file_peek("/proc/sys/kernel/random/boot_id", boot, sizeof boot - 1) <= 0)
        return NULL;
    boot[strcspn(boot, "\n")] = 0;
    return text_format("%s %s", boot, hypervisor_find());
}

/* Where verdicts are kept; NULL when this user has no place for such things. */
static const char *verdict_path(void)
{
    const char *base = getenv("XDG_RUNTIME_DIR"), *home = getenv("HOME");
    if (!base || *base != '/')
        base = getenv("XDG_CACHE_HOME");
    if ((!base || *base != '/') && home && *home == '/') {
        base = text_format("%s/.cache", home);
        mkdir(base, 0700);
    }
    if (!base || *base != '/')
        return NULL;
    const char *folder = text_format("%s/thimble", base);
    mkdir(folder, 0700);
    return text_format("%s/kvm", folder);
}

static bool verdict_read(const char *path, const char *key, bool *works)
{
    char text[512] = "";
    if (!path || !key || file_peek(path, text, sizeof text - 1) <= 0)
        return false;
    *works = strcmp(text, text_format("%s works\n", key)) == 0;
    return *works || strcmp(text, text_format("%s broken\n", key)) == 0;
}

/* Forgetting is harmless, so nothing here is an error. */
static void verdict_write(const char *path, const char *key, bool works)
{
    if (!path || !key)
        return;
    const char *temporary = text_format("%s.%d", path, (int)getpid());
    FILE *file = fopen(temporary, "w");
    if (!file)
        return;
    fprintf(file, "%s %s\n", key, works ? "works" : "broken");
    if (fclose(file) || rename(temporary, path))
        unlink(temporary);
}

/* Runs the probe. A host that cannot do it may leave QEMU hanging: kill it then. */
static bool probe(void)
{
    const char *guest = sysroot_file("probe.elf");
    struct strings argv = {0};
    strings_add_all(&argv, (const char *const[]){
                               hypervisor_find(), "-nodefaults", "-no-user-config", "-display",
                               "none", "-no-reboot", "-M", "microvm,acpi=off", "-accel", "kvm",
                               "-cpu", CPU_KVM, "-m", "16M", "-device",
                               "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", guest, NULL});
    int silence = scratch_open(), status;
    pid_t pid = process_start(&argv, silence, silence);
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 || poll(&(struct pollfd){fd, POLLIN, 0}, 1, PROBE_DEADLINE_MS) <= 0)
        kill(pid, SIGKILL);
    status = process_wait(pid);
    if (fd >= 0)
        close(fd);
    close(silence);
    return status == PROBE_STATUS;
}

/* fresh: set when the answer was found just now. */
static bool kvm_works(bool *fresh)
{
    bool works;
    const char *path = verdict_path(), *key = verdict_key();
    *fresh = !verdict_read(path, key, &works);
    if (*fresh) {
        works = probe();
        verdict_write(path, key, works);
    }
    return works;
}

static const char *insist(void)
{
    bool fresh;
    if (access(DEVICE, R_OK | W_OK))
        die(EXIT_STATUS_NO_VM, "--accel kvm: " DEVICE ": %s", strerror(errno));
    if (!kvm_works(&fresh))
        die(EXIT_STATUS_NO_VM,
            "--accel kvm: " DEVICE " is there but cannot run kernel code at speed");
    return "kvm";
}

const char *accel_choose(const char *wish)
{
    bool fresh;
    if (strcmp(wish, "tcg") == 0)
        return "tcg";
    if (strcmp(wish, "kvm") == 0)
        return insist();
    if (access(DEVICE, R_OK | W_OK))
        return "tcg";
    if (kvm_works(&fresh))
        return "kvm";
    if (fresh)
        warn(DEVICE " is there but cannot run kernel code at speed; using emulation (TCG)");
    return "tcg";
}
