/* SPDX-License-Identifier: MIT
 *
 * The users and groups that a program may ask for: the lines of /etc/passwd and
 * /etc/group in the root file system, or one line for root when there are none.
 */
#define _GNU_SOURCE /* cuserid */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 2048 /* what the functions without a buffer of the caller's hold */

/* A file of lines that is being read, or its one default line. */
struct lines {
    const char *path, *default_line;
    FILE *file;
    bool default_given;
};

static struct lines passwd_lines = {.path = "/etc/passwd",
                                    .default_line = "root:*:0:0:root:/:/bin/sh"};
static struct lines group_lines = {.path = "/etc/group", .default_line = "root:*:0:"};

static void lines_close(struct lines *lines)
{
    if (lines->file)
        fclose(lines->file);
    lines->file = NULL;
    lines->default_given = false;
}

/* 0, ENOENT behind the last line, ERANGE when it does not fit. */
static int line_next(struct lines *lines, char *to, size_t size_bytes)
{
    if (!lines->file && !lines->default_given && !(lines->file = fopen(lines->path, "re"))) {
        lines->default_given = true;
        if (strlen(lines->default_line) >= size_bytes)
            return ERANGE;
        strcpy(to, lines->default_line);
        return 0;
    }
    if (!lines->file || size_bytes < 2 || !fgets(to, (int)size_bytes, lines->file))
        return size_bytes < 2 ? ERANGE : ENOENT;
    size_t length = strlen(to);
    if (to[length - 1] == '\n')
        to[length - 1] = '\0';
    else if (!feof(lines->file))
        return ERANGE;
    return 0;
}

static char *field(char **rest)
{
    char *text = strsep(rest, ":");

    return text ? text : (char *)"";
}

static bool passwd_parse(char *line, struct passwd *user)
{
    char *rest = line, *end;

    *user = (struct passwd){.pw_name = field(&rest), .pw_passwd = field(&rest)};
    user->pw_uid = (uid_t)strtoul(field(&rest), &end, 10);
    user->pw_gid = (gid_t)strtoul(field(&rest), &end, 10);
    user->pw_gecos = field(&rest);
    user->pw_comment = (char *)"";
    user->pw_dir = field(&rest);
    user->pw_shell = field(&rest);
    return *user->pw_name && rest == NULL;
}

/* The members' list is put behind the line, in the same buffer. */
static int group_parse(char *line, size_t size_bytes, struct group *group)
{
    size_t used = (strlen(line) + 1 + sizeof(char *) - 1) / sizeof(char *) * sizeof(char *);
    char *rest = line, *end, *members;
    size_t count = 0;

    *group = (struct group){.gr_name = field(&rest), .gr_passwd = field(&rest)};
    group->gr_gid = (gid_t)strtoul(field(&rest), &end, 10);
    members = field(&rest);
    char **list = (char **)(void *)(line + used + (-(size_t)line % sizeof(char *)));
    group->gr_mem = list;
    do {
        if ((char *)(list + count + 1) > line + size_bytes)
            return ERANGE;
        list[count++] = members && *members ? strsep(&members, ",") : NULL;
    } while (list[count - 1]);
    return 0;
}

/* Finds by name, or by number when name is NULL. Each search has a file of its own. */
static int passwd_find(const char *name, uid_t number, struct passwd *user, char *to,
                       size_t size_bytes, struct passwd **found)
{
    struct lines lines = {.path = passwd_lines.path, .default_line = passwd_lines.default_line};
    int error;

    *found = NULL;
    while (!(error = line_next(&lines, to, size_bytes)))
        if (passwd_parse(to, user) &&
            (name ? strcmp(user->pw_name, name) == 0 : user->pw_uid == number)) {
            *found = user;
            break;
        }
    lines_close(&lines);
    return error == ENOENT ? 0 : error;
}

static int group_find(const char *name, gid_t number, struct group *group, char *to,
                      size_t size_bytes, struct group **found)
{
    struct lines lines = {.path = group_lines.path, .default_line = group_lines.default_line};
    int error;

    *found = NULL;
    while (!(error = line_next(&lines, to, size_bytes)) &&
           !(error = group_parse(to, size_bytes, group)))
        if (name ? strcmp(group->gr_name, name) == 0 : group->gr_gid == number) {
            *found = group;
            break;
        }
    lines_close(&lines);
    return error == ENOENT ? 0 : error;
}

