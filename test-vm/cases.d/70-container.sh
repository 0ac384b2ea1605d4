# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The container of the same program: written, verified, taken by other people's
# tools, run by each engine that is here.

PROGRAM=$ROOT/test-vm/guest/container.c

# need_engine ENGINE: sets ENGINE to the options that get it.
need_engine()
{
    [ "$1" = none ] || need "$1"
    case $1 in
    docker)
        need dockerd
        [ "$(id -u)" = 0 ] || docker info > /dev/null 2>&1 || skip 'no docker daemon and not root'
        ENGINE='--start-engine' ;;
    runc)
        [ "$(id -u)" = 0 ] || skip 'runc needs root'
        ENGINE='--engine runc' ;;
    none)
        need_namespaces
        ENGINE='--engine none' ;;
    *) ENGINE="--engine $1" ;;
    esac
}

container_run()
{
    # shellcheck disable=SC2086 # options
    "$MKIMAGE" container -q --run $ENGINE "$@"
}

# Starts one in the background, waits until it says ready, sends it a signal.
container_stop()
{
    local pid status=0 i

    : > out # what an earlier one said must not be taken for its words
    # shellcheck disable=SC2086 # options
    "$MKIMAGE" container -q --run $ENGINE "$PROGRAM" -- "$1" > out 2> err < /dev/null &
    pid=$!
    for ((i = 0; i < 300; i++)); do
        grep -q ready out && break
        kill -0 $pid 2> /dev/null || break
        sleep 0.1
    done
    kill "-$2" $pid
    wait $pid || status=$?
    cat out err
    [ "$status" = "$3" ] || fail "status $status instead of $3 after SIG$2"
}

# What an engine must do with a program, from its streams to its end.
engine_is_good()
{
    need_engine "$1"
    expect_status 7 container_run -e 'V=a b' "$PROGRAM" -- 'x y' '' "it's"
    expect_text out '^argc=4$' '^<x y>$' '^<>$' "^<it's>\$" '^V=<a b> in / as 0$'
    expect_text err 'error stream'
    printf 'one\ntwo\n' > in
    expect_status 0 container_run "$PROGRAM" -- cat < in
    expect_same in out
    mkdir data
    echo hello > data/in
    expect_status 0 container_run -v data:/data "$PROGRAM" -- volume
    expect_text out '^read: hello$' '^write: fine$'
    expect_text data/out written
    expect_status 0 container_run -v data:/data:ro "$PROGRAM" -- volume
    expect_text out 'write: Read-only'
    expect_status 7 container_run --workdir /a/b "$PROGRAM"
    expect_text out ' in /a/b as 0$'
    expect_status 124 container_run --timeout 1 "$PROGRAM" -- hang
    expect_complaint 'stopped after 1 s'
    container_stop wait TERM 9
    expect_text out '^signal 15$'
    container_stop hang TERM 143
    nothing_is_left
}

# Of this test's: TMPDIR is its own.
nothing_is_left()
{
    [ -z "$(ls -A "$TMPDIR")" ] || fail "temporary files stay: $(ls "$TMPDIR")"
}

own_tmpdir()
{
    export TMPDIR=$CASE_DIR/temporary
    mkdir "$TMPDIR"
}

case_container_formats()
{
    expect_status 0 "$MKIMAGE" container -f oci,oci-archive,docker,tar,dir -o hello "$ROOT/apps/files"
    rm out err
    for made in hello.oci hello.oci.tar hello.docker.tar hello.tar hello.rootfs; do
        expect_status 0 "$MKIMAGE" inspect --files "$made"
        expect_text out "^$made: " 'poems/tyger.txt' '0755 +[0-9]+  hello$' ' tmp'
        expect_status 0 "$MKIMAGE" inspect --json "$made"
    done
    [ "$("./hello.rootfs/hello" | head -c 1)" ] || fail "the program in the folder says nothing"
    expect_text hello.oci/index.json 'vnd.oci.image.manifest.v1' 'org.opencontainers.image.ref.name'
    [ "$(tar tf hello.tar | LC_ALL=C sort)" = "$(tar tf hello.tar)" ] || fail 'the tar is not sorted'
    [ "$(tar tvf hello.tar | awk '{print $2}' | sort -u)" = 0/0 ] || fail 'owners are not root'
}

