# The front door. `make help` lists what it does; details are in README.md.
# What is built where: build/lib (archives), build/bin (programs),
# build/tests (test programs), build/vm (guest images).

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

PREFIX	   ?= /usr/local
DESTDIR	   ?=
BINDIR	    = $(PREFIX)/bin
SBINDIR	    = $(PREFIX)/sbin
LIBEXECDIR  = $(PREFIX)/libexec/mpy
DATADIR	    = $(PREFIX)/share/mpy
MANDIR	    = $(PREFIX)/share/man
COMPDIR	    = $(PREFIX)/share/bash-completion/completions
UNITDIR	   ?= $(if $(filter /usr,$(PREFIX)),/usr/lib,/etc)/systemd/system
SYSUSERSDIR ?= /usr/lib/sysusers.d
TMPFILESDIR ?= /usr/lib/tmpfiles.d
MODLOADDIR ?= /usr/lib/modules-load.d
SRCDIR	    = /usr/src/mpy-$(VERSION)

CORPUS	   ?= $(firstword $(wildcard corpus ../shared/corpus))

B	   := build
CC	   ?= cc
CFLAGS	   ?= -O2 -g
WARN	   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	      -Wformat=2 -Wno-unused-parameter
ifdef CI
WARN	   += -Werror
endif
HARDEN	   := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
CPPFLAGS   += -D_GNU_SOURCE -DMPY_VERSION='"$(VERSION)"' \
	      -DMPY_DATADIR='"$(DATADIR)"' -DMPY_LIBEXECDIR='"$(LIBEXECDIR)"' \
	      -Iuserland -Ikmod/uapi
ALL_CFLAGS  = -std=gnu11 $(CFLAGS) $(WARN) $(HARDEN) -pthread
ALL_LDFLAGS = -pie -Wl,-z,relro,-z,now,--as-needed $(LDFLAGS)

# One foreign library, one .c file: the flags are given to that file alone.
NL_CFLAGS  := $(shell pkg-config --cflags libnl-3.0 libnl-genl-3.0 2>/dev/null)
$(B)/obj/userland/daemon/receive.o $(B)/san/userland/daemon/receive.o: \
	CPPFLAGS += $(NL_CFLAGS)

JUDGE_LIBS := -lsvm -lz -lbz2 -llzma -lm
CORE_LIBS  := -ljansson -lcrypto -lsqlite3 -lseccomp
DAEMON_LIBS := -lnl-genl-3 -lnl-3 -lsystemd

