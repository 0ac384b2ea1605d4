/* SPDX-License-Identifier: MIT
 *
 * Inputs: what each file is, judged by its name and its first bytes.
 */
#include "request.h"

#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "port.h"

static const char *const source_suffixes[] = {".c", ".i", ".S", ".s", ".sx", NULL};
static const char *const cplusplus_suffixes[] = {".cc",  ".cpp", ".cxx", ".c++", ".C",  ".cp",
                                                 ".CPP", ".hpp", ".hh",  ".hxx", ".ii", NULL};

static bool has_suffix(const char *path, const char *const *suffixes)
{
    const char *name = text_after_last(path, '/');
    for (; *suffixes; suffixes++)
        if (text_ends_with(name, *suffixes) && strlen(name) > strlen(*suffixes))
            return true;
    return false;
}

void refuse_cplusplus(const char *path)
{
    if (has_suffix(path, cplusplus_suffixes))
        die(EXIT_STATUS_FAILED, "%s: C++ programs cannot be built: the guest has a C library only",
            path);
}

void request_add_input(struct request *request, enum input_kind kind, const char *path)
{
    size_t bytes = sizeof *request->inputs, count = request->input_count;
    if ((count & (count - 1)) == 0)
        request->inputs =
            memory_grow(request->inputs, count * bytes, (count ? count * 2 : 1) * bytes);
    request->inputs[request->input_count++] = (struct input){
        .kind = kind,
        .path = path,
        .language = request->language,
        .object = kind == INPUT_SOURCE ? NULL : path,
    };
}

static void check_readable(const char *path)
{
    if (access(path, R_OK))
        die(EXIT_STATUS_FAILED, "%s: %s", path, strerror(errno));
}

/* Objects and archives are known by what they begin with, not by their names. */
static bool is_binary(const char *path)
{
    union {
        Elf64_Ehdr header;
        char bytes[64];
    } start = {0};
    ssize_t bytes = file_peek(path, &start, sizeof start);
    if (bytes >= 8 && memcmp(start.bytes, "!<arch>\n", 8) == 0)
        return true;
    if (bytes >= 8 && memcmp(start.bytes, "!<thin>\n", 8) == 0)
        return true;
    bool named = text_ends_with(path, ".o") || text_ends_with(path, ".a");
    if (bytes < 4 || memcmp(start.bytes, ELFMAG, SELFMAG) != 0) {
        if (named)
            die(EXIT_STATUS_FAILED, "%s: not %s", path,
                text_ends_with(path, ".a") ? "an archive" : "an object file");
        return false;
    }
    if (bytes < (ssize_t)sizeof start || start.header.e_ident[EI_CLASS] != ELFCLASS64 ||
        start.header.e_machine != EM_X86_64)
        die(EXIT_STATUS_FAILED, "%s: not an object file for x86-64", path);
    if (start.header.e_type == ET_DYN)
        die(EXIT_STATUS_FAILED, "%s: shared libraries cannot be linked into an image", path);
    if (start.header.e_type != ET_REL)
        die(EXIT_STATUS_FAILED, "%s: a finished program, expected an object file", path);
    return true;
}

/* Adds the sources in one folder, sorted by name. */
static size_t add_sources_of(struct request *request, const char *folder)
{
    struct strings names = {0};
    DIR *open_folder = opendir(folder);
    if (!open_folder)
        die(EXIT_STATUS_FAILED, "%s: %s", folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(open_folder));)
        if (entry->d_name[0] != '.' && has_suffix(entry->d_name, source_suffixes))
            strings_add(&names, text_copy(entry->d_name));
    closedir(open_folder);
    strings_sort(&names);
    for (size_t i = 0; i < names.count; i++)
        request_add_input(request, INPUT_SOURCE, text_format("%s/%s", folder, names.at[i]));
    return names.count;
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void add_folder(struct request *request, const char *path)
{
    char *folder = text_copy(path);
    while (strlen(folder) > 1 && text_ends_with(folder, "/"))
        folder[strlen(folder) - 1] = 0;
    size_t found = add_sources_of(request, folder);
    const char *inner = text_format("%s/src", folder);
    if (is_folder(inner))
        found += add_sources_of(request, inner);
    if (!found)
        die(EXIT_STATUS_FAILED, "%s: no .c or .S file in this folder", path);
    const char *root = text_format("%s/rootfs", folder);
    if (is_folder(root))
        strings_add(&request->roots, root);
}

