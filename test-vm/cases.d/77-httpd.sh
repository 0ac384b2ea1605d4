# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# apps/httpd as an ordinary program of this machine. In the guest: 76-network.sh.

# server_listen COMMAND...: with a free port after its words, $port; it says `listening`.
server_listen()
{
    local tries=0

    while [ $((tries += 1)) -lt 9 ]; do
        port=$((20000 + (RANDOM + $$) % 12000))
        "$@" $port > server.out 2> server.err &
        server=$!
        while ! grep -q listening server.out && kill -0 $server 2> /dev/null; do sleep 0.02; done
        grep -q listening server.out && return
        grep -q 'in use' server.err || break
    done
    cat server.err
    fail 'the server does not listen'
}

# server_start PROGRAM OPTION...: httpd on 127.0.0.1.
server_start()
{
    server_listen "$@" --address 127.0.0.1 --port
}

# server_stop: by SIGTERM, which it ends well after.
server_stop()
{
    local status=0

    kill -TERM $server
    wait $server || status=$?
    cat server.err
    [ $status = 0 ] || fail "the server's status is $status"
}

native()
{
    "$BUILD/http_check" make www
    cc -O2 -Wall -Wextra -Werror "$@" -o httpd "$ROOT"/apps/httpd/*.c
}

PATIENCE='--head-timeout 1 --idle-timeout 2 --write-timeout 2 --connections 60'

case_httpd_native()
{
    native
    # shellcheck disable=SC2086 # several words on purpose
    server_start ./httpd --root www $PATIENCE
    expect_status 0 "$BUILD/http_check" $port
    expect_text out '^SUCCESS$'
    server_stop
}

# With the sanitizers, which end it with another status; and with next to no room for files.
case_httpd_sanitized()
{
    native -g -fsanitize=address,undefined -fno-sanitize-recover=all
    # shellcheck disable=SC2086
    server_start ./httpd --root www $PATIENCE --log log --cache-bytes 3000
    expect_status 0 "$BUILD/http_check" $port
    server_stop
    expect_text log '^127.0.0.1 - - \[[0-3][0-9]/[A-Z][a-z]{2}/20[0-9]{2}:[0-9:]{8} \+0000\] "GET /hello.txt HTTP/1.1" 200 12$' \
        '"GET /nothing HTTP/1.1" 404 [0-9]+$' '"nonsense" 400 [0-9]+$' '"-" 408 [0-9]+$' \
        '"HEAD /hello.txt HTTP/1.1" 200 0$' '206 4$' '304 0$'
    [ "$(LC_ALL=C grep -c '[^ -~]' log)" = 0 ] || fail 'the log has bytes that are not to be printed'
}

# A file that is changed, replaced or taken away is seen a second later.
case_httpd_changes()
{
    need curl
    native
    server_start ./httpd --root www
    url=http://127.0.0.1:$port
    curl -s "$url/hello.txt" > first
    expect_same first www/hello.txt
    printf 'changed\n' > www/hello.txt
    sleep 1.2
    curl -s "$url/hello.txt" > second
    expect_same second www/hello.txt
    printf 'replaced\n' > www/new && mv www/new www/hello.txt
    sleep 1.2
    curl -s "$url/hello.txt" > third
    expect_same third www/hello.txt
    rm www/hello.txt
    sleep 1.2
    [ "$(curl -s -o gone -w '%{http_code}' "$url/hello.txt")" = 404 ] || fail 'a file that is gone is served'
    curl -s --compressed --raw "$url/packed.txt" > packed
    curl -s "$url/big.bin" > big
    expect_same big www/big.bin
    mkfifo www/pipe
    [ "$(curl -s -m 5 -o gone -w '%{http_code}' "$url/pipe")" = 403 ] || fail 'a FIFO is no file'
    ln -s "$PWD/outside.txt" www/link
    server_stop
}

# At SIGTERM an answer that is under way is finished; who is idle is sent away.
case_httpd_stop()
{
    need curl
    native
    server_start ./httpd --root www
    curl -s --limit-rate 1500000 "http://127.0.0.1:$port/big.bin" > big &
    client=$!
    sleep 0.5
    server_stop
    wait $client || fail 'the answer was cut off'
    expect_same big www/big.bin
    ! curl -s -m 2 "http://127.0.0.1:$port/" || fail 'it still listens'
}

case_httpd_options()
{
    native
    expect_status 0 ./httpd --help
    expect_text out '--port N' '--root FOLDER'
    expect_status 2 ./httpd --port 99999
    expect_text err '^httpd: --port 99999'
    expect_status 2 ./httpd --root nowhere
    expect_text err 'nowhere: there is no such folder'
    expect_status 2 ./httpd --color blue
    expect_text err 'no such option'
    expect_status 1 ./httpd --root www --log nowhere/log
    expect_text err 'nowhere/log: No such file'
    server_start ./httpd --root www
    expect_status 1 ./httpd --root www --port $port --address 127.0.0.1
    expect_text err 'in use'
    expect_status 1 ./httpd --root www --address 198.51.100.1
    server_stop
}

# A line through echo's TCP and UDP, by the shell's own sockets.
case_echo_native()
{
    local line

    cc -O2 -Wall -Wextra -Werror -o echo "$ROOT/apps/echo/echo.c"
    server_listen ./echo
    exec 7<> "/dev/tcp/127.0.0.1/$port"
    echo 'by stream' >&7
    read -r -t 10 line <&7
    [ "$line" = 'by stream' ] || fail "echo says: $line"
    exec 7>&-
    exec 7<> "/dev/udp/127.0.0.1/$port"
    printf 'by datagram' >&7
    read -r -t 10 -N 11 line <&7
    [ "$line" = 'by datagram' ] || fail "echo says: $line"
    kill $server
}

case_netperf_native()
{
    cc -O2 -Wall -Wextra -Werror -o netperf "$ROOT"/apps/netperf/*.c
    server_listen ./netperf --port
    set -- ./netperf --to 127.0.0.1 --port $port
    expect_status 0 "$@" --bytes 30e6 sink
    expect_text out '^sink bytes 30000000 seconds'
    expect_status 0 "$@" --bytes 30e6 source
    expect_text out '^source bytes 30000000 seconds'
    expect_status 0 "$@" --rounds 500 --connections 10 --request 100 --response 100000 turns
    expect_text out '^turns rounds 5[0-9]{2} .* lost 0$'
    expect_status 0 "$@" --rounds 500 --udp 1 --request 1400 turns
    expect_text out '^turns rounds 5[0-9]{2} '
    expect_status 2 ./netperf --to 127.0.0.1
    expect_status 2 ./netperf --udp x turns
    kill $server
}
