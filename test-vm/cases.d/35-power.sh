# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# How a virtual machine is asked to end, and how it switches off.

power_build()
{
    [ -e power.elf ] || "$MKIMAGE" -o power.elf "$ROOT/test-vm/guest/power.c" > /dev/null
}

# power_run OPTIONS... -- HOW WHERE: `mkimage run` in the background, up to its "ready". Its
# input stays open and empty; $pid is it, ./out what it writes.
power_run()
{
    power_build
    [ -e silence ] || mkfifo silence
    exec 7<> silence
    rm -f out # of the run before
    echo "$ mkimage run $*"
    # A job in the background starts with SIGINT ignored; this one must not.
    env --default-signal=INT "$MKIMAGE" run power.elf "$@" <&7 > out 2> err &
    pid=$!
    text_wait out '^ready'
    sleep 0.2 # "ready" is said right before it sleeps or reads
}

# power_ended STATUS [REGEX...]: it ended so, and wrote these lines.
power_ended()
{
    local status=0 wanted=$1

    shift
    wait "$pid" || status=$?
    cat out err
    [ "$status" = "$wanted" ] || fail "status $status instead of $wanted"
    [ $# = 0 ] || expect_text out "$@"
}

# A program that handles SIGTERM ends in its own way, whatever it was doing.
case_power_handled()
{
    local machine where

    for machine in microvm pc q35; do
        for where in sleep spin read thread; do
            power_run --machine $machine -- handle $where
            kill -TERM "$pid"
            power_ended 42 '^asked$' '^farewell$'
        done
        power_run --machine $machine -- handle-exit spin
        kill -TERM "$pid"
        power_ended 43 '^farewell$'
    done
}

# One that does not ends as by exit(), with the status a shell would show.
case_power_default()
{
    local machine where

    for machine in microvm pc q35; do
        for where in sleep spin read fgets lock thread; do
            power_run --machine $machine -- default $where
            kill -TERM "$pid"
            power_ended 143 '^farewell$'
        done
        power_run --machine $machine -- default sleep
        kill -INT "$pid"
        power_ended 130 '^farewell$'
    done
}

case_power_sigwait()
{
    local where

    for where in sleep spin; do
        power_run -- wait $where
        kill -TERM "$pid"
        power_ended 42 '^waited$' '^farewell$'
    done
}

# Nobody waits for ever for a program that does not want to.
case_power_ignored()
{
    local start_s=$SECONDS

    power_run --stop-timeout 1 -- ignore spin
    kill -TERM "$pid"
    power_ended 143
    expect_complaint 'power\.elf' '1 s' '--stop-timeout'
    expect_no_text out farewell
    power_run --stop-timeout 0 -- default spin
    kill -TERM "$pid"
    power_ended 143
    [ $((SECONDS - start_s)) -lt 9 ] || fail "not stopped before the default time"
    expect_status 2 "$MKIMAGE" run --stop-timeout never power.elf
    expect_complaint never
}

# A second Ctrl-C does not wait; a second SIGTERM is a second press.
case_power_twice()
{
    local start_s=$SECONDS

    power_run --stop-timeout 50 -- ignore sleep
    kill -INT "$pid"
    sleep 0.3 # two signals at once would be one
    kill -0 "$pid" || fail "the first one was enough"
    kill -INT "$pid"
    power_ended 130
    [ $((SECONDS - start_s)) -lt 40 ] || fail "it waited for the program"
    power_run -- handle-twice sleep
    kill -TERM "$pid"
    text_wait out '^asked'
    kill -TERM "$pid"
    power_ended 42
    [ "$(grep -c '^asked' out)" = 2 ] || fail "not asked twice"
}

# Input that the program does not read is in nobody's way.
case_power_unread_input()
{
    power_build
    mkfifo endless
    yes > endless & # until its reader goes away
    "$MKIMAGE" run power.elf -- handle read-once < endless > out 2> err &
    pid=$!
    text_wait out '^ready'
    sleep 0.5 # for the input to fill what there is
    kill -TERM "$pid"
    power_ended 42 '^asked$' '^farewell$'
}

# A disk that GRUB starts.
power_disk()
{
    power_build
    power_run --boot "$1" -- handle spin
    kill -TERM "$pid"
    power_ended 42 '^asked$' '^farewell$'
}

case_power_disk_bios()
{
    need_grub
    power_disk bios
}

case_power_disk_uefi()
{
    need_ovmf
    need_grub
    power_disk uefi
}

# ---- other operators than `mkimage run`: no framed console, no device for the status ----

# qemu_words OPTIONS...: the command line without these, into $words.
qemu_words()
{
    local i

    eval "words=($("$MKIMAGE" run --accel tcg --print "$@"))"
    for i in "${!words[@]}"; do
        case ${words[i]} in
        *isa-debug-exit*) unset "words[i]" "words[i - 1]" ;;
        -no-reboot) unset "words[i]" ;; # a reset instead of an end is seen as a second boot
        stdio) words[i]=file:out ;;
        esac
    done
}

