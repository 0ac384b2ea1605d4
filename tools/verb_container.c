/* SPDX-License-Identifier: MIT
 *
 * mkimage container: the same program as a container, written or run.
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build.h"
#include "container_run.h"
#include "values.h"
#include "verb.h"

struct options {
    struct container_request container; /* first: the options of build expect it here */
    struct container_run run;
    const char *run_only; /* an option was given that only --run can use */
    bool wants_run;
};

static void take_output(void *into, const char *name, const char *value)
{
    (void)name;
    ((struct options *)into)->container.build.output = value;
}

static void take_format(void *into, const char *name, const char *value)
{
    struct options *options = into;
    char *list = text_copy(value), *rest = list;
    for (char *format; (format = strsep(&rest, ","));) {
        const char *known = value_word(name, format, container_format_names);
        for (unsigned i = 0; container_format_names[i]; i++)
            if (container_format_names[i] == known)
                options->container.formats |= 1u << i;
    }
}

static void take_libc(void *into, const char *name, const char *value)
{
    ((struct options *)into)->container.libc =
        value_word(name, value, (const char *const[]){"glibc", "musl", NULL});
}

/* What registries take: lower case, digits, ._-/ between them, and one :TAG. */
static void take_tag(void *into, const char *name, const char *value)
{
    size_t length = strcspn(text_after_last(value, '/'), ":");
    const char *last = text_after_last(value, '/'), *tag = last + length;
    bool good = length && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789._-/:") ==
                              (size_t)(last - value) +
                                  strspn(last, "abcdefghijklmnopqrstuvwxyz0123456789._-:");
    for (const char *c = value; *c && c < tag; c++)
        good &= islower((unsigned char)*c) || isdigit((unsigned char)*c) || strchr("._-/:", *c);
    for (const char *c = tag + (*tag == ':'); *c; c++)
        good &= isalnum((unsigned char)*c) || strchr("._-", *c);
    if (!good || !isalnum((unsigned char)*value) || (*tag && !tag[1]))
        die(EXIT_STATUS_USAGE, "%s %s: expected NAME or NAME:TAG, NAME in lower case", name, value);
    ((struct options *)into)->container.tag = value;
}

static bool is_port(const char *text, size_t length)
{
    return length && length <= 5 && strspn(text, "0123456789") >= length && atoi(text) > 0 &&
           atoi(text) <= 65535;
}

/* "80" -> "80/tcp"; NULL when it is no port. */
static const char *port_of(const char *text)
{
    size_t length = strcspn(text, "/");
    if (!is_port(text, length) ||
        (text[length] && strcmp(text + length, "/tcp") != 0 && strcmp(text + length, "/udp") != 0))
        return NULL;
    return text[length] ? text : text_format("%s/tcp", text);
}

static void expose(struct options *options, const char *port)
{
    if (!strings_contain(&options->container.ports, port))
        strings_add(&options->container.ports, port);
}

static void take_expose(void *into, const char *name, const char *value)
{
    const char *port = port_of(value);
    if (!port)
        die(EXIT_STATUS_USAGE, "%s %s: expected PORT, PORT/tcp or PORT/udp", name, value);
    expose(into, port);
}

/* [IP:]HOST:PORT[/udp]; PORT alone is as --expose. */
static void take_publish(void *into, const char *name, const char *value)
{
    struct options *options = into;
    const char *inner = text_after_last(value, ':'), *port = port_of(inner);
    const char *host = text_copy_bytes(value, inner > value ? (size_t)(inner - value - 1) : 0);
    const char *number = text_after_last(host, ':');
    if (!port || (*host && !is_port(number, strlen(number))))
        die(EXIT_STATUS_USAGE, "%s %s: expected [IP:]HOST:PORT[/udp] or PORT[/udp]", name, value);
    expose(options, port);
    if (*host)
        strings_addf(&options->run.how.ports, "%s%s:%s", number == host ? "127.0.0.1:" : "", host,
                     port);
}

static void take_label(void *into, const char *name, const char *value)
{
    if (*value == '=' || !strchr(value, '='))
        die(EXIT_STATUS_USAGE, "%s %s: expected KEY=VALUE", name, value);
    strings_add(&((struct options *)into)->container.labels, value);
}

