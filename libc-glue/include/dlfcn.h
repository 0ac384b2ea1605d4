/* SPDX-License-Identifier: MIT
 *
 * An image is linked whole: nothing is loaded into it later. dlopen() fails and
 * dlerror() says why.
 */
#ifndef _DLFCN_H
#define _DLFCN_H

#include <sys/cdefs.h>

__BEGIN_DECLS

#define RTLD_LAZY     0x1
#define RTLD_NOW      0x2
#define RTLD_NOLOAD   0x4
#define RTLD_NODELETE 0x1000
#define RTLD_GLOBAL   0x100
#define RTLD_LOCAL    0
#define RTLD_DEFAULT  ((void *)0)
#define RTLD_NEXT     ((void *)-1l)

typedef struct {
    const char *dli_fname;
    void *dli_fbase;
    const char *dli_sname;
    void *dli_saddr;
} Dl_info;

int dladdr(const void *, Dl_info *);
int dlclose(void *);
char *dlerror(void);
void *dlopen(const char *, int);
void *dlsym(void *__restrict, const char *__restrict);

__END_DECLS

#endif
