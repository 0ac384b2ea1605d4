/* SPDX-License-Identifier: MIT
 *
 * The file of hosts, entry by entry.
 */
#include <netdb.h>

#include "libc-glue/names/names.h"

#define ROOM_BYTES 1024

static struct names_file file;

void sethostent(int stay_open)
{
    (void)stay_open;
    endhostent();
}

void endhostent(void)
{
    if (file.text)
        names_file_close(&file);
}

struct hostent *gethostent(void)
{
    static struct hostent entry;
    static char memory[ROOM_BYTES];
    static struct host_address address;
    static char *addresses[2];
    struct names_room room = {memory, sizeof memory};

    if (!file.text && !names_file_open(&file, "hosts", "127.0.0.1 localhost\n::1 localhost\n"))
        return NULL;
    do {
        if (!names_file_line(&file))
            return NULL;
    } while (file.word_count < 2 || !host_address_parse(file.words[0], &address));
    addresses[0] = (char *)address.bytes;
    entry = (struct hostent){
        .h_name = names_room_text(&room, file.words[1]),
        .h_aliases = names_room_list(&room, file.words + 2, (size_t)file.word_count - 2),
        .h_addrtype = address.family,
        .h_length = address.family == AF_INET ? 4 : 16,
        .h_addr_list = addresses,
    };
    return room.at ? &entry : NULL;
}
