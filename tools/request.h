/* SPDX-License-Identifier: MIT
 *
 * What the user asked for: inputs, in the order they were given, and how to
 * treat them. build, run and cc fill it, each from its own command line.
 */
#ifndef THIMBLE_TOOLS_REQUEST_H
#define THIMBLE_TOOLS_REQUEST_H

#include "text.h"

enum input_kind {
    INPUT_SOURCE, /* to be compiled */
    INPUT_BINARY, /* an object or an archive */
    INPUT_LINK,   /* a word for the linker whose place among the files matters: -lz */
};

struct input {
    enum input_kind kind;
    const char *path;     /* as the user wrote it, or the word */
    const char *language; /* -x LANGUAGE, or NULL */
    const char *object;   /* what the linker takes */
};

struct request {
    struct input *inputs;
    size_t input_count;
    struct strings compile_flags;
    struct strings link_flags;
    struct strings roots;       /* folders laid over each other as the root */
    struct strings environment; /* KEY=VALUE */
    struct strings zones;       /* time zones that TZ named */
    struct strings arguments;   /* argv[1..] */
    const char *port;           /* a folder with a recipe instead of inputs, or NULL */
    const char *name;           /* argv[0] of the program */
    const char *output;
    const char *compiler;    /* --cc, or NULL */
    const char *debug_file;  /* where debug information goes besides, or NULL */
    const char *map;         /* --map: where the linker's map goes, or NULL */
    const char *language;    /* of the files that follow (-x) */
    unsigned mode;           /* permissions of the output */
    bool debug;              /* keep what -g made */
    bool optimised;          /* the user said how much */
    bool relative_debug;     /* debug information names no absolute folder */
    bool link_value_ignored; /* the next linker word belongs to one that was left out */
    bool quiet;
};

/* A file or folder given on the command line. Dies when it is nothing to build from. */
void request_add_file(struct request *request, const char *path);
void request_add_input(struct request *request, enum input_kind kind, const char *path);
/* Finds out whether a file is a source or a binary. Dies when it is neither. */
void request_classify(struct input *input);
void request_add_environment(struct request *request, const char *setting);
void request_add_root(struct request *request, const char *path);

/* Checks that there is something to build, and that the output's name can be one. */
void request_check(const struct request *request);

/* Checks that there is something to build, and settles name and output. */
void request_settle(struct request *request);

/* "app.c" -> "app", "dir/app/" -> "app": what an output is called. */
const char *request_stem(const char *path);

/* "dir/app.elf" -> "app": the program's argv[0]. */
const char *request_name(const char *output);

/* Does nothing but refuse, in words, an input that is C++. */
void refuse_cplusplus(const char *path);

#endif
