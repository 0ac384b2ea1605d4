/* SPDX-License-Identifier: MIT
 *
 * Arguments and environment arrive byte for byte: prints argv[1..] one a line
 * and each variable that the arguments name as NAME?.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    printf("argc=%d\n", argc);
    for (int i = 1; i < argc; i++) {
        size_t length = strlen(argv[i]);

        if (length > 1 && argv[i][length - 1] == '?') {
            argv[i][length - 1] = '\0';
            const char *value = getenv(argv[i]);
            printf("%s=<%s>\n", argv[i], value != NULL ? value : "(unset)");
        } else {
            printf("<%s>\n", argv[i]);
        }
    }
    return argv[argc] == NULL ? 0 : 1;
}
