# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# How a guest gets its addresses, routes and name servers: from boot words, and from real
# servers of DHCP, DNS and router advertisements in a network of its own.
# shellcheck source=test-vm/net-lib.sh
. "$ROOT/test-vm/net-lib.sh"

# guest WORDS NETDEV ARGUMENT...: prints the command line that boots network_facts with
# the words before its arguments.
guest_command()
{
    local words=$1 netdev=$2 printed i

    shift 2
    [ -e facts.elf ] || "$MKIMAGE" -q -o facts.elf "$ROOT/test-vm/guest/network_facts.c" >&2
    eval "printed=($("$MKIMAGE" run --accel tcg --machine microvm --net none --print facts.elf -- "$@"))"
    for i in "${!printed[@]}"; do
        [ "${printed[$i]}" != -append ] || printed[i + 1]="$words ${printed[i + 1]}"
    done
    printf '%q ' timeout 100 "${printed[@]}" -netdev "$netdev,id=card" \
        -device virtio-net-device,netdev=card -global virtio-mmio.force-legacy=false
}

# user_guest WORDS ARGUMENT...: with QEMU's user network; what it says is in ./out.
user_guest()
{
    local words=$1

    shift
    echo "\$ $words -- $*"
    bash -c "$(guest_command "$words" user "$@")" < /dev/null > out 2> err || true
    cat out err
}

case_network_words()
{
    user_guest 'ip=10.0.2.77::10.0.2.2:255.255.255.0:box:eth0:off:10.0.2.3 thimble.mtu=1400 thimble.ip6=off thimble.net=verbose' show
    expect_text out '^SUCCESS' '^host box' '^address eth0 10\.0\.2\.77/24' '^mtu eth0 1400' \
        '^eth0: 10\.0\.2\.77/24 \(static\)'
    expect_no_text out 'fe80::'
    user_guest 'ip=off thimble.hostname=other thimble.ip6=2001:db8::7/64,fe80::2' until 2001:db8::7/64 10 show
    expect_text out '^SUCCESS' '^host other' '^until .*: seen'
    expect_no_text out '^address eth0 10\.'
    user_guest 'ip=10.0.2.300 thimble.ip6=x thimble.mtu=9 thimble.dns=y thimble.route=z' find localhost
    expect_text out '^SUCCESS' '^thimble: ip=10\.0\.2\.300 is ignored: ' \
        '^thimble: thimble\.ip6=x is ignored: ' '^thimble: thimble\.mtu=9 is ignored: ' \
        '^thimble: thimble\.dns=y is ignored: ' '^thimble: thimble\.route=z is ignored: '
    user_guest 'ip=10.0.2.9:::::eth5' show
    expect_text out '^thimble: .*eth5 is ignored: there is no such network card'
}

case_network_words_baked()
{
    "$MKIMAGE" -q -e THIMBLE_NET='ip=10.0.2.88 thimble.mtu=1300' -o facts.elf "$ROOT/test-vm/guest/network_facts.c"
    user_guest '' show
    expect_text out '^address eth0 10\.0\.2\.88/8' '^mtu eth0 1300'
    user_guest 'ip=10.0.2.89' show
    expect_text out '^address eth0 10\.0\.2\.89/8' '^mtu eth0 1300'
    # words behind -- are the program's
    user_guest '' show thimble.mtu=1234
    expect_text out '^mtu eth0 1300' '^what is thimble\.mtu=1234'
}

case_network_dhcp_user()
{
    user_guest thimble.net=verbose until eth0\ 10.0.2.15/24 20 until eth0\ fec0: 20
    expect_text out '^SUCCESS' '^eth0: 10\.0\.2\.15/24 \(dhcp\)' '^eth0: fec0:.*/64 \(router\)'
}

# on_tap FUNCTION: in a network of its own, with a tap, `guest`.
on_tap()
{
    network_need dnsmasq
    in_network tap_session "$1"
}

