/* SPDX-License-Identifier: MIT
 *
 * Messages in other languages: catalogues do not exist here, and without one POSIX
 * and GNU say that the program's own words are used.
 */
#include <errno.h>
#include <libintl.h>
#include <nl_types.h>
#include <string.h>

nl_catd catopen(const char *name, int flags)
{
    (void)name, (void)flags;
    errno = ENOENT;
    return (nl_catd)-1;
}

char *catgets(nl_catd catalogue, int set, int number, const char *own)
{
    (void)catalogue, (void)set, (void)number;
    return (char *)own;
}

int catclose(nl_catd catalogue)
{
    (void)catalogue;
    errno = EBADF;
    return -1;
}

char *dcngettext(const char *domain, const char *one, const char *many, unsigned long count,
                 int category)
{
    (void)domain, (void)category;
    return (char *)(count == 1 ? one : many);
}

char *dngettext(const char *domain, const char *one, const char *many, unsigned long count)
{
    return dcngettext(domain, one, many, count, 0);
}

char *ngettext(const char *one, const char *many, unsigned long count)
{
    return dcngettext(NULL, one, many, count, 0);
}

char *dcgettext(const char *domain, const char *words, int category)
{
    (void)domain, (void)category;
    return (char *)words;
}

char *dgettext(const char *domain, const char *words)
{
    (void)domain;
    return (char *)words;
}

char *gettext(const char *words)
{
    return (char *)words;
}

/* Domains and folders are remembered as far as a program can see it. */
char *textdomain(const char *domain)
{
    static char current[256] = "messages";

    if (domain && strlen(domain) < sizeof current)
        strcpy(current, *domain ? domain : "messages");
    return current;
}

char *bindtextdomain(const char *domain, const char *folder)
{
    (void)domain;
    return (char *)(folder ? folder : "/usr/share/locale");
}

char *bind_textdomain_codeset(const char *domain, const char *codeset)
{
    (void)domain;
    return (char *)codeset;
}
