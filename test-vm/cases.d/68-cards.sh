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

case_cards_hold()
{
    joined q35 'hold 128' virtio-net-pci virtio-net-pci
    joined q35 'hold 128' virtio-net-pci virtio-net-pci,mrg_rxbuf=off
}
