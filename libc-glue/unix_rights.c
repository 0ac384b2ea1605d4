/* SPDX-License-Identifier: MIT
 *
 * Control messages of AF_UNIX: descriptors that travel, and who sent them.
 */
#include <string.h>

#include "libc-glue/unix_socket.h"

void rights_drop(struct rights *rights)
{
    for (unsigned i = 0; rights && i < rights->count; i++)
        file_put(rights->files[i]);
    object_free(rights);
}

static int files_take(struct rights *rights, const struct cmsghdr *control)
{
    const int *fds = (const int *)CMSG_DATA(control);
    size_t count = (control->cmsg_len - CMSG_LEN(0)) / sizeof(int);

    for (size_t i = 0; i < count; i++) {
        if (rights->count == RIGHTS_MAX)
            return -EINVAL;
        rights->files[rights->count] = fd_get(fds[i]);
        if (!rights->files[rights->count])
            return -EBADF;
        rights->count++;
    }
    return 0;
}

/* The one process is who it says it is, or nobody. */
static int credentials_check(const struct cmsghdr *control)
{
    struct ucred who;

    if (control->cmsg_len != CMSG_LEN(sizeof who))
        return -EINVAL;
    memcpy(&who, CMSG_DATA(control), sizeof who);
    return who.pid == 1 && who.uid == 0 && who.gid == 0 ? 0 : -EPERM;
}

static int control_take(const struct message *message, struct rights **rights)
{
    struct msghdr list = {.msg_control = message->control,
                          .msg_controllen = message->control_bytes};
    const char *end = (const char *)message->control + message->control_bytes;

    for (struct cmsghdr *at = CMSG_FIRSTHDR(&list); at; at = CMSG_NXTHDR(&list, at)) {
        int error = 0;
        if (at->cmsg_len < sizeof *at || at->cmsg_len > (size_t)(end - (const char *)at))
            return -EINVAL;
        if (at->cmsg_level != SOL_SOCKET)
            continue;
        if (at->cmsg_type == SCM_CREDENTIALS)
            error = credentials_check(at);
        else if (at->cmsg_type != SCM_RIGHTS)
            error = -EINVAL;
        else if (!*rights && !(*rights = object_new(sizeof **rights)))
            error = -ENOBUFS;
        else
            error = files_take(*rights, at);
        if (error)
            return error;
    }
    return 0;
}

int rights_take(const struct message *message, struct rights **rights)
{
    int error;

    *rights = NULL;
    if (!message->control)
        return 0;
    error = control_take(message, rights);
    if (error) {
        rights_drop(*rights);
        *rights = NULL;
    }
    return error;
}

/* Appends one control message; false: no room. */
static bool append(struct message *message, size_t *used, int type, const void *data, size_t bytes)
{
    if (!message->control || *used + CMSG_LEN(bytes) > message->control_bytes) {
        message->flags |= MSG_CTRUNC;
        return false;
    }
    struct cmsghdr *at = (void *)((char *)message->control + *used);
    *at = (struct cmsghdr){CMSG_LEN(bytes), SOL_SOCKET, type};
    memcpy(CMSG_DATA(at), data, bytes);
    *used += CMSG_SPACE(bytes);
    if (*used > message->control_bytes)
        *used = message->control_bytes;
    return true;
}

static void files_give(struct message *message, size_t *used, const struct rights *rights)
{
    int fds[RIGHTS_MAX];
    size_t room = message->control_bytes - *used, count = 0;
    int flags = message->flags & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0;

    while (count < rights->count && CMSG_LEN((count + 1) * sizeof(int)) <= room) {
        __atomic_add_fetch(&rights->files[count]->references, 1, __ATOMIC_RELAXED);
        fds[count] = fd_install_new(rights->files[count], flags);
        if (fds[count] < 0)
            break;
        count++;
    }
    if (count < rights->count)
        message->flags |= MSG_CTRUNC;
    if (count)
        append(message, used, SCM_RIGHTS, fds, count * sizeof(int));
}

/* Also sets message->flags to what came, as the last step of receiving. */
void rights_give(struct message *message, const struct rights *rights, bool credentials)
{
    static const struct ucred self = {.pid = 1};
    size_t used = 0;

    message->flags &= MSG_CMSG_CLOEXEC;
    if (credentials)
        append(message, &used, SCM_CREDENTIALS, &self, sizeof self);
    if (rights && message->control)
        files_give(message, &used, rights);
    else if (rights)
        message->flags |= MSG_CTRUNC;
    message->control_bytes = used;
}
