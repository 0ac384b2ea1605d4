# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Random bytes, and the virtio devices that bring them, on every machine and in every
# form that QEMU gives them.

printed=()

# random_words [OPTION...] -- ARG...: QEMU's words for test-vm/guest/random.c into `printed`.
random_words()
{
    [ -e random.elf ] || "$MKIMAGE" -o random.elf "$ROOT/test-vm/guest/random.c"
    local options=()

    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    eval "printed=($("$MKIMAGE" run --accel tcg --print "${options[@]}" random.elf "$@"))"
}

# boot WORD...: what it prints is in ./out; 30 s are a hang.
boot()
{
    local status=0

    echo "\$ $*"
    timeout 30 "$@" < /dev/null > out 2> err || status=$?
    cat out err
    [ $status != 124 ] || fail "no end after 30 s"
}

# rng_expect MACHINE DEVICE...: for each, the driver brings what the host's file holds.
# 48 of the guest's bytes are more than one answer could tell by chance.
rng_expect()
{
    local machine=$1 device extra

    shift
    [ -e bytes ] || head -c 4096 /dev/urandom > bytes
    for device in "$@"; do
        random_words --machine "$machine" -- device 48
        read -r -a extra <<< "$device"
        boot "${printed[@]}" -object rng-random,id=host,filename=bytes -device "${extra[@]}"
        expect_text out '^48 bytes of virtio-rng$' \
            "^device=$(head -c 48 bytes | od -An -v -tx1 | tr -d ' \n')\$" '^SUCCESS'
    done
}

pci_forms=('virtio-rng-pci,rng=host'
    'virtio-rng-pci,rng=host,disable-legacy=on'
    'virtio-rng-pci,rng=host,disable-modern=on,disable-legacy=off'
    'virtio-rng-pci,rng=host,event_idx=off,indirect_desc=off'
    'virtio-rng-pci,rng=host,vectors=0'
    'virtio-rng-pci,rng=host,addr=9.3 -device virtio-balloon-pci,addr=9.0,multifunction=on')

case_rng_pc()
{
    rng_expect pc "${pci_forms[@]}"
}

case_rng_q35()
{
    rng_expect q35 "${pci_forms[@]}" \
        'pcie-root-port,id=rp -device virtio-rng-pci,rng=host,bus=rp' \
        virtio-rng-pci,rng=host,disable-legacy=on,iommu_platform=on
}

case_rng_microvm()
{
    rng_expect microvm virtio-rng-device,rng=host \
        'virtio-rng-device,rng=host -global virtio-mmio.force-legacy=false' \
        'virtio-balloon-device -device virtio-rng-device,rng=host' \
        'virtio-rng-device,rng=host,event_idx=off,indirect_desc=off'
}

# Where nobody says which devices there are, and where the command line says it.
case_rng_microvm_unnamed()
{
    local form

    head -c 4096 /dev/urandom > bytes
    random_words --machine microvm -- device 48
    [[ ${printed[*]} = *microvm,acpi=off\ * ]] || fail "the machine is not microvm,acpi=off"
    for form in microvm microvm,acpi=off,auto-kernel-cmdline=off microvm,acpi=off; do
        boot "${printed[@]/#microvm,acpi=off/$form}" \
            -object rng-random,id=host,filename=bytes -device virtio-rng-device,rng=host
        expect_text out '^48 bytes of virtio-rng$' \
            "^device=$(head -c 48 bytes | od -An -v -tx1 | tr -d ' \n')\$"
    done
}

# Words that name no device, or one that is not there, do no harm.
case_rng_bad_words()
{
    local word

    random_words --machine microvm -- device 48
    for word in virtio_mmio.device= virtio_mmio.device=4K virtio_mmio.device=4K@ \
        virtio_mmio.device=4K@0:5 virtio_mmio.device=0@0xfeb00000:5 \
        virtio_mmio.device=512@0xfeb00000:5 virtio_mmio.device=4K@0xd0000000:5 \
        virtio_mmio.device=99999999999999999999@0x7:5; do
        boot "${printed[@]/#-- /$word -- }"
        expect_text out '^0 bytes of virtio-rng$' '^getentropy=' '^SUCCESS'
    done
}

