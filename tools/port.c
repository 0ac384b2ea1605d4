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
static const char *work_folder(const char *name)
{
    const char *sysroot = sysroot_path();
    if (!text_ends_with(sysroot, "/sysroot"))
        return temporary_path("port");
    const char *build = text_copy_bytes(sysroot, strlen(sysroot) - strlen("sysroot"));
    const char *ports = text_format("%sports", build);
    if (mkdir(ports, 0777) && errno != EEXIST)
        die(EXIT_STATUS_FAILED, "%s: %s", ports, strerror(errno));
    return text_format("%s/%s", ports, name);
}

static const char *recipe_run(const char *folder)
{
    struct strings argv = {0};
    char self[PATH_MAX], real[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !realpath(folder, real))
        die(EXIT_STATUS_FAILED, "%s: %s", folder, strerror(errno));
    self[length] = 0;
    const char *work = work_folder(text_after_last(real, '/'));
    setenv("MKIMAGE", self, 1);
    strings_addf(&argv, "%s/" RECIPE, real);
    strings_add(&argv, work);
    if (process_wait(process_start(&argv, STDERR_FILENO, -1)))
        die(EXIT_STATUS_FAILED, "%s: its recipe failed", folder);
    return text_format("%s/program.elf", work);
}

/* Files: the port's rootfs/, the folders of the request over it. Arguments: the recipe's,
 * unless the request has some. */
static void add_defaults(struct request *request, const struct image *image)
{
    struct strings roots = {0};
    struct contents contents;
    const char *own = text_format("%s/rootfs", request->port), *why;
    struct stat status;
    if (stat(own, &status) == 0 && S_ISDIR(status.st_mode))
        strings_add(&roots, own);
    strings_append(&roots, &request->roots);
    request->roots = roots;
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
    const char *program = recipe_run(request.port);
    struct image image;
    if (access(program, F_OK))
        die(EXIT_STATUS_FAILED, "%s: it is a library, for the recipes of other programs",
            request.port);
    if (image_open(&image, program, program))
        exit(EXIT_STATUS_FAILED);
    add_defaults(&request, &image);
    unsigned long long bytes = finish_image_again(&request, &image);
    image_close(&image);
    return bytes;
}
