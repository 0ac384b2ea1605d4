/* SPDX-License-Identifier: MIT
 *
 * Bytes that must be handed over to run the program elsewhere.
 */
#include <ftw.h>
#include <sys/stat.h>

#include "comparison.h"
#include "initramfs.h"

static double file_bytes(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (double)status.st_size : 0;
}

static double tree_gzip_bytes;

static int add_gzip(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)place;
    if (kind == FTW_F)
        tree_gzip_bytes += (double)gzip_bytes(path);
    return 0;
}

static void size_engine(struct report *report, const struct container *container)
{
    report_sample(report, ROW_SIZE, COLUMN_ENGINE, (double)container->sizes_bytes[CONTAINER_OCI]);
    tree_gzip_bytes = 0;
    nftw(container->paths[CONTAINER_OCI], add_gzip, 8, FTW_PHYS);
    report_sample(report, ROW_SIZE_COMPRESSED, COLUMN_ENGINE, tree_gzip_bytes);
    report_words(report, ROW_SIZE_PARTS, COLUMN_ENGINE,
                 "layer %s, configuration and index %s; program with %s: %s",
                 text_size(container->layer_gzip_bytes),
                 text_size(container->sizes_bytes[CONTAINER_OCI] - container->layer_gzip_bytes),
                 container->libc, text_size(container->program_bytes));
}

static void size_runc(struct report *report, const struct container *container)
{
    report_sample(report, ROW_SIZE, COLUMN_RUNC, (double)container->layer_bytes);
    report_sample(report, ROW_SIZE_COMPRESSED, COLUMN_RUNC, (double)container->layer_gzip_bytes);
    report_words(report, ROW_SIZE_PARTS, COLUMN_RUNC,
                 "the root file system as a tar: the program %s, the rest files and tar headers",
                 text_size(container->program_bytes));
}

static void size_linux(struct report *report, enum column column, const char *kernel,
                       const char *initramfs, const char *what)
{
    report_sample(report, ROW_SIZE, column, file_bytes(kernel) + file_bytes(initramfs));
    report_sample(report, ROW_SIZE_COMPRESSED, column,
                  (double)(gzip_bytes(kernel) + gzip_bytes(initramfs)));
    report_words(report, ROW_SIZE_PARTS, column, "kernel %s, initramfs (%s) %s",
                 text_size((unsigned long long)file_bytes(kernel)), what,
                 text_size((unsigned long long)file_bytes(initramfs)));
}

void measure_size(struct comparison *comparison)
{
    struct report *report = &comparison->report;
    const struct container *container = &comparison->program.container;
    const char *image = comparison->program.image, *kernel = comparison->kernel.path;
    progress("sizes");
    size_engine(report, container);
    size_runc(report, container);
    if (comparison->program.initramfs)
        size_linux(report, COLUMN_LINUX, kernel, comparison->program.initramfs,
                   "init and the container's root");
    if (comparison->inner_initramfs)
        size_linux(report, COLUMN_INNER, kernel, comparison->inner_initramfs,
                   "with runc and its libraries");
    report_sample(report, ROW_SIZE, COLUMN_THIMBLE, file_bytes(image));
    report_sample(report, ROW_SIZE_COMPRESSED, COLUMN_THIMBLE, (double)gzip_bytes(image));
    report_words(report, ROW_SIZE_PARTS, COLUMN_THIMBLE,
                 "one ELF image: kernel, C library, program, files");
}
