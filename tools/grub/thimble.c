/* SPDX-License-Identifier: MIT
 *
 * A GRUB module that stands in for four of GRUB's own. GRUB's multiboot2 loader
 * drags in the network stack, the video drivers, the Linux loader and with it
 * the menu and the cryptography: 320 KB of modules to be read and unpacked
 * before the kernel, for a dozen functions. These are the dozen, saying "there
 * is none"; with them GRUB starts in half the time and takes a third of the room.
 *
 * GRUB loads a module only when it declares a licence it knows; ours may be used
 * under that one too.
 */
#include <stddef.h>

#define KEPT(section_name) __attribute__((section(section_name), used))

KEPT(".module_license") static const char license[] = "LICENSE=GPLv3+";
KEPT(".modname") static const char name[] = "thimble";

#ifdef __i386__
#define GRUB_CALL __attribute__((regparm(3), stdcall)) /* how GRUB for a BIOS is compiled */
#else
#define GRUB_CALL
#endif
#define GRUB_FUNCTION(type) GRUB_CALL type

enum { GRUB_ERR_NONE = 0, GRUB_ERR_TEST_FAILURE = 1 };
#define VBE_FAILED 0x014f

void *grub_net_network_level_interfaces; /* no network booted us */

GRUB_FUNCTION(size_t) grub_loader_cmdline_size(int argc, char **argv);
GRUB_FUNCTION(int)
grub_create_loader_cmdline(int argc, char **argv, char *to, size_t max_bytes, int what);
GRUB_FUNCTION(int) grub_video_get_driver_id(void);
GRUB_FUNCTION(int) grub_video_get_info_and_fini(void *info, void **framebuffer);
GRUB_FUNCTION(int) grub_video_get_palette(unsigned start, unsigned count, void *palette);
GRUB_FUNCTION(int) grub_video_set_mode(const char *mode, unsigned flags, unsigned mask);
GRUB_FUNCTION(int) grub_vbe_bios_get_controller_info(void *info);
GRUB_FUNCTION(int) grub_vbe_bios_get_mode(void *mode);
GRUB_FUNCTION(int) grub_vbe_bios_get_mode_info(unsigned mode, void *info);
GRUB_FUNCTION(int) grub_vbe_bios_get_pm_interface(void *segment, void *offset, void *length);

GRUB_FUNCTION(size_t) grub_loader_cmdline_size(int argc, char **argv)
{
    size_t bytes = 1;
    for (int i = 0; i < argc; i++) {
        for (const char *c = argv[i]; *c; c++)
            bytes++;
        bytes++;
    }
    return bytes;
}

/* The words with a space between them. Quotes are the affair of who wrote them. */
GRUB_FUNCTION(int)
grub_create_loader_cmdline(int argc, char **argv, char *to, size_t max_bytes, int what)
{
    const char *end = to + max_bytes - 1;
    (void)what;
    for (int i = 0; i < argc; i++) {
        for (const char *c = argv[i]; *c && to < end; c++)
            *to++ = *c;
        if (i + 1 < argc && to < end)
            *to++ = ' ';
    }
    *to = 0;
    return GRUB_ERR_NONE;
}

GRUB_FUNCTION(int) grub_video_get_driver_id(void)
{
    return 0;
}

GRUB_FUNCTION(int) grub_video_get_info_and_fini(void *info, void **framebuffer)
{
    (void)info, (void)framebuffer;
    return GRUB_ERR_TEST_FAILURE;
}

GRUB_FUNCTION(int) grub_video_get_palette(unsigned start, unsigned count, void *palette)
{
    (void)start, (void)count, (void)palette;
    return GRUB_ERR_TEST_FAILURE;
}

GRUB_FUNCTION(int) grub_video_set_mode(const char *mode, unsigned flags, unsigned mask)
{
    (void)mode, (void)flags, (void)mask;
    return GRUB_ERR_NONE;
}

GRUB_FUNCTION(int) grub_vbe_bios_get_controller_info(void *info)
{
    (void)info;
    return VBE_FAILED;
}

GRUB_FUNCTION(int) grub_vbe_bios_get_mode(void *mode)
{
    (void)mode;
    return VBE_FAILED;
}

GRUB_FUNCTION(int) grub_vbe_bios_get_mode_info(unsigned mode, void *info)
{
    (void)mode, (void)info;
    return VBE_FAILED;
}

GRUB_FUNCTION(int) grub_vbe_bios_get_pm_interface(void *segment, void *offset, void *length)
{
    (void)segment, (void)offset, (void)length;
    return VBE_FAILED;
}
