/* SPDX-License-Identifier: MIT
 *
 * From the names of glibc's binary interface to those of its manual.
 */
#include "glibc_names.h"

#include <string.h>

#include "tools/text.h"

/* Start-up, unwinding and the compiler's own: every image has what stands for them. */
static const char *const inner[] = {"__libc_start_main",
                                    "__gmon_start__",
                                    "__cxa_finalize",
                                    "__cxa_atexit",
                                    "__stack_chk_fail",
                                    "__stack_chk_guard",
                                    "main",
                                    "_GLOBAL_OFFSET_TABLE_",
                                    "__tls_get_addr",
                                    "_Jv_RegisterClasses",
                                    "__dso_handle",
                                    "__libc_csu_init",
                                    "__libc_csu_fini",
                                    "__register_atfork",
                                    "_Unwind_Resume",
                                    "__gcc_personality_v0",
                                    "__libc_single_threaded",
                                    NULL};

static const struct {
    const char *symbol, *name;
} others[] = {
    {"_IO_getc", "getc"},
    {"_IO_putc", "putc"},
    {"__assert", "assert"},
    {"__assert_fail", "assert"},
    {"__bzero", "bzero"},
    {"__ctype_b_loc", "isalpha"},
    {"__ctype_get_mb_cur_max", "mblen"},
    {"__ctype_tolower_loc", "tolower"},
    {"__ctype_toupper_loc", "toupper"},
    {"__environ", "getenv"},
    {"__errno_location", "errno"},
    {"__fdelt_chk", "FD_SET"},
    {"__fdelt_warn", "FD_SET"},
    {"__fpclassifyf", "fpclassify"},
    {"__fpclassifyl", "fpclassify"},
    {"__fxstat", "fstat"},
    {"__fxstatat", "fstatat"},
    {"__h_errno_location", "gethostbyname"},
    {"__libc_current_sigrtmax", "sigqueue"},
    {"__libc_current_sigrtmin", "sigqueue"},
    {"__lxstat", "lstat"},
    {"__open_2", "open"},
    {"__openat_2", "openat"},
    {"__overflow", "putc"},
    {"__res_init", "res_init"},
    {"__sched_cpualloc", "sched_getaffinity"},
    {"__sched_cpucount", "sched_getaffinity"},
    {"__sched_cpufree", "sched_getaffinity"},
    {"__sigsetjmp", "sigsetjmp"},
    {"__uflow", "getc"},
    {"__xmknod", "mknod"},
    {"__xpg_basename", "basename"},
    {"__xpg_strerror_r", "strerror_r"},
    {"__xstat", "stat"},
    {"_obstack_begin", "obstack_begin"},
    {"_setjmp", "setjmp"},
    {"environ", "getenv"},
    {"error_message_count", "error"},
    {"optarg", "getopt"},
    {"opterr", "getopt"},
    {"optind", "getopt"},
    {"optopt", "getopt"},
    {"stderr", "fprintf"},
    {"stdin", "fgetc"},
    {"stdout", "printf"},
};

static const char *known(const struct function_table *table, const char *name)
{
    const struct function *function = function_find(table, name);
    return function ? function->name : NULL;
}

/* The name without a prefix and a suffix that it has, when that is a function. */
static const char *between(const struct function_table *table, const char *symbol,
                           const char *prefix, const char *suffix)
{
    size_t cut = strlen(prefix) + strlen(suffix);
    if (strlen(symbol) <= cut || !text_starts_with(symbol, prefix) ||
        !text_ends_with(symbol, suffix))
        return NULL;
    return known(table, text_copy_bytes(symbol + strlen(prefix), strlen(symbol) - cut));
}

static const char *other_name(const char *symbol)
{
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i].symbol, symbol) == 0)
            return others[i].name;
    return NULL;
}

const char *glibc_name_of(const struct function_table *table, const char *symbol)
{
    static const char *const patterns[][2] = {{"__isoc99_", ""}, {"__isoc23_", ""}, {"__", "_chk"},
                                              {"", "64"},        {"__", "64_2"},    {"__", ""},
                                              {"__", "_finite"}};
    const char *name = other_name(symbol);
    if (name)
        return name;
    for (const char *const *word = inner; *word; word++)
        if (strcmp(*word, symbol) == 0)
            return NULL;
    if (text_starts_with(symbol, "_ITM_") || text_starts_with(symbol, "__libc_csu"))
        return NULL;
    if ((name = known(table, symbol)))
        return name;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        if ((name = between(table, symbol, patterns[i][0], patterns[i][1])))
            return name;
    size_t length = strlen(symbol);
    if (text_ends_with(symbol, "64")) /* __xstat64 */
        return (name = other_name(text_copy_bytes(symbol, length - 2))) ? name : symbol;
    return symbol;
}

bool glibc_is_library(const char *file)
{
    static const char *const names[] = {
        "libc.so",    "libm.so",   "libpthread.so", "librt.so",   "libdl.so",
        "libutil.so", "ld-linux",  "libgcc_s.so",   "libmvec.so", "libc.musl",
        "ld-musl",    "libanl.so", "libresolv.so",  NULL};
    for (const char *const *name = names; *name; name++)
        if (text_starts_with(file, *name))
            return true;
    return false;
}