case_container_size()
{
    "$MKIMAGE" container -q -f oci,docker,oci-archive "$ROOT/apps/hello"
    for made in hello.oci hello.oci.tar hello.docker.tar; do
        bytes=$(du -sb "$made" | cut -f1)
        echo "$made $bytes"
        [ "$bytes" -le 1000000 ] || fail "$made has $bytes bytes"
    done
}

# The same bytes twice, in different folders, at different times, with another umask and user's locale.
case_container_same()
{
    mkdir one two
    cp -r "$ROOT/apps/files" one/files
    cp -r "$ROOT/apps/files" two/files
    touch -d '2001-01-01' two/files/rootfs/readme.txt
    (cd one && "$MKIMAGE" container -q -f oci,oci-archive,docker,tar files -- a b)
    sleep 1.1
    (cd two && umask 077 && LC_ALL=C "$MKIMAGE" container -q -f oci,oci-archive,docker,tar files -- a b)
    diff -r one/files.oci two/files.oci || fail 'the OCI layouts differ'
    for made in files.oci.tar files.docker.tar files.tar; do
        expect_same one/$made two/$made
    done
    SOURCE_DATE_EPOCH=86400 "$MKIMAGE" container -q -f oci,tar -o later one/files
    tar tvf later.tar | grep -q 1970-01-02 || fail 'SOURCE_DATE_EPOCH is not in the tar'
    expect_status 0 "$MKIMAGE" inspect --json later.oci
    expect_text out '1970-01-02T00:00:00Z'
}

case_container_settings()
{
    "$MKIMAGE" container -q -e 'A=b c' --expose 53/udp -p 8080:80 --label k=v --workdir /w -u 5:6 \
        -t me/app:2 -o app "$PROGRAM" -- 'x y' z
    expect_status 0 "$MKIMAGE" inspect app.oci
    expect_text out "^program +/app 'x y' z\$" "'?A=b c'?" '80/tcp' '53/udp' 'k=v' '^folder +/w$' \
        '^user +5:6$' '^tag +2$'
    expect_text app.oci/index.json 'docker.io/me/app:2'
}

# An older one of ours is replaced as a whole; what is not ours is left alone.
case_container_replace()
{
    "$MKIMAGE" container -q -f oci,dir -o app "$PROGRAM"
    touch app.oci/stray
    "$MKIMAGE" container -q -f oci,dir -o app "$ROOT/apps/hello"
    [ ! -e app.oci/stray ] || fail 'the old folder is still there'
    [ "$(ls app.oci/blobs/sha256 | wc -l)" = 3 ] || fail 'old blobs are still there'
    mkdir mine.oci
    touch mine.oci/precious
    expect_status 1 "$MKIMAGE" container -o mine "$PROGRAM"
    expect_complaint 'mine.oci.*left alone'
    # shellcheck disable=SC2046 # a list of names
    expect_files app.oci app.oci/blobs app.oci/blobs/sha256 app.oci/index.json app.oci/oci-layout \
        $(cd app.oci && find blobs -type f -printf 'app.oci/%p ') app.rootfs app.rootfs/app \
        app.rootfs/tmp mine.oci mine.oci/precious
}

