/* SPDX-License-Identifier: MIT
 *
 * What files refer to and do not have: symbols of objects, of archives' members, of
 * programs and libraries that Linux would load. The files are untrusted; elf64.h is
 * the gate.
 */
#ifndef THIMBLE_TOOLS_DOCTOR_NEEDS_H
#define THIMBLE_TOOLS_DOCTOR_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/text.h"

#define LIBRARY_UNTOLD "one of them" /* of several, and the file does not say which */

struct need {
    const char *symbol;
    const char *library; /* the shared library that it is bound to, or NULL */
    bool weak;           /* it may stay away */
};

struct needs {
    struct need *at;
    size_t count, capacity;
    struct strings defined;   /* by the files themselves */
    struct strings libraries; /* shared libraries that the files name, without the C library's */
};

enum needs_form { NEEDS_OTHER, NEEDS_OBJECT, NEEDS_ARCHIVE, NEEDS_LINUX };

/* What a file is by its first bytes; NEEDS_OTHER is left to the compiler. */
enum needs_form needs_form_of(const char *path);

/* All three die with a sentence about the file when it cannot be read. */
void needs_of_object(struct needs *needs, const char *path);
void needs_of_archive(struct needs *needs, const char *path);
void needs_of_linux(struct needs *needs, const char *path); /* its dynamic symbols */

/* Takes out what the files define themselves, sorts, leaves each symbol once. */
void needs_settle(struct needs *needs);

#endif
