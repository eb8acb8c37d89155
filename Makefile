# Sonde. Targets: all (default), demo, test, lint, lab, experiments, fuzz, bench, install, clean.
# DEBUG=1 builds with ASan and UBSan into build/debug; V=1 shows the commands.
# Missing Debian packages are installed where apt-get is there.

PREFIX ?= /usr/local
DESTDIR ?=
CC ?= cc
CFLAGS ?= -O2 -g
VARIANT := $(if $(DEBUG),debug,release)
OUT := build/$(VARIANT)
PROGRAM := $(if $(DEBUG),$(OUT)/sonde,sonde)
CORE := $(OUT)/sonde_core.so

BUILD_PACKAGES := gcc libc6-dev make pkg-config libluajit-5.1-dev libuv1-dev libssl-dev libpcap-dev libnftables-dev \
	libmnl-dev libbpf-dev lua-lpeg lua-argparse lua-cjson
TEST_PACKAGES := luajit lua-busted lua-check python3-minimal valgrind
BENCH_PACKAGES := $(shell sed 's/\#.*//' spec/bench/packages 2>/dev/null)
LAB_PACKAGES := $(shell sed 's/\#.*//' spec/lab/packages 2>/dev/null)

LIBRARIES := luajit libuv libpcap libcrypto libssl libnftables libmnl libbpf
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Werror
SANITIZE := $(if $(DEBUG),-O1 -fno-omit-frame-pointer -fsanitize=address -fsanitize=undefined)
ALL_CPPFLAGS = -D_GNU_SOURCE -DSONDE_LUA_DIR='"$(PREFIX)/share/sonde"' -MMD -MP $(CPPFLAGS)
ALL_CFLAGS = -std=gnu11 -fPIC -fno-semantic-interposition -pthread $(WARNINGS) $(CFLAGS) $(SANITIZE) $(shell pkg-config --cflags $(LIBRARIES))
LINK = $(CC) $(SANITIZE) $(LDFLAGS)
LDLIBS = -pthread -lm $(shell pkg-config --libs $(LIBRARIES))

Q := $(if $(V),,@)
say = $(if $(V),,@echo "  $(1)$(if $(DEBUG), (debug))	$@")

OBJECTS := $(patsubst engine/%.c,$(OUT)/%.o,$(wildcard engine/*.c))
CORE_OBJECTS := $(filter-out $(OUT)/main.o,$(OBJECTS))

all: $(PROGRAM) $(CORE)

$(PROGRAM): $(OBJECTS)
	$(call say,link)
	$(Q)$(LINK) -rdynamic -o $@ $^ $(LDLIBS)

$(CORE): $(CORE_OBJECTS)
	$(call say,link)
	$(Q)$(LINK) -shared -Wl,-z,nodelete -o $@ $^ $(LDLIBS)

$(OUT)/%.o: engine/%.c build/packages.build | $(OUT)
	$(call say,cc)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(OUT)/version.o: CPPFLAGS += $(foreach library,libbpf libnftables libmnl,\
	-D$(shell echo $(library) | tr a-z A-Z)_VERSION='"$(shell pkg-config --modversion $(library))"')

$(OUT):
	mkdir -p $@

# A stamp for each set of packages, so that dpkg is asked once.
build/packages.build: PACKAGES = $(BUILD_PACKAGES)
build/packages.test: PACKAGES = $(TEST_PACKAGES)
build/packages.lab: PACKAGES = $(LAB_PACKAGES)
build/packages.lab-all: PACKAGES = $(shell sed 's/\#.*//' spec/lab/packages.all)
build/packages.bench: PACKAGES = $(BENCH_PACKAGES)
build/packages.%:
	@mkdir -p build
	@spec/support/packages.sh $(PACKAGES)
	@touch $@

demo: all
	@./sonde scan --link sim:demo -o build/demo.jsonl
	@echo
	@echo "Records, one JSON line per target: build/demo.jsonl. Next:"
	@echo "  ./sonde scan 127.0.0.1 -p 1-10000      what answers on this machine"
	@echo "  ./sonde probe 127.0.0.1 22             one port, step by step"
	@echo "  ./sonde list protocols                 what it speaks"

test: build/packages.build build/packages.test
	@spec/run.sh

lint: build/packages.test
	luacheck -q engine/lua protocols signatures scripts spec

lab: all build/packages.test
	@spec/run.sh lab

# All experiments with 100,000 hosts and more; the small ones are part of the tests.
experiments: all
	@status=0; for file in scripts/experiment/*.lua; do \
		./sonde experiment "$$(basename "$$file" .lua)" --size full || status=1; echo; \
	done; exit $$status

fuzz: build/packages.build build/packages.test
	@$(MAKE) -s DEBUG=1 all
	@SEED='$(SEED)' COUNT='$(COUNT)' FROM='$(FROM)' PART='$(PART)' spec/fuzz/run

bench: all build/packages.bench
	@spec/bench/run

bench-quick: all build/packages.bench
	@spec/bench/run --quick

install: all
	install -D -m 755 sonde $(DESTDIR)$(PREFIX)/bin/sonde
	for folder in engine/lua protocols signatures scripts; do \
		find $$folder -name '*.lua' -exec install -D -m 644 {} $(DESTDIR)$(PREFIX)/share/sonde/{} \; ; \
	done

clean:
	rm -rf build sonde

.PHONY: all demo test lint lab experiments bench bench-quick install clean
.PRECIOUS: build/packages.%
-include $(OBJECTS:.o=.d)
