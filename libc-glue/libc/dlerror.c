/* SPDX-License-Identifier: MIT
 *
 * dlerror(): the words to the refusal of dlopen() (refusals.h).
 */
#include <dlfcn.h>

char *dlerror(void)
{
    return (char *)"an image is linked whole; nothing can be loaded into it";
}
