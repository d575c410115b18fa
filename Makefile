# SPDX-License-Identifier: MIT
# Builds, tests, measures, installs and packages noself.

VERSION := $(shell cat shim/version)
BUILD ?= build

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
DATADIR = $(PREFIX)/share
ZSHDIR ?= $(DATADIR)/zsh/site-functions

CFLAGS ?= -O2
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2

# $(call accepts,FLAG) is FLAG if this compiler knows it, else empty.
accepts = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))

# After the user's flags, so that a distribution's flags do not override them. CET and BTI if the
# compiler has them; no name of the build directory; stripped unless CFLAGS has -g.
BOTH_CFLAGS := -std=gnu11 -Ishim $(call accepts,-fcf-protection) \
	$(call accepts,-mbranch-protection=standard) '-fdebug-prefix-map=$(CURDIR)=.' $(WARN)
BOTH_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack $(if $(filter -g%,$(CFLAGS)),,-s)

# The library avoids imports that some C libraries lack: no stack protector, no fortified calls, no
# memcpy() that the compiler inserts, inline atomics, no start files. pthread_cancel() needs unwind
# tables.
LIBRARY_CFLAGS := $(BOTH_CFLAGS) -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE \
	-fno-builtin $(call accepts,-fno-tree-loop-distribute-patterns) \
	$(call accepts,-mno-outline-atomics) -fno-align-functions -fasynchronous-unwind-tables
# Two mappings instead of four, which makes loading faster.
LIBRARY_LDFLAGS := $(BOTH_LDFLAGS) -shared -nostartfiles -Wl,-soname,libnoself.so -Wl,-z,defs \
	-Wl,-z,nodlopen,-z,noseparate-code -Wl,--hash-style=both -Wl,--as-needed -Wl,-O1
# The kernel's headers, for a compiler that finds only those of its C library: Debian's musl-gcc.
KERNEL_HEADERS := $(if $(call accepts,-include linux/seccomp.h),,-idirafter /usr/include \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch))
COMMAND_CFLAGS := $(BOTH_CFLAGS) -D_GNU_SOURCE= -D_FILE_OFFSET_BITS=64 $(KERNEL_HEADERS) -fPIE \
	-ffunction-sections -fdata-sections

