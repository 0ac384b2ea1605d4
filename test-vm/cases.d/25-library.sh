# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# The C library: the same program writes the same here and on the host.

zones='Europe/Berlin America/New_York Asia/Tokyo Asia/Kathmandu Australia/Lord_Howe Africa/Casablanca Pacific/Apia Europe/Dublin'
rules='UTC0 CET-1CEST,M3.5.0,M10.5.0/3 EST5EDT,M3.2.0,M11.1.0 NZST-12NZDT,M9.5.0,M4.1.0/3 <+0330>-3:30 <-03>3<-02>,M3.5.0/-2,M10.5.0/-1 Foo/Bar'

# same PROGRAM [OPTIONS OF THE BUILD --] [ARGUMENT...]: both streams and the status.
same()
{
    local program=$1 options=() host=0 guest=0

    shift
    while [ $# -gt 0 ]; do
        [ "$1" = -- ] && { shift; break; }
        options+=("$1")
        shift
    done
    cc -O1 -w -o "$program" "$ROOT/test-vm/guest/$program.c" -lm || fail 'it does not compile here'
    LC_ALL=C.UTF-8 PATH=.:$PATH "$program" "$@" > host.out 2> host.err || host=$?
    "$MKIMAGE" -q -f elf "${options[@]}" "$ROOT/test-vm/guest/$program.c"
    "$MKIMAGE" run "$program.elf" -- "$@" > guest.out 2> guest.err || guest=$?
    diff host.out guest.out || fail 'standard output differs from the host'
    diff host.err guest.err || fail 'standard error differs from the host'
    [ "$host" = "$guest" ] || fail "status $guest instead of $host"
    [ -s guest.out ] || [ -s guest.err ] || fail 'it wrote nothing'
}

case_same_text()
{
    same same_text
}

case_same_numbers()
{
    same same_numbers
}

case_same_formats()
{
    same same_formats
}

case_same_words()
{
    same same_words
}

case_same_time()
{
    local zone

    for zone in $zones; do
        [ -e "/usr/share/zoneinfo/$zone" ] || skip 'this machine has no time zones (tzdata)'
        mkdir -p "root/usr/share/zoneinfo/${zone%/*}"
        cp -L "/usr/share/zoneinfo/$zone" "root/usr/share/zoneinfo/$zone"
    done
    # shellcheck disable=SC2086 # several words on purpose
    same same_time --rootfs root -- $zones $rules
}

case_zone_packed()
{
    [ -e /usr/share/zoneinfo/Asia/Tokyo ] || skip 'this machine has no time zones (tzdata)'
    cat > when.c << 'END'
#include <stdio.h>
#include <time.h>
int main(void)
{
    time_t time = 1700000000;
    char text[64];
    strftime(text, sizeof text, "%F %T %Z", localtime(&time));
    puts(text);
    return 0;
}
END
    expect_status 0 "$MKIMAGE" run -e TZ=Asia/Tokyo when.c
    expect_text out '^2023-11-15 07:13:20 JST$'
    expect_status 0 "$MKIMAGE" run when.c
    expect_text out '^2023-11-14 22:13:20 UTC$'
    expect_status 0 "$MKIMAGE" -q -f elf -e TZ=:America/New_York when.c
    expect_status 0 "$MKIMAGE" run when.elf
    expect_text out '^2023-11-14 17:13:20 EST$'
    expect_status 0 "$MKIMAGE" inspect --files when.elf
    expect_text out 'usr/share/zoneinfo/America/New_York'
    expect_status 0 "$MKIMAGE" run -e TZ=IST-5:30 when.elf
    expect_text out '^2023-11-15 03:43:20 IST$'
    # a zone that is none is said so; a program that asks for no local time carries none
    expect_status 0 "$MKIMAGE" run -e TZ=Europe/Nowhere when.c
    expect_complaint 'TZ=Europe/Nowhere: no such time zone'
    expect_status 0 "$MKIMAGE" -q -f elf -o hello.elf -e TZ=Asia/Tokyo "$ROOT/apps/hello"
    expect_status 0 "$MKIMAGE" inspect --files hello.elf
    expect_no_text out 'zoneinfo'
}

case_users()
{
    mkdir -p root/etc
    printf '%s\n' root:x:0:0:root:/users/root:/bin/sh 'alice:x:1000:100:Alice A.:/users/alice:/bin/sh' \
        nobody:x:65534:65534::/:/bin/false > root/etc/passwd
    printf '%s\n' root:x:0: wheel:x:10:root,alice users:x:100: > root/etc/group
    "$MKIMAGE" -q -f elf --rootfs root -o facts.elf "$ROOT/test-vm/guest/facts.c"
    expect_status 0 "$MKIMAGE" run facts.elf -- with-users
    expect_text out '^SUCCESS$'
}

# What hello does not call it does not carry, by name and by weight (test-vm/hello.budget).
case_linked_only()
{
    local part most bytes over=0

    "$MKIMAGE" -q -f elf --map map -o hello.elf "$ROOT/apps/hello"
    expect_no_text map 'libglue\.a\((refusals|files|path|events|pipe|socket|pthread|signals|local_time|zone_file|users|random|wordexp|error_texts|machine_facts)\.o\)'
    "$MKIMAGE" inspect --json hello.elf > hello.json
    jq -r '(.parts[] | "\(.name) \(.text + .rodata + .data)"), "symbols \(.bundle.symbols)", "file \(.bytes)"' hello.json > weights
    while read -r part most; do
        case $part in '' | '#'*) continue ;; esac
        bytes=$(awk -v part="$part" '$1 == part {print $2}' weights)
        echo "$part: $bytes of $most"
        [ -n "$bytes" ] && [ "$bytes" -le "$most" ] || over=$((over + 1))
    done < "$ROOT/test-vm/hello.budget"
    [ $over = 0 ] || fail "hello is heavier than test-vm/hello.budget allows"
}

# libm's results, in the guest, measured by the host's.
case_ulp()
{
    cc -O1 -w -o ulp "$ROOT/test-vm/guest/ulp.c" -lm
    "$MKIMAGE" -q -f elf -o ulp.elf "$ROOT/test-vm/guest/ulp.c"
    "$MKIMAGE" run ulp.elf > guest.out
    ./ulp check < guest.out || fail 'a function is too far from the host'"'"'s'
}
