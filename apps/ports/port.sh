# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the recipe sets some names and uses the others
#
# What the recipes share. A recipe is an executable file `recipe` in a folder below
# apps/ports; `mkimage apps/ports/NAME` runs it as
#     MKIMAGE=the tool apps/ports/NAME/recipe FOLDER
# and takes FOLDER/program.elf. It names its source in deps.lock, defines build(), which
# runs in the unpacked source and sets `program` to the image it made, and ends with
# `port_build "$@"`. Sources are used as they come; patches/*.patch beside a recipe are applied, each
# with a reason in it. What was built from the same recipe, tool and library is kept.
set -eu
port=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$port/../../.." && pwd)
CC="$MKIMAGE cc"
HOST=x86_64-elf # what `mkimage cc -dumpmachine` says
jobs=$(nproc)
export CC MKIMAGE
unset MAKEFLAGS MAKELEVEL CFLAGS LDFLAGS

port_die()
{
    echo "${port##*/}: $*" >&2
    exit 1
}

# What the result depends on besides the source.
port_state()
{
    local sysroot

    sysroot=$(dirname "$MKIMAGE")/sysroot
    [ -d "$sysroot" ] || sysroot=$(dirname "$MKIMAGE")/../lib/thimble
    cat "$tree/deps.lock" "$port/recipe" "$port/../port.sh" "$port"/patches/*.patch 2> /dev/null
    stat -Lc '%n %s %Y' "$MKIMAGE" "$sysroot"/lib/*.a "$sysroot/lib/kernel.ld" 2> /dev/null
}

# Reads the source's line of deps.lock and unpacks it, fresh, into $1.
port_unpack()
{
    local downloads=${DOWNLOADS:-$tree/build/downloads} file

    "$tree/tools/fetch" "$source" "$downloads" >&2
    file=$(awk -v name="$source" '$1 == name {print $3}' "$tree/deps.lock")
    rm -rf "$1"
    mkdir -p "$1"
    tar -xf "$downloads/$file" -C "$1" --strip-components=1 --no-same-owner
    for patch in "$port"/patches/*.patch; do
        [ ! -e "$patch" ] || patch -s -p1 -d "$1" < "$patch"
    done
}

port_build()
{
    local folder state

    mkdir -p "$1"
    folder=$(cd "$1" && pwd)
    state=$(port_state | sha256sum)
    if [ "$(cat "$folder/.state" 2> /dev/null)" = "$state" ] && [ -e "$folder/program.elf" ]; then
        return 0
    fi
    echo "${port##*/}: building $source (all it says is in $folder/log)" >&2
    rm -f "$folder/.state" "$folder/program.elf"
    port_unpack "$folder/source"
    program=
    set +e # bash forgets it in a condition
    (
        set -e
        cd "$folder/source"
        build
        [ -n "$program" ] && cp "$program" "$folder/program.elf"
    ) > "$folder/log" 2>&1
    status=$?
    set -e
    if [ $status != 0 ]; then
        tail -n 15 "$folder/log" >&2
        port_die "it did not build; all of it is in $folder/log"
    fi
    echo "$state" > "$folder/.state"
}