tap_session()
{
    ip tuntap add dev guest mode tap
    ip link set guest up
    "$1"
}

# guest_start WORDS ARGUMENT...: in the background; ./out has what it says, 7 is its input.
guest_start()
{
    local words=$1 command

    shift
    rm -f input
    mkfifo input
    command=$(guest_command "$words" tap,ifname=guest,script=no,downscript=no "$@")
    bash -c "$command" < input > out 2> err &
    guest=$!
    exec 7> input
}

guest_says()
{
    text_wait out "$@"
}

guest_go()
{
    echo >&7
}

guest_end()
{
    wait "$guest" || true
    exec 7>&-
    cat out err
    expect_text out '^SUCCESS'
}

# Everything that a lease can say. The name server is behind a classless route; the router
# that the server also names is not there.
lease_session()
{
    local many=() i

    for i in $(seq 1 60); do many+=("--host-record=many.lan.example,10.9.0.$i"); done
    ip addr add 192.168.77.1/24 dev guest
    ip addr add 10.99.0.1/32 dev guest
    dns_start --dhcp-range=192.168.77.50,192.168.77.60,255.255.255.0,1h --dhcp-option=option:router,192.168.77.200 \
        --dhcp-option=option:mtu,1380 --dhcp-option=option:domain-search,none.example,lan.example \
        --dhcp-option=option:classless-static-route,10.99.0.0/16,192.168.77.1,0.0.0.0/0,192.168.77.1 \
        --dhcp-option=option:dns-server,10.99.0.1 --dhcp-host=52:54:00:12:34:56,192.168.77.55,named \
        --local=/lan.example/ \
        --host-record=server.lan.example,10.99.0.1,2001:db8::1 --host-record=four.lan.example,10.99.0.1 "${many[@]}"
    guest_start thimble.net=verbose find four find server.lan.example find nothing.lan.example. find many.lan.example \
        name 10.99.0.1 show
    guest_end
    expect_text out '^eth0: 192\.168\.77\.55/24 \(dhcp\)' '^found four: 10\.99\.0\.1$' '^mtu eth0 1380' \
        '^found server\.lan\.example: .*10\.99\.0\.1' '^found nothing.lan.example.: Name or service not known' \
        '^name 10\.99\.0\.1: (server|four)\.lan\.example' '^host named' '^found many.lan.example:( 10\.9\.0\.[0-9]+){24}$'
    dns_stop
}

case_network_dhcp_lease()
{
    on_tap lease_session
}

# A short lease is renewed; the name server that the renewal tells of is asked from then on;
# while no server is there the address stays, and a server that comes back renews it.
renew_session()
{
    local range=--dhcp-range=192.168.78.50,192.168.78.50,255.255.255.0,2m

    ip addr add 192.168.78.1/24 dev guest
    ip addr add 192.168.78.2/24 dev guest
    dns_start $range --dhcp-option=option:T1,3 --dhcp-option=option:T2,100 --listen-address=192.168.78.1 \
        --dhcp-option=option:dns-server,192.168.78.1 --host-record=a.example,10.0.0.1
    guest_start thimble.net=verbose find a.example line one find a.example line two show
    guest_says '^line one'
    dns_stop
    sleep 4 # it asks in vain
    dns_start $range --dhcp-option=option:T1,50 --dhcp-option=option:T2,100 --listen-address=192.168.78.2 \
        --dhcp-option=option:dns-server,192.168.78.2 --host-record=a.example,10.0.0.2
    until [ "$(grep -c 'DHCPACK(guest) 192.168.78.50' dnsmasq.log)" -ge 2 ]; do sleep 0.1; done
    guest_go
    guest_says '^line two'
    guest_go
    guest_end
    expect_text out '^found a.example: 10\.0\.0\.1$' '^found a.example: 10\.0\.0\.2$' '^address eth0 192\.168\.78\.50/24'
    [ "$(grep -c '^eth0: 192' out)" = 1 ] || fail 'the address was told more than once'
    dns_stop
}

