# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Programs with the network, in guests, through QEMU's user network and `mkimage run -p`; a
# few on a tap.
# shellcheck source=test-vm/net-lib.sh
. "$ROOT/test-vm/net-lib.sh"

# serve WORD...: mkimage run with these words; until the program listens. The machine's
# process is $machine; port_of GUEST/PROTOCOL is where a port is.
serve()
{
    rm -f served.out served.err # of the machine before
    "$MKIMAGE" run --timeout 150 "$@" > served.out 2> served.err &
    machine=$!
    text_wait served.out '^listening'
}

port_of()
{
    sed -n "s|^$1 -> 127.0.0.1:||p" served.err
}

# stopped STATUS: the machine ends by SIGTERM, with this status.
stopped()
{
    local status=0

    kill -TERM $machine
    wait $machine || status=$?
    [ $status = "$1" ] || fail "status $status instead of $1 at SIGTERM: $(cat served.err)"
}

PATIENCE='--head-timeout 1 --idle-timeout 2 --write-timeout 2 --connections 60'

httpd_image()
{
    mkdir -p root
    "$BUILD/http_check" make root/www
    SOURCE_DATE_EPOCH=1700000000 "$MKIMAGE" -q -g -f elf -o httpd.elf "$ROOT/apps/httpd" --rootfs root
}

# Everything, the slow clients too.
case_network_httpd()
{
    httpd_image
    # shellcheck disable=SC2086 # several words on purpose
    serve -p 80 httpd.elf -- $PATIENCE
    expect_status 0 "$BUILD/http_check" "$(port_of 80/tcp)"
    expect_text out '^SUCCESS$'
    stopped 0
}

# What has nothing to do with time, on the machines with PCI.
httpd_on()
{
    httpd_image
    # shellcheck disable=SC2086
    serve "$@" -p 80 httpd.elf -- $PATIENCE
    expect_status 0 "$BUILD/http_check" "$(port_of 80/tcp)" exchanges validators pipeline \
        pipeline-small keep-alive byte-by-byte big half-closed leavers large-heads bodies
    expect_text out '^SUCCESS$'
    stopped 0
}

case_network_httpd_pc()
{
    httpd_on --machine pc
}

case_network_httpd_q35()
{
    httpd_on --machine q35
}

case_network_httpd_bios()
{
    httpd_on --boot bios
}

# Its own page, as the manual says it is started.
case_network_httpd_page()
{
    need curl
    serve -p :80 "$ROOT/apps/httpd" -- --log -
    curl -sf -m 20 "http://127.0.0.1:$(port_of 80/tcp)/" > page || fail 'no page'
    expect_same page "$ROOT/apps/httpd/rootfs/www/index.html"
    text_wait served.out '^10\.0\.2\.2 - - \[.*\] "GET / HTTP/1\.1" 200 [0-9]+$'
    stopped 0
}

# Several ports of both kinds, and what passed by, as tcpdump reads it.
echo_on()
{
    local line

    need tcpdump
    serve "$@" --pcap seen.pcap -p 127.0.0.1::7777 -p 0:7777 -p :7777/udp "$ROOT/apps/echo" -- 7777
    for port in $(port_of 7777/tcp); do
        exec 7<> "/dev/tcp/127.0.0.1/$port"
        echo "by stream $port" >&7
        read -r -t 20 line <&7
        [ "$line" = "by stream $port" ] || fail "echo says: $line"
        exec 7>&-
    done
    [ "$(port_of 7777/tcp | wc -l)" = 2 ] || fail 'one port published twice has two numbers'
    exec 7<> "/dev/udp/127.0.0.1/$(port_of 7777/udp)"
    printf 'by datagram' >&7
    read -r -t 20 -N 11 line <&7
    [ "$line" = 'by datagram' ] || fail "echo says: $line"
    exec 7>&-
    stopped 143
    tcpdump -nr seen.pcap > seen 2> seen.err
    expect_text seen 'IP 10\.0\.2\.2\.[0-9]+ > 10\.0\.2\.15\.7777: Flags \[S\]' \
        'IP 10\.0\.2\.15\.7777 > 10\.0\.2\.2\.[0-9]+: UDP, length 11'
    expect_no_text seen.err 'truncated'
}

case_network_echo()
{
    echo_on
}

