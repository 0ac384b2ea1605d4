# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Threads in virtual time: the same order of events on every host, and minutes that
# take seconds.

run_in_virtual_time()
{
    local shift=$1

    shift
    PATH=$(virtual_time "$shift"):$PATH "$MKIMAGE" run --accel tcg "$@"
}

case_realtime()
{
    expect_status 0 run_in_virtual_time 3 "$ROOT/test-vm/guest/realtime.c"
    expect_text out '^SUCCESS$'
}

# Three minutes of the guest's time, a turn of a thread being 39 thousand instructions.
case_stress()
{
    expect_status 0 run_in_virtual_time 8 -m 64M "$ROOT/test-vm/guest/stress.c" -- 180
    expect_text out '^SUCCESS$'
}
