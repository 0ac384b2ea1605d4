# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Disks and other boot media: written, read back by others, booted, configured.
all_formats=elf,raw,iso,qcow2,vmdk,ova,vhd,vhdx,gce
all_extensions='elf img iso qcow2 vmdk ova vhd vhdx tar.gz'

hello_all()
{
    need_grub
    need qemu-img
    "$MKIMAGE" -q -f $all_formats -o "${1:-hello}" "$ROOT/apps/hello"
}

# size_at_most FILE BYTES
size_at_most()
{
    local size

    size=$(stat -c %s "$1")
    echo "$1: $size bytes"
    [ "$size" -le "$2" ] || fail "$1 has $size bytes, more than $2"
}

case_formats_default()
{
    need_grub
    cp "$ROOT/apps/hello/hello.c" app.c
    expect_status 0 "$MKIMAGE" app.c
    expect_files app.c app.elf app.img
    expect_text out '^app\.elf  ' '^app\.img  '
    rm app.img app.elf
    expect_status 0 "$MKIMAGE" -o other.iso app.c
    expect_files app.c other.iso
    expect_status 0 "$MKIMAGE" -f raw -o family app.c
    expect_files app.c other.iso family.img
    expect_status 0 "$MKIMAGE" -f elf,iso -o family app.c
    expect_files app.c other.iso family.img family.elf family.iso
}

case_formats_sizes()
{
    hello_all
    size_at_most hello.img 1048576
    size_at_most hello.iso 2097152
    size_at_most hello.qcow2 614400
    size_at_most hello.vmdk 614400
    size_at_most hello.ova 614400
    size_at_most hello.vhd 1049088
    size_at_most hello.vhdx 16777216
    size_at_most hello.tar.gz 614400
}

# The same bytes wherever and whenever; qemu-img draws lots, so look at it often.
case_formats_reproducible()
{
    local round extension

    need_grub
    need qemu-img
    mkdir -p one "two/a deeper place"
    hello_all one/hello
    for round in 1 2 3 4 5 6; do
        (cd "two/a deeper place" && TZ=Asia/Tokyo LC_ALL=C "$MKIMAGE" -q -f $all_formats -o hello "$ROOT/apps/hello")
        for extension in $all_extensions; do
            expect_same "one/hello.$extension" "two/a deeper place/hello.$extension" ||
                fail "round $round"
        done
    done
}

case_formats_boot_bios()
{
    local extension

    hello_all
    for extension in $all_extensions; do
        expect_status 0 "$MKIMAGE" run --boot bios "hello.$extension"
        [ "$(cat out)" = "Hello, world" ] || fail "hello.$extension: something else on standard output"
        [ ! -s err ] || fail "hello.$extension: something on standard error"
    done
    for extension in img iso; do
        expect_status 0 "$MKIMAGE" run --machine q35 "hello.$extension"
        [ "$(cat out)" = "Hello, world" ] || fail "hello.$extension on q35"
    done
}

case_formats_boot_direct()
{
    local extension

    hello_all
    for extension in $all_extensions; do
        expect_status 0 "$MKIMAGE" run --boot direct "hello.$extension"
        [ "$(cat out)" = "Hello, world" ] || fail "hello.$extension: something else on standard output"
    done
}

uefi_case()
{
    need_ovmf
    need_grub
    "$MKIMAGE" -q -o "hello.$1" "$ROOT/apps/hello"
    expect_status 0 "$MKIMAGE" run --boot uefi "hello.$1"
    [ "$(cat out)" = "Hello, world" ] || fail "something else on standard output"
}

case_formats_boot_uefi_raw()
{
    uefi_case img
}

case_formats_boot_uefi_iso()
{
    uefi_case iso
}