# reply_asked PORT: one request, one in pieces, and 16,384 of which nobody reads the answers at first.
reply_asked()
{
    local i file request=$'GET / HTTP/1.1\r\nHost: here\r\n\r\n'

    curl -sf -i -m 20 "http://127.0.0.1:$1/" > once || fail 'no reply'
    [ "$(curl -sf -m 20 "http://127.0.0.1:$1/" "http://127.0.0.1:$1/other" | wc -c)" = 1224 ] || fail 'not two pages'
    exec 7<> "/dev/tcp/127.0.0.1/$1"
    for ((i = 0; i < ${#request}; i++)); do printf %s "${request:i:1}" >&7; done
    head -c "$(wc -c < once)" <&7 | cmp - once || fail 'another reply to a request in pieces'
    printf %s "$request" > requests
    cp once replies
    for ((i = 0; i < 14; i++)); do
        for file in requests replies; do cat $file $file > twice; mv twice $file; done
    done
    timeout 100 cat requests >&7 &
    sleep 0.3
    timeout 100 head -c "$(wc -c < replies)" <&7 | cmp - replies || fail 'not the same reply 16,384 times'
    exec 7>&-
}

case_reply_native()
{
    local port server tries=0

    cc -O2 -Wall -Wextra -Werror -o reply "$ROOT/apps/reply/reply.c"
    expect_status 1 ./reply no-port
    expect_text err '^usage: reply'
    expect_status 1 ./reply 1 2
    while [ $((tries += 1)) -lt 9 ]; do
        port=$((20000 + (RANDOM + $$) % 12000))
        ./reply $port 2> server.err &
        server=$!
        until curl -s -o /dev/null "http://127.0.0.1:$port/" || ! kill -0 $server 2> /dev/null; do sleep 0.02; done
        kill -0 $server 2> /dev/null && break
    done
    reply_asked "$port"
    expect_status 1 ./reply "$port"
    expect_text err 'cannot be listened on'
    kill $server
}

case_network_reply()
{
    "$MKIMAGE" run --timeout 150 -p 127.0.0.1::8080 "$ROOT/apps/reply" -- 8080 > served.out 2> served.err &
    machine=$!
    text_wait served.err '^8080/tcp -> '
    # It says nothing itself, and QEMU takes connections before it listens.
    until curl -s -m 5 -o /dev/null "http://127.0.0.1:$(port_of 8080/tcp)/"; do kill -0 $machine && sleep 0.1; done
    reply_asked "$(port_of 8080/tcp)"
    stopped 143
}

case_network_echo_pc()
{
    echo_on --machine pc
}

case_network_echo_q35()
{
    echo_on --machine q35
}

# All at once: nobody is turned away, to come again some seconds later. It is the host's
# side of a published port that has to have room for them.
case_network_crowd()
{
    need curl ss
    httpd_image
    serve -p 80 httpd.elf -- --connections 300
    ss -ltnH "sport = :$(port_of 80/tcp)" > listening
    [ "$(awk '{print $3}' listening)" -ge 200 ] || fail "the backlog: $(cat listening)"
    expect_status 0 curl -sS --fail -Z --parallel-immediate --parallel-max 150 --max-time 60 \
        -o 'got#1' "http://127.0.0.1:$(port_of 80/tcp)/hello.txt?[1-150]"
    [ "$(find . -maxdepth 1 -name 'got*' | wc -l)" = 150 ] || fail 'not all were answered'
    stopped 0
}

case_network_netperf()
{
    local kind

    cc -O2 -o netperf "$ROOT"/apps/netperf/*.c
    "$MKIMAGE" -q -f elf -o guest.elf "$ROOT/apps/netperf"
    for kind in microvm q35; do
        serve --machine $kind -p 5201 -p 5201/udp guest.elf
        set -- ./netperf --to 127.0.0.1 --port "$(port_of 5201/tcp)"
        expect_status 0 "$@" --bytes 20e6 sink
        expect_text out '^sink bytes 20000000 seconds'
        expect_status 0 "$@" --bytes 20e6 source
        expect_text out '^source bytes 20000000 seconds'
        expect_status 0 "$@" --rounds 500 --connections 8 --request 100 --response 20000 turns
        expect_text out '^turns rounds 5[0-9]{2} .* lost 0$'
        expect_status 0 ./netperf --to 127.0.0.1 --port "$(port_of 5201/udp)" --udp 1 --rounds 200 turns
        stopped 143
    done
}

# With no card the program runs all the same.
case_network_none()
{
    serve --net none "$ROOT/apps/echo" -- 7777
    stopped 143
}

# last_words WORD...: what a program sends before it ends is all there.
last_words()
{
    serve -p 7000 "$ROOT/test-vm/guest/last_words.c" -- 7000 3000000 "$@"
    [ "$(timeout 60 cat < "/dev/tcp/127.0.0.1/$(port_of 7000/tcp)" | wc -c)" = 3000000 ] ||
        fail "not all of what was sent came"
    wait $machine || [ $? = 5 ] || fail "another status than the program's"
}

case_network_last_words()
{
    last_words
    last_words quick
}

# A program that computes and never looks: who asks for its address, pings, connects and sends
# is answered all the same, by both protocols.
computing_session()
{
    local address

    network_direct
    machine_start "$1" "$PWD/computing.elf" "$ADDRESS_WORDS" "$2" "${@:3}"
    "$BUILD/echo_request" $GUEST4
    for address in $GUEST4 $GUEST6; do
        exec 5<> "/dev/tcp/$address/7000"
        head -c 5000 /dev/zero >&5
        until ss -Htno dst "[$address]" | awk '$1 == "ESTAB" && !$3 {all = 1} END {exit !all}'; do sleep 0.1; done
        exec 5>&-
        ip neighbour flush dev guest
    done
    "$BUILD/echo_request" $GUEST4
    machine_stop
}

case_network_computing()
{
    network_need ss
    "$MKIMAGE" -q -f elf -o computing.elf "$ROOT/test-vm/guest/computing.c"
    in_network computing_session microvm virtio-net-device -global virtio-mmio.force-legacy=false
    in_network computing_session q35 virtio-net-pci
    in_network computing_session pc e1000
}
