#include "lua_list.h"

#include <dirent.h>
#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>

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
