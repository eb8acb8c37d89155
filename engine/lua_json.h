/* Lua values as JSON: `json.encode` for scripts, lua_json_write for the engine, which wants no Lua string in between. */
#ifndef SONDE_LUA_JSON_H
#define SONDE_LUA_JSON_H

#include "error.h"
#include "json.h"

#include <luajit-2.1/lua.h>

/* Pushes a table:
 *   encode(value)      JSON text; raises on what JSON cannot say (functions, userdata, tables 32 deep or in a cycle)
 *   array(table)       marks the table (also an empty one) as an array, and returns it
 *   base64(bytes), unbase64(text)   unbase64 gives nil for what is no strict base64
 *   is_utf8(bytes)
 * Loadable with require as well: returns 1. */
int lua_json_open(lua_State *L);

/* Appends the value at `index` to `out`. 0, ERR_FULL or ERR_NO_MEMORY, or ERR_INVALID with a sentence in `why` (or NULL) for
 * what JSON cannot say; `out` is then half written. Raises no Lua error, allocates nothing in Lua, calls no metamethod.
 *
 * A table whose keys are 1..n is an array, any other an object with its keys sorted by their bytes (numbers first, as
 * decimal text); an empty one is an object unless marked by array(). A marked one with other keys is an error. A value that
 * is no UTF-8 goes under its name with "_base64" appended (again and again, in a table where that name is taken), and as
 * {"base64": ...} in an array or on its own; a name that is no UTF-8 is written as json_key says. */
int lua_json_write(lua_State *L, int index, struct json *out, struct error *why);

/* Whether the table at `index` was marked by array(). */
bool lua_json_is_array(lua_State *L, int index);

#endif
