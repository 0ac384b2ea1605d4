# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Network cards below their drivers: two of them in one guest, joined by QEMU's hub, send
# each other frames of all sizes and shapes.

# cards MACHINE 'ARGUMENT...' [OPTION...]: what it says is in ./out.
cards()
{
    local machine=$1 arguments=$2 printed

    shift 2
    [ -e cards.elf ] || "$MKIMAGE" -I"$ROOT" -o cards.elf "$ROOT/test-vm/guest/cards.c"
    # shellcheck disable=SC2086 # several words on purpose
    eval "printed=($("$MKIMAGE" run --accel tcg --machine "$machine" --print cards.elf -- $arguments))"
    echo "\$ ${printed[*]} $*"
    timeout 60 "${printed[@]}" "$@" < /dev/null > out 2> err || true
    cat out err
    expect_text out '^SUCCESS'
}

# joined MACHINE 'ARGUMENT...' DEVICE DEVICE [OPTION...]
joined()
{
    local machine=$1 arguments=$2 one=$3 other=$4

    shift 4
    cards "$machine" "$arguments" -netdev hubport,id=one,hubid=0 -netdev hubport,id=other,hubid=0 \
        -device "$one,netdev=one" -device "$other,netdev=other" "$@"
}

case_cards_virtio_pci()
{
    local machine variant

    for machine in pc q35; do
        for variant in '' ,event_idx=off ,mrg_rxbuf=off ,vectors=0 ,indirect_desc=off ,packed=on \
            ,disable-legacy=on ,disable-modern=on,disable-legacy=off ,event_idx=off,mrg_rxbuf=off,vectors=0; do
            joined $machine 'exchange 1000 256' "virtio-net-pci$variant" "virtio-net-pci$variant"
            expect_text out 'with interrupts, rested yes'
        done
    done
}

case_cards_virtio_mmio()
{
    local legacy variant

    for legacy in true false; do
        for variant in '' ,event_idx=off ,mrg_rxbuf=off ,indirect_desc=off; do
            joined microvm 'exchange 1000 256' "virtio-net-device$variant" "virtio-net-device$variant" \
                -global virtio-mmio.force-legacy=$legacy
        done
    done
}

case_cards_e1000()
{
    local machine kind

    for machine in pc q35; do
        for kind in e1000 e1000-82545em e1000-82544gc virtio-net-pci virtio-net-pci,vectors=0; do
            joined $machine 'exchange 1000 256' e1000 $kind
            expect_text out 'with interrupts, rested yes'
        done
    done
}

# Who keeps all that comes is warned, loses frames, and gets all of them again afterwards.
case_cards_hold()
{
    local device

    for device in virtio-net-pci virtio-net-pci,mrg_rxbuf=off e1000; do
        joined q35 'hold 128' $device $device
        expect_text out '^[1-9][0-9]* kept, [1-9][0-9]* of them with a warning, [1-9][0-9]* dropped'
    done
}

# link MACHINE DEVICE [OPTION...]: the cable is pulled out and put in again.
link()
{
    local machine=$1 device=$2

    shift 2
    rm -f monitor.in monitor.out out
    mkfifo monitor.in monitor.out
    exec 7<> monitor.in 8<> monitor.out
    {
        text_wait out '^ready'
        echo set_link card off >&7
        text_wait out '^link is down'
        echo set_link card on >&7
    } &
    cards "$machine" link -chardev pipe,id=monitor,path=monitor -mon chardev=monitor \
        -netdev hubport,id=one,hubid=0 -device "$device,netdev=one,id=card" "$@"
    expect_text out '^link is down' '^link is up'
}

case_cards_link()
{
    link q35 virtio-net-pci
    link q35 virtio-net-pci,vectors=0
    link pc virtio-net-pci,vectors=1
    link pc virtio-net-pci,disable-modern=on,disable-legacy=off
    link microvm virtio-net-device
    link microvm virtio-net-device -global virtio-mmio.force-legacy=false
    link pc e1000
}
