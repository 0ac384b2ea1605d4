/* SPDX-License-Identifier: MIT
 *
 * Files, and the table of those that were asked for: by target as it was sent, so that
 * who asks again is answered without looking at a path.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

#define TABLE_SLOTS     256
#define BODY_BYTES_MAX  16384 /* of bodies that are kept with their heads */
#define TARGET_KEPT_MAX 512
#define LOOK_AGAIN_MS   1000 /* a file that changes is seen after so long */
#define HEAD_ROOM_BYTES 512

static struct file *table[TABLE_SLOTS];
static size_t table_bytes;

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {"html", "text/html; charset=utf-8"},
        {"htm", "text/html; charset=utf-8"},
        {"css", "text/css; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"},
        {"mjs", "text/javascript; charset=utf-8"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"txt", "text/plain; charset=utf-8"},
        {"md", "text/markdown; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"},
        {"xml", "application/xml"},
        {"xhtml", "application/xhtml+xml"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"gif", "image/gif"},
        {"webp", "image/webp"},
        {"avif", "image/avif"},
        {"ico", "image/vnd.microsoft.icon"},
        {"bmp", "image/bmp"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"mp3", "audio/mpeg"},
        {"ogg", "audio/ogg"},
        {"wav", "audio/wav"},
        {"mp4", "video/mp4"},
        {"webm", "video/webm"},
        {"pdf", "application/pdf"},
        {"zip", "application/zip"},
        {"gz", "application/gzip"},
        {"tar", "application/x-tar"},
        {"wasm", "application/wasm"},
    };
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; i++)
        if (span_is((struct span){dot + 1, strlen(dot + 1)}, types[i][0]))
            return types[i][1];
    return "application/octet-stream";
}

static uint32_t hash_of(struct span target, bool gzip)
{
    uint32_t hash = 2166136261u + gzip;
    for (size_t i = 0; i < target.size; i++)
        hash = (hash ^ (unsigned char)target.at[i]) * 16777619u;
    return hash ^ hash >> 15;
}

void file_release(struct file *file)
{
    if (--file->users)
        return;
    if (file->fd >= 0)
        close(file->fd);
    free(file->bytes);
    free(file->path);
    free(file->target);
    free(file);
}

static size_t kept_bytes(const struct file *file)
{
    return sizeof *file + file->target_bytes + file->head_bytes +
           (file->has_body ? file->size_bytes : 0);
}

static void drop(struct file **place)
{
    struct file *file = *place;
    *place = file->next;
    table_bytes -= kept_bytes(file);
    file_release(file);
}

static void keep(struct file *file)
{
    if (table_bytes + kept_bytes(file) > options.cache_bytes)
        for (unsigned i = 0; i < TABLE_SLOTS; i++)
            while (table[i])
                drop(&table[i]);
    if (file->target_bytes > TARGET_KEPT_MAX || kept_bytes(file) > options.cache_bytes)
        return;
    file->next = table[file->hash % TABLE_SLOTS];
    table[file->hash % TABLE_SLOTS] = file;
    table_bytes += kept_bytes(file);
    file->users++;
}

static int status_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case ENXIO:
        return 404;
    case EACCES:
    case EPERM:
        return 403;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        return 503;
    default:
        return 500;
    }
}

void file_stamp(struct file *file)
{
    if (file->date_s == now_s)
        return;
    file->date_s = now_s;
    memcpy(file->bytes + file->date_at, now_date, DATE_BYTES);
}

/* What tells one version of a file from another: its bytes, when there are few; else its
 * time. Packed files may have none (1970), and then there is no tag either. */
static void make_tag(struct file *file, const char *body)
{
    uint64_t hash = 14695981039346656037u;
    if (!file->has_body && !file->modified.tv_sec)
        return;
    if (!file->has_body)
        hash = (uint64_t)file->modified.tv_sec * 1000000000 + (uint64_t)file->modified.tv_nsec;
    for (size_t i = 0; file->has_body && i < file->size_bytes; i++)
        hash = (hash ^ (unsigned char)body[i]) * 1099511628211u;
    snprintf(file->tag, sizeof file->tag, "\"%llx-%llx%s\"", (unsigned long long)hash,
             (unsigned long long)file->size_bytes, file->packed ? "-gz" : "");
}

int file_validators(const struct file *file, char to[VALIDATORS_BYTES])
{
    char modified[DATE_BYTES + 1];
    int length = 0;
    *to = 0;
    date_write(file->modified.tv_sec, modified);
    if (file->modified.tv_sec)
        length += sprintf(to, "Last-Modified: %s\r\n", modified);
    if (*file->tag)
        length += sprintf(to + length, "ETag: %s\r\n", file->tag);
    return length;
}

static int make_head(struct file *file, const char *body)
{
    char validators[VALIDATORS_BYTES];
    static const char start[] = "HTTP/1.1 200 OK\r\nServer: " SERVER_NAME "\r\nDate: ";
    file->bytes = malloc(HEAD_ROOM_BYTES + (file->has_body ? file->size_bytes : 0));
    if (!file->bytes)
        return -1;
    make_tag(file, body);
    file_validators(file, validators);
    file->date_at = sizeof start - 1;
    file->head_bytes = (size_t)snprintf(
        file->bytes, HEAD_ROOM_BYTES,
        "%s%s\r\nContent-Type: %s\r\nContent-Length: %llu\r\n%sAccept-Ranges: bytes\r\n%s%s\r\n",
        start, now_date, file->type, (unsigned long long)file->size_bytes, validators,
        file->packed ? "Content-Encoding: gzip\r\n" : "",
        file->vary ? "Vary: Accept-Encoding\r\n" : "");
    file->date_s = now_s;
    return 0;
}