case_rng_none()
{
    local machine

    for machine in microvm pc q35; do
        random_words --machine $machine -- device 48
        boot "${printed[@]}"
        expect_text out '^0 bytes of virtio-rng$' '^getentropy=' '^SUCCESS'
        boot "${printed[@]/#max/qemu64}"
        expect_text out '^0 bytes of virtio-rng$' '^getentropy=' '^SUCCESS'
    done
}

# A device that never answers: the guest goes on without it.
case_rng_silent()
{
    local machine form

    mkfifo nothing
    exec 9<> nothing
    for machine in microvm pc; do
        form=virtio-rng-device
        [ $machine = microvm ] || form=virtio-rng-pci
        random_words --machine $machine -- device 48
        boot "${printed[@]/#max/qemu64}" -object rng-random,id=host,filename=nothing \
            -device $form,rng=host
        expect_text out '^0 bytes of virtio-rng$' '^getentropy=' '^SUCCESS'
        # one byte, and no more for an hour
        boot "${printed[@]}" -object rng-random,id=host,filename=/dev/urandom \
            -device $form,rng=host,max-bytes=1,period=3600000
        expect_text out '^1 bytes of virtio-rng$' '^getentropy=' '^SUCCESS'
    done
    exec 9>&-
}

# Every draw of five boots is another, with a generator in the processor and without;
# and without, with the same bytes from the host's device each time.
case_chance_differs()
{
    local processor

    head -c 64 /dev/zero > zeros
    random_words -- draw
    for processor in max qemu64; do
        for _ in {1..5}; do
            boot "${printed[@]/#max/$processor}"
            cat out >> "draws-$processor"
        done
        for _ in {1..5}; do
            boot "${printed[@]/#max/$processor}" -object rng-random,id=host,filename=zeros \
                -device virtio-rng-device,rng=host
            cat out >> "draws-$processor"
        done
        [ "$(sed 's/.*=//' "draws-$processor" | sort -u | wc -l)" = 30 ] ||
            fail "not thirty different draws ($processor)"
    done
}

# read_draws FILE: three lines from descriptor 6 into it.
read_draws()
{
    local line

    for _ in 1 2 3; do
        read -r -t 20 -u 6 line || fail "the guest is silent"
        echo "$line" >> "$1"
    done
}

# A machine that is saved, and goes on twice: saved_twice NAME OPTION...
# leaves what each copy draws in NAME-1 and NAME-2.
saved_twice()
{
    local name=$1 copy line tries=0 pid

    shift
    random_words --machine pc -m 32M -- again
    rm -f monitor.in monitor.out in out6 state
    mkfifo monitor.in monitor.out in out6
    exec 5<> in 6<> out6 7<> monitor.in 8<> monitor.out
    timeout 40 "${printed[@]}" "$@" -chardev pipe,id=m,path=monitor -mon m <&5 >&6 2> err &
    pid=$!
    read_draws "$name"
    echo 'migrate "exec:cat > state"' >&7
    until [ $tries -gt 100 ]; do
        echo 'info migrate' >&7
        while read -r -t 0.1 -u 8 line; do
            case $line in *completed*) break 2 ;; esac
        done
        tries=$((tries + 1))
    done
    echo quit >&7
    wait $pid || true
    for copy in 1 2; do
        # What is typed before the copy has its memory would be lost.
        timeout 40 "${printed[@]}" "$@" -incoming 'exec:cat state; touch loaded' <&5 >&6 2>> err &
        pid=$!
        for ((tries = 0; tries < 200; tries++)); do [ ! -e loaded ] || break; sleep 0.1; done
        sleep 0.5
        echo >&5
        read_draws "$name-$copy"
        kill $pid
        wait $pid || true
        rm -f loaded
    done
    exec 5>&- 6>&- 7>&- 8>&-
    cat "$name" "$name-1" "$name-2"
}

case_chance_of_copies()
{
    local draws

    saved_twice told -device vmgenid,guid=auto
    draws=$(cat told told-1 told-2 | sed 's/.*=//' | sort -u | wc -l)
    [ "$draws" = 9 ] || fail "copies draw the same: $draws different draws of 9"
    # Without the device nobody can know: this is what the test would see.
    saved_twice untold
    expect_same untold-1 untold-2
}
