# SPDX-License-Identifier: MIT
#
# Thimble: `make run` on a fresh Debian machine ends in a virtual machine's "hello".
# Everything is built out of tree, under $(BUILD). The guest and its C library are
# built by the host's own compiler; `make BUILD=build-clang CC=clang` is another build.

BUILD ?= build
ifeq ($(origin CC),default)
CC := gcc
endif
CC_GUEST ?= $(CC)# compiles what runs inside the virtual machine
AR := ar
PREFIX ?= /usr/local
DOWNLOADS ?= build/downloads
WARNINGS ?= -Wall -Wextra# make check adds -Werror
TEST ?=# patterns of names of tests, for make test
V ?=# 1: show whole commands

ifndef READY
# ---- first pass: see that what we need is installed, then build in parallel, once at a time ----

SETUP_test := test
SETUP_check := check
SETUP_bench := test
SETUP_report := ci
SETUP_format := check
GOALS := all run test check bench report install sizes format

.NOTPARALLEL:
.PHONY: $(GOALS) help clean distclean FORCE
all: ## build the tool (build/mkimage) and what it links programs with (the default)
run: ## install what is missing, build, boot apps/hello: the shortest way in
test: ## boot the test programs and run the unit tests (TEST='PATTERN...' picks some)
check: ## warnings as errors, format, static analysis, include rules
bench: ## hello against a guest that is nothing but its first instructions, and what the rest costs
report: ## measure the examples of docs/comparing.md again (some twenty minutes), and its tables
install: ## install into PREFIX (default /usr/local), below DESTDIR when given
sizes: ## text, data, bss by part and file, and the largest stack frames
format: ## clang-format all of the C files
second_pass = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc)) READY=1
$(GOALS):
	@tools/setup $(SETUP_$@)
	@mkdir -p $(BUILD)
	@flock $(BUILD)/.lock $(second_pass) all
	@$(if $(filter-out all,$@),$(second_pass) $@)
$(BUILD)/%: FORCE
	@$(second_pass) $@
Makefile: ;

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
	@echo 'Variables: BUILD=folder CC=compiler PREFIX= DESTDIR= TEST= V=1 (shows commands)'
clean: ## remove what was built, keep downloads and the C library
	rm -rf $(filter-out $(addprefix $(BUILD)/,downloads src newlib newlib.flags),$(wildcard $(BUILD)/*))
distclean: ## remove all of $(BUILD)
	rm -rf $(BUILD)

else
# ---- second pass: the build itself ----

Q := $(if $(V),,@)
say = $(if $(V),,@printf '%-8s %s\n' '$(1)' '$(2)')
O := $(BUILD)/obj
SYSROOT := $(BUILD)/sysroot
LIB := $(SYSROOT)/lib
HEADERS := $(SYSROOT)/include/.complete# stands for all of the folder
GCC_INCLUDE := $(shell $(CC_GUEST) -print-file-name=include)

# Paths in objects are relative to the checkout, so that two clones give equal bytes.
PREFIX_MAPS = -ffile-prefix-map=$(CURDIR)/= -ffile-prefix-map=$(CURDIR)=.
GUEST_CFLAGS := -O2 -g -D__thimble__=1 -U__linux__ -U__linux -Ulinux -U__gnu_linux__ \
	-ffreestanding -fpie -fno-omit-frame-pointer -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fcf-protection=none -fno-stack-protector
OWN_CFLAGS = -std=gnu11 $(WARNINGS) $(GUEST_CFLAGS) $(PREFIX_MAPS) -fstack-usage -nostdinc -I. -MMD -MP

.DELETE_ON_ERROR:
.PHONY: all run test check bench report install sizes format FORCE
all: $(BUILD)/mkimage $(BUILD)/thimble $(LIB)/.complete $(SYSROOT)/compare/.complete $(SYSROOT)/posix.txt

# A change of compiler or flags rebuilds what they touch.
$(BUILD)/own.flags: TEXT = $(CC_GUEST) $(OWN_CFLAGS)
$(BUILD)/newlib.flags: TEXT = $(CC_GUEST) $(NEWLIB_CFLAGS) $(NEWLIB_CONFIGURE)
$(BUILD)/%.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(TEXT)' | cmp -s - $@ || echo '$(TEXT)' >$@

# ---- kernel, drivers, glue ----
KERNEL := $(wildcard kernel/*.c kernel/arch/x86_64/*.c kernel/arch/x86_64/*.S)
DRIVERS := $(wildcard drivers/*.c)
GLUE := $(wildcard libc-glue/*.c libc-glue/*/*.c)
objects = $(patsubst %,$(O)/%.o,$(basename $(1)))
LIBRARIES := kernel drivers glue lwip

OWN_INCLUDES := -isystem $(GCC_INCLUDE)
$(O)/libc-glue/%: OWN_INCLUDES := -fstack-protector-strong -Ilibc-glue/include -isystem $(SYSROOT)/include -isystem $(GCC_INCLUDE)
$(call objects,$(GLUE)): $(HEADERS)
# What every image carries, hello too, is small before it is fast.
$(O)/libc-glue/fd.o $(O)/libc-glue/console_file.o: OWN_INCLUDES = -Os -fstack-protector-strong -Ilibc-glue/include -isystem $(SYSROOT)/include -isystem $(GCC_INCLUDE)
# The heap's functions have no arrays to overrun; malloc and free are short, the rest small.
$(O)/libc-glue/heap/%: OWN_INCLUDES += -fno-stack-protector -Os
$(O)/libc-glue/heap/small.o: OWN_INCLUDES += -O2
# Nor have these, and a table of characters cannot be overrun by one.
$(O)/libc-glue/libc/memory.o $(O)/libc-glue/libc/texts.o: OWN_INCLUDES += -fno-stack-protector
# A program may define read() itself: the library names of the glue give way (weak).
$(O)/libc-glue/%: GIVE_WAY = nm -g --defined-only $@ | awk '$$3 ~ /^[a-z]/ { print "-W", $$3 }' | xargs objcopy $@
# Exception handlers must leave the program's SSE registers alone. Small code starts
# sooner: it is loaded, and by an emulator translated, in the time it takes to boot.
$(O)/kernel/% $(O)/drivers/%: OWN_INCLUDES := -Os -mgeneral-regs-only -isystem $(GCC_INCLUDE)
# What every frame of the network passes through is fast before it is small.
$(O)/drivers/virtqueue.o $(O)/drivers/virtio_net%.o $(O)/drivers/nic_%.o: OWN_INCLUDES := -O2 -mgeneral-regs-only -isystem $(GCC_INCLUDE)

$(O)/%.o: %.c $(BUILD)/own.flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_GUEST) $(OWN_CFLAGS) $(OWN_INCLUDES) -c -o $@ $<
	$(Q)$(GIVE_WAY)