# Damage anywhere in an image is seen and named.
case_container_damaged()
{
    "$MKIMAGE" container -q -f oci,docker,tar -o app "$PROGRAM"
    for blob in app.oci/blobs/sha256/*; do
        cp -r app.oci bad.oci
        printf X | dd of="bad.oci/blobs/sha256/${blob##*/}" bs=1 seek=40 conv=notrunc status=none
        expect_status 1 "$MKIMAGE" inspect bad.oci
        expect_complaint 'bad.oci: .*(damaged|not)'
        rm -r bad.oci
    done
    cp -r app.oci bad.oci
    rm bad.oci/blobs/sha256/"$(ls bad.oci/blobs/sha256 | head -n 1)"
    expect_status 1 "$MKIMAGE" inspect bad.oci
    expect_complaint 'missing'
    head -c 5000 app.docker.tar > short.docker.tar
    expect_status 1 "$MKIMAGE" inspect short.docker.tar
    expect_complaint 'short.docker.tar: '
    head -c 5000 app.tar > short.tar
    expect_status 1 "$MKIMAGE" inspect short.tar
    expect_complaint 'short.tar: '
    echo '{' > app.oci/index.json
    expect_status 1 "$MKIMAGE" inspect app.oci
    expect_complaint 'index.json'
}

case_container_musl()
{
    need musl-gcc
    "$MKIMAGE" container -q --libc musl -f oci,dir -o app "$PROGRAM"
    expect_status 7 ./app.rootfs/app x
    [ "$(du -sb app.oci | cut -f1)" -lt 60000 ] || fail "large for musl: $(du -sb app.oci)"
}

# Compiled by hand, linked by us; a library of the user's.
case_container_objects()
{
    mkdir lib
    echo 'int twice(int x) { return 2 * x; }' > twice.c
    printf '#include "n.h"\nint twice(int);\nint main(void) { return twice(N) + EXTRA; }\n' > main.c
    echo '#define N 3' > lib/n.h
    cc -c -o twice.o twice.c
    ar rc lib/libtwice.a twice.o
    cc -c -Ilib -DEXTRA=1 -o main.o main.c
    "$MKIMAGE" container -q -f dir -o a main.o -Llib -ltwice
    expect_status 7 ./a.rootfs/a
    "$MKIMAGE" container -q -f dir -o b -Ilib -D EXTRA=2 -Wall main.c twice.o
    expect_status 8 ./b.rootfs/b
}

case_container_skopeo()
{
    need skopeo
    "$MKIMAGE" container -q -f oci,oci-archive,docker -e V=1 -o app "$PROGRAM" -- x
    for image in oci:app.oci:latest oci-archive:app.oci.tar docker-archive:app.docker.tar; do
        expect_status 0 skopeo inspect --config "$image"
        expect_text out 'amd64' '/app' 'V=1'
    done
    expect_status 0 skopeo copy --insecure-policy oci:app.oci:latest docker-archive:copy.tar:app:copy
    expect_status 0 "$MKIMAGE" inspect copy.tar
}

case_container_umoci()
{
    need umoci runc
    need_engine runc
    "$MKIMAGE" container -q -e 'V=a b' -o app "$PROGRAM" -- 'x y'
    umoci unpack --image app.oci:latest bundle > /dev/null 2> err || fail "umoci: $(cat err)"
    sed -i 's/"terminal": true/"terminal": false/' bundle/config.json
    # A host may not let limits be set.
    python3 - bundle/config.json << 'END' 2> /dev/null || true
import json, sys
config = json.load(open(sys.argv[1]))
config["process"].pop("rlimits", None)
json.dump(config, open(sys.argv[1], "w"))
END
    expect_status 7 runc --root "$PWD/state" run --bundle bundle "thimble-test-$$"
    expect_text out '^<x y>$' '^V=<a b> '
}

