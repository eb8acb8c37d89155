# Sonde. Targets: all demo test lint lab install clean; DEBUG=1 builds with ASan and UBSan into build/debug.

PREFIX ?= /usr/local
CC ?= cc
VARIANT := $(if $(DEBUG),debug,release)
OUT := build/$(VARIANT)
PROGRAM := $(if $(DEBUG),$(OUT)/sonde,sonde)
CORE := $(OUT)/sonde_core.so

BUILD_PACKAGES := gcc make pkg-config libluajit-5.1-dev libuv1-dev libssl-dev libpcap-dev libnftables-dev libmnl-dev \
	lua-lpeg lua-argparse lua-cjson
TEST_PACKAGES := luajit lua-busted lua-check

LIBRARIES := luajit libuv libpcap libcrypto libssl libnftables libmnl
CPPFLAGS += -D_GNU_SOURCE -DSONDE_LUA_DIR='"$(PREFIX)/share/sonde"' -MMD -MP
CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Werror
ALL_CFLAGS = -std=gnu11 -fPIC -pthread $(WARNINGS) $(if $(DEBUG),-O1 -fsanitize=address$(,)undefined -fno-omit-frame-pointer) \
	$(CFLAGS) $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null)
LDLIBS = -pthread -lm $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null)
LINK = $(CC) $(if $(DEBUG),-fsanitize=address$(,)undefined) $(LDFLAGS)
, := ,

OBJECTS := $(patsubst engine/%.c,$(OUT)/%.o,$(wildcard engine/*.c))
CORE_OBJECTS := $(filter-out $(OUT)/main.o,$(OBJECTS))

all: $(PROGRAM) $(CORE)

$(PROGRAM): $(OBJECTS)
	$(LINK) -rdynamic -o $@ $^ $(LDLIBS)

$(CORE): $(CORE_OBJECTS)
	$(LINK) -shared -o $@ $^ $(LDLIBS)

$(OUT)/%.o: engine/%.c | $(OUT)
	$(CC) $(CPPFLAGS) $(ALL_CFLAGS) -c -o $@ $<

$(OUT):
	mkdir -p $@

clean:
	rm -rf build sonde

.PHONY: all clean
-include $(OBJECTS:.o=.d)