$(O)/%.o: %.S $(BUILD)/own.flags
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_GUEST) $(OWN_CFLAGS) $(OWN_INCLUDES) -c -o $@ $<

$(O)/libkernel.a: $(call objects,$(KERNEL))
$(O)/libdrivers.a: $(call objects,$(DRIVERS))
$(O)/libglue.a: $(call objects,$(GLUE))
$(LIBRARIES:%=$(O)/lib%.a):
	$(call say,AR,$@)
	$(Q)rm -f $@; $(AR) rcsD $@ $(filter %.o,$^)

# The fence between the program's names and ours. A program may call its own
# functions panic() or fd_get(): our inner names get a prefix no C name has (kernel.panic).
# Inner are the names of the kernel and drivers that the linker script does not name,
# and those of the glue that are declared hidden (libc-glue/glue.h).
$(O)/fence: $(LIBRARIES:%=$(O)/lib%.a) linker/kernel.ld
	$(Q){ grep -o '[A-Za-z_][A-Za-z_0-9]*' linker/kernel.ld | sed 's/^/keep /'; \
	for l in $(LIBRARIES); do readelf -sW $(O)/lib$$l.a | sed "s/^/$$l /"; done; } | \
	awk '$$1 == "keep" { keep[$$2]; next } \
		$$6 ~ /GLOBAL|WEAK/ && $$8 != "UND" && !($$9 in keep) && ($$1 != "glue" || $$7 == "HIDDEN") \
			{ print $$9, $$1 "." $$9 }' | sort -u >$@
$(LIBRARIES:%=$(LIB)/lib%.a): $(LIB)/lib%.a: $(O)/lib%.a $(O)/fence
	$(Q)mkdir -p $(@D)
	$(Q)objcopy -D --redefine-syms=$(O)/fence $< $@

# ---- newlib ----
NEWLIB_FILE := $(shell awk '$$1 == "newlib" { print $$3 }' deps.lock)
NEWLIB_SOURCE := $(BUILD)/src/newlib
NEWLIB_PATCHES := $(sort $(wildcard libc-glue/patches/newlib-*.patch))
NEWLIB := $(BUILD)/newlib
include libc-glue/newlib.mk
NEWLIB_CFLAGS = $(filter-out -g,$(GUEST_CFLAGS)) $(NEWLIB_DEFINES) -nostdinc -isystem $(GCC_INCLUDE) \
	-ffile-prefix-map=$(abspath $(NEWLIB_SOURCE))/= -ffile-prefix-map=../../src/newlib/= \
	-ffile-prefix-map=$(abspath $(NEWLIB))=. -w
