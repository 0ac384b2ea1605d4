# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# mkimage doctor.

forking_program()
{
    cat > forks.c << 'END'
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0)
        execlp("true", "true", (char *)0);
    wait(0);
    return puts("done") < 0;
}
END
}

case_doctor_real()
{
    expect_status 0 "$MKIMAGE" doctor "$ROOT/apps/hello"
    expect_text out 'everything it needs is real'
    expect_status 0 "$MKIMAGE" doctor --json "$ROOT/apps/hello/hello.c"
    jq -e '.all_real and .counts.unknown == 0 and (.functions | length) > 0' out || fail 'not so in JSON'
}

case_doctor_forks()
{
    forking_program
    expect_status 1 "$MKIMAGE" doctor forks.c
    expect_text out '^refused, 3:' '^  fork$' 'ENOSYS: there is one process' 'ECHILD: there are no children' \
        'it builds and starts; where it calls what is refused it gets the error'
    expect_status 1 "$MKIMAGE" doctor --json forks.c
    jq -e '.functions[] | select(.name == "fork") | .state == "refused" and .errno == "ENOSYS"' out ||
        fail 'not so in JSON'
}

# The same program as an object, in an archive, and finished for Linux, its libc's names included.
case_doctor_forms()
{
    forking_program
    "$MKIMAGE" cc -c -o forks.o forks.c
    ar rcs libforks.a forks.o
    cc -O2 -D_FORTIFY_SOURCE=2 -o forks forks.c
    for file in forks.o libforks.a forks; do
        expect_status 1 "$MKIMAGE" doctor "$file"
        expect_text out "^$file: 4 functions of the C library, 1 of them real\$" '^refused, 3:' \
            'it builds and starts'
    done
    # what one file has, another may call
    echo 'int helper(void); int main(void) { return helper(); }' > main.c
    echo 'int helper(void) { return 0; }' > helper.c
    expect_status 1 "$MKIMAGE" doctor main.c
    expect_text out '^unknown, 1:' '^  helper$' 'does not link'
    expect_status 0 "$MKIMAGE" doctor main.c helper.c
}

case_doctor_linux_names()
{
    cat > names.c << 'END'
#define _FILE_OFFSET_BITS 64
#include <ctype.h>
#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
int main(int argc, char **argv)
{
    char text[32];
    struct stat status;
    jmp_buf jump;
    int number;
    if (setjmp(jump))
        return 1;
    snprintf(text, (size_t)argc, "%s", argv[0]);
    strcpy(text + argc, argv[0]);
    return sscanf(text, "%d", &number) + isalpha(text[0]) + stat(text, &status) + errno + (fopen(text, "r") != 0);
}
END
    cc -O2 -D_FORTIFY_SOURCE=2 -w -o names names.c
    expect_status 0 "$MKIMAGE" doctor --json names
    jq -r '.functions[].name' out | sort > found
    for name in errno fopen isalpha setjmp snprintf sscanf stat; do
        grep -qx "$name" found || fail "$name was not seen"
    done
}

case_doctor_other_libraries()
{
    echo 'int other_thing(void) { return 1; }' > other.c
    echo 'int other_thing(void); int main(void) { return other_thing(); }' > uses.c
    cc -shared -fPIC -o libother.so other.c
    cc -o uses uses.c -L. -lother
    expect_status 1 "$MKIMAGE" doctor uses
    expect_text out 'libother\.so, 1' 'other_thing' 'it links together with the libraries'
    # nobody knows the header of a library that Linux alone has: said so, examined all the same
    printf '#include <sys/fanotify.h>\n#include <stdio.h>\nint main(void) { return fanotify_init(0, 0) + puts("x"); }\n' > watch.c
    expect_status 1 "$MKIMAGE" doctor watch.c
    expect_text out 'watch\.c:1:.*sys/fanotify\.h' '^  fanotify_init$' 'does not compile for the guest'
}

case_doctor_list()
{
    expect_status 0 "$MKIMAGE" doctor --list
    expect_text out '^printf +real +stdio\.h' '^fork +refused +unistd\.h +ENOSYS: there is one process; pthread_create\(\) makes threads$'
    expect_status 0 "$MKIMAGE" doctor --list --json
    jq -e '[.functions[] | select(.posix and .state == "real")] | length > 800' out || fail 'too few are real'
}

case_doctor_bad_input()
{
    expect_status 2 "$MKIMAGE" doctor
    expect_complaint 'no file was given'
    expect_status 2 "$MKIMAGE" doctor --lisst
    expect_complaint '--lisst.*--list'
    expect_status 2 "$MKIMAGE" doctor --list x.c
    expect_complaint 'x\.c'
    expect_status 1 "$MKIMAGE" doctor missing.c
    expect_complaint 'missing\.c: No such file'
    echo 'int main(void) { return }' > wrong.c
    expect_status 1 "$MKIMAGE" doctor wrong.c
    expect_text err 'wrong\.c:1:' 'wrong\.c did not compile'
    echo 'int main(void) { return 0; }' > plain.c
    cc -static -o static plain.c
    expect_status 1 "$MKIMAGE" doctor static
    expect_complaint 'static: linked statically'
    echo words > text.txt
    expect_status 1 "$MKIMAGE" doctor text.txt
    expect_complaint 'text\.txt'
    cc -c -o plain.o plain.c
    head -c 200 plain.o > cut.o
    expect_status 1 "$MKIMAGE" doctor cut.o
    expect_complaint 'cut\.o: '
    ar rcs lib.a plain.o && head -c 300 lib.a > cut.a
    expect_status 1 "$MKIMAGE" doctor cut.a
    expect_complaint 'cut\.a'
}

# What Debian has built for Linux. A program whose package is not installed is left out.
case_doctor_debian()
{
    local redis some=false

    if [ -x /usr/bin/bc ]; then
        some=true
        expect_status 1 "$MKIMAGE" doctor /usr/bin/bc
        expect_text out 'functions of the C library, ([0-9]+) of them real$' '^  libreadline\.so' '^  add_history readline' \
            'links together with the libraries above, built for the guest$'
        expect_no_text out '^refused|^unknown'
    fi
    if [ -x /usr/bin/sqlite3 ]; then
        some=true
        expect_status 1 "$MKIMAGE" doctor /usr/bin/sqlite3
        expect_text out '^  popen$' 'ENOSYS: there is no shell' '^  libreadline\.so' 'it gets the error$'
        expect_no_text out '^unknown'
    fi
    redis=${REDIS_SERVER:-$(command -v redis-server)} || true
    if [ -n "$redis" ]; then
        some=true
        expect_status 1 "$MKIMAGE" doctor "$redis"
        expect_text out '^  fork$' 'ENOSYS: there is one process; pthread_create' '^  libssl\.so' '^  one of them, 3$' \
            '^  mallctl malloc_stats_print nallocx$'
        expect_status 1 "$MKIMAGE" doctor --json "$redis"
        jq -e '[.functions[] | select(.name == "malloc" or .name == "epoll_wait") | .state] == ["real", "real"]' out ||
            fail 'malloc and epoll_wait are not real'
    fi
    $some || skip 'none of bc, sqlite3 and redis-server is installed'
}
