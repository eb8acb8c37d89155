#include "lua_list.h"

#include <dirent.h>
#include <errno.h>
#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int skip_dots(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int lua_list_directory(lua_State *L)
{
	struct dirent **names;
	int count = scandir(luaL_checkstring(L, 1), &names, skip_dots, alphasort);
	if (count < 0)
		return 0;
	lua_createtable(L, count, 0);
	for (int i = 0; i < count; i++) {
		lua_pushstring(L, names[i]->d_name);
		lua_rawseti(L, -2, i + 1);
		free(names[i]);
	}
	free(names);
	return 1;
}

int lua_make_directory(lua_State *L)
{
	const char *path = luaL_checkstring(L, 1);
	if (mkdir(path, 0777) && errno != EEXIST) {
		lua_pushnil(L);
		lua_pushfstring(L, "%s: %s", path, strerror(errno));
		return 2;
	}
	lua_pushboolean(L, 1);
	return 1;
}
