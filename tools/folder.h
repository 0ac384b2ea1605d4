/* SPDX-License-Identifier: MIT
 *
 * An output folder in the making: filled under a temporary name beside its
 * place, put there in one step when it is whole.
 */
#ifndef THIMBLE_TOOLS_FOLDER_H
#define THIMBLE_TOOLS_FOLDER_H

/* mark: a file by which a folder of ours is known. A folder without it that is
 * in the way, and not empty, is somebody's data: that ends the program. Returns
 * the temporary name. */
const char *folder_open(const char *path, const char *mark);

/* Gives it its name; an older one of that name goes. */
void folder_publish(const char *temporary, const char *path);

#endif