case_container_docker_load()
{
    need docker dockerd
    [ "$(id -u)" = 0 ] || skip 'a docker daemon needs root'
    local folder host pid status=0 i

    "$MKIMAGE" container -q -f docker -e 'V=a b' -o app "$PROGRAM" -- 'x y'
    folder=$(mktemp -d /tmp/thimble-test-XXXXXX)
    host=unix://$folder/socket
    echo '{}' > "$folder/config"
    dockerd --config-file "$folder/config" --storage-driver vfs --iptables=false --bridge=none -H "$host" \
        --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" \
        --cgroup-parent "/${folder##*/}" > "$folder/log" 2>&1 &
    pid=$!
    # shellcheck disable=SC2064 # as they are now
    trap "kill $pid; wait $pid; rm -rf $folder; find /sys/fs/cgroup -maxdepth 2 -name ${folder##*/} -exec rmdir {} +" EXIT
    for ((i = 0; i < 300; i++)); do
        docker -H "$host" version > /dev/null 2>&1 && break
        sleep 0.1
    done
    expect_status 0 docker -H "$host" load -i app.docker.tar
    expect_text out 'Loaded image: app:latest'
    expect_status 7 docker -H "$host" run --rm app
    expect_text out '^<x y>$' '^V=<a b> '
    docker -H "$host" run -d --name waits app wait > out 2> err || fail "docker run -d: $(cat err)"
    sleep 0.5
    docker -H "$host" stop waits > out
    [ "$(docker -H "$host" inspect --format '{{.State.ExitCode}}' waits)" = 9 ] || fail 'docker stop'
    docker -H "$host" rm waits > out || status=$?
    [ "$status" = 0 ] || fail 'docker rm'
}

case_container_podman_load()
{
    need podman
    need_engine podman
    "$MKIMAGE" container -q -f oci-archive -t thimble-test-$$:1 -o app "$PROGRAM"
    # shellcheck disable=SC2064
    trap "podman rmi thimble-test-$$:1 > out 2>&1" EXIT
    expect_status 0 podman load -i app.oci.tar
    expect_status 0 podman image exists "thimble-test-$$:1"
}

case_container_engine_docker()
{
    own_tmpdir
    engine_is_good docker
}

case_container_engine_podman()
{
    own_tmpdir
    engine_is_good podman
}

case_container_engine_runc()
{
    own_tmpdir
    engine_is_good runc
}

case_container_engine_none()
{
    own_tmpdir
    engine_is_good none
    expect_status 137 container_run -m 32M "$PROGRAM" -- grow
}

# A private daemon makes files at fixed places too: on a host that has none yet, they go with it.
case_container_daemon_traces()
{
    need dockerd
    # shellcheck disable=SC2016 # the inner shell's own variables
    unshare -m true 2> /dev/null || skip 'may not mount (unshare -m)'
    expect_status 0 unshare -m sh -ec 'mount -t tmpfs none /run
        "$0" container -q --run --start-engine "$1" > /dev/null || [ $? = 7 ]
        find /run -mindepth 1' "$MKIMAGE" "$PROGRAM"
    [ ! -s out ] || fail "the daemon left: $(cat out)"
}

# Killed without a chance to say goodbye: the guardian puts everything away.
case_container_killed()
{
    local pid i

    own_tmpdir
    need_engine none
    for ENGINE in '--engine none' '--engine runc' '--start-engine'; do
        case $ENGINE in
        *runc) command -v runc > /dev/null && [ "$(id -u)" = 0 ] || continue ;;
        --start-engine) command -v dockerd > /dev/null && [ "$(id -u)" = 0 ] || continue ;;
        esac
        : > out
        # shellcheck disable=SC2086 # options
        "$MKIMAGE" container -q --run $ENGINE --name "thimble-killed-$$" "$PROGRAM" -- hang > out 2> err < /dev/null &
        pid=$!
        for ((i = 0; i < 300; i++)); do
            grep -q ready out && break
            sleep 0.1
        done
        kill -KILL $pid
        wait $pid || true
        for ((i = 0; i < 200; i++)); do
            [ -z "$(ls -A "$TMPDIR")" ] && ! pgrep -f "thimble-killed-$$" > /dev/null && break
            sleep 0.1
        done
        echo "after $ENGINE: $(ls -A "$TMPDIR")"
        nothing_is_left
        ! pgrep -fa "thimble-killed-$$" || fail 'processes stay'
    done
}

