/* SPDX-License-Identifier: MIT
 *
 * The host's C compiler, and the flags that make it compile for a target: the
 * guest, or Linux as it is here.
 */
#ifndef THIMBLE_TOOLS_COMPILER_H
#define THIMBLE_TOOLS_COMPILER_H

#include "request.h"

/* What the same sources are compiled for. */
struct target {
    const char *suffix;       /* of its objects, so that two targets of one build keep apart */
    const char *const *flags; /* ours, before the user's */
    bool sysroot; /* the guest's headers, libraries and linker script; else the host's */
};

extern const struct target target_guest, target_linux;

struct compiler {
    const struct target *target;
    struct strings command; /* its name, and words before any flag ("ccache gcc") */
    const char *include;    /* its own headers: stddef.h, immintrin.h */
    const char *libgcc;     /* its support library */
};

/* For the guest. chosen: --cc; else $THIMBLE_CC, else gcc, else clang. Asks the
 * compiler where its parts are. */
struct compiler compiler_find(const char *chosen);

/* The same for who only compiles: it asks one question less, and makes of programs have a
 * thousand files. */
struct compiler compiler_find_headers(const char *chosen);

/* For Linux, with the C library that the compiler comes with. */
struct compiler compiler_for_linux(const char *chosen);

/* Only the command, without asking anything. */
struct strings compiler_command(const char *chosen);

/* command + our flags + the user's. */
struct strings compiler_arguments(const struct compiler *compiler, const struct request *request);

/* Sorts one compile flag of the user into the request. */
void compiler_want_debug(struct request *request); /* -g, unless the user has said */
void compiler_take_flag(struct request *request, const char *flag);

/* Compiles every source of the request into the temporary folder, several at a
 * time, and fills in input->object. The compiler's words appear in input order. */
void compile_sources(struct request *request, const struct compiler *compiler);

#endif