# qemu_pressed MACHINE HOW WHERE PRESS...: PRESS is what the operator says by QMP.
qemu_pressed()
{
    local machine=$1 status=0 words qemu

    qemu_words --machine "${machine%+*}" power.elf -- "$2" "$3"
    case $machine in *+acpi) words=("${words[@]/acpi=off/acpi=on}") ;; esac
    rm -f out qmp
    mkfifo qmp
    echo "\$ ${words[*]}"
    timeout 30 "${words[@]}" -qmp stdio < qmp > answers 2>&1 &
    qemu=$!
    exec 8> qmp
    echo '{"execute": "qmp_capabilities"}' >&8
    text_wait out '^ready'
    sleep 0.2
    echo "$4" >&8
    wait "$qemu" || status=$?
    exec 8>&-
    cat out answers
    [ $status = 0 ] || fail "QEMU ended with $status"
    expect_text out '^farewell'
    expect_text answers '"SHUTDOWN".*"guest-shutdown"' # by its own will, not by a reset
    [ "$(grep -c '^ready' out)" = 1 ] || fail "it started again"
}

case_power_button()
{
    local machine

    power_build
    for machine in pc q35 microvm+acpi; do
        qemu_pressed $machine handle sleep '{"execute": "system_powerdown"}'
        expect_text out '^asked'
        qemu_pressed $machine handle spin '{"execute": "system_powerdown"}'
        expect_text out '^asked'
        qemu_pressed $machine default read '{"execute": "system_powerdown"}'
    done
}

case_power_ctrl_alt_delete()
{
    local machine key keys=

    for key in ctrl alt delete; do
        keys+="${keys:+, }{\"type\": \"qcode\", \"data\": \"$key\"}"
    done
    power_build
    for machine in pc q35; do
        qemu_pressed $machine handle spin \
            "{\"execute\": \"send-key\", \"arguments\": {\"keys\": [$keys]}}"
        expect_text out '^asked'
    done
}

# The end of the program is the end of the machine, without a device made for it.
case_power_off()
{
    local machine words status

    "$MKIMAGE" -o hello.elf "$ROOT/apps/hello"
    "$MKIMAGE" -o die.elf "$ROOT/test-vm/guest/die.c"
    for machine in pc q35 microvm+acpi; do
        for image in hello.elf "die.elf -- null-read"; do
            # shellcheck disable=SC2086 # several words on purpose
            qemu_words --machine ${machine%+*} $image
            case $machine in *+acpi) words=("${words[@]/acpi=off/acpi=on}") ;; esac
            rm -f out
            status=0
            timeout 30 "${words[@]}" < /dev/null || status=$?
            cat out
            [ $status = 0 ] || fail "$machine: QEMU ended with $status"
            [ "$(grep -cE '^(Hello, world|before)' out)" = 1 ] || fail "$machine: not one boot"
        done
    done
    # A microvm without ACPI has nothing but a reset, which it is told to take as the end.
    rm -f out
    qemu_words --machine microvm hello.elf
    timeout 30 "${words[@]}" -no-reboot < /dev/null || fail "microvm: status $?"
    expect_text out '^Hello, world'
}
