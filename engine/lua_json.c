#include "lua_json.h"

#include "base64.h"
#include "utf8.h"

#include <luajit-2.1/lauxlib.h>

#define TEXT_MAX (64u << 20) /* of one value */
#define KEEP_MAX (1u << 20) /* memory an idle encoder keeps */

static const char array_mark; /* its address is the registry key of the metatable that marks arrays */

bool lua_json_is_array(lua_State *L, int index)
{
	if (!lua_getmetatable(L, index))
		return false;
	lua_pushlightuserdata(L, (void *)&array_mark);
	lua_rawget(L, LUA_REGISTRYINDEX);
	bool marked = lua_rawequal(L, -1, -2);
	lua_pop(L, 2);
	return marked;
}

/* The memory that json.encode writes into, kept from call to call. */
struct encoder {
	struct json json;
	bool busy;
};

#define ENCODER_TYPE "sonde.json.encoder"

static int encoder_collect(lua_State *L)
{
	struct encoder *encoder = luaL_checkudata(L, 1, ENCODER_TYPE);
	json_free(&encoder->json);
	return 0;
}

static struct encoder *encoder_push(lua_State *L)
{
	struct encoder *encoder = lua_newuserdata(L, sizeof *encoder);
	*encoder = (struct encoder){ .busy = false };
	json_init(&encoder->json, TEXT_MAX);
	luaL_getmetatable(L, ENCODER_TYPE);
	lua_setmetatable(L, -2);
	return encoder;
}

/* lua_pushlstring may collect garbage, and a finaliser may call encode while the text is still being copied: that call finds
 * the encoder busy and makes its own. So does every call after one that ran out of memory in there. */
static int json_encode(lua_State *L)
{
	struct error why;
	luaL_checkany(L, 1);
	struct encoder *encoder = lua_touserdata(L, lua_upvalueindex(1));
	if (encoder->busy)
		encoder = encoder_push(L);
	encoder->busy = true;
	json_clear(&encoder->json);
	int error = lua_json_write(L, 1, &encoder->json, &why);
	if (!error)
		lua_pushlstring(L, encoder->json.text, encoder->json.length);
	if (encoder->json.size > KEEP_MAX)
		json_free(&encoder->json);
	encoder->busy = false;
	return error ? luaL_error(L, "%s", why.text) : 1;
}

static int json_array(lua_State *L)
{
	luaL_checktype(L, 1, LUA_TTABLE);
	lua_pushlightuserdata(L, (void *)&array_mark);
	lua_rawget(L, LUA_REGISTRYINDEX);
	lua_setmetatable(L, 1);
	lua_settop(L, 1);
	return 1;
}

static int json_to_base64(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	char *text = lua_newuserdata(L, base64_encoded_length(length) + 1);
	base64_encode((const uint8_t *)bytes, length, text);
	lua_pushlstring(L, text, base64_encoded_length(length));
	return 1;
}

static int json_from_base64(lua_State *L)
{
	size_t length, written;
	const char *text = luaL_checklstring(L, 1, &length);
	uint8_t *bytes = lua_newuserdata(L, length / 4 * 3 + 1);
	if (base64_decode(text, length, bytes, &written))
		lua_pushnil(L);
	else
		lua_pushlstring(L, (const char *)bytes, written);
	return 1;
}

static int json_is_utf8(lua_State *L)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	lua_pushboolean(L, utf8_is_valid((const uint8_t *)bytes, length));
	return 1;
}

/* Once in a state: arrays marked before a second opening stay arrays. */
static void register_array_mark(lua_State *L)
{
	lua_pushlightuserdata(L, (void *)&array_mark);
	lua_rawget(L, LUA_REGISTRYINDEX);
	bool known = !lua_isnil(L, -1);
	lua_pop(L, 1);
	if (known)
		return;
	lua_pushlightuserdata(L, (void *)&array_mark);
	lua_newtable(L);
	lua_pushliteral(L, "a JSON array"); /* scripts can neither see nor change the mark */
	lua_setfield(L, -2, "__metatable");
	lua_rawset(L, LUA_REGISTRYINDEX);
}

int lua_json_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "array", json_array },     { "base64", json_to_base64 }, { "unbase64", json_from_base64 },
		{ "is_utf8", json_is_utf8 }, { NULL, NULL },
	};
	register_array_mark(L);
	luaL_newmetatable(L, ENCODER_TYPE);
	lua_pushcfunction(L, encoder_collect);
	lua_setfield(L, -2, "__gc");
	lua_pop(L, 1);
	lua_newtable(L);
	for (const luaL_Reg *entry = functions; entry->name; entry++) {
		lua_pushcfunction(L, entry->func);
		lua_setfield(L, -2, entry->name);
	}
	lua_pushlightuserdata(L, NULL);
	lua_setfield(L, -2, "null");
	encoder_push(L);
	lua_pushcclosure(L, json_encode, 1);
	lua_setfield(L, -2, "encode");
	return 1;
}
