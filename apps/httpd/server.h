/* SPDX-License-Identifier: MIT
 *
 * A web server for files: one thread, one epoll. By file:
 *     httpd.c       options, start, the end
 *     loop.c        the loop: who is ready, who is late, who comes
 *     connection.c  bytes in, bytes out, of one connection
 *     answer.c      from a request to the pieces of its answer
 *     files.c       files and their ready-made answers
 *     request.c, target.c   what clients write, understood
 *     log.c         who asked for what
 */
#ifndef HTTPD_SERVER_H
#define HTTPD_SERVER_H

#include <netinet/in.h>
#include <sys/uio.h>

#include "request.h"
#include "target.h"

#define SERVER_NAME "thimble-httpd"

struct options {
    const char *address; /* NULL: all of them */
    unsigned port;
    const char *root;
    const char *log; /* a file, "-" for standard output, NULL for none */
    struct request_limits limits;
    uint64_t body_bytes_max; /* a body that comes with a request is read and ignored up to here */
    unsigned connections_max;
    unsigned cache_bytes;
    int head_ms, idle_ms, write_ms; /* how long a client may take */
    int stop_ms;                    /* for answers under way when the end is asked for */
};
extern struct options options;

/* ---- files.c ---- */

/* A file's answer, ready to be sent: head and, of a small file, body in one piece. */
struct file {
    struct file *next; /* of the same hash */
    unsigned users;    /* the table is one of them */
    uint32_t hash;
    bool gzip;   /* for clients that take it; what it names may be the plain file all the same */
    bool packed; /* this is the .gz beside the file */
    bool vary;
    int64_t checked_ms;
    int fd; /* of a large file, or -1 */
    uint64_t size_bytes;
    struct timespec modified;
    uint64_t inode;
    char tag[48];
    const char *type;
    char *target; /* what it was asked for by */
    size_t target_bytes;
    char *path;
    /* The head for 200, with Date: at date_at; it ends with the empty line. */
    char *bytes;
    size_t head_bytes, date_at;
    int64_t date_s;
    bool has_body; /* behind the head, size_bytes of it */
};

/* The file of a request. 0 and *file, which is held until file_release; else the status
 * to answer with. 301: *path is what it should be asked for by. */
int file_find(const struct request *request, struct file **file, char path[PATH_BYTES_MAX]);
void file_release(struct file *file);
/* The fields that tell this version of the file from others; their length. */
#define VALIDATORS_BYTES 160
int file_validators(const struct file *file, char to[VALIDATORS_BYTES]);
/* The date in the head is now's. */
void file_stamp(struct file *file);

/* ---- connection.c ---- */
struct connection {
    struct connection *next, *previous;
    int fd;
    bool writing;   /* waits to write, and reads nothing meanwhile */
    bool closing;   /* after what is to be written */
    bool lingering; /* all is said; what the client still says is thrown away */
    int64_t deadline_ms;
    char *in; /* the start of a request, limits.head_bytes of room, or NULL */
    size_t in_bytes;
    uint64_t skip_bytes; /* of a body that nobody wants */
    char *out;           /* what did not go out yet */
    size_t out_at, out_bytes;
    struct file *file; /* then this part of a file */
    uint64_t file_at, file_left;
    struct in6_addr peer;
};

struct connection *connection_new(int fd, const struct sockaddr_storage *peer);
void connection_close(struct connection *connection);
/* Something may be read or written, or its time has run out. It may be gone afterwards. */
void connection_ready(struct connection *connection);
void connection_late(struct connection *connection);
/* Told this status and sent away, whatever it wanted. */
void connection_dismiss(struct connection *connection, int status);
/* The server is ending: it goes now, or after the answer that is under way. */
void connection_stop(struct connection *connection);

/* Pieces of answers, sent together. They must stay as they are until the file that they
 * are of is let go of, which output_release sees to when they have gone out. */
void output_add(const void *bytes, size_t size);
void output_release(struct file *file);
/* Text that is made for this answer. */
void output_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The piece of a file that follows; nothing may be added behind it. */
void output_file(struct connection *connection, struct file *file, uint64_t at, uint64_t bytes);

/* ---- answer.c ---- */
void answer(struct connection *connection, const struct request *request);
/* For what is no request that could be understood, or comes too late. It is the last. */
void answer_error(struct connection *connection, const struct request *request, int status);

/* ---- loop.c ---- */
extern int64_t now_ms; /* since some start; read once a turn of the loop */
extern int64_t now_s;  /* since 1970 */
extern char now_date[DATE_BYTES + 1];
extern bool stopping;
extern unsigned connection_count;

int loop_listen(void); /* 0, or -1 with errno */
void loop_run(void);
void loop_stop(void); /* from a signal's handler */
void loop_watch(struct connection *connection, uint32_t events);
void loop_deadline(struct connection *connection, int after_ms);
void loop_forget(struct connection *connection); /* it closes */

/* ---- log.c ---- */
int log_open(void); /* 0, or -1 with errno */
void log_answer(const struct connection *connection, const struct request *request, int status,
                uint64_t bytes);
void log_flush(void);
extern bool log_wanted;

#endif
