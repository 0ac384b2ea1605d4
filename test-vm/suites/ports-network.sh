# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck disable=SC2154 # what test-vm/suites/ports has set
#
# The servers among apps/ports, each asked by the clients that people use.

# serve GUEST_PORT READY OPTION... [-- ARG...]: the machine of `mkimage run`, reached at 127.0.0.1:$at,
# by UDP too; READY is what it prints when it serves ('' when it says nothing).
serve()
{
    local guest=$1 ready=$2 tries=0

    shift 2
    while [ $((tries += 1)) -lt 9 ]; do
        at=$((20000 + (RANDOM + $$) % 12000))
        "$MKIMAGE" run --timeout 300 -p "$at:$guest" -p "$at:$guest/udp" "$@" > server.out 2>&1 &
        server=$!
        until grep -aEq "${ready:-.}" server.out || answers || ! kill -0 "$server" 2> /dev/null; do sleep 0.1; done
        kill -0 "$server" 2> /dev/null && return
        grep -q 'in use' server.out || break
    done
    cat server.out
    fail 'the server did not start'
}

# Somebody accepts: QEMU does, before the guest.
answers()
{
    [ -z "$ready" ] && (exec 3<> "/dev/tcp/127.0.0.1/$at") 2> /dev/null
}

# By the power button, which is SIGTERM in the machine.
serve_end()
{
    local status=0

    kill -TERM "$server"
    wait "$server" || status=$?
    tail -n 5 server.out
    [ $status = 0 ] || fail "the server's status is $status"
}

# redis_load OPTION...: redis-benchmark, whose every connection must be answered.
redis_load()
{
    timeout 120 redis-benchmark -h 127.0.0.1 -p "$at" -q "$@" > out 2>&1 || fail "redis-benchmark $*: status $?: $(tail -c 300 out)"
    tr '\r' '\n' < out | grep -a 'per second'
}

port_redis()
{
    need redis-cli redis-benchmark
    serve 6379 'Ready to accept connections' "$ports/redis"
    client="timeout 30 redis-cli -h 127.0.0.1 -p $at"
    [ "$($client ping)" = PONG ] || fail 'no PONG'
    head -c 30000 /dev/urandom | base64 -w0 > value
    $client -x set big < value > out
    $client --raw get big | head -c -1 | cmp - value
    head -c 4194304 /dev/urandom > value
    $client -x set large < value > out
    $client --raw get large | head -c -1 | cmp - value
    redis_load -t set,get,lpush,lrange_100,mset -n 2000 -c 50
    redis_load -t set,get -n 20000 -c 50 -P 16
    [ "$($client dbsize)" -ge 4 ] || fail 'the values of the load are not there'
    $client eval 'return redis.call("incrby", KEYS[1], ARGV[1]) * 2' 1 counter 21 > out
    expect_text out '42$'
    $client bgsave > out 2>&1
    expect_text out '[Ff]ork|ERR'
    $client save > out
    expect_text out '^OK$'
    [ "$($client get counter)" = 21 ] || fail 'the counter is lost'
    serve_end
    expect_text server.out 'Redis is now ready to exit, bye bye'
    # Words after -- are Redis' own; what it does not like ends it with status 1.
    expect_status 1 "$MKIMAGE" run "$ports/redis" -- /etc/redis.conf --maxmemory nonsense
    expect_text err 'argument must be a memory value'
}

# memcached_say TEXT...: one line each; the answer on standard output, up to its end.
memcached_say()
{
    exec 3<> "/dev/tcp/127.0.0.1/$at"
    printf '%s\r\n' "$@" quit >&3
    timeout 20 cat <&3
    exec 3>&-
}

port_memcached()
{
    need memccapable memcslap memcaslap
    serve 11211 '' "$ports/memcached"
    : > out
    while kill -0 "$server" && ! grep -q VERSION out; do
        sleep 0.2
        memcached_say version > out 2> err || true
    done
    expect_text out '^VERSION 1\.6\.18'
    memcached_say 'set key 7 0 5' hello 'get key' 'incr none 1' 'set number 0 0 2' 41 'incr number 1' 'bad command' > out
    tr -d '\r' < out > answer
    printf 'STORED\nVALUE key 7 5\nhello\nEND\nNOT_FOUND\nSTORED\n42\nERROR\n' > wanted
    expect_same answer wanted
    memcached_say stats > out
    expect_text out '^STAT threads 4' '^STAT limit_maxbytes 134217728'
    # Every answer of both protocols, then connections by the dozen whose values are compared.
    expect_status 0 timeout 100 memccapable -h 127.0.0.1 -p "$at" -t 30
    expect_status 0 timeout 100 memcslap -s "127.0.0.1:$at" -c 8 -e 1000 -t set
    printf 'key\n16 64 1\nvalue\n100 4000 1\ncmd\n0 0.3\n1 0.7\n' > memcaslap.conf
    expect_status 0 timeout 100 memcaslap -s "127.0.0.1:$at" -T 1 -c 32 -x 20000 -v 0.5 -F memcaslap.conf
    expect_text out '^verify_misses: 0$' '^verify_failed: 0$'
    serve_end
}

# iperf JQ OPTION...: a client's test, whose report must say this.
iperf()
{
    local wanted=$1

    shift
    [[ " $* " = *' -n '* ]] || set -- -t 1 "$@"
    timeout 60 iperf3 -c 127.0.0.1 -p "$at" --json "$@" > report.json ||
        fail "iperf3 $*: $(jq -r .error report.json)"
    jq -e "(.error | not) and ($wanted)" report.json > /dev/null ||
        fail "iperf3 $*: not so: $wanted: $(jq -c .end report.json | cut -c1-1000)"
}

port_iperf3()
{
    local both='(.end.sum_sent.bytes > 100000) and (.end.sum_received.bytes > 100000)'

    need iperf3 jq
    serve 5201 'Server listening' "$ports/iperf3"
    iperf "$both and (.end.streams | length == 1) and (.start.tcp_mss_default > 500)"
    iperf "$both" -R
    iperf "$both and (.end.streams | length == 4)" -P 4
    iperf "$both and (.end.streams | length == 4)" -P 4 -R
    iperf "$both and (.end.sum_received_bidir_reverse.bytes > 100000)" --bidir
    iperf "$both and (.end.sum_sent.bytes >= 5000000)" -n 5000000 -N -M 1000 -w 64K
    # By UDP what comes in order is counted; some may be lost on a machine that is busy.
    iperf '(.end.sum.packets > 30) and (.end.sum.lost_percent < 50)' -u -b 4M -l 1000
    iperf '(.end.sum.packets > 30) and (.end.sum.lost_percent < 50)' -u -b 4M -l 1000 -R
    iperf '(.server_output_json // .server_output_text | tostring | test("receiver|sum_received"))' --get-server-output
    # A client as well, of a server on the host.
    timeout 100 iperf3 -s -1 --forceflush -p $((at + 1)) > host.out &
    until grep -q listening host.out; do sleep 0.1; done
    serve_end
    expect_text server.out 'the server has terminated'
    expect_status 0 "$MKIMAGE" run --timeout 100 "$ports/iperf3" -- -c 10.0.2.2 -p $((at + 1)) -t 1 --json
    jq -e "(.error | not) and $both" out > /dev/null || fail "the client's report: $(tail -c 600 out)"
}

# fetch PATH OPTION...: from nginx, by this machine's name in its certificate.
fetch()
{
    local path=$1

    shift
    curl -sSf --no-progress-meter --max-time 60 --cacert over/etc/nginx/cert.pem --resolve "localhost:$at:127.0.0.1" "$@" "$scheme://localhost:$at$path"
}

# What both ways of talking to it must do.
nginx_asked()
{
    local from

    until fetch / > page || ! kill -0 "$server"; do sleep 0.2; done
    expect_same page "$ports/nginx/rootfs/var/www/index.html"
    fetch /file -o file
    expect_same file over/var/www/file
    # Pieces of a large file, and all of it by four at once.
    for from in 0 65535 4194303 7999999; do
        fetch /large -r "$from-$((from + 100000))" -o piece
        tail -c +$((from + 1)) over/var/www/large | head -c 100001 | cmp - piece
    done
    fetch "/large?[1-4]" -Z -o 'large.#1'
    cat large.[1-4] | cmp - <(cat over/var/www/large{,,,})
    # Connections that stay, under load: every answer is a good one.
    wrk -t 1 -c 32 -d 2 "$scheme://127.0.0.1:$at/" > out
    expect_text out 'requests in'
    expect_no_text out 'Non-2xx' 'Socket errors'
    fetch /status > out || true
}

# Without TLS and with it; files are laid over those of the port.
port_nginx()
{
    local scheme=http

    need curl openssl wrk
    mkdir -p over/etc/nginx over/var/www
    openssl req -x509 -newkey rsa:2048 -nodes -keyout over/etc/nginx/key.pem -out over/etc/nginx/cert.pem -days 2 \
        -subj /CN=localhost 2> /dev/null
    head -c 300000 /dev/urandom > over/var/www/file
    head -c 8000000 /dev/urandom > over/var/www/large
    serve 80 '' --rootfs over "$ports/nginx"
    nginx_asked
    expect_text out '^Active connections: '
    curl -s --max-time 10 -o /dev/null -w '%{http_code} ' "http://127.0.0.1:$at/none" > out
    expect_text out '^404 '
    serve_end
    sed 's/listen 80.*/listen 443 ssl http2; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate cert.pem; ssl_certificate_key key.pem;/' \
        "$ports/nginx/rootfs/etc/nginx/nginx.conf" > over/etc/nginx/nginx.conf
    scheme=https
    serve 443 '' --rootfs over "$ports/nginx"
    nginx_asked
    fetch / -o page -w '%{http_version}' > out
    expect_text out '^2$'
    for version in 2 3; do
        printf 'GET / HTTP/1.0\r\n\r\n' | timeout 30 openssl s_client -connect "127.0.0.1:$at" -CAfile over/etc/nginx/cert.pem \
            -tls1_$version -ign_eof > out 2> err
        expect_text out "^ *(New, )?TLSv1\.$version" 'Verify return code: 0 \(ok\)' 'nginx serves this'
    done
    # It ends at once, though connections are open and one has just ended.
    fetch / -o page
    begun=$SECONDS
    serve_end
    [ $((SECONDS - begun)) -lt 9 ] || fail "SIGTERM took $((SECONDS - begun)) s"
}
