# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2034 # what others use
#
# Networks to test in, and machines on them. Sourced after test-vm/lib.sh, never run.
#
# A network is a namespace of its own, gone with the test; nothing of it is seen outside. In it:
#     network_direct    a tap, `guest`, with the host's address: the kernel's whole offload
#     network_wired     guest -- bridge -- near -- build/wire -- peer, with the host's address:
#                       each frame passes by a program that may spoil it
HOST4=10.77.0.1 GUEST4=10.77.0.2 HOST6=fd77::1 GUEST6=fd77::2
ADDRESS_WORDS="ip=$GUEST4::$HOST4:255.255.255.0::eth0:off thimble.ip6=$GUEST6/64"

# As root of a namespace one may do nearly all of this; root itself need not be there.
NETWORK='unshare -npf --kill-child'
[ "$(id -u)" = 0 ] || NETWORK="$NETWORK -r"

network_need()
{
    need ip unshare "$@"
    [ -w /dev/net/tun ] || skip 'may not make a tap (/dev/net/tun)'
    $NETWORK true 2> /dev/null || skip 'the kernel gives no network namespaces here'
}

# in_network FUNCTION ARGUMENT...: runs it, of the file that calls, in a network of its own
# whose processes end with it.
in_network()
{
    local status=0

    # shellcheck disable=SC2016 # for the shell within
    $NETWORK bash -euc '
        . "$1/test-vm/lib.sh"; . "$1/test-vm/net-lib.sh"; . "$2"
        ip link set lo up
        shift 2; "$@"' network "$ROOT" "${BASH_SOURCE[1]}" "$@" || status=$?
    [ $status != 77 ] || exit 77
    [ $status = 0 ] || fail "$1: status $status"
}

addresses_add()
{
    ip address add $HOST4/24 dev "$1"
    ip address add $HOST6/64 dev "$1" nodad
}

network_direct()
{
    ip tuntap add dev guest mode tap vnet_hdr
    addresses_add guest
    ip link set guest up
}

# network_wired OPTION...: of the wire.
network_wired()
{
    local tap

    ip link add wires type bridge forward_delay 0 mcast_snooping 0
    for tap in guest near peer; do ip tuntap add dev $tap mode tap vnet_hdr; done
    for tap in wires guest near; do echo 1 > /proc/sys/net/ipv6/conf/$tap/disable_ipv6; done
    ip link set guest master wires
    ip link set near master wires
    addresses_add peer
    mkfifo wire.in
    "$BUILD/wire" --seed "${SEED:-1}" "$@" near peer < wire.in > wire.out 2> wire.err &
    wire=$!
    exec 6> wire.in
    text_wait wire.out '^ready'
    for tap in wires guest near peer; do ip link set $tap up; done
}

wire_say()
{
    echo "$*" >&6
}

# wire_count: what it did so far, as the last two lines of wire.out; wire_did END WHAT: of that.
wire_count()
{
    local lines

    lines=$(wc -l < wire.out)
    wire_say count
    until [ "$(wc -l < wire.out)" -ge $((lines + 2)) ]; do sleep 0.05; done
}

wire_did()
{
    sed -n "s/^$1 .*\\b$2 \\([0-9]*\\).*/\\1/p" wire.out | tail -n 1
}

# machine_start MACHINE IMAGE WORDS DEVICE [OPTION...] [-- ARGUMENT...]: a machine with this card
# on the tap, until it listens. It says ./out and ./err; $machine is its process.
machine_start()
{
    local kind=$1 image=$2 words=$3 device=$4 options=() printed i

    shift 4
    while [ $# -gt 0 ] && [ "$1" != -- ]; do options+=("$1"); shift; done
    eval "printed=($("$MKIMAGE" run --accel tcg --machine "$kind" ${MEMORY:+-m "$MEMORY"} --net none --print "$image" "$@"))"
    [[ " ${printed[*]} " == *" -append "* ]] || printed+=(-append '')
    for i in "${!printed[@]}"; do
        [ "${printed[$i]}" != -append ] || printed[i + 1]="$words ${printed[i + 1]}"
    done
    rm -f monitor.in monitor.out out err # what the machine before has said is not this one's
    mkfifo monitor.in monitor.out
    exec 7<> monitor.in 8<> monitor.out
    echo "\$ ${printed[*]} -device $device ${options[*]}"
    "${printed[@]}" -netdev tap,id=card,ifname=guest,script=no,downscript=no,vnet_hdr="${VNET_HDR:-on}" \
        -device "$device,netdev=card,id=nic" "${options[@]}" \
        -chardev pipe,id=monitor,path=monitor -mon chardev=monitor,mode=readline < /dev/null > out 2> err &
    machine=$!
    [ -n "${NO_LISTENING:-}" ] || machine_says '^listening'
}

machine_says()
{
    local tries=0

    until grep -aEq "$1" out 2> /dev/null; do
        tries=$((tries + 1))
        kill -0 $machine 2> /dev/null || fail "the machine has ended: $(tail -n 5 out err)"
        [ $tries -lt 1200 ] || fail "$1 did not come: $(tail -n 3 out)"
        sleep 0.05
    done
}

# monitor WORD...: an order to QEMU.
monitor()
{
    echo "$*" >&7
}

# Whoever was to run to the end of the test has not ended by itself before.
machine_stop()
{
    kill -0 $machine 2> /dev/null || fail "the machine has ended: $(tail -n 20 out err)"
    kill -KILL $machine
    wait $machine 2> /dev/null || true
    ! grep -aE 'thimble: .*(fault|panic)|FAIL' out || fail 'the machine complains'
}

# dns_start OPTION...: dnsmasq on the tap, in the background.
dns_start()
{
    dnsmasq --keep-in-foreground --no-daemon --conf-file=/dev/null --user=root --interface=guest \
        --bind-interfaces --except-interface=lo --no-resolv --no-hosts --log-dhcp --dhcp-authoritative --no-ping \
        --dhcp-leasefile="$PWD/leases" "$@" >> dnsmasq.log 2>&1 &
    dns=$!
}

dns_stop()
{
    kill "$dns"
    wait "$dns" || true
}

# bytes WORD...: a client of net_bytes in the machine; all it exchanges must be right.
bytes()
{
    local status=0

    "$BUILD/net_bytes" to "${BYTES_TO:-$GUEST4}" 7000 "$@" > bytes.out 2>&1 || status=$?
    [ $status = 0 ] || fail "net_bytes $*: $(head -n 3 bytes.out)"
}
