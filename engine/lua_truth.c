#include "lua_truth.h"

#include "lua_world.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>

#define TRUTH_TYPE "sonde.truth"

static const char *text_field(lua_State *L, const char *name)
{
	lua_getfield(L, 1, name);
	const char *text = luaL_checkstring(L, -1);
	lua_pop(L, 1); /* the table keeps the string alive */
	return text;
}

static int new_truth(lua_State *L)
{
	struct error why;
	luaL_checktype(L, 1, LUA_TTABLE);
	struct lua_world_config config = {
		.name = text_field(L, "world"),
		.lua_dir = text_field(L, "root"),
		.seed = strtoull(text_field(L, "seed"), NULL, 10),
	};
	struct lua_world **self = lua_newuserdata(L, sizeof *self);
	*self = NULL;
	luaL_getmetatable(L, TRUTH_TYPE);
	lua_setmetatable(L, -2);
	if (lua_world_load(self, &config, &why) == 0)
		return 1;
	lua_pushnil(L);
	lua_pushstring(L, why.text);
	return 2;
}

static void set_text(lua_State *L, const char *name, const char *text)
{
	if (!text)
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static int truth_of(lua_State *L)
{
	struct lua_world **self = luaL_checkudata(L, 1, TRUTH_TYPE);
	struct endpoint endpoint = { .port = (uint16_t)luaL_checkinteger(L, 3) };
	if (address_parse(luaL_checkstring(L, 2), &endpoint.address))
		return luaL_argerror(L, 2, "no address");
	struct lua_world_truth truth = lua_world_truth(*self, &endpoint);
	lua_createtable(L, 0, 5);
	set_text(L, "behaviour", truth.behaviour);
	set_text(L, "service", truth.service);
	set_text(L, "kind", truth.kind);
	set_text(L, "shuns", truth.shuns);
	lua_pushinteger(L, truth.network + 1);
	lua_setfield(L, -2, "network");
	return 1;
}

static int collect(lua_State *L)
{
	struct lua_world **self = luaL_checkudata(L, 1, TRUTH_TYPE);
	lua_world_destroy(*self);
	*self = NULL;
	return 0;
}

void lua_truth_open(lua_State *L)
{
	luaL_newmetatable(L, TRUTH_TYPE);
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, truth_of);
	lua_setfield(L, -2, "of");
	lua_setfield(L, -2, "__index");
	lua_pushcfunction(L, collect);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	lua_pushcfunction(L, new_truth);
	lua_setfield(L, -2, "truth");
}
