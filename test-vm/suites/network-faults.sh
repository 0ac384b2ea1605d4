# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2154 # what test-vm/net-lib.sh has set
#
# What test-vm/suites/network-faults does, one function a kind of test; each runs in a
# network of its own. `said: ...` is told with the verdict.

# session WORDS: of a shell, which say what is to be done.
session()
{
    network_need
    in_network eval "$1"
}

said()
{
    echo "said: $*"
}

# ---- a bad wire ----

# wire_did_all WHAT...: both directions had each of these faults, or the test proves nothing.
wire_did_all()
{
    local what end

    wire_count
    for what in "$@"; do
        [ "$what" != - ] || continue
        for end in a b; do
            [ "$(wire_did $end "$what")" -gt 0 ] || fail "nothing from $end was $what: $(tail -n 2 wire.out)"
        done
    done
    said "$(tail -n 2 wire.out | tr '\n' ' ')"
}

# wire_test BYTES "DID..." WORD...: so many bytes in each direction, by one connection and
# then by several at once, through a wire with these faults.
wire_test()
{
    local bytes=$1 did=$2 started=$SECONDS

    shift 2
    network_wired
    machine_start "${MACHINE:-q35}" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "${DEVICE:-virtio-net-pci}" -- serve 7000
    wire_say "$@"
    bytes --bytes "$bytes" give
    said "in $((SECONDS - started)) s"
    bytes --bytes "$bytes" take
    said "out $((SECONDS - started)) s"
    bytes --connections 8 --orders 20 --bytes 20000 both
    # shellcheck disable=SC2086 # several words on purpose
    wire_did_all $did
    machine_stop
}

# large_test WORD...: frames of up to 64 KiB pass by the wire whole, as cards and kernel give them.
large_test()
{
    network_wired --offload
    machine_start q35 "$IMAGES/bytes.elf" "$ADDRESS_WORDS" virtio-net-pci -- serve 7000
    wire_say "${@:3}"
    bytes --bytes "$1" give
    bytes --bytes "$1" take
    bytes --connections 8 --orders 20 --bytes 200000 both
    # shellcheck disable=SC2086 # several words on purpose
    wire_did_all $2
    machine_stop
}

# ---- links ----

# flap HOW: the cable is pulled out, and put in again.
flap()
{
    case $1 in
    card) monitor set_link nic off; sleep "$2"; monitor set_link nic on ;;
    carrier) ip link set guest carrier off; sleep "$2"; ip link set guest carrier on ;;
    tap) ip link set guest down; sleep "$2"; ip link set guest up ;;
    wire) ip link set near down; sleep "$2"; ip link set near up ;;
    esac
}

# link_test SECONDS MACHINE DEVICE [OPTION...]: links go down and up in mid-transfer, for a moment and for
# some time. Everything arrives; nothing is begun anew.
link_test()
{
    local seconds=$1 flaps=0 started=$SECONDS client down='0 0.1 0.5' up='0.5 1'

    shift
    network_wired
    machine_start "$1" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "${@:2}" -- serve 7000
    # Who sends again waits twice as long each time, a minute and more when the link was down each time.
    "$BUILD/net_bytes" to $GUEST4 7000 --connections 4 --seconds "$seconds" --bytes 3e6 --patience 300 both > bytes.out 2>&1 &
    client=$!
    sleep 2 # all are connected
    while [ $SECONDS -lt $((started + seconds)) ]; do
        kill -0 $client 2> /dev/null || fail "net_bytes after $flaps: $(head -n 3 bytes.out)"
        # The first few are short, so that chance never leaves too few of them.
        [ $flaps -lt 4 ] || down='0 0.1 0.5 2 4' up='0.5 1 3 4'
        # shellcheck disable=SC2086 # lists
        flap "$(shuf -n 1 -e card card carrier tap wire)" "$(shuf -n 1 -e $down)"
        flaps=$((flaps + 1))
        # shellcheck disable=SC2086
        sleep "$(shuf -n 1 -e $up)"
    done
    wait $client || fail "net_bytes: $(head -n 3 bytes.out)"
    [ $flaps -gt 3 ] || fail "only $flaps times"
    said "$flaps times down, $(cat bytes.out)"
    BYTES_TO=$GUEST6 bytes --bytes 1e6 --patience 20 give # the other protocol has lived through it as well
    machine_stop
}

