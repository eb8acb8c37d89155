/* Names in a directory, and new directories, for Lua. */
#ifndef SONDE_LUA_LIST_H
#define SONDE_LUA_LIST_H

#include <luajit-2.1/lua.h>

/* list(path): array of the names in a directory, sorted, without those that start with a dot; nil when it cannot be read. */
int lua_list_directory(lua_State *L);

/* make_directory(path): true, also where it is there already; nil and a sentence when it cannot be made. */
int lua_make_directory(lua_State *L);

#endif