# Arguments, environment, input, output and status as with a direct boot.
case_formats_run_contract()
{
    need_grub
    "$MKIMAGE" -q -o args.img "$ROOT/test-vm/guest/args.c"
    expect_status 0 "$MKIMAGE" run -e "V=a, b'c\"d\\e" args.img -- "x, y" 'V?' $'two\nlines' ""
    printf '%s\n' argc=5 '<x, y>' "V=<a, b'c\"d\\e>" '<two' 'lines>' '<>' > wanted
    expect_same out wanted
    expect_status 0 "$MKIMAGE" run --print args.img -- "x, y"
    expect_text out 'fw_cfg' 'args\.img' 'x,, y'
    "$MKIMAGE" -q -o exits.img "$ROOT/test-vm/guest/exits.c"
    expect_status 200 "$MKIMAGE" run exits.img -- exit 200
    expect_text out '^bufferedfarewell$'
    "$MKIMAGE" -q -o lines.iso "$ROOT/test-vm/guest/lines.c"
    printf '3\nab\nquit\n' > input
    "$MKIMAGE" run lines.iso < input > out
    expect_text out 'twice is 6' '\[AB\]' 'bye'
    "$MKIMAGE" -q -g -o die.img "$ROOT/test-vm/guest/die.c"
    expect_status 139 "$MKIMAGE" run die.img -- null-read
    expect_text err 'null_read'
}

# Partition table, file system and archives as others see them.
case_formats_others_read_raw()
{
    need sfdisk sgdisk fsck.fat mdir
    need_grub
    "$MKIMAGE" -q -f raw,vhd,gce -o hello "$ROOT/apps/hello"
    tar -xzSf hello.tar.gz
    size_at_most disk.raw 1073741824
    head -c -512 hello.vhd > vhd.raw
    for disk in hello.img disk.raw vhd.raw; do
        expect_status 0 sfdisk --verify $disk
        expect_text out 'No errors'
        expect_status 0 sgdisk -v $disk
        expect_text out 'No problems found'
    done
    dd if=hello.img of=esp.fat bs=512 status=none \
        skip="$(sfdisk -d hello.img | sed -n 's/^hello.img2.*start= *\([0-9]*\).*/\1/p')"
    expect_status 0 fsck.fat -n esp.fat
    expect_status 0 mdir -b -/ -i esp.fat ::
    expect_text out '::/EFI/BOOT/BOOTX64\.EFI' '::/THIMBLE\.ELF'
    mcopy -i esp.fat ::THIMBLE.ELF kernel.elf
    "$MKIMAGE" -q -o hello.elf "$ROOT/apps/hello"
    expect_same kernel.elf hello.elf
}

case_formats_others_read_iso()
{
    need xorriso
    need_grub
    "$MKIMAGE" -q -f elf,iso -o hello "$ROOT/apps/hello"
    expect_status 0 xorriso -indev hello.iso -report_el_torito plain -check_media -- \
        -osirrox on -extract /THIMBLE.ELF kernel.elf
    expect_text out 'BIOS  y +none' 'UEFI  y +none' '/BIOS\.IMG' '/EFI\.IMG'
    expect_text out 'Media region .* good'
    expect_same kernel.elf hello.elf
}

case_formats_others_read_virtual()
{
    local format

    hello_all
    for format in qcow2 vmdk vhdx; do
        expect_status 0 qemu-img compare -f vpc -F $format hello.vhd hello.$format
    done
    expect_status 0 qemu-img check -f qcow2 hello.qcow2
    expect_status 0 qemu-img check -f vhdx hello.vhdx
    expect_status 0 qemu-img info -f vpc hello.vhd
    expect_text out '1048576 bytes'
    expect_status 0 qemu-img info hello.vmdk
    expect_text out 'streamOptimized'
    tar -xf hello.ova
    expect_text machine.mf "$(sha256sum < disk1.vmdk | cut -d' ' -f1)" "$(sha256sum < machine.ovf | cut -d' ' -f1)"
    expect_same disk1.vmdk hello.vmdk
    [ "$(tar -tf hello.ova | head -n 1)" = machine.ovf ] || fail "the description is not first"
    need xmllint
    expect_status 0 xmllint --noout machine.ovf
}

# Names and values that XML, QEMU and shells would like to misread.
case_formats_odd_names()
{
    hello_all "a, b & <c>:d"
    expect_status 0 "$MKIMAGE" run "a, b & <c>:d.img"
    expect_status 0 "$MKIMAGE" run "a, b & <c>:d.qcow2"
    expect_status 0 "$MKIMAGE" inspect "a, b & <c>:d.ova"
    command -v xmllint > /dev/null || return 0
    tar -xf "./a, b & <c>:d.ova" --force-local machine.ovf
    expect_status 0 xmllint --noout machine.ovf
}

