/* SPDX-License-Identifier: MIT
 *
 * The first process of the conventional VM: mounts what a Linux program expects,
 * runs the program with the serial line as its terminal, hands its exit status to
 * the host, and stops the machine.
 *     init run WORDS ENVIRONMENT        the program itself
 *     init repeat COUNT WORDS           a command, several times
 *     init service                      as a service of systemd: words and environment are
 *                                       on the kernel's command line, the root is a folder
 * Words are percent-encoded and joined by %00, because Linux takes few words and
 * none with spaces on its command line. Each start is announced by MARK.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/route.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define WORDS_MAX       256
#define PORT_DEBUG_EXIT 0xf4 /* as in kernel/abi/console.h */
#define PROGRAM_ROOT    "/srv/program"
#define MARK            "\020P"
#define MARK_END        "\020E"

static void mount_all(void)
{
    static const struct {
        const char *type, *at;
    } mounts[] = {{"proc", "/proc"},
                  {"sysfs", "/sys"},
                  {"devtmpfs", "/dev"},
                  {"cgroup2", "/sys/fs/cgroup"},
                  {"tmpfs", "/run"}};
    for (size_t i = 0; i < sizeof mounts / sizeof *mounts; i++) {
        mkdir(mounts[i].at, 0755);
        mount(mounts[i].type, mounts[i].at, mounts[i].type, 0, NULL);
    }
    mkdir("/tmp", 01777);
}

/* Bytes go to the host as the program wrote them. */
static void open_console(void)
{
    struct termios settings;
    int fd = open("/dev/ttyS0", O_RDWR);
    if (fd < 0)
        return;
    if (tcgetattr(fd, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(fd, TCSANOW, &settings);
    }
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    if (fd > 2)
        close(fd);
}

static void set_address(int fd, const char *device, unsigned long what, const char *address)
{
    struct ifreq request = {0};
    struct sockaddr_in in = {.sin_family = AF_INET};
    inet_pton(AF_INET, address, &in.sin_addr);
    strcpy(request.ifr_name, device);
    memcpy(&request.ifr_addr, &in, sizeof in);
    ioctl(fd, what, &request);
}

static void set_up(int fd, const char *device)
{
    struct ifreq request = {.ifr_flags = IFF_UP | IFF_RUNNING};
    strcpy(request.ifr_name, device);
    ioctl(fd, SIOCSIFFLAGS, &request);
}

/* The kernel's word ip=ADDRESS::GATEWAY:MASK..., which a kernel without that option hands
 * to its first process as a variable. The modules are those that initramfs.c put there. */
static void open_network(void)
{
    char address[64] = "", gateway[64] = "", mask[64] = "", path[32];
    const char *word = getenv("ip");
    int fd;
    for (int i = 0; snprintf(path, sizeof path, "/modules/%02d.ko", i),
             (fd = open(path, O_RDONLY | O_CLOEXEC)) >= 0;
         i++) {
        syscall(SYS_finit_module, fd, "", 0);
        close(fd);
    }
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    set_up(fd, "lo");
    if (!word || sscanf(word, "%63[0-9.]::%63[0-9.]:%63[0-9.]", address, gateway, mask) != 3)
        return;
    struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
    struct sockaddr_in to = {.sin_family = AF_INET};
    memcpy(&route.rt_dst, &to, sizeof to);
    memcpy(&route.rt_genmask, &to, sizeof to);
    inet_pton(AF_INET, gateway, &to.sin_addr);
    memcpy(&route.rt_gateway, &to, sizeof to);
    set_address(fd, "eth0", SIOCSIFADDR, address);
    set_address(fd, "eth0", SIOCSIFNETMASK, mask);
    set_up(fd, "eth0");
    ioctl(fd, SIOCADDRT, &route);
    close(fd);
}

static int hex(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c >= 'A' ? c - 'A' + 10 : c - '0';
}

/* Decodes in place; returns a list that ends with NULL. */
static char **decode(char *text)
{
    static char *lists[2][WORDS_MAX + 1];
    static int next;
    char **list = lists[next++ & 1], *to = text;
    int count = 0;
    if (strcmp(text, "-") == 0)
        return list;
    list[count++] = text;
    while (*text) {
        char c = *text++;
        if (c == '%' && text[0] && text[1]) {
            c = (char)(hex(text[0]) << 4 | hex(text[1]));
            text += 2;
        }
        *to++ = c;
        if (!c && count < WORDS_MAX)
            list[count++] = to;
    }
    *to = 0;
    return list;
}

static void announce(const char *mark)
{
    if (write(1, mark, strlen(mark)) < 0)
        return;
}

/* root: the program's, when it is not ours; or NULL. */
static int run(char **words, char **environment, const char *root)
{
    announce(MARK);
    pid_t pid = fork();
    if (pid == 0) {
        if (root && (chroot(root) || chdir("/")))
            _exit(127);
        if (root)
            mount_all();
        setsid(); /* but no controlling terminal: its end would hang up ours */
        execve(words[0], words, environment);
        dprintf(2, "%s cannot be started\n", words[0]);
        _exit(127);
    }
    int status = 0;
    while (waitpid(-1, &status, 0) != pid)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static _Noreturn void stop(int status)
{
    tcdrain(1);
    if (ioperm(PORT_DEBUG_EXIT, 4, 1) == 0)
        outl((unsigned)status, PORT_DEBUG_EXIT);
    reboot(RB_AUTOBOOT);
    for (;;)
        pause();
}

#define COMMAND_LINE_BYTES 4096

/* Copies what follows a name on the kernel's command line; "-" when it is not there. */
static char *kernel_word(const char *line, const char *name, char to[COMMAND_LINE_BYTES])
{
    const char *found = strstr(line, name);
    const char *value = found ? found + strlen(name) : "-";
    snprintf(to, COMMAND_LINE_BYTES, "%.*s", (int)strcspn(value, " \n"), value);
    return to;
}

static int serve(void)
{
    static char line[COMMAND_LINE_BYTES], words[COMMAND_LINE_BYTES], settings[COMMAND_LINE_BYTES];
    int fd = open("/proc/cmdline", O_RDONLY);
    if (fd < 0 || read(fd, line, sizeof line - 1) <= 0)
        return 125;
    close(fd);
    open_console();
    return run(decode(kernel_word(line, "thimble.words=", words)),
               decode(kernel_word(line, "thimble.environment=", settings)), PROGRAM_ROOT);
}

int main(int argc, char **argv)
{
    static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL};
    int status = 125;
    if (argc == 2 && strcmp(argv[1], "service") == 0)
        stop(serve());
    mount_all();
    open_console();
    open_network();
    if (argc >= 4 && strcmp(argv[1], "run") == 0)
        status = run(decode(argv[2]), decode(argv[3]), NULL);
    if (argc >= 4 && strcmp(argv[1], "repeat") == 0) {
        char **words = decode(argv[3]);
        for (int i = atoi(argv[2]); i > 0; i--) {
            status = run(words, (char **)environment, NULL);
            announce(MARK_END);
        }
    }
    stop(status);
}
