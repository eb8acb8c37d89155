#include "script.h"

#include "lua_crypto.h"
#include "arena.h"
#include "lua_digest.h"

#include <luajit-2.1/lauxlib.h>
#include <luajit-2.1/luajit.h>
#include <luajit-2.1/lualib.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#define TICK_MS 50
#define LAST_WORDS_BYTES (1u << 20) /* beyond the limit, for the error that says so */
#define GARBAGE_BYTES (64u << 20) /* that may lie about before it is collected, within these shares of the memory in use */
#define GARBAGE_PERCENT_MIN 25
#define GARBAGE_PERCENT_MAX 100
#define ENGINE_CHUNK "engine/lua/sonde/" /* in the names of the engine's own Lua files */

/* What the allocator is given; one per state. */
struct script_memory {
	struct arena *arena;
	size_t used;
	size_t limit; /* `used` may not grow beyond; SIZE_MAX outside script_enter..script_leave */
};

/* The only thing a signal handler can reach is static. One process runs one script at a time, so one is enough. */
static struct {
	lua_State *volatile running; /* NULL outside script_enter..script_leave */
	volatile sig_atomic_t ticks; /* of CPU time since script_enter */
	sig_atomic_t ticks_max;
	void (*stuck)(void *owner);
	void *stuck_owner;
	bool armed;
	char stopped[LUA_IDSIZE + 120]; /* why, and where, the script was stopped; empty while it was not */
} watch;

/* Keeps the first reason, with the line of the script that runs: engine code it called is not where the fault is. */
static void watch_blame(lua_State *L, const char *reason)
{
	lua_Debug frame;
	if (watch.stopped[0])
		return;
	for (int level = 0; lua_getstack(L, level, &frame); level++) {
		if (!lua_getinfo(L, "Sl", &frame) || frame.currentline <= 0 || strstr(frame.source, ENGINE_CHUNK))
			continue;
		snprintf(watch.stopped, sizeof watch.stopped, "%s:%d: %s", frame.short_src, frame.currentline, reason);
		return;
	}
	snprintf(watch.stopped, sizeof watch.stopped, "%s", reason);
}

/* Runs as a count hook at the script's next instruction; stays installed, so that a pcall in the script cannot hold it. */
static void watch_stop(lua_State *L, lua_Debug *debug)
{
	(void)debug;
	watch_blame(L, "the script ran too long without waiting");
	lua_pushstring(L, watch.stopped);
	lua_error(L);
}

static void watch_tick(int number)
{
	(void)number;
	lua_State *L = watch.running;
	if (L && ++watch.ticks == watch.ticks_max)
		lua_sethook(L, watch_stop, LUA_MASKCOUNT, 1); /* safe in a handler, as lua.c's own use of it shows */
	else if (L && watch.ticks >= 2 * watch.ticks_max && watch.stuck)
		watch.stuck(watch.stuck_owner);
}

/* A script that is out of memory gets an error from Lua, which it may catch: it is stopped at its next instruction all the
 * same, and what stopped it is known by then. */
static void *script_allocate(void *user, void *pointer, size_t old_size, size_t new_size)
{
	struct script_memory *memory = user;
	if (new_size == 0) {
		if (pointer)
			arena_free(memory->arena, pointer, old_size);
		memory->used -= old_size;
		return NULL;
	}
	if (new_size > old_size && memory->used + (new_size - old_size) > memory->limit) {
		if (watch.running && !watch.stopped[0]) {
			watch_blame(watch.running, "the script used too much memory without waiting");
			memory->limit += LAST_WORDS_BYTES;
			lua_sethook(watch.running, watch_stop, LUA_MASKCOUNT, 1);
		}
		return NULL;
	}
	void *moved = pointer ? arena_resize(memory->arena, pointer, old_size, new_size) : arena_allocate(memory->arena, new_size);
	if (moved)
		memory->used += new_size - old_size;
	return moved;
}

/* SIGVTALRM counts the CPU time of this process, so that a stopped or starved process is not blamed. */
static void watch_arm(void)
{
	if (watch.armed)
		return;
	watch.armed = true;
	struct sigaction action = { .sa_handler = watch_tick, .sa_flags = SA_RESTART };
	sigaction(SIGVTALRM, &action, NULL);
	struct itimerval every = { { 0, TICK_MS * 1000 }, { 0, TICK_MS * 1000 } };
	setitimer(ITIMER_VIRTUAL, &every, NULL);
}

void script_watch_fork(void (*stuck)(void *owner), void *owner)
{
	watch.armed = false;
	watch.stuck_owner = owner;
	watch.stuck = stuck;
}

