/* SPDX-License-Identifier: MIT
 *
 * From a request to the pieces of its answer.
 */
#include <stdio.h>
#include <string.h>

#include "server.h"

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        {301, "Moved Permanently"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Error";
}

/* What stays unsaid is what the version has by default. */
static const char *connection_field(const struct connection *connection,
                                    const struct request *request)
{
    if (connection->closing)
        return "Connection: close\r\n";
    return request->minor ? "" : "Connection: keep-alive\r\n";
}

static bool is_head(const struct request *request)
{
    return request->method == METHOD_HEAD;
}

/* An answer that is words. more: further fields, each with its end. */
static void answer_words(struct connection *connection, const struct request *request, int status,
                         const char *more)
{
    char body[160];
    const char *reason = reason_of(status);
    int bytes = snprintf(body, sizeof body, "<!DOCTYPE html><title>%d %s</title><h1>%d %s</h1>\n",
                         status, reason, status, reason);
    output_printf("HTTP/1.1 %d %s\r\nServer: " SERVER_NAME "\r\nDate: %s\r\n"
                  "Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n%s%s\r\n%s",
                  status, reason, now_date, bytes, more, connection_field(connection, request),
                  is_head(request) ? "" : body);
    if (log_wanted)
        log_answer(connection, request, status, is_head(request) ? 0 : (uint64_t)bytes);
}

void answer_error(struct connection *connection, const struct request *request, int status)
{
    connection->closing = connection->lingering = true;
    answer_words(connection, request, status, status == 503 ? "Retry-After: 1\r\n" : "");
}

