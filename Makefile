# SPDX-License-Identifier: MIT
# Builds, tests, measures, installs and packages noself.

VERSION := $(shell cat shim/version)
BUILD ?= build

PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man

CFLAGS ?= -O2
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wcast-qual -Wpointer-arith -Wwrite-strings -Wformat=2

# $(call accepts,FLAG) is FLAG if this compiler knows it, else empty.
accepts = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo $(1))

# After the user's flags, so that a distribution's flags do not override them. Avoid imports that
# some C libraries lack: no stack protector, no fortified calls, no memcpy() that the compiler
# inserts, no start files. pthread_cancel() needs unwind tables.
HOUSE_CFLAGS := -std=gnu11 -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE \
	-fno-builtin $(call accepts,-fno-tree-loop-distribute-patterns) \
	-fno-align-functions -fasynchronous-unwind-tables $(WARN)
# CET and BTI if the compiler has them; inline atomics, because those of libgcc import getauxval();
# no name of the build directory.
HOUSE_CFLAGS += $(call accepts,-fcf-protection) $(call accepts,-mbranch-protection=standard) \
	$(call accepts,-mno-outline-atomics) '-fdebug-prefix-map=$(CURDIR)=.'
HOUSE_LDFLAGS := -shared -nostartfiles -Wl,-soname,libnoself.so -Wl,-z,relro,-z,now,-z,defs \
	-Wl,-z,noexecstack,-z,nodlopen -Wl,--hash-style=both -Wl,--as-needed -Wl,-O1
# Stripped unless CFLAGS has -g. Two mappings instead of four, which makes loading faster.
HOUSE_LDFLAGS += -Wl,-z,noseparate-code $(if $(filter -g%,$(CFLAGS)),,-s)

