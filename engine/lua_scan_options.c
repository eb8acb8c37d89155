#include "lua_scan_options.h"

#include <luajit-2.1/lauxlib.h>

#define LIST_MAX 65536 /* entries of one repeated option */

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

static uint64_t option_ns(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	double seconds = lua_tonumber(L, -1);
	lua_pop(L, 1);
	return seconds > 0 && seconds < 1e6 ? (uint64_t)(seconds * 1e9) : 0;
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

void lua_scan_options_read(lua_State *L, struct scan_options *options)
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
		.workers = option_text(L, "workers"), .silence_ns = option_ns(L, "silence"),
		.no_default_blocklist = option_flag(L, "no_default_blocklist"),
		.syn_only = option_flag(L, "syn_only"), .all = option_flag(L, "all"), .push = option_flag(L, "push"), .jit = option_flag(L, "jit"),
	};
	options->targets = option_list(L, "targets");
	options->lists = option_list(L, "lists");
	options->blocklists = option_list(L, "blocklists");
	options->allowlists = option_list(L, "allowlists");
	options->source_addresses = option_list(L, "source_addresses");
}

void lua_scan_options_push(lua_State *to, void *owner)
{
	static const char *const texts[] = { "root", "policy", "protocol", "host", "key_list", "follow_up", "redirects" };
	static const char *const flags[] = { "full", "all", "certificates", "syn_only" };
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