static void take_workdir(void *into, const char *name, const char *value)
{
    if (*value != '/' || strstr(value, "/.") || strstr(value, "//"))
        die(EXIT_STATUS_USAGE, "%s %s: expected an absolute path without . and ..", name, value);
    size_t length = strlen(value);
    while (length > 1 && value[length - 1] == '/')
        length--;
    ((struct options *)into)->container.workdir = text_copy_bytes(value, length);
}

static void take_user(void *into, const char *name, const char *value)
{
    size_t first = strspn(value, "0123456789"), second = 0;
    if (value[first] == ':')
        second = strspn(value + first + 1, "0123456789") + 1;
    if (!first || second == 1 || value[first + second] || first > 9 || second > 10)
        die(EXIT_STATUS_USAGE, "%s %s: expected UID or UID:GID: there is no passwd file inside",
            name, value);
    ((struct options *)into)->container.user = value;
}

static void take_run(void *into, const char *name, const char *value)
{
    (void)name, (void)value;
    ((struct options *)into)->wants_run = true;
}

static void take_engine(void *into, const char *name, const char *value)
{
    struct options *options = into;
    options->run_only = name;
    options->run.engine = value_word(
        name, value, (const char *const[]){"auto", "docker", "podman", "runc", "none", NULL});
}

static void take_start_engine(void *into, const char *name, const char *value)
{
    (void)value;
    ((struct options *)into)->run_only = name;
    ((struct options *)into)->run.start_engine = true;
}

static void take_memory(void *into, const char *name, const char *value)
{
    ((struct options *)into)->run_only = name;
    ((struct options *)into)->run.how.memory_bytes = value_size(name, value);
}

static void take_timeout(void *into, const char *name, const char *value)
{
    ((struct options *)into)->run_only = name;
    ((struct options *)into)->run.timeout_s = value_seconds(name, value);
}

