/* SPDX-License-Identifier: MIT
 *
 * What runs around main: constructors by priority before it, atexit handlers
 * in reverse after it, destructors last.
 */
#include "check.h"

static char order[32] = "";
static int initialised = 17;
static int zeroed[1000];

static void note(const char *what)
{
    strcat(order, what);
}

__attribute__((constructor(102))) static void second(void)
{
    note("b");
}

__attribute__((constructor(101))) static void first(void)
{
    note("a");
    CHECK(initialised == 17 && zeroed[999] == 0);
}

__attribute__((constructor)) static void last(void)
{
    note("c");
    CHECK(malloc(100) != NULL); /* the heap is there already */
}

__attribute__((destructor)) static void destroy(void)
{
    note("z");
    puts(order);
    CHECK_TEXT(order, "abcm321z");
    success();
}

static void handler_1(void)
{
    note("1");
}

static void handler_2(void)
{
    note("2");
}

static void handler_3(void)
{
    note("3");
}

int main(void)
{
    CHECK_TEXT(order, "abc");
    note("m");
    CHECK(atexit(handler_1) == 0 && atexit(handler_2) == 0 && atexit(handler_3) == 0);
    return 0;
}
