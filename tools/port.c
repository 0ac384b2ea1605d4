/* SPDX-License-Identifier: MIT
 *
 * Runs recipes.
 */
#include "port.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contents.h"
#include "file.h"
#include "finish.h"
#include "image.h"
#include "process.h"
#include "sysroot.h"
#include "temporary.h"

#define RECIPE "recipe"

bool port_is(const char *folder)
{
    struct stat status;
    const char *recipe = text_format("%s/" RECIPE, folder);
    return stat(recipe, &status) == 0 && S_ISREG(status.st_mode) && access(recipe, X_OK) == 0;
}

/* In the source tree what was built is kept beside the sysroot; elsewhere there is no
 * place for it. */
static const char *work_folder(const char *name, bool for_linux)
{
    const char *sysroot = sysroot_path();
    if (!text_ends_with(sysroot, "/sysroot"))
        return temporary_path(for_linux ? "port-linux" : "port");
    const char *build = text_copy_bytes(sysroot, strlen(sysroot) - strlen("sysroot"));
    const char *ports = text_format("%s%s", build, for_linux ? "ports-linux" : "ports");
    if (mkdir(ports, 0777) && errno != EEXIST)
        die(EXIT_STATUS_FAILED, "%s: %s", ports, strerror(errno));
    return text_format("%s/%s", ports, name);
}

/* Returns the folder with what it made. */
static const char *recipe_run(const char *folder, bool for_linux)
{
    struct strings argv = {0};
    char self[PATH_MAX], real[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !realpath(folder, real))
        die(EXIT_STATUS_FAILED, "%s: %s", folder, strerror(errno));
    self[length] = 0;
    const char *work = work_folder(text_after_last(real, '/'), for_linux);
    setenv("MKIMAGE", self, 1);
    setenv("PORT_SYSTEM", for_linux ? "Linux" : "Thimble", 1);
    strings_addf(&argv, "%s/" RECIPE, real);
    strings_add(&argv, work);
    if (process_wait(process_start(&argv, STDERR_FILENO, -1)))
        die(EXIT_STATUS_FAILED, "%s: its recipe failed", folder);
    return work;
}

static void add_root(struct strings *roots, const char *folder)
{
    struct stat status;
    const char *root = text_format("%s/rootfs", folder);
    if (stat(root, &status) == 0 && S_ISDIR(status.st_mode))
        strings_add(roots, root);
}

/* What the recipe left in rootfs/, the port's rootfs/ over it, the folders of the request over
 * that. */
static void add_roots(struct request *request, const char *work)
{
    struct strings roots = {0};
    add_root(&roots, work);
    add_root(&roots, request->port);
    strings_append(&roots, &request->roots);
    request->roots = roots;
}

/* The recipe's arguments are in the image, unless the request has some. */
static void add_arguments(struct request *request, const struct image *image)
{
    struct contents contents;
    const char *why;
    if (request->arguments.count)
        return;
    if (contents_read(image, &contents, &why))
        die(EXIT_STATUS_FAILED, "%s: %s", image->path, why);
    for (size_t i = 1; i < contents.arguments.count; i++)
        strings_add(&request->arguments, contents.arguments.at[i]);
}

unsigned long long port_image(const struct request *original)
{
    struct request request = *original;
    const char *work = recipe_run(request.port, false);
    const char *program = text_format("%s/program.elf", work);
    struct image image;
    if (access(program, F_OK))
        die(EXIT_STATUS_FAILED, "%s: it is a library, for the recipes of other programs",
            request.port);
    if (image_open(&image, program, program))
        exit(EXIT_STATUS_FAILED);
    add_roots(&request, work);
    add_arguments(&request, &image);
    /* Their build systems ask for debug information; who wants it here says so himself. */
    bool debug = request.debug || request.debug_file;
    unsigned long long bytes = finish_image_again(&request, &image, debug);
    image_close(&image);
    return bytes;
}

const char *port_for_linux(struct request *request)
{
    const char *work = recipe_run(request->port, true);
    const char *program = text_format("%s/program", work);
    struct file_bytes bytes;
    if (access(program, F_OK))
        die(EXIT_STATUS_FAILED, "%s: it is a library, for the recipes of other programs",
            request->port);
    add_roots(request, work);
    if (request->arguments.count || file_map(text_format("%s/arguments", work), &bytes))
        return program;
    char *text = text_copy_bytes((const char *)bytes.bytes, bytes.size_bytes);
    file_unmap(&bytes);
    for (char *line; (line = strsep(&text, "\n"));)
        if (*line)
            strings_add(&request->arguments, text_copy(line));
    return program;
}
