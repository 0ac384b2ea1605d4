# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the suites share: build each program with mkimage, run it, compare, and
# count. Programs run in parallel (JOBS, default the number of processors).
# shellcheck source=test-vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

known=$ROOT/test-vm/suites/known.txt
JOBS=${JOBS:-$(nproc)}
CASE_TIMEOUT_S=${CASE_TIMEOUT_S:-60}

# suite_run NAME RUNNER FILES...: RUNNER FILE WORK_FOLDER prints why when it is wrong.
suite_run()
{
    local suite=$1 runner=$2 results

    shift 2
    # shellcheck disable=SC2163 # the function that it names
    export -f "$runner"
    export MKIMAGE CASE_TIMEOUT_S
    results=$BUILD/test/$suite-$$
    mkdir -p "$results"
    printf '%s\0' "$@" | xargs -0 -P "$JOBS" -n 1 bash -c '
        name=$(basename "$2" .c); work=$1/$name; mkdir -p "$work"
        if "$0" "$2" "$work" > "$1/$name.log" 2>&1; then echo right > "$1/$name.verdict"
        else echo wrong > "$1/$name.verdict"; fi
        rm -rf "$work"' "$runner" "$results"
    suite_report "$suite" "$results"
}

# What fails and is not explained in known.txt makes the suite fail, and so does
# an explanation of something that works.
suite_report()
{
    local suite=$1 results=$2 name right=0 total=0 explained=0 surprises=0 verdict why

    for verdict in "$results"/*.verdict; do
        name=$(basename "$verdict" .verdict)
        total=$((total + 1))
        why=$(awk -v key="$suite/$name" '$1 == key {sub(/^[^ ]+ +/, ""); print}' "$known")
        if [ "$(cat "$verdict")" = right ]; then
            right=$((right + 1))
            [ -z "$why" ] || { surprises=$((surprises + 1))
                echo "FAIL  $suite/$name works now: take it out of known.txt"; }
        elif [ -n "$why" ]; then
            explained=$((explained + 1))
            printf 'known %s/%s: %s\n' "$suite" "$name" "$why"
        else
            surprises=$((surprises + 1))
            printf 'FAIL  %s/%s\n' "$suite" "$name"
            tail -n 6 "$results/$name.log" | cut -c1-300 | sed 's/^/      | /'
        fi
    done
    echo "$suite: $right of $total right, $explained explained, $surprises surprises"
    if [ $surprises = 0 ]; then rm -rf "$results"; else echo "logs: ${results#"$ROOT"/}"; fi
    printf "%d passed, %d failed, %d skipped\n" "$right" "$surprises" "$explained"
    [ $surprises = 0 ]
}