case_container_bad_input()
{
    echo 'int main(void) { return 0; }' > a.cpp
    expect_status 1 "$MKIMAGE" container a.cpp
    expect_complaint 'C\+\+'
    expect_status 2 "$MKIMAGE" container
    expect_complaint 'no input'
    expect_status 2 "$MKIMAGE" container -f zip "$PROGRAM"
    expect_complaint '-f zip: expected one of oci'
    expect_status 2 "$MKIMAGE" container --expose 70000 "$PROGRAM"
    expect_complaint '--expose 70000'
    expect_status 2 "$MKIMAGE" container -p x:80 "$PROGRAM"
    expect_complaint '-p x:80'
    expect_status 2 "$MKIMAGE" container -t 'Bad Name' "$PROGRAM"
    expect_complaint 'Bad Name'
    expect_status 2 "$MKIMAGE" container -u nobody "$PROGRAM"
    expect_complaint 'UID'
    expect_status 2 "$MKIMAGE" container --workdir data "$PROGRAM"
    expect_complaint 'absolute'
    expect_status 2 "$MKIMAGE" container -m 64M "$PROGRAM"
    expect_complaint 'add --run'
    expect_status 1 "$MKIMAGE" container -e $'V=\xff' "$PROGRAM"
    expect_complaint 'UTF-8'
    expect_status 2 "$MKIMAGE" container --cc gcc --libc musl "$PROGRAM"
    echo 'int main(void) { return nowhere(); }' > a.c
    expect_status 1 "$MKIMAGE" container a.c
    expect_complaint 'nowhere'
    expect_files a.c a.cpp
}

case_container_bad_rootfs()
{
    mkdir -p app/rootfs/app
    echo 'int main(void) { return 0; }' > app/main.c
    expect_status 1 "$MKIMAGE" container app
    expect_complaint 'folder of that name'
    rmdir app/rootfs/app
    mkfifo app/rootfs/pipe
    expect_status 1 "$MKIMAGE" container app
    expect_complaint 'app/rootfs/pipe'
    rm app/rootfs/pipe
    if [ "$(id -u)" != 0 ]; then
        touch app/rootfs/secret
        chmod 0 app/rootfs/secret
        expect_status 1 "$MKIMAGE" container app
        expect_complaint 'app/rootfs/secret: Permission'
        rm -f app/rootfs/secret
    fi
    expect_files app app/main.c app/rootfs
}

case_container_bad_engine()
{
    mkdir bin
    for tool in cc gcc as ld; do ln -s "$(command -v $tool)" bin/; done
    for engine in docker podman runc; do
        expect_status 125 env PATH="$PWD/bin" "$MKIMAGE" container --run --engine $engine "$PROGRAM"
        expect_complaint "--engine $engine: $engine is not installed: apt install"
    done
    expect_status 1 env PATH="$PWD/bin" "$MKIMAGE" container --libc musl "$PROGRAM"
    expect_complaint 'musl-gcc is not installed: apt install musl-tools'
    expect_status 125 env PATH="$PWD/bin" "$MKIMAGE" container --run --start-engine "$PROGRAM"
    expect_complaint 'start-engine'
    expect_status 125 "$MKIMAGE" container --run --engine podman --start-engine "$PROGRAM"
    need_engine none
    expect_status 7 env PATH="$PWD/bin" "$MKIMAGE" container --run "$PROGRAM"
    expect_text err 'no container engine is here'
    expect_status 125 "$MKIMAGE" container --run --engine none -p 8080:80 "$PROGRAM"
    expect_complaint '-p 127.0.0.1:8080:80'
}

# A disk that fills up: nothing of the output stays.
case_container_bad_disk_full()
{
    mkdir disk
    cat > session << 'END'
mount -t tmpfs -o size=200k disk disk || exit 77
for format in oci oci-archive docker tar dir; do
    TMPDIR=/tmp "$MKIMAGE" container -f $format -o disk/app "$PROGRAM"
    echo "full $? $format:$(ls -A disk)"
done
END
    export MKIMAGE PROGRAM
    unshare -m bash session > out 2> err || skip "may not mount a small disk"
    cat out err
    [ "$(grep -c '^full 1 [a-z-]*:$' out)" = 5 ] || fail 'half-written images stay'
    expect_complaint 'No space left'
}
