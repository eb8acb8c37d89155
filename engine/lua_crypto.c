#include "lua_crypto.h"

#include "base64.h"
#include "key_exchange.h"
#include "lua_ciphers.h"

#include <luajit-2.1/lauxlib.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <string.h>

#define BYTES_MAX (1u << 20) /* of one call */

static const char *check_bytes(lua_State *L, int index, size_t *length)
{
	const char *bytes = luaL_checklstring(L, index, length);
	luaL_argcheck(L, *length <= BYTES_MAX, index, "too many bytes");
	return bytes;
}

static const EVP_MD *check_kind(lua_State *L, int index)
{
	static const char *const names[] = { "sha1", "sha256", "sha384", "sha512", NULL };
	const EVP_MD *(*const kinds[])(void) = { EVP_sha1, EVP_sha256, EVP_sha384, EVP_sha512 };
	return kinds[luaL_checkoption(L, index, NULL, names)]();
}

static int hash(lua_State *L)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	unsigned size;
	size_t length;
	const EVP_MD *kind = check_kind(L, 1);
	const char *bytes = check_bytes(L, 2, &length);
	if (EVP_Digest(bytes, length, out, &size, kind, NULL) != 1)
		return luaL_error(L, "OpenSSL here does not have this hash");
	lua_pushlstring(L, (const char *)out, size);
	return 1;
}

static int hmac(lua_State *L)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	unsigned size;
	size_t length, key_length;
	const EVP_MD *kind = check_kind(L, 1);
	const char *key = check_bytes(L, 2, &key_length);
	const char *bytes = check_bytes(L, 3, &length);
	if (!HMAC(kind, key, (int)key_length, (const uint8_t *)bytes, length, out, &size))
		return luaL_error(L, "OpenSSL here does not have this hash");
	lua_pushlstring(L, (const char *)out, size);
	return 1;
}

static const uint8_t *check_secret(lua_State *L, int index, size_t *length)
{
	const char *secret = luaL_checklstring(L, index, length);
	luaL_argcheck(L, *length >= KEY_EXCHANGE_PRIVATE_MIN && *length <= KEY_EXCHANGE_PRIVATE_MAX, index, "of no length for a secret");
	return (const uint8_t *)secret;
}

static int public(lua_State *L)
{
	uint8_t out[KEY_EXCHANGE_VALUE_MAX];
	size_t length, out_length;
	const char *group = luaL_checkstring(L, 1);
	const uint8_t *secret = check_secret(L, 2, &length);
	if (key_exchange_public(group, secret, length, out, &out_length))
		return luaL_error(L, "no key of the group '%s'", group);
	lua_pushlstring(L, (const char *)out, out_length);
	return 1;
}

static int shared(lua_State *L)
{
	uint8_t out[KEY_EXCHANGE_VALUE_MAX];
	size_t length, peer_length, out_length;
	const char *group = luaL_checkstring(L, 1);
	const uint8_t *secret = check_secret(L, 2, &length);
	const uint8_t *peer = (const uint8_t *)luaL_checklstring(L, 3, &peer_length);
	if (key_exchange_shared(group, secret, length, peer, peer_length, out, &out_length))
		return 0;
	lua_pushlstring(L, (const char *)out, out_length);
	return 1;
}

static int verify(lua_State *L)
{
	size_t key_length, length, signature_length;
	const uint8_t *der = (const uint8_t *)check_bytes(L, 1, &key_length), *at = der;
	const EVP_MD *kind = lua_isnil(L, 2) ? NULL : check_kind(L, 2);
	const uint8_t *signature = (const uint8_t *)check_bytes(L, 3, &signature_length);
	const uint8_t *message = (const uint8_t *)check_bytes(L, 4, &length);
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)key_length);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = key && at == der + key_length && context && EVP_DigestVerifyInit(context, NULL, kind, NULL, key) == 1 &&
		    EVP_DigestVerify(context, signature, signature_length, message, length) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	ERR_clear_error();
	lua_pushboolean(L, good);
	return 1;
}

static int base64(lua_State *L)
{
	size_t length;
	const char *bytes = check_bytes(L, 1, &length);
	size_t characters = base64_encoded_length(length);
	char *text = lua_newuserdata(L, characters + 1);
	base64_encode((const uint8_t *)bytes, length, text);
	lua_pushlstring(L, text, characters);
	return 1;
}

int lua_crypto_open(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "hash", hash },     { "hmac", hmac },	    { "public", public }, { "shared", shared },
		{ "verify", verify }, { "base64", base64 }, { NULL, NULL },
	};
	lua_createtable(L, 0, 12);
	luaL_register(L, NULL, functions);
	lua_ciphers_register(L);
	return 1;
}