case_formats_inspect()
{
    local extension

    hello_all
    for extension in $all_extensions; do
        expect_status 0 "$MKIMAGE" inspect hello.$extension
        expect_text out 'build id .*verified' 'boots by     PVH' 'Multiboot2, entry' 'libc'
        [ $extension = elf ] || expect_text out 'boots by     BIOS' 'boots by     UEFI' 'kernel  '
        expect_status 0 "$MKIMAGE" inspect --json hello.$extension
        expect_text out '"build_id"' '"format"'
        ! command -v jq > /dev/null || jq . out > /dev/null || fail "not JSON"
    done
    expect_status 0 "$MKIMAGE" inspect hello.img
    expect_text out 'GPT' 'partition 1  BIOS boot' 'partition 2  EFI system'
}

# A configured image is the one that a build with these words makes.
case_formats_config()
{
    local extension

    need_grub
    need qemu-img
    mkdir plain wanted
    "$MKIMAGE" -q -f $all_formats -o plain/app "$ROOT/test-vm/guest/files"
    "$MKIMAGE" -q -f $all_formats -e K=1 -e 'L=x y' -o wanted/app "$ROOT/test-vm/guest/files" -- one 'two three'
    for extension in $all_extensions; do
        expect_status 0 "$MKIMAGE" config plain/app.$extension -e K=1 -e L=0 --args one 'two three' -e 'L=x y'
        expect_text out "^program +app one 'two three'" '^environment +K=1' "L=x y"
        expect_same plain/app.$extension wanted/app.$extension
    done
    "$MKIMAGE" -q -g -o args.elf -e GONE=1 "$ROOT/test-vm/guest/args.c" -- old
    expect_status 0 "$MKIMAGE" config args.elf --unset GONE -e V=new -- --dashes 'V?' 'GONE?'
    expect_status 0 "$MKIMAGE" run args.elf
    expect_text out '^argc=4$' '^<--dashes>$' '^V=<new>$' '^GONE=<\(unset\)>$'
    expect_status 0 "$MKIMAGE" config args.elf --args
    expect_status 0 "$MKIMAGE" config --json args.elf
    expect_text out '"V=new"'
    expect_no_text out 'dashes'
    expect_status 0 "$MKIMAGE" inspect args.elf
    gdb -batch -ex 'info line main' args.elf > lines 2> /dev/null || return 0
    expect_text lines 'args\.c'
}

# What GRUB is told after the file's name reaches the program; any GRUB will do.
case_formats_grub_command_line()
{
    need grub-mkimage
    need_grub
    [ -e /usr/lib/grub/i386-pc/multiboot2.mod ] || skip "no modules of GRUB"
    "$MKIMAGE" -q -o args.elf "$ROOT/test-vm/guest/args.c"
    tar -cf memdisk.tar args.elf
    printf 'multiboot2 (memdisk)/args.elf V=1 -- one "V?"\nboot\n' > grub.cfg
    grub-mkimage -O i386-pc -m memdisk.tar -c grub.cfg -p '(memdisk)' -o core.img biosdisk memdisk tar multiboot2
    cat /usr/lib/grub/i386-pc/boot.img core.img > disk.img
    truncate -s 1M disk.img
    timeout 30 qemu-system-x86_64 -M pc -accel tcg -m 64M -nodefaults -display none -no-reboot -serial stdio \
        -device isa-debug-exit,iobase=0xf4,iosize=4 -drive format=raw,file=disk.img > out 2> err < /dev/null || true
    cat out err
    expect_text out '^argc=3' '^<one>' '^V=<1>'
}

# Firecracker before 1.12 enters as Linux is entered: so does this loader.
case_formats_linux_entry()
{
    local status=0

    "$MKIMAGE" -q -o args.elf "$ROOT/test-vm/guest/args.c"
    timeout 30 qemu-system-x86_64 -M microvm,auto-kernel-cmdline=off -accel tcg -m 256M -nodefaults -display none \
        -no-reboot -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel "$BUILD/linux_loader.elf" \
        -initrd args.elf -append "V=1 -- one 'two three' V?" > out 2> err < /dev/null || status=$?
    cat out err
    expect_text out '^argc=4' '^<one>' '^<two three>' '^V=<1>'
    [ $status = 1 ] || fail "status $status instead of 1 (0 << 1 | 1)"
}