static void take_name(void *into, const char *name, const char *value)
{
    if (!isalnum((unsigned char)*value) || !value[1])
        die(EXIT_STATUS_USAGE, "%s %s: expected letters, digits and ._-, at least two", name,
            value);
    for (const char *c = value; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
            die(EXIT_STATUS_USAGE, "%s %s: expected letters, digits and ._-", name, value);
    ((struct options *)into)->run_only = name;
    ((struct options *)into)->run.how.name = value;
}

static void take_net(void *into, const char *name, const char *value)
{
    static const char *const known[] = {"none", "host", "default", NULL};
    const char *network = value_word(name, value, known);
    ((struct options *)into)->run_only = name;
    ((struct options *)into)->run.how.network = network == known[2] ? NULL : network;
}

static void take_volume(void *into, const char *name, const char *value)
{
    char *folder = text_copy(value), *path = strchr(folder, ':'), real[PATH_MAX];
    if (path)
        *path++ = 0;
    if (!path || *path != '/')
        die(EXIT_STATUS_USAGE, "%s %s: expected DIR:PATH or DIR:PATH:ro, PATH absolute", name,
            value);
    const char *mode = strchr(path, ':');
    if (mode && strcmp(mode, ":ro") != 0 && strcmp(mode, ":rw") != 0)
        die(EXIT_STATUS_USAGE, "%s %s: after the second colon goes ro or rw", name, value);
    if (!realpath(folder, real))
        die(EXIT_STATUS_FAILED, "%s %s: %s: %s", name, value, folder, strerror(errno));
    ((struct options *)into)->run_only = name;
    strings_addf(&((struct options *)into)->run.how.volumes, "%s:%s", real, path);
}

static void take_nothing(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
}

static void take_help(void *into, const char *name, const char *value)
{
    (void)into, (void)name, (void)value;
    verb_help(&verb_container, stdout);
    exit(0);
}

static const struct option_row rows[] = {
    {"-o", "--output", OPTION_VALUE, "NAME", take_output,
     "call it NAME, and the program /NAME (default: after the first FILE)"},
    {"-f", "--format", OPTION_VALUE, "FORMAT,...", take_format,
     "oci (default): NAME.oci/; oci-archive: NAME.oci.tar; docker: NAME.docker.tar; "
     "tar: NAME.tar, the root; dir: NAME.rootfs/"},
    {NULL, "--libc", OPTION_VALUE, "LIBC", take_libc, "glibc (default: the host's own) or musl"},
    {"-t", "--tag", OPTION_VALUE, "NAME[:TAG]", take_tag, "the image's name (default NAME:latest)"},
    {NULL, "--expose", OPTION_VALUE, "PORT", take_expose,
     "the program listens there: PORT or PORT/udp"},
    {"-p", "--publish", OPTION_VALUE, "PORTS", take_publish,
     "[IP:]HOST:PORT[/udp]: exposes PORT; with --run it is at HOST of 127.0.0.1 or IP"},
    {NULL, "--label", OPTION_VALUE, "KEY=VALUE", take_label, "a label of the image"},
    {NULL, "--workdir", OPTION_VALUE, "PATH", take_workdir, "where the program starts (default /)"},
    {"-u", "--user", OPTION_VALUE, "UID[:GID]", take_user, "who it runs as (default root inside)"},
    {"-h", "--help", OPTION_FLAG, NULL, take_help, "this text"},
    {0},
};

static const struct option_row run_rows[] = {
    {NULL, "--run", OPTION_FLAG, NULL, take_run,
     "run it; its exit status is ours (and write it only when -f is given)"},
    {NULL, "--engine", OPTION_VALUE, "ENGINE", take_engine,
     "docker, podman, runc, or none: the kernel's namespaces alone (default: the first there)"},
    {NULL, "--start-engine", OPTION_FLAG, NULL, take_start_engine,
     "start a private dockerd when none runs (needs root)"},
    {"-m", "--memory", OPTION_VALUE, "SIZE", take_memory, "limit its memory: 64M, 1G"},
    {"-v", "--volume", OPTION_VALUE, "DIR:PATH[:ro]", take_volume, "DIR appears at PATH"},
    {NULL, "--net", OPTION_VALUE, "NET", take_net, "none, host or default: what the engine does"},
    {NULL, "--timeout", OPTION_VALUE, "SECONDS", take_timeout, "stop it then, with status 124"},
    {NULL, "--name", OPTION_VALUE, "NAME", take_name, "the container's name"},
    {NULL, "--rm", OPTION_FLAG, NULL, take_nothing, "accepted: nothing ever stays behind"},
    {0},
};

static const struct option_group groups[] = {
    {"options", rows},
    {"running it", run_rows},
    {"the program", build_option_rows},
    {"options for the compiler and linker", compile_option_rows},
    {0},
};

static void take_file(void *into, const char *word)
{
    request_add_file(&((struct options *)into)->container.build, word);
}

static void take_argument(void *into, const char *word)
{
    strings_add(&((struct options *)into)->container.build.arguments, word);
}

static int run(const char *const *argv)
{
    struct options options = {.container.build = {.mode = 0666, .relative_debug = true}};
    const struct option_rules rules = {groups, take_file, take_argument, NULL};
    struct container container;
    options_parse(&rules, &options, argv);
    if (options.run_only && !options.wants_run)
        die(EXIT_STATUS_USAGE, "%s is for running a container: add --run", options.run_only);
    if (!options.container.formats && !options.wants_run)
        options.container.formats = 1u << CONTAINER_OCI;
    container_build(&options.container, &container);
    options.run.quiet = options.container.build.quiet;
    if (options.wants_run)
        return container_run(&container, &options.run);
    for (unsigned i = 0; i < CONTAINER_FORMATS && !options.run.quiet; i++)
        if (container.paths[i])
            printf("%s%s  %s\n", container.paths[i],
                   i == CONTAINER_OCI || i == CONTAINER_DIR ? "/" : "",
                   text_size(container.sizes_bytes[i]));
    return 0;
}

const struct verb verb_container = {
    .name = "container",
    .synopsis = "[options] FILE... [-- ARG...]",
    .summary = "build the container of the same program, or run it",
    .text = "Compiles the same sources for Linux, statically, and puts the program and its root\n"
            "file system into a container image: nothing else is in it. With --run it runs with\n"
            "the container engine that is there, and ends with the program's exit status; also:\n"
            "124 after --timeout, 125 when the engine has trouble, 128 + the signal that ended it.",
    .options = groups,
    .run = run,
};