void request_classify(struct input *input)
{
    const char *path = input->path;
    check_readable(path);
    if (!input->language)
        refuse_cplusplus(path);
    input->kind = INPUT_SOURCE;
    if (input->language || has_suffix(path, source_suffixes))
        return;
    if (!is_binary(path))
        die(EXIT_STATUS_FAILED,
            "%s: not something that can be built: expected .c, .S, .s, .o, .a or a folder", path);
    input->kind = INPUT_BINARY;
    input->object = path;
}

void request_add_file(struct request *request, const char *path)
{
    if (!request->name)
        request->name = request_stem(path);
    if (request->port)
        die(EXIT_STATUS_USAGE, "%s is built by its recipe: %s cannot be added to it", request->port,
            path);
    if (is_folder(path) && port_is(path)) {
        if (request->input_count)
            die(EXIT_STATUS_USAGE, "%s is built by its recipe: nothing can be added to it", path);
        request->port = path;
        return;
    }
    if (is_folder(path)) {
        add_folder(request, path);
        return;
    }
    request_add_input(request, INPUT_SOURCE, path);
    request_classify(&request->inputs[request->input_count - 1]);
}

static bool is_name(const char *text, size_t length)
{
    if (!length || isdigit((unsigned char)*text))
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '_' && !isalnum((unsigned char)text[i]))
            return false;
    return true;
}

void request_add_environment(struct request *request, const char *setting)
{
    size_t length = strcspn(setting, "=");
    if (!is_name(setting, length))
        die(EXIT_STATUS_USAGE, "-e %s: expected KEY=VALUE, KEY of letters, digits and _", setting);
    const char *value = setting[length] ? setting + length + 1 : getenv(setting);
    if (!value) /* -e KEY: as it is here, if it is */
        return;
    strings_addf(&request->environment, "%.*s=%s", (int)length, setting, value);
    if (length == 2 && strncmp(setting, "TZ", length) == 0)
        strings_add(&request->zones, *value == ':' ? value + 1 : value);
}

void request_add_root(struct request *request, const char *path)
{
    if (!is_folder(path))
        die(EXIT_STATUS_FAILED, "--rootfs %s: %s", path,
            access(path, F_OK) ? strerror(errno) : "not a folder");
    strings_add(&request->roots, path);
}

const char *request_stem(const char *path)
{
    char real[PATH_MAX];
    const char *name = text_after_last(path, '/');
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        name = realpath(path, real) ? text_after_last(real, '/') : "program";
    const char *dot = strrchr(name, '.');
    if (!*name)
        return "program";
    return dot && dot > name && !is_folder(path) ? text_copy_bytes(name, (size_t)(dot - name))
                                                 : text_copy(name);
}

const char *request_name(const char *output)
{
    const char *name = text_after_last(output, '/');
    size_t length = strlen(name);
    return length > 4 && text_ends_with(name, ".elf") ? text_copy_bytes(name, length - 4) : name;
}

void request_check(const struct request *request)
{
    bool files = request->port;
    for (size_t i = 0; i < request->input_count; i++)
        files |= request->inputs[i].kind != INPUT_LINK;
    if (!files)
        die(EXIT_STATUS_USAGE,
            "no input: expected .c, .S, .s, .o, .a or a folder (--help says more)");
    if (request->output && !*request->output)
        die(EXIT_STATUS_USAGE, "-o: the name is empty");
}

void request_settle(struct request *request)
{
    request_check(request);
    if (!request->output)
        request->output = text_format("%s.elf", request->name);
    else if (!text_ends_with(request->output, ".elf"))
        request->output = text_format("%s.elf", request->output);
    request->name = request_name(request->output);
}