# Machines that lack what PCs always had.
case_formats_bare_machines()
{
    local status machine start_ms passed_ms

    cat > nap.c <<END
#include <stdio.h>
#include <time.h>
int main(void)
{
    const struct timespec nap = {.tv_nsec = 400000000};
    struct timespec day;
    nanosleep(&nap, NULL);
    clock_gettime(CLOCK_REALTIME, &day);
    return puts("slept") < 0;
}
END
    "$MKIMAGE" -q -o nap.elf nap.c
    for machine in microvm,acpi=off,pit=off,pic=off microvm,acpi=off,pit=off,pic=off,rtc=off \
        microvm,acpi=on,pit=off microvm,acpi=off,rtc=off q35,hpet=off pc,hpet=off,acpi=off q35,acpi=off,smbus=off,sata=off; do
        status=0
        case $machine in microvm*) machine=$machine,auto-kernel-cmdline=off ;; esac
        echo "machine $machine"
        start_ms=$(date +%s%3N)
        timeout 30 qemu-system-x86_64 -M "$machine" -accel tcg -cpu max -m 64M -nodefaults -display none -no-reboot \
            -serial stdio -device isa-debug-exit,iobase=0xf4,iosize=4 -kernel nap.elf > out 2> err < /dev/null || status=$?
        cat out err
        passed_ms=$(($(date +%s%3N) - start_ms))
        [ $status = 1 ] || fail "$machine: status $status"
        expect_text out '^slept'
        [ $passed_ms -ge 380 ] || fail "$machine: 400 ms took $passed_ms"
    done
}

case_formats_bad_name()
{
    cp "$ROOT/apps/hello/hello.c" a.c
    expect_status 2 "$MKIMAGE" -f qcow a.c
    expect_complaint 'qcow' 'did you mean qcow2'
    expect_status 2 "$MKIMAGE" -f elf,tarball a.c
    expect_complaint 'tarball' 'elf, raw, iso'
    expect_status 2 "$MKIMAGE" -f '' a.c
    expect_files a.c
}

# Without GRUB's packages: the ELF file, and a sentence about the rest.
case_formats_without_grub()
{
    cp -r "$BUILD/sysroot" sysroot
    rm -rf sysroot/boot
    cp "$ROOT/apps/hello/hello.c" a.c
    expect_status 0 env THIMBLE_SYSROOT="$PWD/sysroot" "$MKIMAGE" a.c
    expect_complaint 'a\.img' 'grub-pc-bin'
    # shellcheck disable=SC2046 # a list of files
    expect_files a.c a.elf sysroot $(cd sysroot && find . -mindepth 1 -printf 'sysroot/%P\n')
    expect_status 1 env THIMBLE_SYSROOT="$PWD/sysroot" "$MKIMAGE" -f raw -o b a.c
    expect_complaint 'b\.img' 'grub-pc-bin'
    expect_status 1 env THIMBLE_SYSROOT="$PWD/sysroot" "$MKIMAGE" run --boot bios a.elf
    expect_complaint 'grub-pc-bin'
    [ ! -e b.img ] || fail "b.img was left behind"
}

case_formats_without_qemu_img()
{
    local program

    need_grub
    mkdir bin
    for program in gcc ld as; do ln -s "$(command -v $program)" bin/; done
    cp "$ROOT/apps/hello/hello.c" a.c
    expect_status 1 env PATH="$PWD/bin" "$MKIMAGE" -f qcow2 a.c
    expect_complaint 'a\.qcow2' 'qemu-utils'
}

