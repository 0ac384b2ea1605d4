/* SPDX-License-Identifier: MIT
 *
 * Waits for MS milliseconds for what does not come:
 *     idle MS
 */
#include <sys/epoll.h>

#include "check.h"

int main(int argc, char **argv)
{
    struct epoll_event event;

    CHECK(argc == 2 && epoll_wait(epoll_create1(0), &event, 1, atoi(argv[1])) == 0);
    return success();
}
