# SPDX-License-Identifier: GPL-2.0-or-later
# Makefile - build, install, check and show Gotthard. `make help` lists the targets.

VERSION := 0.1.0

# The running kernel if its headers are there, else the newest that has headers.
KVER ?= $(or $(if $(wildcard /lib/modules/$(shell uname -r)/build),$(shell uname -r)),$(lastword \
	$(shell ls -d /lib/modules/*/build 2>/dev/null | cut -d/ -f4 | sort -V)))
KDIR ?= /lib/modules/$(KVER)/build

B := build
CC ?= gcc
CLANG ?= clang
BPFTOOL ?= $(or $(shell command -v bpftool),/usr/sbin/bpftool)
MULTIARCH := $(shell $(CC) -print-multiarch)

DESTDIR ?=
PREFIX ?= /usr
SBINDIR := $(PREFIX)/sbin
BINDIR := $(PREFIX)/bin
MANDIR := $(PREFIX)/share/man

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:

all: kmod user

## kmod: the kernel module for KVER, with .BTF
KM := $(B)/kmod/$(KVER)
KMOD_SOURCES := Kbuild $(wildcard kmod/*.[ch] core/*.[ch]) include/uapi/linux/gotthard.h
# Certificates, PEM or DER, of the keys whose signatures on tables the module accepts. Those of this machine, so that
# DKMS too builds the module with them; else the development key, which everybody has.
GTH_SIGNING_CERT ?= $(or $(wildcard /etc/gotthard/signing-keys/*.pem /etc/gotthard/signing-keys/*.der),packaging/development-key/certificate.pem)
# Changed only if the certificates are others than at the last build.
$(KM)/kmod/signing_certs.c: FORCE
	@scripts/signing-certs $@ $(GTH_SIGNING_CERT)
FORCE:
# Kbuild writes beside the sources: each kernel gets a tree of links of its own.
kmod: $(KM)/gotthard.ko
$(KM)/gotthard.ko: $(KMOD_SOURCES) $(KM)/kmod/signing_certs.c scripts/module-btf
	@test -n "$(KVER)" -a -d "$(KDIR)" || { echo "no kernel headers for '$(KVER)': install linux-headers-$(or $(KVER),$$(uname -r)), or name an installed kernel with KVER=" >&2; exit 1; }
	@rm -f $@ && mkdir -p $(KM) && find $(KM) -type l -delete
	@cp -rs $(addprefix $(CURDIR)/,core kmod include Kbuild) $(KM)/
	$(MAKE) -C $(KDIR) M=$(CURDIR)/$(KM) W=1 modules
	scripts/module-btf $@ $(KVER)

## bpf: the BPF programs and their skeleton; one object for every kernel
BPF_HEADERS := $(wildcard bpf/*.h) core/pseudo.h include/uapi/linux/gotthard.h
bpf: $(B)/bpf/gotthard.skel.h
$(B)/bpf/gotthard.bpf.o: bpf/gotthard.bpf.c $(BPF_HEADERS)
	@mkdir -p $(@D)
	$(CLANG) -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror -target bpf -mcpu=v3 \
		-D__TARGET_ARCH_x86 -I. -Iinclude/uapi -I/usr/include/$(MULTIARCH) -c $< -o $@
$(B)/bpf/gotthard.skel.h: $(B)/bpf/gotthard.bpf.o
	$(BPFTOOL) gen skeleton $< name gotthard_bpf > $@

## user: the daemon and the tools
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes
USER_CFLAGS := -std=gnu11 $(WARNINGS) -D_GNU_SOURCE -DGTH_VERSION='"$(VERSION)"' \
	-D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -I. -Iuserd -Iinclude/uapi -Icore/shim
USER_LDFLAGS := -pie -Wl,-z,relro,-z,now

objects = $(patsubst %.c,$(B)/%.o,$(1))
LIB := $(B)/userd/libgth.a
$(LIB): $(call objects,$(wildcard userd/lib/*/*.c))
	rm -f $@ && $(AR) rcs $@ $^

DAEMON := $(call objects,$(wildcard userd/daemon/*.c userd/daemon/*/*.c))
CTL := $(call objects,$(wildcard userd/ctl/*.c)) $(addprefix $(B)/core/,policy.o magic.o manifest.o cursor.o)
REGION := $(call objects,$(wildcard userd/region/*.c)) $(addprefix $(B)/core/,manifest.o cursor.o body.o)
SIGTOOL := $(call objects,$(wildcard userd/sigtool/*.c userd/sigtool/*/*.c)) \
	$(B)/core/manifest.o $(B)/core/cursor.o $(B)/core/body.o $(B)/core/delta.o

PROGRAMS := $(B)/gotthardd $(B)/gotthardctl $(B)/gotthard-sigtool $(B)/gotthard-region
user: $(PROGRAMS)
$(B)/gotthardd: $(DAEMON) $(LIB)
	$(CC) $(USER_LDFLAGS) $(LDFLAGS) $^ -lbpf -ljansson -lcrypto -lsystemd -linih -lsqlite3 -lcurl -lmagic \
		-lcap-ng -lseccomp -luuid -pthread -o $@
$(B)/gotthardctl: $(CTL) $(LIB)
	$(CC) $(USER_LDFLAGS) $(LDFLAGS) $^ -ljansson -lcrypto -linih -lsqlite3 -o $@
$(B)/gotthard-sigtool: $(SIGTOOL) $(LIB)
	$(CC) $(USER_LDFLAGS) $(LDFLAGS) $^ -larchive -ljansson -lcrypto -lsqlite3 -o $@
$(B)/gotthard-region: $(REGION) $(LIB)
	$(CC) $(USER_LDFLAGS) $(LDFLAGS) $^ -lmicrohttpd -lgnutls -lcurl -larchive -ljansson -lcrypto -lsqlite3 \
		-lseccomp -pthread -o $@
$(DAEMON): USER_CFLAGS += -I$(B)/bpf
$(DAEMON): | $(B)/bpf/gotthard.skel.h
$(B)/userd/daemon/hooks/hooks.o: $(B)/bpf/gotthard.skel.h

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(USER_CFLAGS) $(CFLAGS) -MMD -MP -c $< -o $@
-include $(shell find $(B)/userd $(B)/core $(B)/tests -name '*.d' 2>/dev/null)

## install: everything, below DESTDIR; a running system also gets depmod
MODULE_DIR := /lib/modules/$(KVER)/updates
install: all
	install -C -D -m 644 $(KM)/gotthard.ko $(DESTDIR)$(MODULE_DIR)/gotthard.ko
	install -D -m 755 -t $(DESTDIR)$(SBINDIR) $(B)/gotthardd $(B)/gotthard-region
	install -D -m 755 -t $(DESTDIR)$(BINDIR) $(B)/gotthardctl $(B)/gotthard-sigtool
	install -D -m 644 -t $(DESTDIR)/usr/lib/modprobe.d packaging/gotthard.conf
	install -D -m 644 -t $(DESTDIR)/usr/lib/udev/rules.d packaging/60-gotthard.rules
	install -D -m 644 -t $(DESTDIR)/usr/lib/systemd/system packaging/gotthardd.service
	install -D -m 644 packaging/gotthard.sysusers $(DESTDIR)/usr/lib/sysusers.d/gotthard.conf
	install -D -m 644 packaging/gotthard.tmpfiles $(DESTDIR)/usr/lib/tmpfiles.d/gotthard.conf
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man1 man/*.1
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man5 man/*.5
	install -D -m 644 -t $(DESTDIR)$(MANDIR)/man8 man/*.8
	test -e $(DESTDIR)/etc/gotthard/gotthardd.conf || \
		install -D -m 644 -t $(DESTDIR)/etc/gotthard packaging/gotthardd.conf
	$(if $(DESTDIR),,@scripts/activate install $(KVER))

## uninstall: what install put there, for every kernel; README.md says what stays
MODULES = $(wildcard $(DESTDIR)/lib/modules/*/updates/gotthard.ko)
uninstall:
	$(if $(DESTDIR),,@scripts/activate uninstall)
	rm -f $(MODULES) \
		$(addprefix $(DESTDIR)$(SBINDIR)/,gotthardd gotthard-region) \
		$(addprefix $(DESTDIR)$(BINDIR)/,gotthardctl gotthard-sigtool) \
		$(DESTDIR)/usr/lib/modprobe.d/gotthard.conf $(DESTDIR)/etc/modules-load.d/gotthard.conf \
		$(DESTDIR)/usr/lib/udev/rules.d/60-gotthard.rules \
		$(DESTDIR)/usr/lib/systemd/system/gotthardd.service \
		$(DESTDIR)/usr/lib/sysusers.d/gotthard.conf $(DESTDIR)/usr/lib/tmpfiles.d/gotthard.conf \
		$(addprefix $(DESTDIR)$(MANDIR)/man1/,$(notdir $(wildcard man/*.1))) \
		$(addprefix $(DESTDIR)$(MANDIR)/man5/,$(notdir $(wildcard man/*.5))) \
		$(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(wildcard man/*.8)))
	$(if $(MODULES),rmdir --ignore-fail-on-non-empty $(sort $(dir $(MODULES))))
	$(if $(DESTDIR),,@scripts/activate uninstalled $(patsubst /lib/modules/%/updates/gotthard.ko,%,$(MODULES)))

## check: install what is missing and run all tests but the long ones, on both kernels
check: deps
	@scripts/check

## check-long: what takes too long for every run: check-debug, check-races, and fuzzers for two minutes each
check-long: deps
	@apt-get -qq -y install flex bison bc >/dev/null
	@scripts/check --long

## check-debug: the kselftests on a kernel with KASAN, lockdep and kmemleak; builds it once, some 12 minutes
check-debug: deps
	@apt-get -qq -y install flex bison bc >/dev/null
	@tests/kselftest/run --kernel debug

## check-races: the race suite on a kernel with KCSAN; builds it once
check-races: deps
	@apt-get -qq -y install flex bison bc >/dev/null
	@tests/kselftest/run --kernel kcsan

## demo: install what is missing, boot a guest and show the product at work
demo: deps
	@scripts/demo

## bench: figures beside the plain kernel, from one run
bench:
	@scripts/deps --bench
	@scripts/bench

## lint: checkpatch, sparse, clang-tidy, clang-format and shellcheck
lint: deps
	@scripts/lint

## compile_commands: write compile_commands.json, for editors and clang's tools
compile_commands:
	@$(MAKE) -nB --no-print-directory user | jq -R --arg directory "$(CURDIR)" \
		'(capture("^[^\\t ].* -c (?<file>[^ ]+[.]c) ") // empty) + {$$directory, command: .}' | jq -s . >compile_commands.json

## deps: install the Debian packages that building and testing need
deps:
	@scripts/deps

## clean: remove what was built; downloaded kernels stay
clean:
	rm -rf $(filter-out $(B)/kernels $(B)/cache,$(wildcard $(B)/*))

help:
	@echo "Gotthard $(VERSION). Variables: KVER=$(KVER) DESTDIR= PREFIX=$(PREFIX) CC CFLAGS"
	@sed -n 's/^## \([a-z-]*\): /  \1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: FORCE all kmod bpf user install uninstall check check-long check-debug check-races demo bench lint compile_commands deps clean help