case_formats_bad_truncated()
{
    local extension size cut

    hello_all
    for extension in img iso qcow2 vmdk ova vhd vhdx tar.gz; do
        size=$(stat -c %s hello.$extension)
        for cut in 0 1 100 600 $((size / 3)) $((size / 2)) $((size - 1600)); do
            case $extension in vhdx | vmdk) # they end in zeros, which nobody misses
                [ "$cut" -le 600 ] || continue ;; esac
            head -c "$cut" hello.$extension > cut.$extension
            expect_status 1 "$MKIMAGE" inspect cut.$extension
            expect_complaint "cut\\.$extension"
        done
        head -c 600 hello.$extension > cut.$extension
        expect_status 1 "$MKIMAGE" run cut.$extension
        expect_complaint "cut\\.$extension"
        expect_status 1 "$MKIMAGE" config cut.$extension -e K=V
        expect_complaint "cut\\.$extension"
        [ "$(find . -name '.cut*' -o -name "cut.$extension.*" | wc -l)" = 0 ] || fail "something was left"
    done
}

case_formats_bad_foreign()
{
    need qemu-img
    truncate -s 2M empty.img
    qemu-img create -q -f qcow2 empty.qcow2 2M
    printf 'a: b\n' | gzip > text.tar.gz
    echo '<x/>' > machine.ovf
    tar -cf empty.ova machine.ovf text.tar.gz
    echo hello > text.iso
    qemu-img create -q -f qcow2 -b empty.qcow2 -F qcow2 backed.qcow2
    for image in empty.img empty.qcow2 text.tar.gz empty.ova text.iso backed.qcow2; do
        expect_status 1 "$MKIMAGE" inspect $image
        expect_complaint "$image: not a Thimble image"
        expect_status 1 "$MKIMAGE" run $image
        expect_status 1 "$MKIMAGE" config $image -e K=V
        expect_complaint "$image: not a Thimble image"
    done
    expect_status 1 "$MKIMAGE" inspect backed.qcow2
    expect_text err 'other files'
}

case_formats_bad_boot()
{
    need_grub
    "$MKIMAGE" -q -f elf,raw -o hello "$ROOT/apps/hello"
    expect_status 2 "$MKIMAGE" run --boot floppy hello.img
    expect_complaint 'floppy'
    expect_status 2 "$MKIMAGE" run --machine microvm hello.img
    expect_complaint 'microvm' 'pc or q35'
    expect_status 2 "$MKIMAGE" config
    expect_status 2 "$MKIMAGE" config hello.elf --unset A=B
    expect_status 2 "$MKIMAGE" config hello.elf -e =V
    # No kernel is seen before it is missed; a boot loader that hangs is noticed.
    LC_ALL=C sed 's/THIMBLE ELF/THIMBLE ELG/' hello.img > nokernel.img
    expect_status 1 "$MKIMAGE" run nokernel.img
    expect_complaint 'nokernel\.img' 'THIMBLE\.ELF'
    cp hello.img nogrub.img
    dd if=/dev/zero of=nogrub.img bs=512 seek=41 count=60 conv=notrunc status=none
    expect_status 124 "$MKIMAGE" run --timeout 4 nogrub.img
    expect_complaint 'did not get as far as the image'
}

case_formats_full_disk()
{
    need_grub
    need qemu-img
    unshare -m true 2> /dev/null || skip "may not mount a small disk (unshare -m)"
    mkdir disk
    cp "$ROOT/apps/hello/hello.c" a.c
    "$MKIMAGE" -q -o args.img "$ROOT/test-vm/guest/args.c"
    cat > session <<END
mount -t tmpfs -o size=200k none disk || exit 77
for format in raw iso qcow2 vmdk ova vhd vhdx gce; do
    "$MKIMAGE" -q -f elf,\$format -o disk/app a.c && [ \$format != gce ] && echo "no complaint: \$format"
    rm -f disk/app.elf disk/app.tar.gz
done
TMPDIR=\$PWD/disk "$MKIMAGE" -q -f qcow2 -o app a.c && echo 'no complaint: temporary'
echo "left: \$(ls -A disk)"
mount -o remount,size=600k disk && cp args.img disk/ && sha256sum disk/args.img > before
"$MKIMAGE" config disk/args.img -e K=V && echo 'no complaint: config'
sha256sum disk/args.img > after
echo "left: \$(ls -A disk)"
END
    unshare -m bash session > out 2> err || skip "may not mount a small disk"
    cat out err
    expect_no_text out 'no complaint'
    [ "$(cat out)" = "$(printf 'left: \nleft: args.img')" ] || fail "something stays on the full disk"
    expect_text err 'disk/app\.img.*No space' 'disk/app\.vhdx'
    expect_same before after
}