srcs	    = $(sort $(wildcard $(1)/*.c))
objs	    = $(patsubst %.c,$(B)/obj/%.o,$(1))
sanobjs	    = $(patsubst %.c,$(B)/san/%.o,$(1))

JUDGE_SRC  := $(call srcs,userland/judge)
CORE_SRC   := $(call srcs,userland/core)
DAEMON_SRC := $(call srcs,userland/daemon)
CLI_SRC	   := $(call srcs,userland/cli)
JUDGED_SRC := $(call srcs,userland/judged)
TRAIN_SRC  := $(sort $(wildcard model/train*.c model/corpus.c model/metrics.c))
EVAL_SRC   := $(sort $(wildcard model/eval*.c model/corpus.c model/metrics.c))

JUDGE_LIB  := $(B)/lib/libjudge.a
CORE_LIB   := $(B)/lib/libcore.a

PROGRAMS   := $(B)/bin/mpyd $(B)/bin/mpyctl $(B)/bin/mpy-judge
MODEL_PROGRAMS := $(B)/bin/mpy-train $(B)/bin/mpy-eval

.DELETE_ON_ERROR:
.PHONY: all module userland model model-tools check check-unit check-vm \
	check-kernels check-debug demo bench fuzz check-fuzz lint install \
	dkms-install dkms-uninstall uninstall deb clean help

all: userland module ## everything that a host needs

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | \
		expand -t 18

# ---- userland ---------------------------------------------------------------

userland: $(PROGRAMS) ## mpyd, mpyctl, mpy-judge into build/bin

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(JUDGE_LIB): $(call objs,$(JUDGE_SRC))
$(CORE_LIB): $(call objs,$(CORE_SRC))
$(JUDGE_LIB) $(CORE_LIB):
	@mkdir -p $(@D)
	@rm -f $@
	$(AR) rcsD $@ $^

link = @mkdir -p $(@D); $(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@
$(B)/bin/mpyd: $(call objs,$(DAEMON_SRC)) $(CORE_LIB) $(JUDGE_LIB)
	$(link) $^ $(DAEMON_LIBS) $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/bin/mpyctl: $(call objs,$(CLI_SRC)) $(CORE_LIB) $(JUDGE_LIB)
	$(link) $^ $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/bin/mpy-judge: $(call objs,$(JUDGED_SRC)) $(CORE_LIB) $(JUDGE_LIB)
	$(link) $^ $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/bin/mpy-train: $(call objs,$(TRAIN_SRC)) $(CORE_LIB) $(JUDGE_LIB)
	$(link) $^ -llinear $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/bin/mpy-eval: $(call objs,$(EVAL_SRC)) $(CORE_LIB) $(JUDGE_LIB)
	$(link) $^ $(CORE_LIBS) $(JUDGE_LIBS)

-include $(shell find $(B)/obj $(B)/san $(B)/fuzz -name '*.d' 2>/dev/null)

# ---- kernel module ----------------------------------------------------------

KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(lastword $(sort $(wildcard /usr/src/linux-headers-*-amd64))))

module: ## mpy.ko for the running kernel, or KDIR=/path/to/headers
	@test -n "$(KDIR)" || { echo "no kernel headers found: install" \
		"linux-headers-amd64 or give KDIR=DIR" >&2; exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# ---- model ------------------------------------------------------------------

model-tools: $(MODEL_PROGRAMS)

model: model-tools ## train model/default.bundle from CORPUS=DIR
	@test -n "$(CORPUS)" || { echo "no corpus: give CORPUS=DIR" >&2; exit 1; }
	scripts/deps model
	$(B)/bin/mpy-train --corpus $(CORPUS) --out model/default.bundle

# ---- tests ------------------------------------------------------------------

check: ## install what is missing, run every test (CI calls this)
	scripts/deps build check vm
	scripts/check

check-unit: ## unit, golden and replay tests under ASan and UBSan
	scripts/check unit

check-vm: ## tests in the guests 6.1 and 6.12
	scripts/check vm

check-kernels: ## the other kernels of the matrix
	scripts/check kernels

check-debug: ## the debug kernel
	scripts/check debug

SAN	   := -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	      -fno-omit-frame-pointer
$(B)/san/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -std=gnu11 -O1 -g $(WARN) $(SAN) -pthread -MMD -MP \
		-c -o $@ $<

$(B)/san/libjudge.a: $(call sanobjs,$(JUDGE_SRC))
$(B)/san/libcore.a: $(call sanobjs,$(CORE_SRC))
$(B)/san/libdaemon.a: $(call sanobjs,$(filter-out %/main.c,$(DAEMON_SRC)))
$(B)/san/libcli.a: $(call sanobjs,$(filter-out %/main.c,$(CLI_SRC)))
$(B)/san/libjudge.a $(B)/san/libcore.a $(B)/san/libdaemon.a $(B)/san/libcli.a:
	@rm -f $@
	$(AR) rcsD $@ $^

UNIT_SRC   := $(sort $(wildcard tests/unit/*/test_*.c))
UNIT_BIN   := $(patsubst tests/unit/%.c,$(B)/tests/%,$(UNIT_SRC))

unit-programs: $(UNIT_BIN) $(PROGRAMS)
.PHONY: unit-programs

