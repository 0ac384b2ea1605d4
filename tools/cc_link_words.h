/* SPDX-License-Identifier: MIT
 *
 * What a makefile tells the linker (-Wl,..., -Xlinker), for an image.
 */
#ifndef THIMBLE_TOOLS_CC_LINK_WORDS_H
#define THIMBLE_TOOLS_CC_LINK_WORDS_H

#include "request.h"

/* "-Map=x,--start-group": split at commas, sorted out, added to the request. */
void link_words_add(struct request *request, const char *words);

/* One word; remembers that the next one belongs to an ignored word. */
void link_word_add(struct request *request, const char *word);

#endif
