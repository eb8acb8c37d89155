#include "lua_conn_internal.h"

#include "cookie.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define RANDOM_MAX 65536 /* bytes of one conn:random */

int conn_random(lua_State *L)
{
	struct conn *conn = conn_check(L, 1);
	double wanted = luaL_checknumber(L, 2);
	uint32_t made = 0;
	if (!(wanted >= 0))
		luaL_argerror(L, 2, "a count of bytes is not negative");
	uint32_t count = wanted < RANDOM_MAX ? (uint32_t)wanted : RANDOM_MAX;
	struct cookie_key key = cookie_key_from_seed(coro_pool_seed(conn->pool), 0x72616e64);
	struct {
		struct endpoint local, remote;
		uint64_t number;
	} input;
	memset(&input, 0, sizeof input);
	input.local.port = conn_facts(conn)->local.port; /* without the address, which recordings leave out */
	input.remote = conn_facts(conn)->remote;
	luaL_Buffer buffer;
	luaL_buffinit(L, &buffer);
	while (made < count) {
		input.number = conn->random_drawn++;
		uint64_t word = cookie_hash(&key, &input, sizeof input);
		size_t piece = count - made < sizeof word ? count - made : sizeof word;
		luaL_addlstring(&buffer, (const char *)&word, piece);
		made += (uint32_t)piece;
	}
	luaL_pushresult(&buffer);
	return 1;
}
