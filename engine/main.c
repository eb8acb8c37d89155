/* The sonde program: finds its Lua tree, and hands the command line to sonde/cli.lua. */
#include "lua_core.h"
#include "script.h"

#include <limits.h>
#include <luajit-2.1/lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_INTERNAL 70 /* EX_SOFTWARE: the command line's own code failed */

static bool is_tree(const char *path)
{
	char probe[PATH_MAX];
	int length = snprintf(probe, sizeof probe, "%s/engine/lua/sonde/cli.lua", path);
	return length > 0 && (size_t)length < sizeof probe && access(probe, R_OK) == 0;
}

/* Beside the program (a source tree), two folders up (its debug build), PREFIX/share/sonde next to PREFIX/bin, or where
 * `make install` put it. */
static int find_tree(char tree[PATH_MAX])
{
	static const char *const places[] = { "", "/../..", "/../share/sonde" };
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	if (length > 0) {
		program[length] = 0;
		*strrchr(program, '/') = 0;
		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			if ((size_t)snprintf(tree, PATH_MAX, "%s%s", program, places[i]) < PATH_MAX && is_tree(tree))
				return 0;
		}
	}
	snprintf(tree, PATH_MAX, "%s", SONDE_LUA_DIR);
	return is_tree(tree) ? 0 : -1;
}

static void push_arguments(lua_State *L, int count, char **arguments)
{
	lua_createtable(L, count, 0);
	for (int i = 1; i < count; i++) {
		lua_pushstring(L, arguments[i]);
		lua_rawseti(L, -2, i);
	}
}

int main(int count, char **arguments)
{
	char tree[PATH_MAX];
	struct error why;
	if (find_tree(tree)) {
		fprintf(stderr, "sonde: its Lua files are neither beside the program nor in %s\n", SONDE_LUA_DIR);
		return EXIT_INTERNAL;
	}
	struct script_config config = { .lua_dir = tree, .jit = true };
	lua_State *L = script_open(&config, &why);
	if (!L) {
		fprintf(stderr, "sonde: %s\n", why.text);
		return EXIT_INTERNAL;
	}
	lua_core_preload(L);
	int status = EXIT_INTERNAL;
	if (luaL_dostring(L, "return require('sonde.cli')") == 0) {
		push_arguments(L, count, arguments);
		lua_pushstring(L, tree);
		if (lua_pcall(L, 2, 1, 0) == 0) {
			status = (int)lua_tointeger(L, -1);
			goto cleanup;
		}
	}
	const char *text = lua_tostring(L, -1);
	fprintf(stderr, "sonde: internal error: %s\n", text ? text : "(no text)");
cleanup:
	script_close(L);
	return status;
}
