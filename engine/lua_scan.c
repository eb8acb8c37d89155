#include "lua_scan.h"

#include "address.h"
#include "lua_scan_options.h"
#include "master.h"
#include "transport.h"

#include <luajit-2.1/lauxlib.h>
#include <stdio.h>
#include <string.h>

#define SCAN_TYPE "sonde.scan"

struct lua_scan {
	struct master *master; /* NULL once closed */
	lua_State *L; /* the command line's */
	int observe, sink; /* registry references, LUA_NOREF where there is none */
};

/* --- callbacks into the command line ------------------------------------------------------------------------------------------ */

static void observe(void *owner, uint64_t now_ns, const struct stream *stream, const char *what, const void *bytes,
		    size_t length)
{
	struct lua_scan *self = owner;
	lua_State *L = self->L;
	lua_rawgeti(L, LUA_REGISTRYINDEX, self->observe);
	lua_pushnumber(L, (double)now_ns / 1e9);
	lua_pushinteger(L, stream ? stream->local.port : 0);
	lua_pushstring(L, what);
	lua_pushlstring(L, bytes ? bytes : "", bytes ? length : 0);
	if (lua_pcall(L, 4, 0, 0))
		lua_pop(L, 1);
}

static int give_line(void *owner, const char *line, size_t length, struct error *why)
{
	struct lua_scan *self = owner;
	lua_State *L = self->L;
	lua_rawgeti(L, LUA_REGISTRYINDEX, self->sink);
	lua_pushlstring(L, line, length);
	if (lua_pcall(L, 1, 0, 0) == 0)
		return 0;
	error_set(why, ERR_SCRIPT, "%s", lua_tostring(L, -1));
	lua_pop(L, 1);
	return ERR_SCRIPT;
}

static int take_function(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	if (lua_isfunction(L, -1))
		return luaL_ref(L, LUA_REGISTRYINDEX);
	lua_pop(L, 1);
	return LUA_NOREF;
}

/* --- the module's functions --------------------------------------------------------------------------------------------------- */

static int failure(lua_State *L, const struct error *why, int code)
{
	lua_pushnil(L);
	lua_pushstring(L, why->text);
	bool fault_of_ours = code == ERR_NO_MEMORY || code == ERR_SYSTEM;
	lua_pushinteger(L, fault_of_ours ? 1 : SCAN_USAGE);
	return 3;
}

static int new_scan(lua_State *L)
{
	struct scan_options options;
	struct error why = { "the scan cannot be started" };
	lua_settop(L, 1);
	lua_scan_options_read(L, &options);
	struct lua_scan *self = lua_newuserdata(L, sizeof *self);
	*self = (struct lua_scan){ .L = L, .observe = take_function(L, "observe"), .sink = take_function(L, "sink") };
	luaL_getmetatable(L, SCAN_TYPE);
	lua_setmetatable(L, -2);
	options.push_script_options = lua_scan_options_push;
	options.script_options_owner = L;
	if (self->observe != LUA_NOREF) {
		options.observe = observe;
		options.observe_owner = self;
	}
	if (self->sink != LUA_NOREF) {
		options.sink = give_line;
		options.sink_owner = self;
	}
	int error = master_create(&self->master, &options, &why);
	return error ? failure(L, &why, error) : 1;
}

struct printing {
	lua_State *L;
	bool failed;
};

static bool print_target(void *owner, const char *endpoint)
{
	struct printing *printing = owner;
	lua_State *L = printing->L;
	lua_pushvalue(L, 2);
	lua_pushstring(L, endpoint);
	if (lua_pcall(L, 1, 1, 0))
		printing->failed = true;
	bool more = !printing->failed && lua_toboolean(L, -1);
	lua_pop(L, 1);
	return more;
}

static int dry_run(lua_State *L)
{
	struct scan_options options;
	struct error why = { "the targets cannot be listed" };
	struct printing printing = { .L = L };
	lua_settop(L, 2);
	lua_scan_options_read(L, &options);
	int error = scan_dry_run(&options, print_target, &printing, &why);
	if (error)
		return failure(L, &why, error);
	lua_pushboolean(L, 1);
	return 1;
}

/* --- methods --------------------------------------------------------------------------------------------------------------------- */

static struct lua_scan *check_scan(lua_State *L)
{
	struct lua_scan *self = luaL_checkudata(L, 1, SCAN_TYPE);
	luaL_argcheck(L, self->master, 1, "the scan is closed");
	self->L = L;
	return self;
}

static struct scan *what(lua_State *L)
{
	return master_scan(check_scan(L)->master);
}

static int step(lua_State *L)
{
	static const char *const names[] = { "sending", "waiting", "done" };
	struct lua_scan *self = check_scan(L);
	struct error why = { "the scan failed" };
	int error = master_step(self->master, (uint64_t)(luaL_checknumber(L, 2) * 1e9), &why);
	if (error)
		return failure(L, &why, error);
	lua_pushstring(L, names[master_state(self->master)]);
	return 1;
}