$(B)/tests/judge/%: $(B)/san/tests/unit/judge/%.o $(B)/san/libjudge.a \
		$(B)/san/libcore.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -pthread -o $@ $^ $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/tests/core/%: $(B)/san/tests/unit/core/%.o $(B)/san/libcore.a \
		$(B)/san/libjudge.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -pthread -o $@ $^ $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/tests/daemon/%: $(B)/san/tests/unit/daemon/%.o $(B)/san/libdaemon.a \
		$(B)/san/libcore.a $(B)/san/libjudge.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -pthread -o $@ $^ $(DAEMON_LIBS) $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/tests/cli/%: $(B)/san/tests/unit/cli/%.o $(B)/san/libcli.a \
		$(B)/san/libcore.a $(B)/san/libjudge.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -pthread -o $@ $^ $(CORE_LIBS) $(JUDGE_LIBS)
$(B)/tests/model/test_%: $(B)/san/tests/unit/model/test_%.o \
		$(B)/san/model/train_%.o $(B)/san/libjudge.a
	@mkdir -p $(@D)
	$(CC) $(SAN) -pthread -o $@ $^ $(JUDGE_LIBS)

# Recordings for the bench of mpyd --replay.
$(B)/tests/replay/compose: $(B)/obj/tests/replay/compose.o \
		$(call objs,$(filter-out %/main.c,$(DAEMON_SRC))) $(CORE_LIB) \
		$(JUDGE_LIB)
	$(link) $^ $(DAEMON_LIBS) $(CORE_LIBS) $(JUDGE_LIBS)

