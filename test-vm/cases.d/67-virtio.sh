# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Virtio devices below their drivers: interrupts by messages and lines, alone and shared,
# and the devices' own registers.

# interrupted MACHINE DEVICE [OPTION...]: with one such device, then with four.
interrupted()
{
    local machine=$1 device=$2 devices=() printed n

    shift 2
    [ -e interrupted.elf ] ||
        "$MKIMAGE" -I"$ROOT" -o interrupted.elf "$ROOT/test-vm/guest/interrupted.c"
    for n in 1 2 3 4; do
        devices+=(-device "$device")
        [ $n = 1 ] || [ $n = 4 ] || continue
        eval "printed=($("$MKIMAGE" run --accel tcg --machine "$machine" --print interrupted.elf -- $n))"
        echo "\$ ${printed[*]} ${devices[*]} $*"
        timeout 30 "${printed[@]}" "${devices[@]}" "$@" < /dev/null > out 2> err || true
        cat out err
        expect_text out "$n devices" '^SUCCESS'
    done
}

case_interrupts_messages()
{
    local machine

    for machine in pc q35; do
        interrupted $machine virtio-rng-pci
        interrupted $machine virtio-rng-pci,event_idx=off
        interrupted $machine virtio-rng-pci,disable-modern=on,disable-legacy=off
    done
}

case_interrupts_lines()
{
    local machine

    for machine in pc q35; do
        interrupted $machine virtio-rng-pci,vectors=0
        interrupted $machine virtio-rng-pci,vectors=0,disable-modern=on,disable-legacy=off
    done
    interrupted microvm virtio-rng-device
    interrupted microvm virtio-rng-device -global virtio-mmio.force-legacy=false
}

# registers MACHINE FORM TRANSPORT [OPTION...]: FORM is what stands behind the device's name.
registers()
{
    local machine=$1 form=$2 transport=$3 printed

    shift 3
    [ -e registers.elf ] ||
        "$MKIMAGE" -I"$ROOT" -o registers.elf "$ROOT/test-vm/guest/registers.c"
    eval "printed=($("$MKIMAGE" run --accel tcg --machine "$machine" --print registers.elf))"
    timeout 30 "${printed[@]}" -device "virtio-net-$form,mac=52:54:00:0a:1b:fe,host_mtu=1402" \
        -device "virtio-balloon-$form" "$@" < /dev/null > out 2> err || true
    cat out err
    expect_text out "by $transport.?\$" '^52:54:00:0a:1b:fe mtu 1402' '^SUCCESS'
}

case_registers()
{
    local machine

    for machine in pc q35; do
        registers $machine pci virtio-pci
        registers $machine pci,disable-modern=on,disable-legacy=off 'virtio-pci \(legacy\)'
    done
    registers microvm device virtio-mmio
    registers microvm device virtio-mmio -global virtio-mmio.force-legacy=false
}
