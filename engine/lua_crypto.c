#include "lua_crypto.h"

#include "base64.h"
#include "key_exchange.h"

#include <luajit-2.1/lauxlib.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <string.h>

#define BYTES_MAX (1u << 20) /* of one call */
#define BLOCK 16
#define NONCE 12 /* of GCM (RFC 5116 section 5.1) */
#define TAG 16

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

/* The counter is a number of 128 bits, the highest byte first (RFC 4344 section 4). */
static void count_up(uint8_t counter[BLOCK], uint64_t blocks)
{
	for (int i = BLOCK - 1; i >= 0 && blocks > 0; i--) {
		blocks += counter[i];
		counter[i] = (uint8_t)blocks;
		blocks >>= 8;
	}
}

static int aes_ctr(lua_State *L)
{
	size_t length, key_length, counter_length;
	int written = 0;
	uint8_t counter[BLOCK];
	const uint8_t *key = (const uint8_t *)luaL_checklstring(L, 1, &key_length);
	const char *start = luaL_checklstring(L, 2, &counter_length);
	lua_Number blocks = luaL_checknumber(L, 3);
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 4, &length);
	luaL_argcheck(L, key_length == 16 || key_length == 24 || key_length == 32, 1, "of no length for a key");
	luaL_argcheck(L, counter_length == BLOCK, 2, "of no length for a counter");
	luaL_argcheck(L, blocks >= 0 && blocks < 9007199254740992.0, 3, "no count of blocks");
	memcpy(counter, start, BLOCK);
	count_up(counter, (uint64_t)blocks);
	uint8_t *out = lua_newuserdata(L, length + BLOCK);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	const EVP_CIPHER *cipher = key_length == 16 ? EVP_aes_128_ctr() : key_length == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
	bool good = context && EVP_EncryptInit_ex(context, cipher, NULL, key, counter) == 1 &&
		    EVP_EncryptUpdate(context, out, &written, bytes, (int)length) == 1;
	EVP_CIPHER_CTX_free(context);
	if (!good)
		return luaL_error(L, "OpenSSL here does not have this cipher");
	lua_pushlstring(L, (const char *)out, (size_t)written);
	return 1;
}

static const EVP_CIPHER *check_gcm(lua_State *L)
{
	size_t key_length, nonce_length;
	luaL_checklstring(L, 1, &key_length);
	luaL_checklstring(L, 2, &nonce_length);
	luaL_argcheck(L, key_length == 16 || key_length == 32, 1, "of no length for a key");
	luaL_argcheck(L, nonce_length == NONCE, 2, "of no length for a nonce");
	return key_length == 16 ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

/* Both ways: `tag` is written where `sealing`, else it is checked. */
static bool gcm(lua_State *L, const EVP_CIPHER *cipher, bool sealing, const uint8_t *bytes, size_t length, uint8_t *out, uint8_t tag[TAG])
{
	size_t also_length;
	int written = 0;
	const uint8_t *key = (const uint8_t *)lua_tostring(L, 1), *nonce = (const uint8_t *)lua_tostring(L, 2);
	const uint8_t *also = (const uint8_t *)check_bytes(L, 3, &also_length);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool good = context && EVP_CipherInit_ex(context, cipher, NULL, key, nonce, sealing) == 1 &&
		    (sealing || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG, tag) == 1) &&
		    EVP_CipherUpdate(context, NULL, &written, also, (int)also_length) == 1 &&
		    EVP_CipherUpdate(context, out, &written, bytes, (int)length) == 1 &&
		    EVP_CipherFinal_ex(context, out + length, &written) == 1 &&
		    (!sealing || EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG, tag) == 1);
	EVP_CIPHER_CTX_free(context);
	ERR_clear_error();
	return good;
}

static int seal(lua_State *L)
{
	size_t length;
	const EVP_CIPHER *cipher = check_gcm(L);
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 4, &length);
	uint8_t *out = lua_newuserdata(L, length + TAG);
	if (!gcm(L, cipher, true, bytes, length, out, out + length))
		return luaL_error(L, "OpenSSL here does not have this cipher");
	lua_pushlstring(L, (const char *)out, length + TAG);
	return 1;
}

static int open_sealed(lua_State *L)
{
	size_t length;
	uint8_t tag[TAG];
	const EVP_CIPHER *cipher = check_gcm(L);
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 4, &length);
	if (length < TAG)
		return 0;
	length -= TAG;
	memcpy(tag, bytes + length, TAG);
	uint8_t *out = lua_newuserdata(L, length + TAG);
	if (!gcm(L, cipher, false, bytes, length, out, tag))
		return 0;
	lua_pushlstring(L, (const char *)out, length);
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
		{ "hash", hash },	{ "hmac", hmac },     { "public", public }, { "shared", shared },
		{ "aes_ctr", aes_ctr }, { "seal", seal },     { "open", open_sealed }, { "verify", verify },
		{ "base64", base64 },	{ NULL, NULL },
	};
	lua_createtable(L, 0, 9);
	luaL_register(L, NULL, functions);
	return 1;
}
