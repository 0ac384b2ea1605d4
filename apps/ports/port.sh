# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the recipe sets some names and uses the others
#
# What the recipes share. A recipe is an executable file `recipe` in a folder below
# apps/ports; `mkimage apps/ports/NAME` runs it as
#     MKIMAGE=the tool apps/ports/NAME/recipe FOLDER
# and takes FOLDER/program.elf, with the files of FOLDER/rootfs and of the folder rootfs/ beside
# the recipe. A recipe
# - names its `source` in deps.lock; `port_unpack ../NAME NAME` takes a further one
# - defines build(), which runs in the unpacked source and sets `program` to the image it
#   made; a library is said by `library=true` and installed below $installed
# - may say `arguments=(...)`, the program's when none are given
# - may put files of the source that the program wants into $rootfs
# - may say `linux=true`: the same lines also build it for the system they run on, statically, for
#   `mkimage container` and `compare`; $SYSTEM is then Linux instead of Thimble
# - may say `wants=(NAME...)`, libraries that it then finds in $(port_installed NAME)
# - ends with `port_build "$@"`.
# What is built says it is from the day of its source: the same source, the same bytes.
# Sources are used as they come; patches/NAME-*.patch beside a recipe are applied, each with
# a reason in it. What was built from the same recipe, tool and C library is kept.
set -eu
port=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$port/../../.." && pwd)
SYSTEM=${PORT_SYSTEM:-Thimble}
CC="$MKIMAGE cc"
HOST=x86_64-elf # what `mkimage cc -dumpmachine` says
if [ $SYSTEM = Linux ]; then
    CC="cc -static"
    HOST=$(cc -dumpmachine)
fi
jobs=${PORT_JOBS:-$(nproc)}
wants=()
arguments=()
library=false
linux=false
export GIT_DIR=/nonexistent # some ask git what they are, and this tree would answer
export CC MKIMAGE
unset MAKEFLAGS MAKELEVEL CFLAGS LDFLAGS

port_die()
{
    echo "${port##*/}: $*" >&2
    exit 1
}

# What the result depends on besides the source: a library is only compiled.
port_state()
{
    local sysroot name

    sysroot=$(dirname "$MKIMAGE")/sysroot
    [ -d "$sysroot" ] || sysroot=$(dirname "$MKIMAGE")/../lib/thimble
    awk 'NR == FNR { gsub(/[^A-Za-z0-9._-]/, " "); for (i = 1; i <= NF; i++) said[$i]; next } $1 in said' \
        "$port/recipe" "$tree/deps.lock"
    cat "$port/recipe" "$port/../port.sh" "$port"/patches/*.patch 2> /dev/null || true
    if [ $SYSTEM = Linux ]; then
        cc --version
    elif $library; then
        find "$sysroot/include" -type f -print0 | sort -z | xargs -0 sha256sum
    else
        stat -Lc '%n %s %Y' "$MKIMAGE" "$sysroot"/lib/*.a "$sysroot/lib/kernel.ld" 2> /dev/null
    fi
    for name in "${wants[@]}"; do
        cat "$built/../$name/.state"
    done
}

# Where the library $1 was installed.
port_installed()
{
    echo "$built/../$1/installed"
}

# Unpacks the source $2 (the recipe's), by its line of deps.lock, fresh, into $1.
port_unpack()
{
    local downloads=${DOWNLOADS:-$tree/build/downloads} name=${2:-$source} file

    "$tree/tools/fetch" "$name" "$downloads" >&2
    file=$(awk -v name="$name" '$1 == name {print $3}' "$tree/deps.lock")
    rm -rf "$1"
    mkdir -p "$1"
    tar -xf "$downloads/$file" -C "$1" --strip-components=1 --no-same-owner
    for patch in "$port"/patches/"$name"-*.patch; do
        [ ! -e "$patch" ] || patch -s -p1 -d "$1" < "$patch"
    done
}

# What build() made, with its arguments, into the folder $1.
port_keep()
{
    [ -n "$program" ] || return 0
    if [ $SYSTEM = Linux ]; then
        strip -o "$1/program" "$program"
        printf '%s\n' "${arguments[@]}" > "$1/arguments"
        return 0
    fi
    cp "$program" "$1/program.elf"
    [ ${#arguments[@]} = 0 ] || "$MKIMAGE" config "$1/program.elf" -- "${arguments[@]}"
}

port_build()
{
    local folder state name

    [ $SYSTEM = Thimble ] || $linux || port_die "its recipe builds it for Thimble only: there is no container of it"
    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
    built=$folder
    for name in "${wants[@]}"; do
        "$port/../$name/recipe" "$folder/../$name"
    done
    state=$(port_state | sha256sum)
    if [ "$(cat "$folder/.state" 2> /dev/null)" = "$state" ]; then
        return 0
    fi
    echo "${port##*/}: building $source (all it says is in $folder/log)" >&2
    SECONDS=0
    rm -rf "$folder/.state" "$folder/program.elf" "$folder/program" "$folder/arguments" "$folder/installed" "$folder/rootfs"
    port_unpack "$folder/source"
    SOURCE_DATE_EPOCH=$(find "$folder/source" -type f -printf '%Ts\n' | sort -n | tail -n 1)
    export SOURCE_DATE_EPOCH
    program=
    installed=$folder/installed
    rootfs=$folder/rootfs
    set +e # bash forgets it in a condition
    (
        set -e
        cd "$folder/source"
        build
        [ -n "$program" ] || [ -d "$installed" ]
        port_keep "$folder"
    ) > "$folder/log" 2>&1
    status=$?
    set -e
    if [ $status != 0 ]; then
        tail -n 15 "$folder/log" >&2
        port_die "it did not build; all of it is in $folder/log"
    fi
    echo "$state" > "$folder/.state"
    echo "${port##*/}: built in $SECONDS s" >&2
}
