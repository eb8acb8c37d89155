/* A Lua state for scripts: its allocator is accounted for, its coroutines are watched. The sandbox itself (what a script
 * can name) is Lua, in sonde/sandbox.lua; this is what only C can do. */
#ifndef SONDE_SCRIPT_H
#define SONDE_SCRIPT_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#include <luajit-2.1/lua.h>

struct script_config {
	const char *lua_dir; /* the tree that holds engine/lua, protocols, signatures and scripts */
	bool jit; /* compiled loops cannot be interrupted: only for scripts that are trusted */
};

#define SCRIPT_RUN_BYTES (64u << 20) /* what a script may allocate, net, between two waits */
#define SCRIPT_RUN_MS 1000 /* CPU time a script may take between two waits */
#define SCRIPT_LOAD_BYTES (512u << 20) /* the same for loading all scripts of a scan */
#define SCRIPT_LOAD_MS 5000

/* A state with all standard libraries, `sonde.digest` and `sonde.crypto` preloaded and package.path set to the tree; NULL with a sentence. */
lua_State *script_open(const struct script_config *config, struct error *why);
void script_close(lua_State *L);

/* Around each piece of script code. From enter to leave the code may take SCRIPT_RUN_MS of CPU time and SCRIPT_RUN_BYTES
 * of memory; beyond that an error is raised in it, at every instruction until it has ended. Not nested. */
void script_enter(lua_State *L);
void script_enter_loading(lua_State *L); /* with the limits of loading */
void script_leave(lua_State *L);
/* Between the two: the code goes on in another thread of the same state, which is then the one to blame. */
void script_switch(lua_State *L);
/* For a process that was forked, whose timers are new: called from a signal handler when script code goes on for as long again
 * as it may take, although an error was to be raised in it: a single call into C that cannot be interrupted. */
void script_watch_fork(void (*stuck)(void *owner), void *owner);
/* Why, and at which file and line, the last piece of script code was stopped; NULL when it was not. Until the next enter. */
const char *script_stopped(void);

/* Bytes the state holds now. */
size_t script_bytes(lua_State *L);

/* Lets garbage lie about in proportion to what the state holds: collecting a small state seldom costs little memory and saves
 * time, a large one must not double. To be called now and then. */
void script_pace_collector(lua_State *L);

/* Calls a function with `arguments` values on top of L's stack under script_enter/leave; returns 0 and leaves `results`
 * values, or ERR_SCRIPT with a sentence and leaves nothing. */
int script_call(lua_State *L, int arguments, int results, struct error *why);

#endif
