/* A scan's options as the command line's Lua has them: a table, at index 1 of its stack. */
#ifndef SONDE_LUA_SCAN_OPTIONS_H
#define SONDE_LUA_SCAN_OPTIONS_H

#include "scan_options.h"

#include <luajit-2.1/lua.h>

/* Reads the table; the strings and lists are kept alive by it and by what is left on the stack. Raises where it is none. */
void lua_scan_options_read(lua_State *L, struct scan_options *options);
/* What sonde/scan.lua is given, copied to the scripts' state; `owner` is the command line's. */
void lua_scan_options_push(lua_State *to, void *owner);

#endif
