# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# `mkimage compare`: what it reports, what it refuses, and what it leaves behind.
# The whole of it takes minutes; a case asks for the parts that it is about.

# compare ARG...: with its temporary files, and all processes, known by TMPDIR.
compare()
{
    mkdir -p tmp
    TMPDIR=$PWD/tmp "$MKIMAGE" compare "$@"
}

need_kernel()
{
    command -v apt-get > /dev/null || ls "${XDG_CACHE_HOME:-$HOME/.cache}"/thimble/vmlinuz-* > /dev/null 2>&1 ||
        skip "no apt to fetch the Linux VM's kernel with"
}

# What every comparison here runs: a container without an engine, and the VMs.
need_ways()
{
    need_namespaces
    need_kernel
}

# Processes that were started, at whatever distance, by a comparison of this case.
processes_left()
{
    grep -alZ "TMPDIR=$PWD/tmp" /proc/[0-9]*/environ 2> /dev/null | tr '\0' '\n' |
        sed 's|/proc/\([0-9]*\)/.*|\1|' | while read -r pid; do
        [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || tr '\0' ' ' < "/proc/$pid/cmdline" 2> /dev/null
        echo
    done | grep -v '^$'
}

# The guardian may need a moment after the program itself has gone.
expect_nothing_left()
{
    local tries=0

    while [ -n "$(ls -A tmp)$(processes_left)$(grep -F "$PWD/tmp" /proc/mounts)" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 150 ]; then
            ls -lA tmp
            processes_left
            grep -F "$PWD/tmp" /proc/mounts
            fail "something is left behind"
        fi
        sleep 0.1
    done
}

# cell ROW COLUMN FIELD: from out.json
cell()
{
    command -v jq > /dev/null || skip "no jq"
    jq -r ".rows[] | select(.key == \"$1\") | .cells.$2.$3" out.json
}

expect_number()
{
    local value

    value=$(cell "$1" "$2" median)
    [[ $value =~ ^[0-9.e+-]+$ ]] || fail "no figure in row $1, column $2: $value"
}

# Start-up and size of hello in the ways that need no engine; all three reports.
case_compare_reports()
{
    need_ways
    expect_status 0 compare -n 2 --engine none --only size,start,words --json out.json \
        --html out.html --markdown out.md "$ROOT/apps/hello"
    expect_text out 'start to ready' 'Thimble VM' 'Answers' 'Which starts faster\?'
    "$BUILD/schema_check" "$ROOT/docs/compare.schema.json" out.json || fail "not as its schema says"
    expect_number size.shipped thimble_vm
    expect_number start.first_output thimble_vm
    expect_number start.first_output linux_vm
    [ "$(cell start.first_output linux_vm 'samples | length')" = 2 ] || fail "not 2 samples"
    [ "$(cell start.first_output engine missing)" = 'left out on request (--engine none)' ] ||
        fail "the engine's column does not say why it is empty"
    expect_text out.html '<h1>Container or virtual machine' '</html>'
    expect_no_text out.html '<script' 'https?://[a-z]*\.[a-z]*/.*\.(css|js|png)' 'src='
    expect_text out.md '^\| start to ready \|'
    expect_nothing_left
}

# Through a container engine too, where there is one, or root may start one.
case_compare_engine()
{
    need_ways
    [ "$(id -u)" = 0 ] || skip "only root can start a docker daemon"
    command -v dockerd > /dev/null || docker info > /dev/null 2>&1 || skip "no docker"
    expect_status 0 compare -n 1 --only start,isolation --json out.json "$ROOT/apps/hello"
    expect_number start.first_output engine
    expect_number isolation.host_calls engine
    [ "$(cell isolation.host_calls thimble_vm 'median == 0')" = true ] || fail "a VM reaches the host"
    expect_text out 'the host.s own, shared' 'own namespaces'
    expect_nothing_left
}

# Where the artifacts run: what was written and taken in this very report, with counts.
case_compare_portability()
{
    need_ways
    command -v qemu-img > /dev/null || skip "no qemu-img"
    expect_status 0 compare -n 1 --only start,words --json out.json "$ROOT/apps/hello"
    cell portability thimble_vm words > found
    expect_text found 'read back by mkimage: 9 \(elf, raw, iso, qcow2, vmdk, ova, vhd, vhdx, gce\)' \
        'booted directly by QEMU' 'through BIOS until ready: 6 \(raw, iso, qcow2, vmdk, vhd, vhdx\)' \
        'qemu-img check: 3 \(qcow2, vmdk, vhdx\)'
    cell portability runc words > found
    expect_text found 'read back by mkimage: 5 \(oci, oci-archive, docker, tar, dir\)' 'taken and run by '
    expect_nothing_left
}

# A whole distribution: where an earlier report left one in the cache, for a first one takes minutes.
case_compare_full_vm()
{
    need_ways
    [ "$(id -u)" = 0 ] || skip "only root can make its disk"
    command -v mke2fs > /dev/null || skip "no mke2fs"
    ls "${XDG_CACHE_HOME:-$HOME/.cache}"/thimble/*-systemd.tar > /dev/null 2>&1 ||
        skip "no distribution in the cache (mkimage compare --full-vm puts one there)"
    printf '#include <stdio.h>\n#include <stdlib.h>\nint main(int c,char**v){printf("[%%s][%%s]",v[c-1],getenv("K"));return 3;}' > t.c
    expect_status 3 compare -n 1 --engine none --only start --full-vm -e "K=a  b%" --ready "[it's x][a  b%]" \
        --json out.json t.c -- "it's x"
    "$BUILD/schema_check" "$ROOT/docs/compare.schema.json" out.json || fail "not as its schema says"
    expect_number start.first_output full_vm
    expect_number size.shipped full_vm
    expect_number size.compressed full_vm
    expect_nothing_left
}

# What it cannot be made of costs its column only.
case_compare_full_vm_missing()
{
    local kernel

    need_kernel
    [ "$(id -u)" = 0 ] || skip "only root can make its disk"
    kernel=$(find "${XDG_CACHE_HOME:-$HOME/.cache}/thimble" -name "vmlinuz-*" 2> /dev/null | head -n 1)
    [ -n "$kernel" ] || skip "no kernel in the cache"
    mkdir bin cache
    printf '#!/bin/sh\necho "E: Failed getting release file"\nexit 1\n' > bin/debootstrap
    printf '#!/bin/sh\necho "Debian|sid|http://nowhere.invalid/"\n' > bin/apt-get
    chmod +x bin/debootstrap bin/apt-get
    export XDG_CACHE_HOME=$PWD/cache PATH=$PWD/bin:$PATH
    expect_status 0 compare -n 1 --engine none --only size --kernel "$kernel" --full-vm --json out.json \
        "$ROOT/apps/hello"
    expect_text out.json 'Debian sid from http://nowhere.invalid/: .*Failed getting release file'
    expect_text out 'PARTIAL'
    expect_number size.shipped linux_vm
    [ -z "$(find cache -name 'fetch-*')" ] || fail "a half-fetched distribution is left"
    expect_nothing_left
}

# The page in a real browser: it opens, and nothing complains.
case_compare_page()
{
    local browser

    browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        skip "no chromium"
    need_ways
    expect_status 0 compare -n 2 --engine none --only size,start --html out.html "$ROOT/apps/hello"
    timeout 50 "$browser" --headless --no-sandbox --disable-gpu --enable-logging=stderr \
        --user-data-dir="$PWD/profile" --window-size=400,3000 --screenshot="$PWD/out.png" \
        "file://$PWD/out.html" > browser 2>&1 || fail "the browser ended with status $?"
    [ -s out.png ] || fail "no screenshot"
    expect_no_text browser 'CONSOLE.*(error|rror:)'
    if command -v gnuplot > /dev/null; then
        [ "$(grep -c '<svg' out.html)" -ge 3 ] || fail "plots are missing"
    else
        expect_text out.html 'gnuplot is not installed'
    fi
}

case_compare_never_ready()
{
    need_ways
    printf '#include <stdio.h>\n#include <unistd.h>\nint main(void){puts("warming up");fflush(stdout);for(;;)sleep(9);}' > t.c
    expect_status 1 compare -n 1 --engine none --only start --deadline 3 --ready 'all is well' \
        --json out.json t.c
    expect_text out 'not ready within 3 s; its last output: warming up' 'PARTIAL'
    "$BUILD/schema_check" "$ROOT/docs/compare.schema.json" out.json || fail "not as its schema says"
    expect_nothing_left
}

case_compare_fails()
{
    need_ways
    printf '#include <stdio.h>\nint main(void){puts("no such thing");return 3;}' > t.c
    expect_status 3 compare -n 1 --engine none --only start t.c
    expect_text out 'Thimble VM: the program ended with status 3' 'Linux VM: the program ended with status 3'
    printf 'int main(void){return 5;}' > t.c
    expect_status 1 compare -n 1 --engine none --only start t.c
    expect_text out 'it ended with status 5 before it was ready; it printed nothing'
    expect_nothing_left
}

# Arguments with spaces and quotes, and the environment, reach the program in every way.
case_compare_arguments()
{
    need_ways
    printf '#include <stdio.h>\n#include <stdlib.h>\nint main(int c,char**v){printf("%%d[%%s][%%s]",c,v[c-1],getenv("K"));}' > t.c
    expect_status 0 compare -n 1 --engine none --only start -e "K=a  b%" --ready "3[it's \"x\" y%20][a  b%]" \
        t.c -- -first "it's \"x\" y%20"
    expect_no_text out 'did not get ready'
}

case_compare_no_kernel()
{
    mkdir bin
    printf '#!/bin/sh\necho "E: Unable to fetch some archives" >&2\nexit 100\n' > bin/apt-get
    cp bin/apt-get bin/apt-cache
    chmod +x bin/apt-get bin/apt-cache
    need_namespaces
    if ls /boot/vmlinuz-* > /dev/null 2>&1; then skip "this host has a kernel of its own"; fi
    export XDG_CACHE_HOME=$PWD/cache PATH=$PWD/bin:$PATH
    expect_status 0 compare -n 1 --engine none --only start "$ROOT/apps/hello"
    expect_text out 'no kernel for the Linux VM' 'PARTIAL'
    expect_status 0 compare -n 1 --engine none --only size --kernel nowhere "$ROOT/apps/hello"
    expect_text out 'nowhere: No such file'
    expect_nothing_left
}

case_compare_bad_words()
{
    local words

    printf 'int main(void){return 0;}' > t.c
    while read -r words; do
        # shellcheck disable=SC2086 # several words on purpose
        expect_status 2 compare $words
        expect_text err '^mkimage: '
    done <<'END'
-n 0 t.c
-n many t.c
--deadline -1 t.c
--engine lxc t.c
--only speed t.c
--machine toaster t.c
--ready= t.c

END
    expect_status 1 compare --html nowhere/out.html t.c
    expect_complaint 'nowhere/out.html'
    expect_status 1 compare nothing.c
    expect_complaint 'nothing.c'
    printf 'int main(void){' > t.c
    expect_status 1 compare --only size t.c
    expect_complaint 't.c'
    expect_nothing_left
}

# A wish to stop gives what there is; the page and the JSON are whole.
case_compare_interrupted()
{
    local pid status=0

    need_ways
    mkdir -p tmp
    TMPDIR=$PWD/tmp env --default-signal=INT "$MKIMAGE" compare -n 500 --engine none \
        --only size,start --json out.json "$ROOT/apps/hello" > out 2> err &
    pid=$!
    until grep -q 'start-up: round' err; do sleep 0.1; done
    sleep 4
    kill -INT $pid
    wait $pid || status=$?
    [ $status = 130 ] || fail "status $status instead of 130"
    expect_text out 'PARTIAL' 'interrupted by signal 2'
    "$BUILD/schema_check" "$ROOT/docs/compare.schema.json" out.json || fail "not as its schema says"
    expect_number size.shipped thimble_vm
    expect_nothing_left
}

# Even when nothing can be done any more.
case_compare_killed()
{
    local pid round engine=none

    need_ways
    if [ "$(id -u)" = 0 ] && command -v dockerd > /dev/null; then engine=auto; fi
    mkdir -p tmp
    for round in 1 2 3; do
        TMPDIR=$PWD/tmp "$MKIMAGE" compare -n 500 --engine $engine --only start "$ROOT/apps/hello" > out 2> err &
        pid=$!
        sleep "$(awk -v seed="$RANDOM" 'BEGIN {srand(seed); printf "%.2f", rand() * 9}')"
        kill -KILL $pid
        wait $pid || true
        expect_nothing_left
        echo "killed: round $round"
    done
}

# answered ROW COLUMN: there is a figure in it.
answered()
{
    [ "$(cell "$1" "$2" 'samples[0] > 0')" = true ] ||
        fail "$2: nothing in row $1: $(jq -c ".rows[] | select(.key == \"$1\") | .cells.$2" out.json)"
}

# A web server, which says itself what to ask: its first answer and how many it gives, in every
# way that needs no engine.
case_compare_requests()
{
    local way

    need_ways
    expect_status 0 compare -n 1 --only requests --engine none --ready 8099 --json out.json \
        "$ROOT/apps/httpd" -- --port 8099
    "$BUILD/schema_check" "$ROOT/docs/compare.schema.json" out.json || fail "not as its schema says"
    for way in thimble_vm runc linux_vm; do
        answered io.first_answer $way
        answered io.requests_8 $way
        answered io.p99_64 $way
    done
    answered io.first_answer_same_machine thimble_vm
    cell network thimble_vm words > found
    expect_text found 'answered in this run on port 8099 of .*published'
    if [ "$(jq .emulated out.json)" = true ] && command -v runc > /dev/null; then
        answered io.first_answer inner
        answered io.requests_64 inner
    fi
    expect_nothing_left
}

# Through an engine: the port is published, as with docker run -p, and many of them at once.
case_compare_published()
{
    [ "$(id -u)" = 0 ] || skip "only root can start a docker daemon"
    command -v dockerd > /dev/null || skip "no docker"
    expect_status 0 compare -n 1 --only requests,density --kernel nowhere --json out.json "$ROOT/apps/httpd"
    answered io.first_answer engine
    answered io.requests_64 engine
    answered density.1.answered engine
    answered density.10.answered engine
    answered density.10.answered runc # all on port 80, each of its own network
    cell network engine words > found
    expect_text found 'answered in this run on port 80 of the engine.s bridge, published'
    expect_nothing_left
}

# A server that is no web server: bytes there and bytes back.
case_compare_ask()
{
    need_namespaces
    expect_status 0 compare -n 1 --only requests --engine none --kernel nowhere --ask 'ab\x20c\r\n' \
        --answer ' c\r\n' --ready 7777 --json out.json "$ROOT/apps/echo" -- 7777
    answered io.first_answer thimble_vm
    answered io.requests_8 thimble_vm
    answered io.requests_64 runc
    expect_status 0 compare -n 1 --only requests --engine none --kernel nowhere --ask 'abc\n' \
        --answer 'cba\n' --ready 7777 --deadline 2 --json out.json "$ROOT/apps/echo" -- 7777
    cell io.first_answer thimble_vm missing > found
    expect_text found 'no answer from port 7777 within 2 s'
    expect_nothing_left
}

case_compare_bad_servers()
{
    local words

    while read -r words; do
        # shellcheck disable=SC2086 # several words on purpose
        expect_status 2 compare $words "$ROOT/apps/hello"
        expect_text err '^mkimage: '
    done << 'END'
--requests nowhere
--requests / --ready 99999
--ask PING\r\n
--answer PONG
--ask= --answer x
--ask a\q --answer x
END
    mkdir app
    cp "$ROOT"/apps/hello/*.c app
    echo 'what is this' > app/compare.options
    expect_status 2 compare app
    expect_complaint 'app/compare.options: "what is this"'
}