int getpwnam_r(const char *name, struct passwd *user, char *to, size_t size_bytes,
               struct passwd **found)
{
    return passwd_find(name, 0, user, to, size_bytes, found);
}

int getpwuid_r(uid_t number, struct passwd *user, char *to, size_t size_bytes,
               struct passwd **found)
{
    return passwd_find(NULL, number, user, to, size_bytes, found);
}

int getgrnam_r(const char *name, struct group *group, char *to, size_t size_bytes,
               struct group **found)
{
    return group_find(name, 0, group, to, size_bytes, found);
}

int getgrgid_r(gid_t number, struct group *group, char *to, size_t size_bytes, struct group **found)
{
    return group_find(NULL, number, group, to, size_bytes, found);
}

/* ---- with a buffer of our own ---- */

static char passwd_line[LINE_BYTES], group_line[LINE_BYTES];
static struct passwd passwd_found;
static struct group group_found;

struct passwd *getpwnam(const char *name)
{
    struct passwd *found;
    int error = passwd_find(name, 0, &passwd_found, passwd_line, sizeof passwd_line, &found);

    if (error)
        errno = error;
    return found;
}

struct passwd *getpwuid(uid_t number)
{
    struct passwd *found;
    int error = passwd_find(NULL, number, &passwd_found, passwd_line, sizeof passwd_line, &found);

    if (error)
        errno = error;
    return found;
}

struct group *getgrnam(const char *name)
{
    struct group *found;
    int error = group_find(name, 0, &group_found, group_line, sizeof group_line, &found);

    if (error)
        errno = error;
    return found;
}

struct group *getgrgid(gid_t number)
{
    struct group *found;
    int error = group_find(NULL, number, &group_found, group_line, sizeof group_line, &found);

    if (error)
        errno = error;
    return found;
}

void setpwent(void)
{
    lines_close(&passwd_lines);
}

void endpwent(void)
{
    lines_close(&passwd_lines);
}

struct passwd *getpwent(void)
{
    while (line_next(&passwd_lines, passwd_line, sizeof passwd_line) == 0)
        if (passwd_parse(passwd_line, &passwd_found))
            return &passwd_found;
    return NULL;
}

void setgrent(void)
{
    lines_close(&group_lines);
}

void endgrent(void)
{
    lines_close(&group_lines);
}

struct group *getgrent(void)
{
    if (line_next(&group_lines, group_line, sizeof group_line) == 0 &&
        group_parse(group_line, sizeof group_line, &group_found) == 0)
        return &group_found;
    return NULL;
}

/* The groups that name a user, and the one that is given. */
int getgrouplist(const char *user, gid_t first, gid_t *groups, int *count)
{
    struct lines lines = {.path = group_lines.path, .default_line = group_lines.default_line};
    char line[LINE_BYTES];
    struct group group;
    int room = *count, total = 0;

    if (total++ < room)
        groups[0] = first;
    while (line_next(&lines, line, sizeof line) == 0 && group_parse(line, sizeof line, &group) == 0)
        for (char **member = group.gr_mem; *member; member++)
            if (strcmp(*member, user) == 0 && group.gr_gid != first && total++ < room)
                groups[total - 1] = group.gr_gid;
    lines_close(&lines);
    *count = total;
    return total > room ? -1 : total;
}

/* Who we are is settled by getuid(). */
char *getlogin(void)
{
    struct passwd *user = getpwuid(getuid());

    return user ? user->pw_name : (char *)"root";
}

int getlogin_r(char *to, size_t size_bytes)
{
    const char *name = getlogin();

    if (strlen(name) >= size_bytes)
        return ERANGE;
    strcpy(to, name);
    return 0;
}

char *cuserid(char *to)
{
    static char own[L_cuserid];
    char *place = to ? to : own;

    if (getlogin_r(place, L_cuserid))
        *place = '\0';
    return place;
}
