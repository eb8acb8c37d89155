/* The Lua module `sonde.core`: everything C gives to the engine's own Lua (never to scripts directly). */
#ifndef SONDE_LUA_CORE_H
#define SONDE_LUA_CORE_H

#include <luajit-2.1/lua.h>

/* Makes require "sonde.core" work in this state. */
void lua_core_preload(lua_State *L);
/* The same as a loadable module, for specs: build/release/sonde_core.so. */
int luaopen_sonde_core(lua_State *L);

#endif