case_network_dhcp_renew()
{
    on_tap renew_session
}

# A gateway outside of the subnet, by a boot word and by DHCP.
gateway_session()
{
    ip addr add 169.254.1.1/32 dev guest
    ip addr add 10.99.0.1/32 dev guest
    ip route add 10.65.0.7/32 dev guest
    dns_start --listen-address=10.99.0.1 --host-record=a.example,10.0.0.1
    guest_start 'ip=10.65.0.7::169.254.1.1:255.255.255.255::eth0:off:10.99.0.1' find a.example show
    guest_end
    expect_text out '^found a.example: 10\.0\.0\.1' '^address eth0 10\.65\.0\.7/32'
    dns_stop
    dns_start --dhcp-range=10.65.0.7,10.65.0.7,255.255.255.255,1h --dhcp-option=option:dns-server,10.99.0.1 \
        --dhcp-option=option:router,169.254.1.1 --host-record=a.example,10.0.0.1 --shared-network=guest,10.65.0.7
    guest_start '' find a.example show
    guest_end
    expect_text out '^found a.example: 10\.0\.0\.1' '^address eth0 10\.65\.0\.7/32'
    dns_stop
}

case_network_gateway_outside()
{
    on_tap gateway_session
}

# IPv6 alone: addresses and the name server from router advertisements, then from DHCPv6.
ip6_session()
{
    local how server

    ip addr add 2001:db8:77::1/64 dev guest nodad
    for how in ra-only ra-stateless; do
        dns_start --enable-ra --dhcp-range=2001:db8:77::,$how,64 --host-record=a.example,2001:db8:99::1 \
            --ra-param=guest,10 --dhcp-option=option6:dns-server,[2001:db8:77::1]
        guest_start 'ip=off thimble.net=verbose' until 'eth0 2001:db8:77:' 20 find a.example find a.example
        guest_end
        expect_text out '^eth0: 2001:db8:77:.*/64 \(router\)' '^found a.example: 2001:db8:99::1'
        dns_stop
    done
    server='2001:db8:77::1'
    dns_start --host-record=a.example,2001:db8:99::1
    guest_start "ip=off thimble.ip6=2001:db8:77::5/64,$server thimble.dns=$server thimble.ip6=auto" \
        until 'eth0 2001:db8:77::5/64' 20 find a.example
    guest_end
    expect_text out '^found a.example: 2001:db8:99::1'
    dns_stop
}

# The address is with a server, which gives it for two minutes, and again after one; it
# stays while the server does not answer at once.
dhcp6_session()
{
    ip addr add 2001:db8:77::1/64 dev guest nodad
    dns_start --enable-ra --dhcp-range=2001:db8:77::50,2001:db8:77::50,64,2m --ra-param=guest,10 \
        --host-record=a.lan.example,2001:db8:99::2 --dhcp-option=option6:dns-server,[2001:db8:77::1] \
        --dhcp-option=option6:domain-search,none.example,lan.example
    guest_start 'ip=off thimble.net=verbose' until 'eth0 2001:db8:77::50/' 20 find a line one show find a
    guest_says '^line one'
    until grep -q 'DHCPRENEW(guest)' dnsmasq.log; do sleep 0.2; done
    guest_go
    guest_end
    expect_text out '^eth0: 2001:db8:77::50/128 \(dhcp\)' '^found a: 2001:db8:99::2' '^address eth0 2001:db8:77::50/'
    [ "$(grep -c 'DHCPREPLY(guest) 2001:db8:77::50' dnsmasq.log)" = 2 ] || fail 'the lease was not renewed once'
    [ "$(grep -c '::50/128 (dhcp)' out)" = 1 ] || fail 'the address was told more than once'
    dns_stop
}

case_network_dhcp6()
{
    on_tap dhcp6_session
}

case_network_ip6()
{
    on_tap ip6_session
}