static int flush(lua_State *L)
{
	struct lua_scan *self = check_scan(L);
	lua_pushboolean(L, master_flush(self->master, (uint64_t)(luaL_checknumber(L, 2) * 1e9)));
	return 1;
}

static int stop(lua_State *L)
{
	master_stop(check_scan(L)->master);
	return 0;
}

/* Ends what still works, so that counters and tallies are those of the end. */
static int finish(lua_State *L)
{
	master_finish(check_scan(L)->master);
	return 0;
}

static void set_number(lua_State *L, const char *name, double value)
{
	lua_pushnumber(L, value);
	lua_setfield(L, -2, name);
}

static int counters(lua_State *L)
{
	const struct counters *all = master_counters(check_scan(L)->master);
	lua_createtable(L, 0, 40);
#define X(name, text) set_number(L, #name, (double)all->name);
	COUNTER_LIST(X)
#undef X
	return 1;
}

static int progress(lua_State *L)
{
	struct master *master = check_scan(L)->master;
	const struct counters *all = master_counters(master);
	lua_createtable(L, 0, 5);
	set_number(L, "total", (double)scan_total(master_scan(master)));
	set_number(L, "taken", (double)(all->targets - all->targets_repeated));
	set_number(L, "active", master_active(master));
	set_number(L, "records", (double)all->records);
	set_number(L, "services", (double)all->services);
	return 1;
}

static int notes(lua_State *L)
{
	const struct notes *notes = scan_notes(what(L));
	lua_createtable(L, (int)notes->count, 0);
	for (size_t i = 0; i < notes->count; i++) {
		lua_pushstring(L, notes->list[i].text);
		lua_rawseti(L, -2, (int)i + 1);
	}
	return 1;
}

/* As text: a Lua number does not hold 64 bits. */
static int seed(lua_State *L)
{
	char text[24];
	snprintf(text, sizeof text, "%llu", (unsigned long long)scan_seed(what(L)));
	lua_pushstring(L, text);
	return 1;
}

/* How many connections to the world's servers failed by their scripts' fault, and how the first one did. */
static int world_errors(lua_State *L)
{
	const char *first;
	lua_pushinteger(L, scan_world_errors(what(L), &first));
	lua_pushstring(L, first);
	return 2;
}

static int transport(lua_State *L)
{
	lua_pushstring(L, scan_transport_text(what(L)));
	return 1;
}

static int workers(lua_State *L)
{
	lua_pushinteger(L, master_workers(check_scan(L)->master));
	return 1;
}

static void append_text(void *owner, const char *text, size_t length)
{
	lua_State *L = owner;
	lua_pushlstring(L, text, length);
	lua_rawseti(L, -2, (int)lua_objlen(L, -2) + 1);
}

/* A list of JSON texts: of each process that had a tally. */
static int tally(lua_State *L)
{
	struct error why = { "the tally failed" };
	struct master *master = check_scan(L)->master;
	lua_createtable(L, 4, 0);
	int error = master_tally(master, append_text, L, &why);
	return error ? failure(L, &why, error) : 1;
}

static int close_scan(lua_State *L)
{
	struct lua_scan *self = luaL_checkudata(L, 1, SCAN_TYPE);
	struct error why = { "the scan could not be closed" };
	int error = master_destroy(self->master, lua_toboolean(L, 2), &why);
	self->master = NULL;
	luaL_unref(L, LUA_REGISTRYINDEX, self->observe);
	luaL_unref(L, LUA_REGISTRYINDEX, self->sink);
	self->observe = self->sink = LUA_NOREF;
	if (error)
		return failure(L, &why, error);
	lua_pushboolean(L, 1);
	return 1;
}

static int collect(lua_State *L)
{
	lua_settop(L, 1);
	lua_pushboolean(L, 1); /* abandon: nobody is there to wait */
	return close_scan(L) * 0;
}

static const luaL_Reg methods[] = {
	{ "step", step },
	{ "stop", stop },
	{ "finish", finish },
	{ "flush", flush },
	{ "counters", counters },
	{ "progress", progress },
	{ "notes", notes },
	{ "seed", seed },
	{ "transport", transport },
	{ "workers", workers },
	{ "world_errors", world_errors },
	{ "tally", tally },
	{ "close", close_scan },
	{ NULL, NULL },
};

void lua_scan_open(lua_State *L)
{
	luaL_newmetatable(L, SCAN_TYPE);
	lua_createtable(L, 0, sizeof methods / sizeof *methods);
	luaL_register(L, NULL, methods);
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, collect);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	lua_pushcfunction(L, new_scan);
	lua_setfield(L, -2, "scan");
	lua_pushcfunction(L, dry_run);
	lua_setfield(L, -2, "dry_run");
}