# The cable is put in after the start: then DHCP begins, and routers are asked for.
link_late_test()
{
    need dnsmasq
    network_direct
    dns_start --enable-ra --dhcp-range=10.77.0.50,10.77.0.50,255.255.255.0,1h --dhcp-range=fd77::,ra-only,64 --ra-param=guest,10
    NO_LISTENING=1 machine_start "$1" "$IMAGES/bytes.elf" thimble.net=verbose "$2" -S -- serve 7000
    monitor set_link nic off
    monitor cont
    machine_says '^listening'
    sleep 4
    ! grep -q '(dhcp)' out || fail 'an address without a link'
    monitor set_link nic on
    machine_says '^eth0: 10\.77\.0\.50/24 \(dhcp\)'
    machine_says '^eth0: fd77:.*\(router\)'
    BYTES_TO=10.77.0.50 bytes --bytes 1e6 give
    machine_stop
}

# ---- servers of DHCP ----

lease_range()
{
    echo "--dhcp-range=10.77.0.$1,10.77.0.$1,255.255.255.0,2m --dhcp-option=option:T1,${2:-4} --dhcp-option=option:T2,${3:-8}"
}

# The server that returns knows nothing of the lease, and says no to a renewal: another
# address, and the server of the program is there as well.
dhcp_changed_test()
{
    need dnsmasq
    network_direct
    # shellcheck disable=SC2046 # several words on purpose
    dns_start $(lease_range 50)
    machine_start microvm "$IMAGES/bytes.elf" thimble.net=verbose virtio-net-device -global virtio-mmio.force-legacy=false -- serve 7000
    machine_says '^eth0: 10\.77\.0\.50/24 \(dhcp\)'
    BYTES_TO=10.77.0.50 bytes --bytes 1e6 give
    dns_stop
    sleep 5
    BYTES_TO=10.77.0.50 bytes --bytes 1e6 take # it asks in vain, and keeps what it has
    rm leases
    # shellcheck disable=SC2046
    dns_start $(lease_range 60)
    machine_says '^eth0: 10\.77\.0\.60/24 \(dhcp\)'
    expect_text out '^eth0: 10\.77\.0\.50 is not used: a DHCP server refuses it'
    BYTES_TO=10.77.0.60 bytes --bytes 1e6 give
    machine_stop
    expect_text dnsmasq.log 'DHCPNAK\(guest\) 10\.77\.0\.50'
}

# Nobody renews the lease until it is over: the address goes. A server that comes later
# gives another one. What is told happens at the start of that time.
dhcp_over_test()
{
    local status

    need dnsmasq
    network_direct
    # shellcheck disable=SC2046
    dns_start $(lease_range 50 5 10)
    machine_start q35 "$IMAGES/bytes.elf" thimble.net=verbose virtio-net-pci -- serve 7000
    machine_says '^eth0: 10\.77\.0\.50/24 \(dhcp\)'
    dns_stop
    "$@"
    sleep 100
    BYTES_TO=10.77.0.50 bytes --bytes 1e6 take
    "$BUILD/echo_request" 10.77.0.50 2 || fail 'the address does not answer'
    machine_says '^eth0: 10\.77\.0\.50 is not used: its lease is over'
    status=0
    "$BUILD/echo_request" 10.77.0.50 2 || status=$?
    [ $status = 1 ] || fail 'the address is still there'
    # shellcheck disable=SC2046
    dns_start $(lease_range 60)
    machine_says '^eth0: 10\.77\.0\.60/24 \(dhcp\)'
    BYTES_TO=10.77.0.60 bytes --bytes 1e6 give
    machine_stop
}

