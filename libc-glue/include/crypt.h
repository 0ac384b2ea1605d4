/* SPDX-License-Identifier: MIT
 *
 * Hashes of passwords: declared, and refused.
 */
#ifndef _CRYPT_H
#define _CRYPT_H

#ifdef __cplusplus
extern "C" {
#endif

char *crypt(const char *, const char *);

#ifdef __cplusplus
}
#endif

#endif
