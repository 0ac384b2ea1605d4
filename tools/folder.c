/* SPDX-License-Identifier: MIT
 *
 * All-or-nothing writing of one folder.
 */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary.h"
#include "text.h"
#include "tree.h"

static _Noreturn void not_written(const char *path)
{
    die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", path, strerror(errno));
}

/* An empty folder is nobody's: it can be removed, so it is. */
static void check_replaceable(const char *path, const char *mark)
{
    struct stat status;
    if (lstat(path, &status))
        return;
    if (S_ISDIR(status.st_mode) && access(text_format("%s/%s", path, mark), F_OK) == 0)
        return;
    if (S_ISDIR(status.st_mode) && rmdir(path) == 0)
        return;
    die(EXIT_STATUS_FAILED, "%s: this is here already and not written by %s: it is left alone",
        path, program_name);
}

const char *folder_open(const char *path, const char *mark)
{
    check_replaceable(path, mark);
    const char *name = text_after_last(path, '/');
    char *temporary = text_format("%.*s.%.200s.XXXXXX", (int)(name - path), path, name);
    if (!mkdtemp(temporary))
        not_written(path);
    temporary_add(temporary);
    return temporary;
}

void folder_publish(const char *temporary, const char *path)
{
    mode_t mask = umask(0);
    umask(mask);
    if (chmod(temporary, 0777 & ~mask))
        not_written(path);
    if (rename(temporary, path) == 0) {
        temporary_forget(temporary);
        return;
    }
    /* An older one is there: they change places, then it is the old one that goes. */
    if ((errno != ENOTEMPTY && errno != EEXIST) ||
        renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_EXCHANGE))
        not_written(path);
    tree_remove(temporary);
    temporary_forget(temporary);
}