# ---- addresses that are somebody else's ----

# The host has the guest's address of IPv4, from the start, and later once more: the guest tells
# it once, says each time that it is its own, and is there when the host is gone from it.
rival4_test()
{
    need tcpdump
    network_direct
    ip address add $GUEST4/32 dev guest
    machine_start "$1" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "$2" -- serve 7000
    machine_says "^eth0: ${GUEST4//./\\.} is also used by $(ip -o link show guest | sed 's|.*link/ether \([^ ]*\).*|\1|')"
    ip address del $GUEST4/32 dev guest
    bytes --bytes 1e6 give
    sleep 11 # the last time that it defended itself is long ago
    tcpdump -Z root -lni guest arp and ether src 52:54:00:12:34:56 > seen 2> seen.err &
    text_wait seen.err 'listening on'
    echo 1 > /proc/sys/net/ipv4/conf/guest/arp_notify
    ip address add $GUEST4/32 dev guest
    ip link set guest address 02:00:00:00:00:77 # now the host says what is at its address
    text_wait seen "Request who-has $GUEST4 .*tell $GUEST4"
    ip address del $GUEST4/32 dev guest
    bytes --bytes 1e6 take
    [ "$(grep -c 'is also used by' out)" = 2 ] || fail 'each other card is told once'
    machine_stop
}

# Of IPv6: an address that somebody has is not taken, one that we have is defended.
rival6_test()
{
    network_direct
    ip address add $GUEST6/128 dev guest nodad
    machine_start "$1" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "$2" -- serve 7000
    machine_says "^eth0: $GUEST6 is not used: somebody else has it"
    ip address del $GUEST6/128 dev guest
    bytes --bytes 1e6 give
    machine_stop
    machine_start "$1" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "$2" -- serve 7000
    BYTES_TO=$GUEST6 bytes --bytes 1e6 give
    ip address add $GUEST6/128 dev guest
    sleep 4 # Linux asks after a second by chance, and waits for one
    ip -6 address show dev guest | grep "$GUEST6.*dadfailed" || fail "the guest's address was free to take"
    machine_stop
}

# ---- options of cards ----

# options_test RUNS MACHINE "OPTION..." DEVICE...: with each of these cards, some hundred orders of many
# connections at once, and a few large ones; RUNS times from the start.
options_test()
{
    local runs=$1 kind=$2 options=$3 device run all=0

    shift 3
    network_direct
    for device in "$@"; do
        for ((run = 1; run <= runs; run++)); do
            # shellcheck disable=SC2086 # several words on purpose
            machine_start "$kind" "$IMAGES/bytes.elf" "$ADDRESS_WORDS" "$device" $options -- serve 7000
            bytes --connections 16 --orders 20 --bytes 2000 --patience 30 --seed $run both
            bytes --connections 4 --orders 4 --bytes 400000 --patience 30 --seed $run both
            machine_stop
            all=$((all + 1))
        done
    done
    said "$all runs with $# cards"
}

# ---- the soak ----

SOAK_QUIET_S=200
SOAK_FAULTS=(clean clean loss=1 loss=5 reorder=10 duplicate=5 corrupt=1 'delay=20 jitter=10' 'loss=1 reorder=5 duplicate=2 corrupt=1'
    'a:loss=3' 'b:loss=3' 'b:delay=50')

# What is free in the machine, in bytes; it is asked over the same network.
soak_free()
{
    timeout 60 cat < /dev/tcp/$GUEST4/9
}