objects = $(patsubst %.c,$(BUILD)/%.o,$(sort $(wildcard $(1:%=shim/%/*.c))))
CORE := $(call objects,core)
LIBRARY := $(CORE) $(call objects,preload)
COMMAND := $(call objects,supervisor command)

all: $(BUILD)/libnoself.so $(BUILD)/noself

# $(call compile,FLAGS)
define compile
@mkdir -p $(@D)
$(CC) $(CPPFLAGS) $(CFLAGS) $(1) -MMD -MP -c -o $@ $<
endef

$(LIBRARY): $(BUILD)/%.o: %.c Makefile
	$(call compile,$(LIBRARY_CFLAGS))

$(COMMAND): $(BUILD)/%.o: %.c Makefile
	$(call compile,$(COMMAND_CFLAGS))

$(BUILD)/libnoself.so: $(LIBRARY)
	$(CC) $(CFLAGS) $(LDFLAGS) $(LIBRARY_LDFLAGS) -o $@ $^

# If there is a static libc, the command is static and needs no other file at run time.
# $(call links,FLAG) is FLAG if it gives a program without a loader; musl-gcc treats -static-pie like
# -pie.
links = $(shell program=$$(mktemp); echo 'int main(void) { return 0; }' | \
	$(CC) $(CFLAGS) $(LDFLAGS) -fPIE $(1) -x c - -o $$program 2>/dev/null && \
	readelf -lW $$program | awk '/INTERP/ { exit 1 }' && echo $(1); rm -f $$program)
STATIC = $(eval STATIC := $(or $(call links,-static-pie),$(call links,-static)))$(STATIC)

$(BUILD)/noself: $(COMMAND) $(CORE)
	$(if $(STATIC),,@echo 'no static libc here, so $@ is linked dynamically')
	$(CC) $(CFLAGS) $(LDFLAGS) $(BOTH_LDFLAGS) -Wl,--gc-sections $(or $(STATIC),-pie) -o $@ $^

# Compiled in: version and LIBDIR. The file $(BUILD)/libdir changes when LIBDIR does.
$(BUILD)/shim/command/main.o: COMMAND_CFLAGS += '-DVERSION="$(VERSION)"'
$(BUILD)/shim/command/main.o: shim/version
$(BUILD)/shim/command/find_library.o: COMMAND_CFLAGS += '-DLIBDIR="$(LIBDIR)"'
$(BUILD)/shim/command/find_library.o: $(BUILD)/libdir
$(BUILD)/libdir: $(if $(filter-out x$(LIBDIR),x$(file <$(BUILD)/libdir)),FORCE)
	@mkdir -p $(@D)
	@echo '$(LIBDIR)' >$@
FORCE:

# Other architectures by Debian's cross compilers, and musl: $(BUILD)/ARCH/libnoself.so.
TRIPLET_i386 := i686-linux-gnu
TRIPLET_aarch64 := aarch64-linux-gnu
TRIPLET_armhf := arm-linux-gnueabihf
TRIPLET_riscv64 := riscv64-linux-gnu

arch:
	@test -n '$(TRIPLET_$(ARCH))' || { echo "make arch: ARCH='$(ARCH)': expected ARCH=i386," \
		"aarch64, armhf or riscv64; nothing was built" >&2; exit 2; }
	$(MAKE) CC=$(TRIPLET_$(ARCH))-gcc BUILD=$(BUILD)/$(ARCH) all

musl:
	$(MAKE) CC=musl-gcc BUILD=$(BUILD)/musl all

# What the tests need.

TEST_CC = $(CC) $(CPPFLAGS) -Ishim -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Werror \
	$(CFLAGS) -MMD -MP
PROBES := $(patsubst tests/probes/%.c,$(BUILD)/tests/%,$(wildcard tests/probes/*.c))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

units: $(UNITS)
probes: $(PROBES) $(UNITS) $(BUILD)/tests/fuzz_twin $(BUILD)/tests/fuzz_mistake.so

$(PROBES): $(BUILD)/tests/%: tests/probes/%.c Makefile
	@mkdir -p $(@D)
	$(TEST_CC) -o $@ $< -pthread

# A unit test is linked with the parts that it calls, from an archive of all of them.
$(BUILD)/unit/parts.a: $(CORE) $(filter-out %/main.o,$(COMMAND))
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcs $@ $^

UNIT_OBJECTS := $(UNITS:$(BUILD)/unit/%=$(BUILD)/unit/objects/%.o)
$(UNIT_OBJECTS): $(BUILD)/unit/objects/%.o: tests/unit/%.c Makefile
	@mkdir -p $(@D)
	$(TEST_CC) -c -o $@ $<

$(UNITS): $(BUILD)/unit/%: $(BUILD)/unit/objects/%.o $(BUILD)/unit/parts.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $< $(UNIT_PARTS) $(BUILD)/unit/parts.a -pthread

# Linked with the library, so that its connect() and bind() are the library's.
$(BUILD)/unit/test_kernel: UNIT_PARTS = $(LIBRARY)
$(BUILD)/unit/test_kernel: $(LIBRARY)

# The guard and bind(), linked with a model of a socket instead of the kernel.
EXPLORED := $(addprefix shim/core/,guard detect_self endpoint sys tcpinfo tcpsock verdict) \
	$(addprefix shim/preload/,bind connect dial fastopen) \
	$(basename $(wildcard tests/unit/model_*.c) tests/unit/search.c)
MODELLED := $(EXPLORED:%=$(BUILD)/model/%.o)
$(MODELLED): $(BUILD)/model/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(TEST_CC) $(call accepts,-ftrivial-auto-var-init=zero) -c -o $@ $<
$(BUILD)/unit/modelled.a: $(MODELLED)
	@rm -f $@
	$(AR) rcs $@ $^

EXPLORATIONS := $(BUILD)/unit/test_guard $(BUILD)/unit/test_bind
$(EXPLORATIONS): UNIT_PARTS = $(BUILD)/unit/modelled.a
# By its name: AddressSanitizer's library has sendto() too, and is searched before the archive.
$(BUILD)/unit/test_guard: UNIT_PARTS = $(BUILD)/model/shim/preload/fastopen.o \
	$(BUILD)/unit/modelled.a
$(EXPLORATIONS): $(BUILD)/unit/modelled.a
$(EXPLORATIONS) $(MODELLED): TEST_CC += -DRAW_SYSCALL_ELSEWHERE -Itests/unit

# The differential fuzz, and a library with mistakes that it must find.
$(BUILD)/tests/fuzz_twin: $(wildcard tests/fuzz/*.[ch]) Makefile
	@mkdir -p $(@D)
	$(TEST_CC) -o $@ $(filter %.c,$^) -pthread

$(BUILD)/tests/fuzz_mistake.so: tests/fuzz/mistakes/mistake.c Makefile
	@mkdir -p $(@D)
	$(TEST_CC) -shared -fPIC -o $@ $<

check: all probes
	tests/run

# Long storms; `make soak DIALS=30000000` for more dials.
soak: all probes
	tests/soak

# Proves that the pure parts have no run-time error for any input (Frama-C).
prove:
	tests/prove/run

# Plants single mistakes in shim/ and lists those that no test notices; MUTANTS is how many.
mutants:
	tests/mutants $(if $(MUTANTS),-n $(MUTANTS))

# Measures which lines and branches of shim/ the tests execute.
coverage:
	tests/coverage

# With sanitizers, in $(BUILD)/asan and $(BUILD)/tsan: the library, unit tests and storm probes.
# Programs built without a sanitizer get its runtime preloaded before the library.
ASAN_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
TSAN_CFLAGS := -O1 -g -fsanitize=thread
RUNTIME = $(shell $(CC) -print-file-name=lib$(1).so)

asan:
	$(MAKE) BUILD='$(BUILD)/asan' CFLAGS='$(ASAN_CFLAGS)' LDFLAGS= all units

tsan:
	$(MAKE) BUILD='$(BUILD)/tsan' CFLAGS='$(TSAN_CFLAGS)' LDFLAGS= all \
		$(patsubst tests/probes/%.c,'$(BUILD)/tsan/tests/%',$(wildcard tests/probes/storm*.c))

# Without the tests that pass invalid memory or run set-user-ID programs: ASan reports the program.
SANITIZED ?= early fastopen log storms

sanitize: asan all probes
	tests/run sanitize
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
		NOSELF_LIB='$(call RUNTIME,asan):$(abspath $(BUILD))/asan/libnoself.so' \
		tests/run $(SANITIZED)

# The benchmark; QUICK=1 takes only seconds. RESULTS is the directory for the tables and the picture.
# The empty library is linked like libnoself.so and has a page of data.
RESULTS ?= $(BUILD)/bench

$(BUILD)/bench/worker: scripts/bench/worker.c Makefile
	@mkdir -p $(@D)
	$(TEST_CC) -o $@ $<

$(BUILD)/bench/empty.so: Makefile
	@mkdir -p $(@D)
	echo 'int empty_library = 1;' | $(CC) $(CFLAGS) -fPIC $(LIBRARY_LDFLAGS) -o $@ -x c -

bench: all $(BUILD)/bench/worker $(BUILD)/bench/empty.so
	scripts/bench/bench $(if $(QUICK),--quick) '$(RESULTS)'

FORMATTED = $(wildcard shim/*/*.[ch] tests/*/*.[ch] tests/fuzz/mistakes/*.c scripts/bench/*.[ch])
SHELL_FILES = $(shell grep -lIE '^\#!.*(sh|bats)$$|shellcheck shell=' -r scripts tests .ci)
TIDY := clang-tidy --quiet --warnings-as-errors='*' --checks='-*,bugprone-*,clang-analyzer-*,$\
	-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,$\
	-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'

lint:
	clang-format --dry-run --Werror $(FORMATTED)
	cppcheck --quiet --std=c11 --enable=warning,style,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=unusedStructMember --error-exitcode=1 shim
	$(TIDY) $(LIBRARY:$(BUILD)/%.o=%.c) -- -std=gnu11 -Ishim 2>/dev/null
	$(TIDY) $(COMMAND:$(BUILD)/%.o=%.c) -- -std=gnu11 -Ishim -D_GNU_SOURCE= \
		-DVERSION='""' -DLIBDIR='""' 2>/dev/null
	shellcheck $(SHELL_FILES)

# All installed files, as mode:file:destination; `uninstall` removes these. $$from is the build
# directory.
completions = 644:scripts/completions/$(1).bash:$(DATADIR)/bash-completion/completions/$(1) \
	644:scripts/completions/$(1).zsh:$(ZSHDIR)/_$(1) \
	644:scripts/completions/$(1).fish:$(DATADIR)/fish/vendor_completions.d/$(1).fish
INSTALLED = \
	644:$$from/libnoself.so:$(LIBDIR)/libnoself.so \
	644:shim/man/libnoself.7:$(MANDIR)/man7/libnoself.7 \
	755:$$from/noself:$(BINDIR)/noself \
	755:scripts/noselfctl:$(BINDIR)/noselfctl \
	644:shim/man/noself.1:$(MANDIR)/man1/noself.1 \
	644:shim/man/noselfctl.8:$(MANDIR)/man8/noselfctl.8 \
	$(call completions,noself) $(call completions,noselfctl)

# `uninstall` removes these directories if they are empty. Directories that every system has are only
# removed from a staged tree.
SHARED_DIRECTORIES = $(MANDIR)/man1 $(MANDIR)/man7 $(MANDIR)/man8 $(ZSHDIR) $(DATADIR)/zsh \
	$(DATADIR)/bash-completion/completions $(DATADIR)/bash-completion \
	$(DATADIR)/fish/vendor_completions.d $(DATADIR)/fish

# Installs what `make` has built. If that is not up to date, such as for another LIBDIR, builds it in
# a temporary directory, so that root leaves no files in $(BUILD).
install:
	@set -e; from='$(BUILD)'; \
	if ! $(MAKE) --silent --no-print-directory --question all; then \
		from=$$(mktemp -d); trap 'rm -rf "$$from"' EXIT; \
		$(MAKE) --no-print-directory BUILD="$$from" all; \
	fi; \
	for entry in $(INSTALLED); do \
		rest=$${entry#*:}; \
		install -D -m "$${entry%%:*}" "$${rest%%:*}" "$(DESTDIR)$${rest#*:}"; \
		echo "installed $(DESTDIR)$${rest#*:}"; \
	done

uninstall:
	@set -e; for entry in $(INSTALLED); do \
		rm -f "$(DESTDIR)$${entry##*:}"; \
		echo "removed $(DESTDIR)$${entry##*:}"; \
	done
	@for dropin in "$(DESTDIR)"/etc/systemd/system/*.d/noself.conf \
			"$(DESTDIR)"/run/systemd/system/*.d/noself.conf; do \
		[ ! -e "$$dropin" ] || echo "noself: $$dropin: this unit still preloads the library;" \
			"remove that file, then: systemctl daemon-reload" >&2; \
	done
	@directories='$(SHARED_DIRECTORIES)'; \
	[ -z "$(DESTDIR)" ] || directories="$$directories $(LIBDIR) $(BINDIR) $(MANDIR) $(DATADIR)"; \
	cd "$(DESTDIR)/" 2>/dev/null || exit 0; \
	for directory in $$directories; do \
		rmdir $(if $(DESTDIR),-p) ".$$directory" 2>/dev/null || true; \
	done

# A tarball that runs from any directory, on any Linux of this architecture.
dist:
	CC='$(CC)' CFLAGS='$(CFLAGS)' scripts/dist '$(BUILD)'

deb:
	scripts/debian/build '$(BUILD)'

clean:
	rm -rf $(BUILD)

-include $(patsubst %.o,%.d,$(LIBRARY) $(COMMAND) $(MODELLED)) $(PROBES:=.d) \
	$(UNIT_OBJECTS:.o=.d)

.PHONY: all arch musl units probes check soak prove mutants coverage asan tsan sanitize bench lint \
	install uninstall dist deb clean
.DELETE_ON_ERROR:
