/* SPDX-License-Identifier: MIT
 *
 * Names of AF_UNIX sockets: paths of files, and abstract ones, which begin with NUL.
 */
#include <string.h>

#include "libc-glue/unix_socket.h"

#define OWN_NAME_DIGITS 5

#define PATH_FROM offsetof(struct sockaddr_un, sun_path)

static struct unix_socket *abstract_names;
static unsigned last_own_name;

static bool same_name(const struct unix_socket *socket, const struct sockaddr_un *name,
                      socklen_t name_bytes)
{
    return socket->name_bytes == name_bytes && memcmp(&socket->name, name, name_bytes) == 0;
}

/* Each type has names of its own. */
static struct unix_socket *abstract_find(int type, const struct sockaddr_un *name,
                                         socklen_t name_bytes)
{
    struct unix_socket *socket = abstract_names;

    while (socket && (socket->base.type != type || !same_name(socket, name, name_bytes)))
        socket = socket->next_abstract;
    return socket;
}

static int abstract_bind(struct unix_socket *socket, const struct sockaddr_un *name,
                         socklen_t name_bytes)
{
    bool were_on = interrupts_off();
    int error = abstract_find(socket->base.type, name, name_bytes) ? -EADDRINUSE : 0;

    if (!error) {
        socket->name = *name;
        socket->name_bytes = name_bytes;
        socket->next_abstract = abstract_names;
        abstract_names = socket;
    }
    interrupts_restore(were_on);
    return error;
}

/* A name that nobody asked for in particular. */
static int own_bind(struct unix_socket *socket)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int error = -EADDRINUSE;

    while (error == -EADDRINUSE) {
        unsigned number = __atomic_add_fetch(&last_own_name, 1, __ATOMIC_RELAXED);
        for (int i = OWN_NAME_DIGITS; i > 0; i--, number >>= 4)
            name.sun_path[i] = "0123456789abcdef"[number & 0xf];
        error = abstract_bind(socket, &name, PATH_FROM + 1 + OWN_NAME_DIGITS);
    }
    return error;
}

/* A path need not end in NUL within its length. */
static int name_check(const struct sockaddr *name, socklen_t name_bytes, struct sockaddr_un *to)
{
    if (name_bytes < sizeof(sa_family_t) || name_bytes > sizeof *to || name->sa_family != AF_UNIX)
        return -EINVAL;
    memset(to, 0, sizeof *to);
    memcpy(to, name, name_bytes);
    return 0;
}

static void path_text(const struct sockaddr_un *name, char path[UNIX_PATH_MAX + 1])
{
    memcpy(path, name->sun_path, UNIX_PATH_MAX);
    path[UNIX_PATH_MAX] = '\0';
}

static int path_bind(struct unix_socket *socket, const struct sockaddr_un *name)
{
    struct making what = {.mode = S_IFSOCK | umask_apply(0777), .object = socket};
    char path[UNIX_PATH_MAX + 1];
    int error;

    path_text(name, path);
    error = file_make(AT_FDCWD, path, &what);
    if (error)
        return error == -EEXIST ? -EADDRINUSE : error;
    error = path_find(AT_FDCWD, path, PATH_NOFOLLOW, &socket->place);
    if (error)
        return error;
    socket->name = *name;
    socket->name_bytes = (socklen_t)(PATH_FROM + strlen(path) + 1);
    if (socket->name_bytes > sizeof socket->name)
        socket->name_bytes = sizeof socket->name;
    return 0;
}

int unix_bind(struct file *file, const struct sockaddr *given, socklen_t name_bytes)
{
    struct unix_socket *socket = unix_of(file);
    struct sockaddr_un name;
    int error = name_check(given, name_bytes, &name);

    if (error)
        return error;
    if (socket->name_bytes)
        return -EINVAL;
    if (name_bytes == PATH_FROM)
        return own_bind(socket);
    return name.sun_path[0] ? path_bind(socket, &name) : abstract_bind(socket, &name, name_bytes);
}

/* With interrupts off. */
void unix_unbind(struct unix_socket *socket)
{
    struct unix_socket **at = &abstract_names;

    if (socket->place.tree) {
        void **object = socket->place.tree->ops->object(socket->place);
        if (object && *object == socket)
            *object = NULL;
        place_drop(socket->place);
        socket->place.tree = NULL;
        return;
    }
    while (*at && *at != socket)
        at = &(*at)->next_abstract;
    if (*at)
        *at = socket->next_abstract;
}

static int path_socket(const char *path, struct unix_socket **found)
{
    struct place place;
    int error = path_find(AT_FDCWD, path, 0, &place);

    if (error)
        return error;
    bool were_on = interrupts_off();
    void **object = place.tree->ops->object ? place.tree->ops->object(place) : NULL;
    *found = object ? *object : NULL;
    if (*found)
        unix_hold(*found);
    interrupts_restore(were_on);
    place_drop(place);
    return *found ? 0 : -ECONNREFUSED;
}

int unix_find(int type, const struct sockaddr *given, socklen_t name_bytes,
              struct unix_socket **found)
{
    char path[UNIX_PATH_MAX + 1];
    struct sockaddr_un name;
    int error = name_check(given, name_bytes, &name);

    if (error)
        return error;
    if (name_bytes == PATH_FROM)
        return -EINVAL;
    path_text(&name, path);
    if (path[0])
        return path_socket(path, found);
    bool were_on = interrupts_off();
    *found = abstract_find(type, &name, name_bytes);
    if (*found)
        unix_hold(*found);
    interrupts_restore(were_on);
    return *found ? 0 : -ECONNREFUSED;
}

int unix_name(struct file *file, bool peer, struct sockaddr_storage *to)
{
    bool were_on = interrupts_off();
    struct unix_socket *socket = unix_of(file);
    int bytes = -ENOTCONN;

    if (peer)
        socket = socket->peer;
    if (socket) {
        bytes = socket->name_bytes ? (int)socket->name_bytes : (int)sizeof(sa_family_t);
        to->ss_family = AF_UNIX;
        if (socket->name_bytes)
            memcpy(to, &socket->name, socket->name_bytes);
    }
    interrupts_restore(were_on);
    return bytes;
}