logged = ( $(1) ) >$(BUILD)/newlib.log 2>&1 || \
	{ tail -n 30 $(BUILD)/newlib.log; echo 'newlib: failed; all of it is in $(BUILD)/newlib.log'; exit 1; }

$(NEWLIB_SOURCE)/.complete: deps.lock $(NEWLIB_PATCHES)
	$(Q)tools/fetch newlib $(DOWNLOADS)
	$(call say,UNPACK,$(NEWLIB_FILE))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)tar -xf $(DOWNLOADS)/$(NEWLIB_FILE) -C $(@D) --strip-components=1 --no-same-owner
	$(Q)for p in $(NEWLIB_PATCHES); do patch -s -p1 -d $(@D) <$$p || exit 1; done
	$(Q)touch $@

$(NEWLIB)/.complete: $(NEWLIB_SOURCE)/.complete $(BUILD)/newlib.flags
	@echo 'newlib   configure'
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)$(call logged,cd $(@D) && ../src/newlib/newlib/configure $(NEWLIB_CONFIGURE) \
		CC='$(CC_GUEST)' AR=ar RANLIB=ranlib CFLAGS='$(NEWLIB_CFLAGS)')
	@echo 'newlib   make (about half a minute)'
	$(Q)$(call logged,$(MAKE) -C $(@D) all)
	$(Q)touch $@

# ---- lwIP ----
include libc-glue/lwip.mk

# Headers: newlib's, what its build generated, and over them ours.
OVERLAY := $(shell find libc-glue/include -name '*.h')
$(HEADERS): $(NEWLIB)/.complete $(OVERLAY) libc-glue/newlib.mk
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)cp -r $(NEWLIB_SOURCE)/newlib/libc/include/. $(NEWLIB)/targ-include/. libc-glue/include/. $(@D)
	$(Q)cd $(@D) && rm -rf $(HEADERS_DROPPED)
	$(Q)touch $@

# Parts of newlib that its build leaves out for unnamed systems join libc.a; some leave it.
$(O)/newlib/%.o: $(HEADERS) libc-glue/newlib.mk
	$(call say,CC,newlib/$*.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_GUEST) -isystem $(SYSROOT)/include $(NEWLIB_CFLAGS) -D_LIBC -D_GNU_SOURCE -UHAVE_OPENDIR \
		-c -o $@ $(NEWLIB_SOURCE)/newlib/libc/$*.c
$(LIB)/libc.a: $(NEWLIB)/.complete libc-glue/newlib.mk $(NEWLIB_EXTRA:%.c=$(O)/newlib/%.o)
	$(call say,AR,$@)
	$(Q)mkdir -p $(@D)
	$(Q)cp $(NEWLIB)/libc.a $@.new && $(AR) rcsD $@.new $(filter %.o,$^)
	$(Q)$(AR) dD $@.new $(NEWLIB_REPLACED:%=libc_a-%.o) && objcopy -D $@.new $@
	$(Q)rm -f $@.new
$(LIB)/libm.a: $(NEWLIB)/.complete libc-glue/newlib.mk
	$(Q)mkdir -p $(@D)
	$(Q)cp $(NEWLIB)/libm.a $@.new
	$(Q)$(AR) dD $@.new $(LIBM_REPLACED:%=libm_a-%.o) && objcopy -D $@.new $@
	$(Q)rm -f $@.new

