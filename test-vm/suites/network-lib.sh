# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# What the suites of the network share: a network namespace of their own with a tap, a
# guest on it, and steps that are counted. Sourced by a suite that has called nothing yet:
# it is started again, inside the namespace.
#     HOST, GUEST            the two ends of the tap `net0`
#     guest_start MEMORY IMAGE OPTION... [-- ARGUMENT...]
#     step NAME COMMAND...   one test: COMMAND in a shell of its own, with fail and skip
#     steps_end              prints `N passed, N failed`
# shellcheck source=test-vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

HOST=10.99.0.1 GUEST=10.99.0.2 MAC=52:54:00:62:6e:01
passed=0 failed=0 skipped=0

# network_begin ARGUMENT...: those of the suite.
network_begin()
{
    local why=

    [ "$(id -u)" = 0 ] || why='only root can make a network to test in'
    [ -w /dev/net/tun ] || why='may not make a tap (/dev/net/tun)'
    command -v ip > /dev/null && command -v unshare > /dev/null || why='ip or unshare is not installed'
    [ -n "$why" ] || unshare -n true 2> /dev/null || why='the kernel gives no network namespaces here'
    if [ -n "$why" ]; then
        echo "SKIP  ${0##*/}: $why"
        echo '0 passed, 0 failed, 1 skipped'
        exit 0
    fi
    if [ "${NETWORK_SUITE:-}" != "$PPID" ]; then
        make -s -C "$ROOT" -f test-vm/test.mk BUILD="$BUILD" test-tools || die 'the test tools do not build'
        NETWORK_SUITE=$$ unshare -n "$(realpath "$0")" "$@"
        exit $?
    fi
    mkdir -p "$BUILD/test"
    work=$(mktemp -d "$BUILD/test/${0##*/}-XXXXXX")
    trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$work"' EXIT
    cd "$work" || exit 1
    ip link set lo up
    ip tuntap add net0 mode tap vnet_hdr
    ip address add $HOST/16 dev net0
    ip link set net0 up
    ip neigh replace $GUEST lladdr $MAC dev net0 nud permanent
}

# guest_start MEMORY IMAGE OPTION... [-- ARGUMENT...]: $guest is its process; until it says `listening`.
guest_start()
{
    local memory=$1 image=$2 words tries=0

    shift 2
    eval "words=($("$MKIMAGE" run --accel tcg --net tap=net0 --ip $GUEST/16,$HOST --mac $MAC -m "$memory" --print "$image" "$@"))"
    "${words[@]}" < /dev/null > guest.out 2>&1 &
    guest=$!
    until grep -aqs '^listening' guest.out; do
        tries=$((tries + 1))
        kill -0 $guest 2> /dev/null && [ $tries -lt 1200 ] || { tail -n 5 guest.out; return 1; }
        sleep 0.05
    done
}

# guest_stop: also when it has ended; what it complained of is a failure.
guest_stop()
{
    kill -KILL $guest 2> /dev/null
    wait $guest 2> /dev/null
    ! grep -aE 'panic|FAIL|memory fault|assertion' guest.out
}

# step NAME COMMAND...: its output only when it fails; ends what it started.
step()
{
    local name=$1 status=0 started=$SECONDS

    shift
    [ -z "${ONLY:-}" ] || [[ $name == $ONLY ]] || return 0
    (trap 'kill $(jobs -p) 2> /dev/null' EXIT; "$@") > "$name.log" 2>&1 || status=$?
    case $status in
        0) passed=$((passed + 1)); printf 'ok    %s (%d s)\n' "$name" $((SECONDS - started)) ;;
        77) skipped=$((skipped + 1)); printf 'SKIP  %s: %s\n' "$name" "$(tail -n 1 "$name.log")" ;;
        *) failed=$((failed + 1)); printf 'FAIL  %s (status %d after %d s)\n' "$name" $status $((SECONDS - started))
            tail -n 20 "$name.log" | cut -c1-300 | sed 's/^/      | /'
            [ ! -s guest.out ] || tail -n 5 guest.out | cut -c1-300 | sed 's/^/      guest | /' ;;
    esac
    [ $status = 0 ] && grep -a '^figure' "$name.log" | sed 's/^/      /'
    rm -f guest.out
}

steps_end()
{
    printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
    [ $failed = 0 ]
}
