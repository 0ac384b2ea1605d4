# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# The network's options of `mkimage run`: what they make of QEMU's command line, and what
# is refused before QEMU starts. What goes over the network: 76-network.sh.

# A program that could make internet sockets, and one that could not.
marked()
{
    cat > marked.c <<'END'
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
int main(int argc, char **argv)
{
    (void)argv;
    return argc > 1 ? socket(AF_INET, SOCK_STREAM, 0) < 0 : puts("marked") < 0;
}
END
    "$MKIMAGE" -q -f elf marked.c
    printf 'int main(void){return 0;}' > bare.c
    "$MKIMAGE" -q -f elf bare.c
}

# refused STATUS REGEX OPTION...: for the program with a network.
refused()
{
    local status=$1 regex=$2

    shift 2
    expect_status "$status" "$MKIMAGE" run "$@" marked.elf
    expect_complaint "$regex"
    [ "$(wc -l < err)" = 1 ] || fail "more than a line of complaint"
}

printed()
{
    expect_status 0 "$MKIMAGE" run --print "$@"
}

case_net_print()
{
    local user='ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off:10.0.2.3'

    marked
    printed marked.elf
    expect_text out '-netdev user,id=net0 .*-device virtio-net-device,netdev=net0' "$user"
    printed --machine pc -p 8080:80 -p 0.0.0.0:5300:53/udp marked.elf
    expect_text out 'virtio-net-pci' 'hostfwd=tcp:127.0.0.1:8080-10.0.2.15:80' \
        'hostfwd=udp:0.0.0.0:5300-10.0.2.15:53' "$user"
    printed --dns 9.9.9.9 --dns 1.1.1.1 --print-address marked.elf
    expect_text out 'eth0:off:9.9.9.9:1.1.1.1' 'thimble.net=verbose'
    printed --net none marked.elf
    expect_no_text out netdev virtio-net 'ip='
    # A program without network is given no card, and starts no later for it.
    printed bare.elf
    expect_no_text out netdev virtio-net 'ip='
    printed --net user bare.elf
    expect_no_text out netdev virtio-net 'ip='
}

case_net_print_mac()
{
    marked
    printed marked.elf
    grep -o 'mac=[0-9a-f:]*' out > first
    printed --machine q35 -p 81 marked.c
    grep -o 'mac=[0-9a-f:]*' out > second
    expect_same first second # by the name, not by the file
    expect_text first '^mac=52:54:00:([0-9a-f]{2}:){2}[0-9a-f]{2}$'
    printed --name other marked.elf
    grep -o 'mac=[0-9a-f:]*' out > third
    ! cmp -s first third || fail "another name, the same address"
    printed --mac 52-54-00-AB-CD-EF marked.elf
    expect_text out 'mac=52:54:00:ab:cd:ef'
}

case_net_refused()
{
    marked
    refused 2 'expected \[IP:\]HOST:GUEST' -p 8080:0
    refused 2 'expected \[IP:\]HOST:GUEST' -p 8080:99999
    refused 2 'expected \[IP:\]HOST:GUEST' -p 8080:
    refused 2 'expected \[IP:\]HOST:GUEST' -p http
    refused 2 "host's port" -p 99999:80
    refused 2 "host's port" -p http:80
    refused 2 'IPv4' -p '[::1]:8080:80'
    refused 2 'IPv4 address, such as' -p localhost:8080:80
    refused 2 'tcp or udp' -p 8080:80/sctp
    refused 2 'wanted twice' -p 8080:80 -p 0.0.0.0:8080:81
    refused 125 'no address of this machine' -p 198.51.100.7:8080:80
    refused 2 'six bytes' --mac 52:54:00:12:34
    refused 2 'six bytes' --mac 52:54:00:12:34:5g
    refused 2 'address of a group' --mac 01:00:5e:00:00:01
    refused 2 'no address' --mac 00:00:00:00:00:00
    refused 2 'user, tap=IF or none' --net bridge
    refused 2 'name of an interface' --net tap=
    refused 125 'no such interface' --net tap=thimble-nope
    refused 125 'it is no tap' --net tap=lo
    refused 2 'not together with --net none' --net none -p 8080:80
    refused 2 'address of its own' --net tap=lo -p 8080:80
    refused 2 '--ip is for a tap' --ip 10.0.0.1/24
    refused 2 'ADDRESS/BITS' --net tap=lo --ip 10.0.0.1/40
    refused 2 'DHCP brings its own' --net tap=lo --dns 9.9.9.9
    refused 125 'No such file' --pcap nowhere/x.pcap
    expect_status 2 "$MKIMAGE" run -p 8080:80 bare.elf
    expect_complaint '-p 8080:80: bare.elf has no network'
    expect_status 2 "$MKIMAGE" run --net tap=lo bare.elf
    expect_complaint 'bare.elf has no network'
}

# A port that somebody has, and what is free when nobody is asked for one.
case_net_ports()
{
    local port

    need perl
    marked
    perl -MIO::Socket::INET -e '
        $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 0) or die;
        $| = 1; print $s->sockport, "\n"; <STDIN>' > port < <(sleep 60) &
    text_wait port '^[0-9]+$'
    port=$(cat port)
    refused 125 "port $port of 127.0.0.1 is taken" -p "$port:80"
    refused 125 "port $port of 0.0.0.0 is taken" -p "0.0.0.0:$port:80"
    kill $!
    expect_status 0 "$MKIMAGE" run -p 80 -p :81 -p 127.0.0.1::82 -p 0:53/udp marked.elf
    expect_text out '^marked$'
    expect_text err '^80/tcp -> 127.0.0.1:[0-9]+$' '^81/tcp -> ' '^82/tcp -> ' '^53/udp -> '
    [ "$(sed 's/.*://' err | sort -u | wc -l)" = 4 ] || fail "ports that are not four"
}

# The card is there and QEMU takes the words, on each kind of machine.
case_net_machines()
{
    local kind

    marked
    for kind in microvm pc q35; do
        expect_status 0 "$MKIMAGE" run --machine $kind -p 80 --pcap "$kind,.pcap" marked.elf
        expect_text out '^marked$'
        [ "$(head -c 4 "$kind,.pcap" | od -An -tx1 | tr -d ' ')" = d4c3b2a1 ] || fail "no capture file"
    done
    "$MKIMAGE" -q -f raw -o disk.img marked.c
    expect_status 0 "$MKIMAGE" run -p 80 disk.img
}

case_net_tap()
{
    need ip unshare
    [ -c /dev/net/tun ] && unshare -n true 2> /dev/null || skip 'no network namespace can be made here'
    marked
    cat > inside <<END
set -e
ip tuntap add tt0 mode tap
ip link set tt0 up
ip tuntap add tt1 mode tun
"$MKIMAGE" run --net tap=tt0 --ip 192.0.2.2/24,192.0.2.1 --dns 192.0.2.3 --print marked.elf
"$MKIMAGE" run --net tap=tt0 marked.elf
"$MKIMAGE" run --machine q35 --net tap=tt0 marked.elf
ip link set tt0 down
"$MKIMAGE" run --net tap=tt0 marked.elf 2> down
"$MKIMAGE" run --net tap=tt1 marked.elf 2> tun || true
ip link > links
END
    expect_status 0 unshare -n bash inside
    expect_text out 'ifname=tt0,script=no,downscript=no,vnet_hdr=on' \
        'ip=192.0.2.2::192.0.2.1:255.255.255.0::eth0:off:192.0.2.3' '^marked$'
    expect_text down 'tt0: the interface is down'
    expect_text tun 'it is no tap'
    expect_no_text links nope
}
