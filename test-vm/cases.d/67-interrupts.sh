# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Interrupts of virtio devices: messages and lines, alone and shared.

# interrupted MACHINE DEVICE [OPTION...]: with one such device, then with four.
interrupted()
{
    local machine=$1 device=$2 devices=() n

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