/* The body of a small file; its descriptor is not needed any longer. A file that is
 * shorter than it was a moment ago is changing: 503, ask again. */
static int read_body(struct file *file, char to[BODY_BYTES_MAX])
{
    for (size_t done = 0; done < file->size_bytes;) {
        ssize_t count = pread(file->fd, to + done, file->size_bytes - done, (off_t)done);
        if (count <= 0)
            return -1;
        done += (size_t)count;
    }
    close(file->fd);
    file->fd = -1;
    return 0;
}

static bool is_regular(const char *path, struct stat *status)
{
    return stat(path, status) == 0 && S_ISREG(status->st_mode);
}

/* The compressed one beside it, unless that is older. */
static const char *with_gz(const char *path, const struct stat *plain, char *packed, size_t room,
                           struct stat *status)
{
    int length = snprintf(packed, room, "%s.gz", path);
    return length > 0 && (size_t)length < room && is_regular(packed, status) &&
                   status->st_mtime >= plain->st_mtime
               ? packed
               : NULL;
}

static int load(struct file *file, const char *path, const struct stat *status)
{
    static char body[BODY_BYTES_MAX];
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file->fd < 0)
        return status_of(errno);
    file->size_bytes = (uint64_t)status->st_size;
    file->modified = status->st_mtim;
    file->inode = (uint64_t)status->st_ino;
    file->has_body = file->size_bytes <= BODY_BYTES_MAX;
    if (!(file->path = strdup(path)) || (file->has_body && read_body(file, body)) ||
        make_head(file, body))
        return 503;
    if (file->has_body)
        memcpy(file->bytes + file->head_bytes, body, file->size_bytes);
    return 0;
}

/* Makes an answer for the file at `path`. */
static int file_new(const struct request *request, uint32_t hash, const char *path,
                    const struct stat *plain, struct file **made)
{
    char packed_path[2 * PATH_BYTES_MAX];
    struct stat packed;
    const char *other = with_gz(path, plain, packed_path, sizeof packed_path, &packed);
    struct file *file = calloc(1, sizeof *file);
    if (!file)
        return 503;
    file->users = 1;
    file->fd = -1;
    file->hash = hash;
    file->gzip = request->gzip;
    file->vary = other != NULL;
    file->packed = other && request->gzip;
    file->type = type_of(path);
    file->checked_ms = now_ms;
    file->target = malloc(request->target.size + 1);
    int status = file->target
                     ? load(file, file->packed ? other : path, file->packed ? &packed : plain)
                     : 503;
    if (status) {
        file_release(file);
        return status;
    }
    memcpy(file->target, request->target.at, request->target.size);
    file->target_bytes = request->target.size;
    keep(file);
    *made = file;
    return 0;
}

static int look_up(const struct request *request, uint32_t hash, struct file **file,
                   char path[PATH_BYTES_MAX])
{
    char full[2 * PATH_BYTES_MAX];
    struct stat status;
    int result = target_path(request->target, path);
    if (result)
        return -result;
    int length = snprintf(full, sizeof full, "%s/%s", options.root, path);
    if (length < 0 || (size_t)length + sizeof "/index.html" > sizeof full)
        return 414;
    if (stat(full, &status))
        return status_of(errno);
    if (S_ISDIR(status.st_mode)) {
        if (*path && path[strlen(path) - 1] != '/')
            return 301;
        strcat(full, *path ? "index.html" : "/index.html");
        if (stat(full, &status))
            return errno == ENOENT ? 403 : status_of(errno); /* folders are not listed */
    }
    if (!S_ISREG(status.st_mode))
        return 403;
    return file_new(request, hash, full, &status, file);
}

static bool has_changed(struct file *file)
{
    struct stat status;
    file->checked_ms = now_ms;
    return !is_regular(file->path, &status) || (uint64_t)status.st_size != file->size_bytes ||
           (uint64_t)status.st_ino != file->inode ||
           status.st_mtim.tv_sec != file->modified.tv_sec ||
           status.st_mtim.tv_nsec != file->modified.tv_nsec;
}

int file_find(const struct request *request, struct file **file, char path[PATH_BYTES_MAX])
{
    uint32_t hash = hash_of(request->target, request->gzip);
    struct file **place = &table[hash % TABLE_SLOTS];
    for (; *place; place = &(*place)->next) {
        struct file *one = *place;
        if (one->hash != hash || one->gzip != request->gzip ||
            one->target_bytes != request->target.size ||
            memcmp(one->target, request->target.at, request->target.size) != 0)
            continue;
        if (now_ms - one->checked_ms > LOOK_AGAIN_MS && has_changed(one)) {
            drop(place);
            break;
        }
        one->users++;
        *file = one;
        return 0;
    }
    return look_up(request, hash, file, path);
}