# Fronts include the core ("core/name.h") and never each other.
CORE := $(sort $(wildcard shim/core/*.c))
PRELOAD := $(sort $(wildcard shim/preload/*.c))
LIBRARY_SOURCES := $(CORE) $(PRELOAD)
LIBRARY_OBJECTS := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
CORE_OBJECTS := $(CORE:%.c=$(BUILD)/%.o)
COMMAND := $(sort $(wildcard shim/supervisor/*.c shim/command/*.c))
COMMAND_OBJECTS := $(COMMAND:%.c=$(BUILD)/%.o)
PROBES := $(patsubst tests/probes/%.c,$(BUILD)/tests/%,$(wildcard tests/probes/*.c))

all: $(BUILD)/libnoself.so $(BUILD)/noself

$(BUILD)/libnoself.so: $(LIBRARY_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) $(HOUSE_LDFLAGS) -o $@ $(LIBRARY_OBJECTS)

$(BUILD)/shim/%.o: shim/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Ishim $(CFLAGS) $(HOUSE_CFLAGS) -MMD -MP -c -o $@ $<

# The kernel's headers, for a compiler that finds only those of its C library: Debian's musl-gcc.
KERNEL_HEADERS := $(if $(call accepts,-include linux/seccomp.h),,-idirafter /usr/include \
	-idirafter /usr/include/$(shell $(CC) -print-multiarch))

# If there is a static libc, the command is static and needs no other file at run time.
COMMAND_CFLAGS := -std=gnu11 -D_GNU_SOURCE= -D_FILE_OFFSET_BITS=64 $(KERNEL_HEADERS) -fPIE \
	-ffunction-sections -fdata-sections $(call accepts,-fcf-protection) \
	$(call accepts,-mbranch-protection=standard) '-fdebug-prefix-map=$(CURDIR)=.' $(WARN)
COMMAND_LDFLAGS := -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--gc-sections \
	$(if $(filter -g%,$(CFLAGS)),,-s)
# $(call links,FLAG) is FLAG if it gives a program without a loader; musl-gcc treats -static-pie
# like -pie.
links = $(shell program=$$(mktemp); echo 'int main(void) { return 0; }' | \
	$(CC) $(CFLAGS) $(LDFLAGS) -fPIE $(1) -x c - -o $$program 2>/dev/null && \
	readelf -lW $$program | awk '/INTERP/ { exit 1 }' && echo $(1); rm -f $$program)
STATIC = $(eval STATIC := $(or $(call links,-static-pie),$(call links,-static)))$(STATIC)

$(BUILD)/noself: $(COMMAND_OBJECTS) $(CORE_OBJECTS)
	$(if $(STATIC),,@echo 'no static libc here, so $@ is linked dynamically')
	$(CC) $(CFLAGS) $(LDFLAGS) $(COMMAND_LDFLAGS) $(or $(STATIC),-pie) -o $@ $^

$(COMMAND_OBJECTS): $(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Ishim $(CFLAGS) $(COMMAND_CFLAGS) -MMD -MP -c -o $@ $<

# Compiled in: version and LIBDIR. The file $(BUILD)/libdir changes when LIBDIR does.
$(BUILD)/shim/command/main.o: COMMAND_CFLAGS += '-DVERSION="$(VERSION)"'
$(BUILD)/shim/command/main.o: shim/version
$(BUILD)/shim/command/find_library.o: COMMAND_CFLAGS += '-DLIBDIR="$(LIBDIR)"'
$(BUILD)/shim/command/find_library.o: $(BUILD)/libdir

$(BUILD)/libdir: $(if $(filter-out x$(LIBDIR),x$(file <$(BUILD)/libdir)),FORCE)
	@mkdir -p $(@D)
	@echo '$(LIBDIR)' >$@

FORCE:

UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

units: $(UNITS)

probes: $(PROBES) $(UNITS) $(BUILD)/tests/fuzz_twin $(BUILD)/tests/fuzz_mistake.so

# The pure parts are linked into the unit tests.
PURE_OBJECTS := $(addprefix $(BUILD)/shim/core/,endpoint.o errnames.o \
	log_limit.o log_line.o settings.o tcpinfo.o text.o verdict.o) \
	$(addprefix $(BUILD)/shim/supervisor/,filter.o ports.o)

COMMAND_PURE := $(addprefix $(BUILD)/shim/command/,elf_file.o environment.o messages.o path.o \
	program.o)

$(BUILD)/unit/%: tests/unit/%.c $(PURE_OBJECTS) $(COMMAND_PURE) Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Ishim -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) $(LDFLAGS) -MMD -MP \
		-o $@ $< $(UNIT_OBJECTS) -pthread

# Unit tests of parts that make system calls are linked with the whole library.
UNIT_OBJECTS = $(PURE_OBJECTS) $(COMMAND_PURE)
$(filter $(BUILD)/unit/test_acting_%,$(UNITS)): UNIT_OBJECTS = $(LIBRARY_OBJECTS)
$(filter $(BUILD)/unit/test_acting_%,$(UNITS)): $(LIBRARY_OBJECTS)

# The guard, linked with a model of a socket instead of the kernel.
EXPLORED := $(addprefix shim/core/,guard detect_self endpoint sys tcpinfo tcpsock verdict) \
	$(addprefix shim/preload/,connect dial fastopen)
MODELLED := $(EXPLORED:%=$(BUILD)/model/%.o) \
	$(patsubst %.c,$(BUILD)/model/%.o,$(wildcard tests/unit/model_*.c) tests/unit/search.c)
$(BUILD)/model/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DRAW_SYSCALL_ELSEWHERE -Ishim -Itests/unit -std=gnu11 -Wall -Wextra \
		-Werror $(CFLAGS) $(call accepts,-ftrivial-auto-var-init=zero) -MMD -MP -c -o $@ $<
$(BUILD)/unit/test_guard: UNIT_OBJECTS = $(MODELLED)
$(BUILD)/unit/test_guard: $(MODELLED)

$(BUILD)/tests/%: tests/probes/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) -MMD -MP -o $@ $< -pthread

# The differential fuzz, and a library with mistakes that it must find.
$(BUILD)/tests/fuzz_twin: $(wildcard tests/fuzz/*.[ch]) Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) -o $@ \
		$(filter %.c,$^) -pthread

$(BUILD)/tests/fuzz_mistake.so: tests/fuzz/mistakes/mistake.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) -shared -fPIC -o $@ $<

# Other architectures, by Debian's cross compilers, and musl: $(BUILD)/ARCH/libnoself.so.
TRIPLET_i386 := i686-linux-gnu
TRIPLET_aarch64 := aarch64-linux-gnu
TRIPLET_armhf := arm-linux-gnueabihf
TRIPLET_riscv64 := riscv64-linux-gnu

arch:
	@test -n '$(TRIPLET_$(ARCH))' || { echo "make arch: ARCH='$(ARCH)', expected ARCH=i386," \
		"aarch64, armhf or riscv64; nothing was built" >&2; exit 2; }
	$(MAKE) CC=$(TRIPLET_$(ARCH))-gcc BUILD=$(BUILD)/$(ARCH) all

musl:
	$(MAKE) CC=musl-gcc BUILD=$(BUILD)/musl all

check: all probes
	tests/run

# Long storms; `make soak DIALS=100000000` for more dials.
soak: all probes
	tests/soak $(DIALS)

# The benchmark; QUICK=1 takes only seconds. RESULTS is the directory for the tables and the picture.
# The empty library is linked like libnoself.so and has a page of data.
RESULTS ?= $(BUILD)/bench

$(BUILD)/bench/worker: scripts/bench/worker.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -Wall -Wextra -Werror $(CFLAGS) -o $@ $<

$(BUILD)/bench/empty.so: Makefile
	@mkdir -p $(@D)
	echo 'int empty_library = 1;' | $(CC) $(CFLAGS) -fPIC $(HOUSE_LDFLAGS) -o $@ -x c -

bench: all $(BUILD)/bench/worker $(BUILD)/bench/empty.so
	scripts/bench/bench $(if $(QUICK),--quick) '$(RESULTS)'

.PHONY: bench

FORMATTED := $(wildcard shim/*/*.[ch] tests/probes/*.[ch] tests/unit/*.[ch] tests/prove/*.[ch] tests/fuzz/*.[ch] \
	tests/fuzz/mistakes/*.c scripts/bench/*.[ch])
SHELL_FILES = $(shell grep -lIE '^\#!.*(sh|bats)$$|shellcheck shell=' -r scripts tests .ci)

TIDY := clang-tidy --quiet --warnings-as-errors='*' \
	--checks='-*,bugprone-*,clang-analyzer-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling'

lint:
	clang-format --dry-run --Werror $(FORMATTED)
	cppcheck --quiet --std=c11 --enable=warning,style,performance,portability --inline-suppr \
		--suppress=missingIncludeSystem --suppress=unusedStructMember --error-exitcode=1 shim
	$(TIDY) $(LIBRARY_SOURCES) -- -std=gnu11 -Ishim 2>/dev/null
	$(TIDY) $(COMMAND) -- -std=gnu11 -Ishim -D_GNU_SOURCE= \
		-DVERSION='""' -DLIBDIR='""' 2>/dev/null
	shellcheck $(SHELL_FILES)

# All installed files, as mode:file:destination; `uninstall` removes these. $$from is the build
# directory.
DATADIR = $(PREFIX)/share
# zsh's own directory for completions; Debian's packages use another.
ZSHDIR ?= $(DATADIR)/zsh/site-functions
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

.PHONY: install uninstall

# A tarball that runs from any directory, on any Linux of this architecture.
dist:
	CC='$(CC)' CFLAGS='$(CFLAGS)' scripts/dist '$(BUILD)'

.PHONY: dist

deb:
	scripts/debian/build '$(BUILD)'

.PHONY: deb

# With sanitizers, in $(BUILD)/asan and $(BUILD)/tsan: the library, unit tests and storm probes.
# Programs built without a sanitizer get its runtime preloaded before the library.
ASAN_CFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
TSAN_CFLAGS := -O1 -g -fsanitize=thread
RUNTIME = $(shell $(CC) -print-file-name=lib$(1).so)

asan:
	$(MAKE) BUILD='$(BUILD)/asan' CFLAGS='$(ASAN_CFLAGS)' LDFLAGS= all units

tsan:
	$(MAKE) BUILD='$(BUILD)/tsan' CFLAGS='$(TSAN_CFLAGS)' LDFLAGS= all \
		$(patsubst tests/probes/%.c,'$(BUILD)/tsan/tests/%',$(wildcard tests/probes/storm_*.c))

# Without the tests that pass invalid memory or run set-user-ID programs: ASan reports the program.
SANITIZED ?= early fastopen log storms

sanitize: asan all probes
	tests/run sanitize
	ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 \
		NOSELF_LIB='$(call RUNTIME,asan):$(abspath $(BUILD))/asan/libnoself.so' \
		tests/run $(SANITIZED)

# libFuzzer on the pure parts, each for FUZZ_SECONDS; it keeps its corpus for the next run.
FUZZ_SECONDS ?= 20
FUZZERS := $(patsubst tests/unit/%.c,$(BUILD)/fuzz/%,$(wildcard tests/unit/fuzz_*.c))

$(BUILD)/fuzz/%: tests/unit/%.c tests/unit/fuzz.h $(LIBRARY_SOURCES) $(wildcard shim/*/*.h) Makefile
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -Ishim -std=gnu11 -D_GNU_SOURCE= -Wall -Wextra -Werror -g -O1 \
		-fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -o $@ $< \
		$(patsubst $(BUILD)/%.o,%.c,$(PURE_OBJECTS) $(COMMAND_PURE))

fuzzers: $(FUZZERS)

fuzz: fuzzers
	@for fuzzer in $(FUZZERS); do \
		mkdir -p $$fuzzer.corpus; \
		$$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=5000 -print_final_stats=1 \
			-artifact_prefix=$$fuzzer. $$fuzzer.corpus >$$fuzzer.log 2>&1 || { \
			tail -n 40 $$fuzzer.log; echo "$$fuzzer.*: the input that failed"; exit 1; }; \
		echo "$${fuzzer##*/}: $$(sed -n 's/^Done //p' $$fuzzer.log), nothing found"; \
	done

# Proves that the pure parts have no run-time error for any input (Frama-C).
prove:
	tests/prove/run

# Plants single mistakes in shim/ and lists those that no test notices; MUTANTS is how many.
mutants:
	tests/mutants $(if $(MUTANTS),-n $(MUTANTS))

# Measures which lines and branches of shim/ the tests execute.
coverage:
	tests/coverage

.PHONY: asan tsan sanitize fuzzers fuzz prove mutants coverage

clean:
	rm -rf $(BUILD)

-include $(LIBRARY_OBJECTS:.o=.d) $(MODELLED:.o=.d) $(COMMAND_OBJECTS:.o=.d) $(PROBES:=.d) $(UNITS:=.d)

.PHONY: all arch musl units probes check soak lint clean
.DELETE_ON_ERROR:
