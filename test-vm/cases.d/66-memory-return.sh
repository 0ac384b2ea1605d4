# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Memory that a program frees goes back to the host, when there is a balloon to tell it.

# resident PID: kilobytes that the process holds.
resident()
{
    awk '/^VmRSS/ { print $2 }' "/proc/$1/status"
}

# resident_while MACHINE OPTION...: takes 128 MiB and frees them, three times by malloc and once
# by mmap; leaves
# `WHAT KILOBYTES` of the hypervisor in ./residents.
resident_while()
{
    local machine=$1 pid line printed

    shift
    [ -e give_back.elf ] || "$MKIMAGE" -o give_back.elf "$ROOT/test-vm/guest/give_back.c"
    eval "printed=($("$MKIMAGE" run --accel tcg --machine "$machine" -m 256M --print give_back.elf -- 128))"
    rm -f in out6 residents
    mkfifo in out6
    exec 5<> in 6<> out6
    "${printed[@]}" "$@" <&5 >&6 2> err &
    pid=$!
    while read -r -t 30 -u 6 line; do
        line=${line%$'\r'}
        case $line in
        taken | freed)
            echo "$line $(resident $pid)" >> residents
            echo >&5 ;;
        *) break ;;
        esac
    done
    kill $pid 2> /dev/null || true
    wait $pid || true
    exec 5>&- 6>&-
    cat residents err
    [ "$line" = SUCCESS ] || fail "the guest ended with: $line"
}

# fell_by KILOBYTES: each freeing made it so much less, at least.
fell_by()
{
    awk -v by="$1" '$1 == "taken" { most = $2 } $1 == "freed" && most - $2 < by { bad = 1 }
        END { exit bad || NR != 8 }' residents
}

case_memory_return()
{
    local form

    for form in virtio-balloon-device 'virtio-balloon-device -global virtio-mmio.force-legacy=false'; do
        # shellcheck disable=SC2086 # several words
        resident_while microvm -device ${form/device/device,free-page-reporting=on}
        fell_by 100000 || fail "what was freed is still held"
    done
    for form in '' disable-legacy=on disable-modern=on,disable-legacy=off; do
        resident_while q35 -device virtio-balloon-pci,free-page-reporting=on${form:+,$form}
        fell_by 100000 || fail "what was freed is still held"
    done
}

# Nobody to tell, or nobody who wants to hear of it: the same program runs.
case_memory_return_none()
{
    resident_while microvm
    fell_by 100000 && fail "this is no test of anything: it fell without a balloon"
    resident_while microvm -device virtio-balloon-device
    resident_while pc -device virtio-balloon-pci
}