# libFuzzer: everything that a target reaches is compiled with coverage.
FUZZ_SRC   := $(sort $(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN   := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(FUZZ_SRC))
FUZZ_LIB_SRC := $(JUDGE_SRC) $(CORE_SRC) $(filter-out %/main.c,$(DAEMON_SRC))
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined \
	      -fno-sanitize-recover=undefined
$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	clang $(CPPFLAGS) $(NL_CFLAGS) -std=gnu11 -O1 -g $(FUZZ_FLAGS) -MMD -MP \
		-c -o $@ $<
$(B)/fuzz/libfuzzed.a: $(patsubst %.c,$(B)/fuzz/obj/%.o,$(FUZZ_LIB_SRC))
	@rm -f $@
	$(AR) rcsD $@ $^
$(B)/fuzz/fuzz_%: $(B)/fuzz/obj/tests/fuzz/fuzz_%.o $(B)/fuzz/libfuzzed.a
	clang -fsanitize=fuzzer,address,undefined -o $@ $^ -pthread \
		$(DAEMON_LIBS) $(CORE_LIBS) $(JUDGE_LIBS)

fuzz-programs: $(FUZZ_BIN)
.PHONY: fuzz-programs

check-fuzz: ## each fuzz target for some seconds
	scripts/check fuzz

FUZZ_SECONDS ?= 600
fuzz: ## each fuzz target for FUZZ_SECONDS (default 600)
	FUZZ_SECONDS=$(FUZZ_SECONDS) scripts/check fuzz

lint: ## static checks of C, shell, includes, documents
	scripts/deps build module check
	scripts/lint

$(B)/bin/bench_judge: $(B)/obj/tests/bench/bench_judge.o $(JUDGE_LIB)
	$(link) $^ $(JUDGE_LIBS)

bench: ## tables of cost: judge, replay, kernel
	scripts/deps build vm bench
	scripts/bench

demo: ## build all, boot a guest, show findings
	scripts/deps build vm
	scripts/demo

# ---- installation -----------------------------------------------------------

install: userland ## programs, bundle, man pages, units (DESTDIR, PREFIX)
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(BINDIR) \
		$(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR) \
		$(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
		$(DESTDIR)$(MANDIR)/man8 $(DESTDIR)$(UNITDIR) \
		$(DESTDIR)$(SYSUSERSDIR) $(DESTDIR)$(TMPFILESDIR) \
		$(DESTDIR)$(MODLOADDIR) $(DESTDIR)$(COMPDIR) $(DESTDIR)/etc/mpy
	install -m 755 $(B)/bin/mpyd $(DESTDIR)$(SBINDIR)/
	install -m 755 $(B)/bin/mpyctl $(DESTDIR)$(BINDIR)/
	install -m 755 $(B)/bin/mpy-judge $(DESTDIR)$(LIBEXECDIR)/
	install -m 644 model/default.bundle $(DESTDIR)$(DATADIR)/
	install -m 644 userland/man/*.1 $(DESTDIR)$(MANDIR)/man1/
	install -m 644 userland/man/*.5 $(DESTDIR)$(MANDIR)/man5/
	install -m 644 userland/man/*.8 $(DESTDIR)$(MANDIR)/man8/
	sed 's|@SBINDIR@|$(SBINDIR)|g' userland/share/mpyd.service \
		> $(DESTDIR)$(UNITDIR)/mpyd.service
	install -m 644 userland/share/mpy.sysusers \
		$(DESTDIR)$(SYSUSERSDIR)/mpy.conf
	install -m 644 userland/share/mpy.tmpfiles \
		$(DESTDIR)$(TMPFILESDIR)/mpy.conf
	install -m 644 userland/share/mpy.modules-load \
		$(DESTDIR)$(MODLOADDIR)/mpy.conf
	install -m 644 userland/share/completion/mpyctl.bash \
		$(DESTDIR)$(COMPDIR)/mpyctl
	test -e $(DESTDIR)/etc/mpy/mpy.conf || \
		install -m 644 userland/share/mpy.conf $(DESTDIR)/etc/mpy/

DKMS_FILES := Kbuild dkms.conf COPYING
dkms-install: ## module sources to /usr/src, then dkms add, build, install
	install -d $(DESTDIR)$(SRCDIR)/kmod/uapi
	install -m 644 $(DKMS_FILES) $(DESTDIR)$(SRCDIR)/
	install -m 644 kmod/*.c kmod/*.h $(DESTDIR)$(SRCDIR)/kmod/
	install -m 644 kmod/uapi/*.h $(DESTDIR)$(SRCDIR)/kmod/uapi/
ifeq ($(DESTDIR),)
	dkms status -m mpy -v $(VERSION) | grep -q . || \
		dkms add -m mpy -v $(VERSION)
	dkms build -m mpy -v $(VERSION)
	dkms install -m mpy -v $(VERSION) --force
endif

dkms-uninstall: ## take the module out of DKMS again
	dkms remove -m mpy -v $(VERSION) --all
	rm -rf $(SRCDIR)

uninstall: ## remove what `make install` put (configuration and data stay)
	rm -f $(DESTDIR)$(SBINDIR)/mpyd $(DESTDIR)$(BINDIR)/mpyctl \
		$(DESTDIR)$(UNITDIR)/mpyd.service \
		$(DESTDIR)$(SYSUSERSDIR)/mpy.conf \
		$(DESTDIR)$(TMPFILESDIR)/mpy.conf \
		$(DESTDIR)$(MODLOADDIR)/mpy.conf $(DESTDIR)$(COMPDIR)/mpyctl \
		$(DESTDIR)$(MANDIR)/man1/mpyctl.1 \
		$(DESTDIR)$(MANDIR)/man5/mpy.conf.5 \
		$(DESTDIR)$(MANDIR)/man8/mpyd.8
	rm -rf $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(DATADIR)

deb: ## Debian packages mpy and mpy-dkms into build/deb
	scripts/deps build deb
	rm -rf $(B)/deb
	mkdir -p $(B)/deb/mpy
	git ls-files -z | xargs -0 cp --parents -t $(B)/deb/mpy
	cp -r packaging/debian $(B)/deb/mpy/debian
	printf 'mpy (%s) unstable; urgency=medium\n\n  * See the commit log.\n\n -- %s  %s\n' \
		'$(VERSION)' 'mpy maintainers <maintainers@mpy.example>' \
		"$$(git log -1 --format=%aD)" > $(B)/deb/mpy/debian/changelog
	cd $(B)/deb/mpy && dpkg-buildpackage -b -us -uc
	rm -rf $(B)/deb/mpy

clean: ## remove build products (guest images stay; rm -r build for all)
	rm -rf $(B)/obj $(B)/san $(B)/lib $(B)/bin $(B)/tests $(B)/fuzz
	rm -f kmod/*.o kmod/.*.cmd kmod/*.mod* *.ko *.mod *.mod.c *.o .*.cmd \
		modules.order Module.symvers
