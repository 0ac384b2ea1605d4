/* SPDX-License-Identifier: MIT
 *
 * From the target of a request to the path of a file, and values of other fields that
 * need no file to be understood.
 */
#ifndef HTTPD_TARGET_H
#define HTTPD_TARGET_H

#include <time.h>

#include "request.h"

#define PATH_BYTES_MAX 1024 /* of a path, decoded */

/* The path below the root, decoded and without "." and "..": "" for the root, no slash in
 * front. It is left with a slash at its end when the target has one. 0, or -400 for what
 * is no path or leads out of the root, -414 when it is too long. */
int target_path(struct span target, char path[PATH_BYTES_MAX]);
struct span target_query(struct span target); /* with its question mark */

/* "bytes=0-99": of a file of `size` bytes. 1: from *first to *last; 0: to be ignored; -1:
 * nothing of the file is meant (416). */
int range_parse(struct span value, uint64_t size, uint64_t *first, uint64_t *last);

#define DATE_BYTES 29 /* "Sun, 06 Nov 1994 08:49:37 GMT" */
void date_write(time_t when, char to[DATE_BYTES + 1]);
time_t date_parse(struct span value); /* -1: it is none */

/* Is the tag in the list of If-Match or If-None-Match? weak: tags that are weak count. */
bool tag_matches(struct span list, const char *tag, bool weak);

#endif
