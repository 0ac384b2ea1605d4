/* SPDX-License-Identifier: MIT
 *
 * Buffered, hashed, all-or-nothing writing of one file.
 */
#include "output.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "temporary.h"

static _Noreturn void not_written(const struct output *output)
{
    die(EXIT_STATUS_FAILED, "%s: it cannot be written: %s", output->path, strerror(errno));
}

static void write_all(struct output *output, const uint8_t *bytes, size_t size_bytes)
{
    while (size_bytes) {
        ssize_t written = write(output->fd, bytes, size_bytes);
        if (written < 0 && errno != EINTR)
            not_written(output);
        if (written > 0) {
            bytes += written;
            size_bytes -= (size_t)written;
        }
    }
}

static void flush(struct output *output)
{
    write_all(output, output->buffer, output->buffered);
    output->buffered = 0;
}

/* A name in the folder of the output, or, for a device (-o /dev/null), in our own:
 * a device is never replaced. */
static char *temporary_name(struct output *output, const char *path)
{
    struct stat status;
    const char *name = text_after_last(path, '/');
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        if (!S_ISCHR(status.st_mode))
            die(EXIT_STATUS_FAILED, "%s: it cannot be written: not a regular file", path);
        output->discarded = true;
        return text_format("%s/output.XXXXXX", temporary_folder());
    }
    return text_format("%.*s.%.200s.XXXXXX", (int)(name - path), path, name);
}

struct output *output_open(const char *path)
{
    struct output *output = memory_new(sizeof *output);
    char *temporary = temporary_name(output, path);
    output->path = path;
    output->fd = mkstemp(temporary);
    if (output->fd < 0)
        not_written(output);
    output->temporary = temporary;
    temporary_add(temporary);
    output->hash = EVP_MD_CTX_new();
    if (!output->hash || !EVP_DigestInit_ex(output->hash, EVP_sha256(), NULL))
        die(EXIT_STATUS_FAILED, "SHA-256 is not available in this machine's libcrypto");
    return output;
}

void output_write_unhashed(struct output *output, const void *bytes, size_t size_bytes)
{
    output->size_bytes += size_bytes;
    if (size_bytes > sizeof output->buffer - output->buffered)
        flush(output);
    if (size_bytes > sizeof output->buffer) {
        write_all(output, bytes, size_bytes);
    } else if (size_bytes) {
        memcpy(output->buffer + output->buffered, bytes, size_bytes);
        output->buffered += size_bytes;
    }
}

void output_write(struct output *output, const void *bytes, size_t size_bytes)
{
    EVP_DigestUpdate(output->hash, bytes, size_bytes);
    output_write_unhashed(output, bytes, size_bytes);
}

void output_pad(struct output *output, uint64_t to_bytes)
{
    static const uint8_t zeros[4096];
    while (output->size_bytes < to_bytes) {
        uint64_t missing = to_bytes - output->size_bytes;
        output_write(output, zeros, missing < sizeof zeros ? (size_t)missing : sizeof zeros);
    }
}

void output_hash(struct output *output, uint8_t digest[32])
{
    EVP_DigestFinal_ex(output->hash, digest, NULL);
}

void output_patch(struct output *output, uint64_t at, const void *bytes, size_t size_bytes)
{
    flush(output);
    if (pwrite(output->fd, bytes, size_bytes, (off_t)at) != (ssize_t)size_bytes)
        not_written(output);
}

void output_close(struct output *output, mode_t mode)
{
    mode_t mask = umask(0);
    umask(mask);
    flush(output);
    EVP_MD_CTX_free(output->hash);
    if (fchmod(output->fd, mode & ~mask) || close(output->fd))
        not_written(output);
}

void output_publish(struct output *output)
{
    if (output->discarded)
        return;
    if (rename(output->temporary, output->path))
        not_written(output);
    temporary_forget(output->temporary);
}
