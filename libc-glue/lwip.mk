# SPDX-License-Identifier: MIT
#
# Which of lwIP's source is compiled, and how. What is missing here has a counterpart in
# libc-glue/net/: init.c (start.c), ipv6/dhcp6.c (dhcp6.c), memp.c (memory.c), timeouts.c (timers.c).

LWIP_FILE := $(shell awk '$$1 == "lwip" { print $$3 }' deps.lock)
LWIP_SOURCE := $(BUILD)/src/lwip
LWIP_PATCHES := $(sort $(wildcard libc-glue/patches/lwip-*.patch))
LWIP_FILES := core/def.c core/inet_chksum.c core/ip.c core/mem.c core/netif.c core/pbuf.c core/raw.c \
	core/tcp.c core/tcp_in.c core/tcp_out.c core/udp.c \
	core/ipv4/dhcp.c core/ipv4/etharp.c core/ipv4/icmp.c core/ipv4/igmp.c core/ipv4/ip4.c \
	core/ipv4/ip4_addr.c core/ipv4/ip4_frag.c \
	core/ipv6/ethip6.c core/ipv6/icmp6.c core/ipv6/inet6.c core/ipv6/ip6.c \
	core/ipv6/ip6_addr.c core/ipv6/ip6_frag.c core/ipv6/mld6.c core/ipv6/nd6.c netif/ethernet.c
LWIP_OBJECTS := $(LWIP_FILES:%.c=$(O)/lwip/%.o)
LWIP_INCLUDES := -Ilibc-glue/net/port -isystem $(LWIP_SOURCE)/src/include

$(LWIP_SOURCE)/.complete: deps.lock $(LWIP_PATCHES)
	$(Q)tools/fetch lwip $(DOWNLOADS)
	$(call say,UNPACK,$(LWIP_FILE))
	$(Q)rm -rf $(@D) && mkdir -p $(@D)
	$(Q)tar -xf $(DOWNLOADS)/$(LWIP_FILE) -C $(@D) --strip-components=1 --no-same-owner
	$(Q)for p in $(LWIP_PATCHES); do patch -s -p1 -d $(@D) <$$p || exit 1; done
	$(Q)touch $@

# Who includes lwIP's headers is in libc-glue/net/.
$(O)/libc-glue/net/%: OWN_INCLUDES := -fbuiltin -fstack-protector-strong $(LWIP_INCLUDES) -Ilibc-glue/include \
	-isystem $(SYSROOT)/include -isystem $(GCC_INCLUDE)
# Some of it runs in interrupts, which leave the vector registers alone.
$(O)/libc-glue/net/poll.o: OWN_INCLUDES += -mgeneral-regs-only
$(filter $(O)/libc-glue/net/%,$(call objects,$(GLUE))): $(LWIP_SOURCE)/.complete

$(LWIP_OBJECTS): $(O)/lwip/%.o: $(LWIP_SOURCE)/.complete $(HEADERS) $(BUILD)/own.flags libc-glue/lwip.mk
	$(call say,CC,lwip/$*.c)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_GUEST) -std=gnu11 $(GUEST_CFLAGS) $(PREFIX_MAPS) -ffile-prefix-map=$(LWIP_SOURCE)/=lwip/ -w -nostdinc \
		-MMD -MP -fbuiltin -fno-strict-aliasing -DLWIP_NOASSERT -Dhtonl=__builtin_bswap32 -Ilibc-glue/net/port -I$(LWIP_SOURCE)/src/include \
		-Ilibc-glue/include -isystem $(SYSROOT)/include -isystem $(GCC_INCLUDE) \
		-c -o $@ $(LWIP_SOURCE)/src/$*.c
$(O)/liblwip.a: $(LWIP_OBJECTS)
