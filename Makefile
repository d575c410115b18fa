# SPDX-License-Identifier: MIT
# Builds, tests, measures, installs and packs noself; the contract is in the README.

VERSION := $(shell cat shim/version)
BUILD ?= build

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2

# A guest brings nothing along: no stack protector and no fortified calls, which ask for symbols
# that some C libraries do not have, no calls of memcpy() made up by the compiler, no start files.
HOUSE_CFLAGS := -std=gnu11 -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE \
	-fno-tree-loop-distribute-patterns -fno-asynchronous-unwind-tables $(WARN)
HOUSE_LDFLAGS := -shared -nostartfiles -Wl,-soname,libnoself.so -Wl,-z,relro,-z,now,-z,defs \
	-Wl,-z,noexecstack,-z,nodlopen -Wl,--hash-style=both -Wl,--as-needed -Wl,-O1

SHIM_SOURCES := $(wildcard shim/*.c)
SHIM_OBJECTS := $(SHIM_SOURCES:%.c=$(BUILD)/%.o)
PROBES := $(patsubst tests/probes/%.c,$(BUILD)/tests/%,$(wildcard tests/probes/*.c))

all: $(BUILD)/libnoself.so

$(BUILD)/libnoself.so: $(SHIM_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HOUSE_LDFLAGS) -o $@ $(SHIM_OBJECTS)

$(BUILD)/shim/%.o: shim/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(HOUSE_CFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

probes: $(PROBES)

$(BUILD)/tests/%: tests/probes/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) -MMD -MP -o $@ $< -pthread

clean:
	rm -rf $(BUILD)

-include $(SHIM_OBJECTS:.o=.d) $(PROBES:=.d)

.PHONY: all probes clean
.DELETE_ON_ERROR:
