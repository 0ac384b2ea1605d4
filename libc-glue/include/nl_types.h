/* SPDX-License-Identifier: MIT
 *
 * Message catalogues: there are none, catgets() gives the program's own words.
 */
#ifndef _NL_TYPES_H
#define _NL_TYPES_H

#include <langinfo.h>
#include <sys/cdefs.h>

__BEGIN_DECLS

#define NL_SETD       1
#define NL_CAT_LOCALE 1

typedef void *nl_catd;

nl_catd catopen(const char *, int);
char *catgets(nl_catd, int, int, const char *);
int catclose(nl_catd);

__END_DECLS

#endif