static void enter(lua_State *L, unsigned cpu_ms, size_t bytes)
{
	void *memory;
	lua_getallocf(L, &memory);
	((struct script_memory *)memory)->limit = ((struct script_memory *)memory)->used + bytes;
	watch_arm();
	watch.stopped[0] = 0;
	watch.ticks = 0;
	watch.ticks_max = (sig_atomic_t)(cpu_ms / TICK_MS);
	watch.running = L;
}

void script_switch(lua_State *L)
{
	watch.running = L;
}

void script_enter(lua_State *L)
{
	enter(L, SCRIPT_RUN_MS, SCRIPT_RUN_BYTES);
}

void script_enter_loading(lua_State *L)
{
	enter(L, SCRIPT_LOAD_MS, SCRIPT_LOAD_BYTES);
}

void script_leave(lua_State *L)
{
	void *memory;
	watch.running = NULL;
	if (watch.stopped[0] || watch.ticks >= watch.ticks_max)
		lua_sethook(L, NULL, 0, 0);
	lua_getallocf(L, &memory);
	((struct script_memory *)memory)->limit = SIZE_MAX;
}

const char *script_stopped(void)
{
	return watch.stopped[0] ? watch.stopped : NULL;
}

size_t script_bytes(lua_State *L)
{
	void *memory;
	lua_getallocf(L, &memory);
	return ((struct script_memory *)memory)->used;
}

void script_pace_collector(lua_State *L)
{
	size_t used = script_bytes(L);
	size_t percent = used ? GARBAGE_BYTES / (used / 100 + 1) : GARBAGE_PERCENT_MAX;
	percent = percent < GARBAGE_PERCENT_MIN ? GARBAGE_PERCENT_MIN : percent;
	lua_gc(L, LUA_GCSETPAUSE, 100 + (int)(percent > GARBAGE_PERCENT_MAX ? GARBAGE_PERCENT_MAX : percent));
}

/* Puts `first` before the default search path, and takes the current directory out of it: a root user's Sonde must not
 * load modules from wherever it happens to be called. */
static void package_path(lua_State *L, const char *field, const char *here, const char *first)
{
	lua_getglobal(L, "package");
	lua_getfield(L, -1, field);
	const char *rest = luaL_gsub(L, lua_tostring(L, -1), here, "");
	lua_pushfstring(L, "%s%s", first, rest);
	lua_setfield(L, -4, field);
	lua_pop(L, 3);
}

static void preload(lua_State *L, const char *name, lua_CFunction open)
{
	lua_getglobal(L, "package");
	lua_getfield(L, -1, "preload");
	lua_pushcfunction(L, open);
	lua_setfield(L, -2, name);
	lua_pop(L, 2);
}

static int script_setup(lua_State *L)
{
	const struct script_config *config = lua_touserdata(L, 1);
	luaL_openlibs(L);
	preload(L, "sonde.digest", lua_digest_open);
	preload(L, "sonde.crypto", lua_crypto_open);
	package_path(L, "path", "./?.lua;", lua_pushfstring(L, "%s/engine/lua/?.lua;", config->lua_dir));
	package_path(L, "cpath", "./?.so;", "");
	luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | (config->jit ? LUAJIT_MODE_ON : LUAJIT_MODE_OFF));
	return 0;
}

lua_State *script_open(const struct script_config *config, struct error *why)
{
	struct script_memory *memory = calloc(1, sizeof *memory);
	if (!memory || !(memory->arena = arena_create())) {
		free(memory);
		error_set(why, ERR_NO_MEMORY, "out of memory");
		return NULL;
	}
	memory->limit = SIZE_MAX;
	lua_State *L = lua_newstate(script_allocate, memory);
	if (!L) {
		arena_destroy(memory->arena);
		free(memory);
		error_set(why, ERR_NO_MEMORY, "out of memory");
		return NULL;
	}
	if (lua_cpcall(L, script_setup, (void *)config)) {
		error_set(why, ERR_SCRIPT, "%s", lua_tostring(L, -1));
		script_close(L);
		return NULL;
	}
	return L;
}

void script_close(lua_State *L)
{
	void *memory;
	if (!L)
		return;
	lua_getallocf(L, &memory);
	lua_close(L);
	arena_destroy(((struct script_memory *)memory)->arena);
	free(memory);
}

int script_call(lua_State *L, int arguments, int results, struct error *why)
{
	script_enter(L);
	int status = lua_pcall(L, arguments, results, 0);
	script_leave(L);
	if (status == 0)
		return 0;
	const char *text = script_stopped() ? script_stopped() : lua_tostring(L, -1);
	error_set(why, ERR_SCRIPT, "%s", text ? text : "a script raised a value that is no text");
	lua_pop(L, 1);
	return ERR_SCRIPT;
}
