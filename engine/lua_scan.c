#include "lua_scan.h"

#include "address.h"
#include "master.h"
#include "transport.h"

#include <luajit-2.1/lauxlib.h>
#include <stdio.h>
#include <string.h>

#define SCAN_TYPE "sonde.scan"
#define LIST_MAX 65536 /* entries of one repeated option */

struct lua_scan {
	struct master *master; /* NULL once closed */
	lua_State *L; /* the command line's */
	int observe, sink; /* registry references, LUA_NOREF where there is none */
};

/* --- the options table ---------------------------------------------------------------------------------------------------- */

static const char *option_text(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	const char *text = lua_tostring(L, -1);
	lua_pop(L, 1); /* the table keeps the string alive */
	return text;
}

static bool option_flag(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	bool flag = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return flag;
}

/* A NULL-ended array of the strings in a list option; the array is a userdata left on the stack. */
static const char **option_list(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	size_t count = lua_istable(L, -1) ? lua_objlen(L, -1) : 0;
	if (count > LIST_MAX)
		luaL_error(L, "%s is given more than %d times", name, LIST_MAX);
	const char **list = lua_newuserdata(L, (count + 1) * sizeof *list);
	for (size_t i = 0; i < count; i++) {
		lua_rawgeti(L, -2, (int)i + 1);
		list[i] = lua_tostring(L, -1);
		lua_pop(L, 1);
	}
	list[count] = NULL;
	lua_remove(L, -2);
	return list;
}

static void read_options(lua_State *L, struct scan_options *options)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	luaL_checkstack(L, 20, NULL);
	*options = (struct scan_options){
		.root = option_text(L, "root"), .ports = option_text(L, "ports"), .input = option_text(L, "input"),
		.rate = option_text(L, "rate"), .bandwidth = option_text(L, "bandwidth"), .link = option_text(L, "link"),
		.transport = option_text(L, "transport"), .interface = option_text(L, "interface"),
		.source_ports = option_text(L, "source_ports"), .gateway_mac = option_text(L, "gateway_mac"),
		.output = option_text(L, "output"), .seed = option_text(L, "seed"), .shard = option_text(L, "shard"),
		.max_targets = option_text(L, "max_targets"), .max_results = option_text(L, "max_results"),
		.max_open = option_text(L, "max_open"), .retries = option_text(L, "retries"),
		.cooldown = option_text(L, "cooldown"), .grace = option_text(L, "grace"),
		.trace = option_text(L, "trace"), .record = option_text(L, "record"), .policy = option_text(L, "policy"),
		.workers = option_text(L, "workers"), .no_default_blocklist = option_flag(L, "no_default_blocklist"),
		.all = option_flag(L, "all"), .push = option_flag(L, "push"), .jit = option_flag(L, "jit"),
	};
	options->targets = option_list(L, "targets");
	options->lists = option_list(L, "lists");
	options->blocklists = option_list(L, "blocklists");
	options->allowlists = option_list(L, "allowlists");
	options->source_addresses = option_list(L, "source_addresses");
}

/* What sonde/scan.lua is given, copied from one state to the other. */
static void push_script_options(lua_State *to, void *owner)
{
	static const char *const texts[] = { "root", "policy", "protocol", "host", "key_list", "follow_up" };
	static const char *const flags[] = { "full", "all", "certificates" };
	lua_State *L = owner;
	lua_createtable(to, 0, 8);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		lua_pushstring(to, option_text(L, texts[i]));
		lua_setfield(to, -2, texts[i]);
	}
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
		lua_pushboolean(to, option_flag(L, flags[i]));
		lua_setfield(to, -2, flags[i]);
	}
	lua_getfield(L, 1, "timeout");
	if (lua_isnumber(L, -1)) {
		lua_pushnumber(to, lua_tonumber(L, -1));
		lua_setfield(to, -2, "timeout");
	}
	lua_pop(L, 1);
	lua_pushboolean(to, option_flag(L, "observe"));
	lua_setfield(to, -2, "observed");
	lua_pushboolean(to, option_flag(L, "record"));
	lua_setfield(to, -2, "recorded");
	lua_createtable(to, 0, 0);
	const char **paths = option_list(L, "paths");
	for (int i = 0; paths[i]; i++) {
		lua_pushstring(to, paths[i]);
		lua_rawseti(to, -2, i + 1);
	}
	lua_pop(L, 1);
	lua_setfield(to, -2, "paths");
}

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
	read_options(L, &options);
	struct lua_scan *self = lua_newuserdata(L, sizeof *self);
	*self = (struct lua_scan){ .L = L, .observe = take_function(L, "observe"), .sink = take_function(L, "sink") };
	luaL_getmetatable(L, SCAN_TYPE);
	lua_setmetatable(L, -2);
	options.push_script_options = push_script_options;
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
	read_options(L, &options);
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
	const struct notes *notes = scan_notes(master_scan(check_scan(L)->master));
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
	snprintf(text, sizeof text, "%llu", (unsigned long long)scan_seed(master_scan(check_scan(L)->master)));
	lua_pushstring(L, text);
	return 1;
}

/* How many connections to the world's servers failed by their scripts' fault, and how the first one did. */
static int world_errors(lua_State *L)
{
	const char *first;
	lua_pushinteger(L, scan_world_errors(master_scan(check_scan(L)->master), &first));
	lua_pushstring(L, first);
	return 2;
}

static int transport(lua_State *L)
{
	lua_pushstring(L, scan_transport_text(master_scan(check_scan(L)->master)));
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
