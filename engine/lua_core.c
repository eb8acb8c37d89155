#include "lua_core.h"

#include "lua_crypto.h"
#include "lua_digest.h"
#include "lua_json.h"
#include "lua_list.h"
#include "lua_scan.h"
#include "lua_truth.h"
#include "signals.h"
#include "units.h"
#include "version.h"

#include <luajit-2.1/lauxlib.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* is_terminal(fd) */
static int is_terminal(lua_State *L)
{
	lua_pushboolean(L, isatty((int)luaL_checkinteger(L, 1)));
	return 1;
}

/* columns(fd): how many a terminal has; nil where that is not to be had. */
static int columns(lua_State *L)
{
	struct winsize size;
	if (ioctl((int)luaL_checkinteger(L, 1), TIOCGWINSZ, &size) || size.ws_col == 0)
		return 0;
	lua_pushinteger(L, size.ws_col);
	return 1;
}

/* clock(): seconds, CLOCK_MONOTONIC, for the status line and how long things took. */
static int monotonic(lua_State *L)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	lua_pushnumber(L, (double)now.tv_sec + (double)now.tv_nsec / 1e9);
	return 1;
}

/* catch_signals(): from now on SIGINT, SIGTERM and SIGHUP are counted instead of ending the program. */
static int catch_signals(lua_State *L)
{
	struct error why;
	if (signals_install(&why))
		return luaL_error(L, "%s", why.text);
	return 0;
}

/* signals(): how many have come since then. */
static int count_signals(lua_State *L)
{
	lua_pushinteger(L, signals_count());
	return 1;
}

/* duration(text): seconds of "500ms", "3s", ...; nil and a sentence when it is none. */
static int duration(lua_State *L)
{
	uint64_t ns;
	struct error why;
	if (units_duration(luaL_checkstring(L, 1), &ns, &why)) {
		lua_pushnil(L);
		lua_pushstring(L, why.text);
		return 2;
	}
	lua_pushnumber(L, (double)ns / 1e9);
	return 1;
}

/* is_file(fd): whether it is a regular file. */
static int is_file(lua_State *L)
{
	struct stat status;
	lua_pushboolean(L, fstat((int)luaL_checkinteger(L, 1), &status) == 0 && S_ISREG(status.st_mode));
	return 1;
}

/* readable(fd): whether a read would not wait. */
static int readable(lua_State *L)
{
	struct pollfd ready = { .fd = (int)luaL_checkinteger(L, 1), .events = POLLIN };
	lua_pushboolean(L, poll(&ready, 1, 0) > 0);
	return 1;
}

static int versions(lua_State *L)
{
	lua_createtable(L, 0, 8);
	for (int i = 0; i < version_count(); i++) {
		lua_pushstring(L, version_text(i));
		lua_setfield(L, -2, version_name(i));
	}
	return 1;
}

static const luaL_Reg functions[] = {
	{ "list", lua_list_directory },
	{ "make_directory", lua_make_directory },
	{ "is_terminal", is_terminal },
	{ "columns", columns },
	{ "clock", monotonic },
	{ "catch_signals", catch_signals },
	{ "signals", count_signals },
	{ "versions", versions },
	{ "duration", duration },
	{ "is_file", is_file },
	{ "readable", readable },
	{ NULL, NULL },
};

int luaopen_sonde_core(lua_State *L)
{
	lua_createtable(L, 0, 12);
	luaL_register(L, NULL, functions);
	lua_json_open(L);
	lua_setfield(L, -2, "json");
	lua_digest_open(L);
	lua_setfield(L, -2, "digest");
	lua_crypto_open(L);
	lua_setfield(L, -2, "crypto");
	lua_scan_open(L);
	lua_truth_open(L);
	return 1;
}

void lua_core_preload(lua_State *L)
{
	lua_getglobal(L, "package");
	lua_getfield(L, -1, "preload");
	lua_pushcfunction(L, luaopen_sonde_core);
	lua_setfield(L, -2, "sonde.core");
	lua_pop(L, 2);
}
