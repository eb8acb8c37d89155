#include "lua_digest.h"

#include <luajit-2.1/lauxlib.h>
#include <openssl/evp.h>

static int digest(lua_State *L, const EVP_MD *kind)
{
	static const char digits[] = "0123456789abcdef";
	size_t length;
	const char *bytes = luaL_checklstring(L, 1, &length);
	uint8_t hash[EVP_MAX_MD_SIZE];
	char text[2 * EVP_MAX_MD_SIZE];
	unsigned size;
	if (EVP_Digest(bytes, length, hash, &size, kind, NULL) != 1)
		return luaL_error(L, "OpenSSL here does not have this hash");
	for (unsigned i = 0; i < size; i++) {
		text[2 * i] = digits[hash[i] >> 4];
		text[2 * i + 1] = digits[hash[i] & 15];
	}
	lua_pushlstring(L, text, 2 * size);
	return 1;
}

static int md5(lua_State *L)
{
	return digest(L, EVP_md5());
}

static int sha1(lua_State *L)
{
	return digest(L, EVP_sha1());
}

static int sha256(lua_State *L)
{
	return digest(L, EVP_sha256());
}

int lua_digest_open(lua_State *L)
{
	static const luaL_Reg functions[] = { { "md5", md5 }, { "sha1", sha1 }, { "sha256", sha256 }, { NULL, NULL } };
	lua_createtable(L, 0, 3);
	luaL_register(L, NULL, functions);
	return 1;
}
