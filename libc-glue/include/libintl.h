/* SPDX-License-Identifier: MIT
 *
 * Messages of other languages: there are no catalogues, so every message is
 * itself, as with glibc in the C locale.
 */
#ifndef _LIBINTL_H
#define _LIBINTL_H

#include <sys/cdefs.h>

__BEGIN_DECLS

char *gettext(const char *) __attribute__((format_arg(1)));
char *dgettext(const char *, const char *) __attribute__((format_arg(2)));
char *dcgettext(const char *, const char *, int) __attribute__((format_arg(2)));
char *ngettext(const char *, const char *, unsigned long)
    __attribute__((format_arg(1), format_arg(2)));
char *dngettext(const char *, const char *, const char *, unsigned long)
    __attribute__((format_arg(2), format_arg(3)));
char *dcngettext(const char *, const char *, const char *, unsigned long, int)
    __attribute__((format_arg(2), format_arg(3)));
char *textdomain(const char *);
char *bindtextdomain(const char *, const char *);
char *bind_textdomain_codeset(const char *, const char *);

__END_DECLS

#endif