# ---- what mkimage links programs with ----
EMPTY_LIBRARIES := pthread dl rt util
$(LIB)/.complete: $(LIBRARIES:%=$(LIB)/lib%.a) $(LIB)/libc.a $(LIB)/libm.a linker/kernel.ld \
		$(SYSROOT)/probe.elf $(SYSROOT)/boot/.complete $(wildcard LICENSE libc-glue/licenses/* tools/gdb/*)
	$(Q)cp linker/kernel.ld $(LIB)/
	$(Q)mkdir -p $(SYSROOT)/gdb && cp tools/gdb/*.py $(SYSROOT)/gdb/
	$(Q)cd $(LIB) && for l in $(EMPTY_LIBRARIES); do $(AR) rcsD lib$$l.a; done
	$(Q)mkdir -p $(SYSROOT)/licenses
	$(Q)cp $(NEWLIB_SOURCE)/COPYING.NEWLIB $(SYSROOT)/licenses/newlib
	$(Q)cp $(LWIP_SOURCE)/COPYING $(SYSROOT)/licenses/lwip
	$(Q)cp $(wildcard libc-glue/licenses/*) $(SYSROOT)/licenses/
	$(if $(wildcard LICENSE),$(Q)cp LICENSE $(SYSROOT)/licenses/thimble)
	$(Q)[ ! -e $(SYSROOT)/boot/boot.img ] || cp -f /usr/share/common-licenses/GPL-3 $(SYSROOT)/licenses/grub || true
	$(Q)touch $@

# What is true of each function, for `mkimage doctor`.
$(SYSROOT)/posix.txt: $(LIB)/.complete libc-glue/posix_table $(wildcard libc-glue/posix_*.txt libc-glue/refusals.[ch])
	$(call say,TABLE,$@)
	$(Q)libc-glue/posix_table $(SYSROOT) $(CC_GUEST) >$@.new && mv $@.new $@

# Boot loaders for disks; made again as long as GRUB's packages were missing.
$(SYSROOT)/boot/.complete: $(wildcard tools/grub/*) $(if $(wildcard $(SYSROOT)/boot/boot.img),,FORCE)
	$(call say,GRUB,$(@D))
	$(Q)CC='$(CC_GUEST)' tools/grub/build $(@D)

# ---- host tools ----
TOOLS := $(wildcard tools/*.c tools/formats/*.c tools/compare/*.c tools/doctor/*.c)
HOST_CFLAGS := -std=gnu11 -O2 -g -D_GNU_SOURCE -I. -MMD -MP
HOST_LIBS := -larchive -ljansson -lcrypto -ldw -lelf -lm
$(BUILD)/host/%.o: %.c
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) $(WARNINGS) -c -o $@ $<
$(BUILD)/mkimage: $(TOOLS:%.c=$(BUILD)/host/%.o)
	$(call say,LINK,$@)
	$(Q)$(CC) -o $@ $^ $(HOST_LIBS)
$(BUILD)/thimble: $(BUILD)/mkimage
	$(Q)ln -sf mkimage $@
# ---- what `mkimage compare` boots beside the user's program ----
COMPARE := $(SYSROOT)/compare
$(COMPARE)/.complete: $(wildcard tools/compare/programs/*) $(COMPARE)/floor.elf $(COMPARE)/rom.bin
	$(Q)cp tools/compare/programs/*.[ch] $(@D)/
	$(Q)touch $@
$(COMPARE)/floor.elf: $(O)/tools/floor/floor.o tools/floor/floor.ld
	$(Q)mkdir -p $(@D)
	$(Q)ld -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --build-id=none \
		-T $(filter %.ld,$^) -o $@ $(filter %.o,$^)
$(COMPARE)/rom.bin: $(O)/tools/floor/rom.o
	$(Q)mkdir -p $(@D)
	$(Q)objcopy -O binary -j .text $< $@
PROBE := $(wildcard tools/probe/*.S tools/probe/*.c)
$(SYSROOT)/probe.elf: $(call objects,$(PROBE)) $(wildcard tools/probe/*.ld)
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)ld -m elf_x86_64 -static -nostdlib -z noexecstack --build-id=none -T $(filter %.ld,$^) -o $@ $(filter %.o,$^)

# ---- what one does with it ----
$(BUILD)/apps/%.elf: all FORCE
	@mkdir -p $(@D)
	$(Q)$(BUILD)/mkimage -f elf -o $@ apps/$*

run: $(BUILD)/apps/hello.elf
	@$(BUILD)/mkimage run $<
test: all
	@MAKEFLAGS= BUILD=$(BUILD) test-vm/run-tests $(TEST)
check: all
	@MAKEFLAGS= BUILD=$(BUILD) test-vm/check
bench: all
	@MAKEFLAGS= BUILD=$(BUILD) test-vm/bench
report: all
	@MAKEFLAGS= BUILD=$(BUILD) test-vm/report
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/thimble $(DESTDIR)$(PREFIX)/share/man/man1
	install $(BUILD)/mkimage $(DESTDIR)$(PREFIX)/bin/mkimage
	ln -sf mkimage $(DESTDIR)$(PREFIX)/bin/thimble
	cp -r $(SYSROOT)/. $(DESTDIR)$(PREFIX)/lib/thimble
	install -m 644 docs/mkimage.1 $(DESTDIR)$(PREFIX)/share/man/man1/mkimage.1
sizes: all
	@size -t $(LIBRARIES:%=$(O)/lib%.a) | sed 's/ (ex .*obj.*)//'
	@echo 'largest stack frames, bytes:'
	@find $(O) -name '*.su' -exec cat {} + | sort -t '	' -k2nr | head -n 12
format:
	clang-format -i $(shell find apps drivers kernel libc-glue test-vm tools -name '*.[ch]')

-include $(shell find $(O) $(BUILD)/host -name '*.d' 2>/dev/null)
endif
