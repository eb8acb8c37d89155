#include "script.h"

#include "lua_core.h"

#include <luajit-2.1/lauxlib.h>
#include <luajit-2.1/luajit.h>
#include <luajit-2.1/lualib.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/time.h>

#define TICK_MS 50

/* What the allocator is given; one per state. */
struct script_memory {
	size_t used;
	size_t limit; /* `used` may not grow beyond; SIZE_MAX outside script_enter..script_leave */
};

/* The only thing a signal handler can reach is static. One process runs one script at a time, so one is enough. */
static struct {
	lua_State *volatile running; /* NULL outside script_enter..script_leave */
	volatile sig_atomic_t ticks; /* of CPU time since script_enter */
	bool armed;
} watch;

static void *script_allocate(void *user, void *pointer, size_t old_size, size_t new_size)
{
	struct script_memory *memory = user;
	if (new_size == 0) {
		free(pointer);
		memory->used -= old_size;
		return NULL;
	}
	if (new_size > old_size && memory->used + (new_size - old_size) > memory->limit)
		return NULL;
	void *moved = realloc(pointer, new_size);
	if (moved)
		memory->used += new_size - old_size;
	return moved;
}

/* Runs as a count hook at the script's next instruction; stays installed, so that a pcall in the script cannot hold it. */
static void watch_stop(lua_State *L, lua_Debug *debug)
{
	(void)debug;
	luaL_error(L, "the script ran for more than %d ms without waiting", SCRIPT_RUN_MS);
}

static void watch_tick(int number)
{
	(void)number;
	lua_State *L = watch.running;
	if (L && ++watch.ticks == SCRIPT_RUN_MS / TICK_MS)
		lua_sethook(L, watch_stop, LUA_MASKCOUNT, 1); /* safe in a handler, as lua.c's own use of it shows */
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

void script_enter(lua_State *L)
{
	void *memory;
	lua_getallocf(L, &memory);
	((struct script_memory *)memory)->limit = ((struct script_memory *)memory)->used + SCRIPT_RUN_BYTES;
	watch_arm();
	watch.ticks = 0;
	watch.running = L;
}

void script_leave(lua_State *L)
{
	void *memory;
	watch.running = NULL;
	if (watch.ticks >= SCRIPT_RUN_MS / TICK_MS)
		lua_sethook(L, NULL, 0, 0);
	lua_getallocf(L, &memory);
	((struct script_memory *)memory)->limit = SIZE_MAX;
}

size_t script_bytes(lua_State *L)
{
	void *memory;
	lua_getallocf(L, &memory);
	return ((struct script_memory *)memory)->used;
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

static int script_setup(lua_State *L)
{
	const struct script_config *config = lua_touserdata(L, 1);
	luaL_openlibs(L);
	lua_core_preload(L);
	package_path(L, "path", "./?.lua;", lua_pushfstring(L, "%s/engine/lua/?.lua;", config->lua_dir));
	package_path(L, "cpath", "./?.so;", "");
	luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | (config->jit ? LUAJIT_MODE_ON : LUAJIT_MODE_OFF));
	return 0;
}

lua_State *script_open(const struct script_config *config, struct error *why)
{
	struct script_memory *memory = calloc(1, sizeof *memory);
	if (!memory) {
		error_set(why, ERR_NO_MEMORY, "out of memory");
		return NULL;
	}
	memory->limit = SIZE_MAX;
	lua_State *L = lua_newstate(script_allocate, memory);
	if (!L) {
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
	free(memory);
}

int script_call(lua_State *L, int arguments, int results, struct error *why)
{
	script_enter(L);
	int status = lua_pcall(L, arguments, results, 0);
	script_leave(L);
	if (status == 0)
		return 0;
	const char *text = lua_tostring(L, -1);
	error_set(why, ERR_SCRIPT, "%s", text ? text : "a script raised a value that is no text");
	lua_pop(L, 1);
	return ERR_SCRIPT;
}