# Twenty clients stop being there, in the middle of a large file; nobody says so.
soak_vanish()
{
    local vanishing tries

    rm -f vanish.out
    ip address add 10.77.0.3/24 dev peer
    "$BUILD/soak_clients" vanish $GUEST4 10.77.0.3 20 > vanish.out 2>&1 &
    vanishing=$!
    for tries in $(seq 100); do
        grep -q '^all there' vanish.out 2> /dev/null && break
        sleep 0.1
    done
    sleep 2
    ip address del 10.77.0.3/24 dev peer
    kill -KILL $vanishing
    wait $vanishing 2> /dev/null || true
}

# soak_load SECONDS: with a fault at random every few seconds; then quiet, until what waits for its
# time is over: what is free then, into $free.
soak_load()
{
    local end=$((SECONDS + $1)) status=0 clients

    "$BUILD/soak_clients" run $GUEST4 root/www "$1" >> clients.out 2>&1 &
    clients=$!
    while [ $SECONDS -lt $end ]; do
        case $((RANDOM % 8)) in
        0) flap "$(shuf -n 1 -e card carrier tap wire)" "$(shuf -n 1 -e 0 0.2 1 3)"; flaps=$((flaps + 1)) ;;
        1) soak_vanish; vanished=$((vanished + 20)) ;;
        *) wire_say clean "${SOAK_FAULTS[RANDOM % ${#SOAK_FAULTS[@]}]}" ;;
        esac
        kill -0 $machine 2> /dev/null || fail "the machine has ended: $(tail -n 5 out err)"
        echo "$SECONDS $(soak_free)" >> memory.log
        sleep "$((RANDOM % 5 + 1))"
    done
    wire_say clean
    wait $clients || status=$?
    [ $status = 0 ] || fail "$(tail -n 5 clients.out)"
    sleep "$SOAK_QUIET_S"
    free=$(soak_free)
    echo "$SECONDS $free quiet" >> memory.log
}

# soak_begin OPTION...: httpd with these.
soak_begin()
{
    local size

    mkdir -p root/www
    for size in 0 1 100 612 5000 40000 300000; do head -c $size /dev/urandom > root/www/of-$size; done
    head -c 2000000 /dev/urandom > root/www/big
    "$MKIMAGE" -q -g -f elf -o soak.elf "$ROOT"/apps/httpd/*.c "$ROOT/test-vm/guest/memory_port.c" --rootfs root
    network_wired
    MEMORY=64M machine_start q35 soak.elf "$ADDRESS_WORDS" virtio-net-pci -- "$@"
}

# Of clients that vanish nothing is left, some time after the server gave them up.
vanish_test()
{
    local before least after tries

    soak_begin --write-timeout 5
    "$BUILD/soak_clients" run $GUEST4 root/www 5 # what is made once is there
    sleep 70 # connections that are over are forgotten
    before=$(soak_free)
    soak_vanish
    least=$(soak_free)
    [ $((before - least)) -gt 300000 ] || fail "they held nothing: $before free before, $least then"
    for tries in $(seq 30); do
        sleep 5
        after=$(soak_free)
        [ $((before - after)) -ge 65536 ] || break
    done
    said "free $before, $least with them, $after $((tries * 5)) s later"
    [ $((before - after)) -lt 65536 ] || fail "$((before - after)) bytes are still theirs"
    machine_stop
}

# soak_test SECONDS BEFORE: so long, after a load of BEFORE seconds from which on memory is compared.
soak_test()
{
    local free before flaps=0 vanished=0

    # A slow reader that loses every twentieth frame takes a few KiB a second, and the server
    # hears of it when a third of what it gave is gone: its patience must be long.
    soak_begin --head-timeout 120 --idle-timeout 120 --write-timeout 60
    soak_load "$2"
    before=$free
    soak_load "$1"
    said "$(tail -n 1 clients.out), $flaps links down, $vanished clients vanished, free $before before, $free after"
    [ $((before - free)) -lt 262144 ] || fail "$((before - free)) bytes are gone"
    wire_did_all lost duplicated reordered corrupted
    machine_stop
}
