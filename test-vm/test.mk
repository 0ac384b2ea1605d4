# SPDX-License-Identifier: MIT
#
# What the tests and the bench need built. They call it themselves:
#     make -f test-vm/test.mk BUILD=build test-tools
BUILD ?= build
HOST_CC ?= cc
HOST_CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror

.PHONY: test-tools
test-tools: $(BUILD)/insn_count.so $(BUILD)/bench_start $(BUILD)/schema_check

# Counts guest instructions inside QEMU.
$(BUILD)/insn_count.so: test-vm/plugin/insn_count.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -fPIC -shared -o $@ $<

# Stamps the first bytes of a guest.
$(BUILD)/bench_start: test-vm/bench_start.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $<

# Checks JSON against a schema.
$(BUILD)/schema_check: test-vm/schema_check.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $< -ljansson