/* To the same place with a slash. A path that is written anew cannot lead elsewhere. */
static void answer_moved(struct connection *connection, const struct request *request,
                         const char *path)
{
    char more[3 * PATH_BYTES_MAX + sizeof "Location: //\r\n"], *to = more;
    struct span query = target_query(request->target);
    to += sprintf(to, "Location: /");
    for (; *path; path++)
        if (strchr("-._~/!$&'()*+,;=:@", *path) || (*path >= '0' && *path <= '9') ||
            (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z'))
            *to++ = *path;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*path);
    *to++ = '/';
    if (query.size < (size_t)(more + sizeof more - to) - 2) {
        memcpy(to, query.at, query.size);
        to += query.size;
    }
    strcpy(to, "\r\n");
    answer_words(connection, request, 301, more);
}

/* 304 or 412 when the client has the file, or another one, already; else 0. */
static int check_conditions(const struct request *request, const struct file *file)
{
    if (request->if_match.at && !tag_matches(request->if_match, file->tag, false))
        return 412;
    if (!request->if_match.at && request->if_unmodified_since.at) {
        time_t since = date_parse(request->if_unmodified_since);
        if (since >= 0 && file->modified.tv_sec > since)
            return 412;
    }
    if (request->if_none_match.at)
        return tag_matches(request->if_none_match, file->tag, true) ? 304 : 0;
    if (request->if_modified_since.at && file->modified.tv_sec) {
        time_t since = date_parse(request->if_modified_since);
        if (since >= 0 && file->modified.tv_sec <= since)
            return 304;
    }
    return 0;
}

/* If-Range: a range of this version of the file, or all of another one. */
static bool range_is_wanted(const struct request *request, const struct file *file)
{
    if (!request->range.at || request->method != METHOD_GET)
        return false;
    if (!request->if_range.at)
        return true;
    if (request->if_range.size && *request->if_range.at == '"')
        return tag_matches(request->if_range, file->tag, false);
    return file->modified.tv_sec && date_parse(request->if_range) == file->modified.tv_sec;
}

static void add_body(struct connection *connection, struct file *file, uint64_t at, uint64_t bytes)
{
    if (file->has_body)
        output_add(file->bytes + file->head_bytes + at, bytes);
    else if (bytes)
        output_file(connection, file, at, bytes);
}

static void answer_unchanged(struct connection *connection, const struct request *request,
                             const struct file *file)
{
    char validators[VALIDATORS_BYTES];
    file_validators(file, validators);
    output_printf("HTTP/1.1 304 Not Modified\r\nServer: " SERVER_NAME "\r\nDate: %s\r\n%s%s%s\r\n",
                  now_date, validators, file->vary ? "Vary: Accept-Encoding\r\n" : "",
                  connection_field(connection, request));
    if (log_wanted)
        log_answer(connection, request, 304, 0);
}

static void answer_part(struct connection *connection, const struct request *request,
                        struct file *file, uint64_t first, uint64_t last)
{
    char validators[VALIDATORS_BYTES];
    file_validators(file, validators);
    output_printf(
        "HTTP/1.1 206 Partial Content\r\nServer: " SERVER_NAME "\r\nDate: %s\r\n"
        "Content-Type: %s\r\nContent-Length: %llu\r\n"
        "Content-Range: bytes %llu-%llu/%llu\r\n%s%s%s%s"
        "\r\n",
        now_date, file->type, (unsigned long long)(last - first + 1), (unsigned long long)first,
        (unsigned long long)last, (unsigned long long)file->size_bytes, validators,
        file->packed ? "Content-Encoding: gzip\r\n" : "",
        file->vary ? "Vary: Accept-Encoding\r\n" : "", connection_field(connection, request));
    add_body(connection, file, first, last - first + 1);
    if (log_wanted)
        log_answer(connection, request, 206, last - first + 1);
}

/* The head is ready-made; a field about the connection goes before its empty line. */
static void answer_whole(struct connection *connection, const struct request *request,
                         struct file *file)
{
    const char *field = connection_field(connection, request);
    bool head = is_head(request);
    size_t small_bytes = !head && file->has_body ? file->size_bytes : 0;
    file_stamp(file);
    if (!*field) {
        output_add(file->bytes, file->head_bytes + small_bytes);
    } else {
        output_add(file->bytes, file->head_bytes - 2);
        output_add(field, strlen(field));
        output_add(file->bytes + file->head_bytes - 2, 2 + small_bytes);
    }
    if (!head && !file->has_body)
        output_file(connection, file, 0, file->size_bytes);
    if (log_wanted)
        log_answer(connection, request, 200, head ? 0 : file->size_bytes);
}

static void answer_file(struct connection *connection, const struct request *request,
                        struct file *file)
{
    uint64_t first, last;
    if (request->if_match.at || request->if_none_match.at || request->if_modified_since.at ||
        request->if_unmodified_since.at) {
        int status = check_conditions(request, file);
        if (status == 304) {
            answer_unchanged(connection, request, file);
            return;
        }
        if (status) {
            answer_words(connection, request, status, "");
            return;
        }
    }
    if (range_is_wanted(request, file)) {
        int found = range_parse(request->range, file->size_bytes, &first, &last);
        if (found > 0) {
            answer_part(connection, request, file, first, last);
            return;
        }
        if (found < 0) {
            char more[64];
            snprintf(more, sizeof more, "Content-Range: bytes */%llu\r\n",
                     (unsigned long long)file->size_bytes);
            answer_words(connection, request, 416, more);
            return;
        }
    }
    answer_whole(connection, request, file);
}

/* A body that comes with the request is not looked at; when it is not worth reading
 * either, the answer is the last on this connection. */
static void skip_body(struct connection *connection, const struct request *request)
{
    if (request->chunked || request->expects)
        connection->closing = connection->lingering = true;
    else
        connection->skip_bytes = request->body_bytes;
}

void answer(struct connection *connection, const struct request *request)
{
    char path[PATH_BYTES_MAX];
    struct file *file;
    connection->closing = !request->persist || stopping;
    if (request->body_bytes > options.body_bytes_max) {
        answer_error(connection, request, 413);
        return;
    }
    if (request->body_bytes || request->chunked)
        skip_body(connection, request);
    if (request->method == METHOD_UNKNOWN) {
        answer_words(connection, request, 501, "");
        return;
    }
    if (request->method == METHOD_OTHER) {
        answer_words(connection, request, 405, "Allow: GET, HEAD\r\n");
        return;
    }
    int status = file_find(request, &file, path);
    if (status == 301)
        answer_moved(connection, request, path);
    else if (status)
        answer_words(connection, request, status, status == 503 ? "Retry-After: 1\r\n" : "");
    else {
        answer_file(connection, request, file);
        output_release(file);
    }
}
