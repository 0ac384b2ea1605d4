# SPDX-License-Identifier: MIT
#
# What the tests and the bench need built. They call it themselves:
#     make -f test-vm/test.mk BUILD=build test-tools
BUILD ?= build
HOST_CC ?= cc
HOST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror

.PHONY: test-tools
test-tools: $(BUILD)/linux_loader.elf $(BUILD)/insn_count.so $(BUILD)/bench_start $(BUILD)/schema_check \
    $(BUILD)/linux_guest $(BUILD)/pty $(BUILD)/http_check \
	$(BUILD)/first_response $(BUILD)/net_load $(BUILD)/wire $(BUILD)/net_bytes $(BUILD)/soak_clients $(BUILD)/echo_request

# Enters an image as Firecracker enters Linux.
$(BUILD)/linux_loader.elf: $(wildcard test-vm/linux_loader/*)
	@mkdir -p $(@D)
	$(HOST_CC) -c -m64 -o $(BUILD)/linux_loader_entry.o test-vm/linux_loader/loader.S
	$(HOST_CC) -c -m64 -O1 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-stack-protector -mgeneral-regs-only \
	    -mno-red-zone -fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables -fcf-protection=none \
	    -o $(BUILD)/linux_loader.o test-vm/linux_loader/loader.c
	ld -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments \
	    --build-id=none -T test-vm/linux_loader/loader.ld -o $@ $(BUILD)/linux_loader_entry.o $(BUILD)/linux_loader.o

# Counts guest instructions inside QEMU.
$(BUILD)/insn_count.so: test-vm/plugin/insn_count.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -fPIC -shared -o $@ $<

# Stamps the first bytes of a guest.
$(BUILD)/bench_start: test-vm/bench_start.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

# A Linux guest around a program, of the parts of the host tool, which is built before.
TOOL_OBJECTS := $(filter-out %/main.o,$(wildcard $(BUILD)/host/tools/*.o $(BUILD)/host/tools/*/*.o))
$(BUILD)/linux_guest: test-vm/linux_guest.c $(TOOL_OBJECTS)
	@rm -f $@.a
	ar rcs $@.a $(TOOL_OBJECTS)
	$(HOST_CC) $(HOST_CFLAGS) -I. -o $@ $< $@.a -larchive -ljansson -lcrypto -lm

# Checks JSON against a schema.
$(BUILD)/schema_check: test-vm/schema_check.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $< -ljansson

# A terminal with somebody at it.
$(BUILD)/pty: test-vm/pty.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $< -lutil

# Waits for a web server that starts.
$(BUILD)/first_response: test-vm/first_response.c $(BUILD)/linux_guest
	$(HOST_CC) $(HOST_CFLAGS) -I. -o $@ $< $(BUILD)/linux_guest.a -larchive -ljansson -lcrypto -lm

# Many clients of a server, good and bad ones.
$(BUILD)/net_load: test-vm/net_load.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

# A web server's clients, good and bad ones.
$(BUILD)/http_check: test-vm/http_check.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

# A bad wire, and the end of it that is not in a guest.
$(BUILD)/wire: test-vm/wire.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

$(BUILD)/net_bytes: test-vm/guest/net_bytes.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

$(BUILD)/soak_clients: test-vm/soak_clients.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

$(BUILD)/echo_request: test-vm/echo_request.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<
