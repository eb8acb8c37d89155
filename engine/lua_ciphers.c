#include "lua_ciphers.h"

#include <luajit-2.1/lauxlib.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BYTES_MAX (1u << 20) /* of one call */
#define BLOCK 16
#define NONCE 12 /* of GCM (RFC 5116 section 5.1) */
#define TAG 16
#define CHACHA_KEY 32
#define CHACHA_NONCE 8

static const char *check_bytes(lua_State *L, int index, size_t *length)
{
	const char *bytes = luaL_checklstring(L, index, length);
	luaL_argcheck(L, *length <= BYTES_MAX, index, "too many bytes");
	return bytes;
}

static const uint8_t *check_length(lua_State *L, int index, size_t wanted, const char *wrong)
{
	size_t length;
	const char *bytes = luaL_checklstring(L, index, &length);
	luaL_argcheck(L, length == wanted, index, wrong);
	return (const uint8_t *)bytes;
}

/* Pushes what one pass of a cipher makes of the bytes; no padding is added or taken away. */
static int push_pass(lua_State *L, const EVP_CIPHER *cipher, const uint8_t *key, const uint8_t *vector, bool encrypts,
		     const uint8_t *bytes, size_t length)
{
	int written = 0;
	uint8_t *out = lua_newuserdata(L, length + BLOCK);
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	bool good = context && EVP_CipherInit_ex(context, cipher, NULL, key, vector, encrypts) == 1 &&
		    EVP_CIPHER_CTX_set_padding(context, 0) == 1 &&
		    EVP_CipherUpdate(context, out, &written, bytes, (int)length) == 1;
	EVP_CIPHER_CTX_free(context);
	ERR_clear_error();
	if (!good)
		return luaL_error(L, "OpenSSL here does not have this cipher");
	lua_pushlstring(L, (const char *)out, (size_t)written);
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
	size_t length, key_length;
	uint8_t counter[BLOCK];
	const uint8_t *key = (const uint8_t *)luaL_checklstring(L, 1, &key_length);
	const uint8_t *start = check_length(L, 2, BLOCK, "of no length for a counter");
	lua_Number blocks = luaL_checknumber(L, 3);
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 4, &length);
	luaL_argcheck(L, key_length == 16 || key_length == 24 || key_length == 32, 1, "of no length for a key");
	luaL_argcheck(L, blocks >= 0 && blocks < 9007199254740992.0, 3, "no count of blocks");
	memcpy(counter, start, BLOCK);
	count_up(counter, (uint64_t)blocks);
	const EVP_CIPHER *cipher = key_length == 16 ? EVP_aes_128_ctr() : key_length == 24 ? EVP_aes_192_ctr() : EVP_aes_256_ctr();
	return push_pass(L, cipher, key, counter, true, bytes, length);
}

static int cbc(lua_State *L)
{
	static const char *const names[] = { "aes", "3des", NULL };
	size_t length, key_length;
	bool is_aes = luaL_checkoption(L, 1, NULL, names) == 0, encrypts = lua_toboolean(L, 4);
	size_t block = is_aes ? BLOCK : 8;
	const uint8_t *key = (const uint8_t *)luaL_checklstring(L, 2, &key_length);
	const uint8_t *vector = check_length(L, 3, block, "of no length for a vector");
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 5, &length);
	luaL_argcheck(L, key_length == 24 || (is_aes && (key_length == 16 || key_length == 32)), 2, "of no length for a key");
	luaL_argcheck(L, length % block == 0, 5, "no whole blocks");
	const EVP_CIPHER *cipher = !is_aes	     ? EVP_des_ede3_cbc() :
				   key_length == 16 ? EVP_aes_128_cbc() :
				   key_length == 24 ? EVP_aes_192_cbc() :
						      EVP_aes_256_cbc();
	return push_pass(L, cipher, key, vector, encrypts, bytes, length);
}

/* OpenSSL's vector is what stands in the cipher's state: a counter, least byte first, and the nonce. */
static int chacha20(lua_State *L)
{
	size_t length;
	uint8_t vector[BLOCK] = { 0 };
	const uint8_t *key = check_length(L, 1, CHACHA_KEY, "of no length for a key");
	const uint8_t *nonce = check_length(L, 2, CHACHA_NONCE, "of no length for a nonce");
	lua_Number block = luaL_checknumber(L, 3);
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 4, &length);
	luaL_argcheck(L, block >= 0 && block <= UINT8_MAX, 3, "no number of a block");
	vector[0] = (uint8_t)block;
	memcpy(vector + BLOCK - CHACHA_NONCE, nonce, CHACHA_NONCE);
	return push_pass(L, EVP_chacha20(), key, vector, true, bytes, length);
}

static int poly1305(lua_State *L)
{
	size_t length, written;
	uint8_t code[TAG];
	const uint8_t *key = check_length(L, 1, CHACHA_KEY, "of no length for a key");
	const uint8_t *bytes = (const uint8_t *)check_bytes(L, 2, &length);
	EVP_MAC *kind = EVP_MAC_fetch(NULL, "POLY1305", NULL);
	EVP_MAC_CTX *context = kind ? EVP_MAC_CTX_new(kind) : NULL;
	bool good = context && EVP_MAC_init(context, key, CHACHA_KEY, NULL) == 1 && EVP_MAC_update(context, bytes, length) == 1 &&
		    EVP_MAC_final(context, code, &written, sizeof(code)) == 1 && written == sizeof(code);
	EVP_MAC_CTX_free(context);
	EVP_MAC_free(kind);
	ERR_clear_error();
	if (!good)
		return luaL_error(L, "OpenSSL here does not have this code");
	lua_pushlstring(L, (const char *)code, sizeof(code));
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

void lua_ciphers_register(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{ "aes_ctr", aes_ctr },	    { "cbc", cbc },	      { "seal", seal }, { "open", open_sealed },
		{ "chacha20", chacha20 },   { "poly1305", poly1305 }, { NULL, NULL },
	};
	luaL_register(L, NULL, functions);
}
