/* SPDX-License-Identifier: MIT
 *
 * The backlog of QEMU's listening sockets: found among its descriptors, borrowed, and told
 * to listen once more, which only changes the backlog.
 */
#include "backlog.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "text.h"

#define BACKLOG 4096 /* or what the kernel allows: net.core.somaxconn */

static bool is_published(const struct publications *published, const struct sockaddr_in *name)
{
    struct in_addr address;
    for (size_t i = 0; i < published->count; i++) {
        const struct publication *one = &published->at[i];
        if (!one->udp && htons((uint16_t)one->host_port) == name->sin_port &&
            inet_pton(AF_INET, one->address, &address) == 1 &&
            address.s_addr == name->sin_addr.s_addr)
            return true;
    }
    return false;
}

static bool raise_one(int fd, const struct publications *published)
{
    struct sockaddr_in name = {0};
    socklen_t name_bytes = sizeof name, bytes = sizeof(int);
    int listening = 0;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &bytes) == 0 && listening &&
           getsockname(fd, (struct sockaddr *)&name, &name_bytes) == 0 &&
           name.sin_family == AF_INET && is_published(published, &name) && listen(fd, BACKLOG) == 0;
}

static bool is_socket(int folder, const char *name)
{
    char target[16] = "";
    return readlinkat(folder, name, target, sizeof target - 1) > 0 &&
           text_starts_with(target, "socket:");
}

/* How many were raised, or -1 when the process's descriptors are not to be had. */
static int raise_all(int pidfd, DIR *folder, const struct publications *published)
{
    struct dirent *entry;
    int raised = 0;
    while ((entry = readdir(folder))) {
        if (!is_socket(dirfd(folder), entry->d_name))
            continue;
        int fd = (int)syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);
        if (fd < 0 && errno != EBADF)
            return -1;
        raised += fd >= 0 && raise_one(fd, published);
        if (fd >= 0)
            close(fd);
    }
    return raised;
}

bool backlog_raise(pid_t hypervisor, const struct publications *published)
{
    int wanted = 0, raised = -1;
    for (size_t i = 0; i < published->count; i++)
        wanted += !published->at[i].udp;
    if (!wanted)
        return true;
    int pidfd = (int)syscall(SYS_pidfd_open, hypervisor, 0);
    DIR *folder = opendir(text_format("/proc/%d/fd", (int)hypervisor));
    if (pidfd >= 0 && folder)
        raised = raise_all(pidfd, folder, published);
    if (folder)
        closedir(folder);
    if (pidfd >= 0)
        close(pidfd);
    return raised < 0 || raised >= wanted;
}
