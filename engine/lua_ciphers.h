/* Ciphers for the engine's Lua, by OpenSSL: part of what lua_crypto.h offers. Stateless functions of bytes. */
#ifndef SONDE_LUA_CIPHERS_H
#define SONDE_LUA_CIPHERS_H

#include <luajit-2.1/lua.h>

/* Adds these to the table on top. All raise an error for a name or a length that there is not; what a peer sent raises nothing.
 *   aes_ctr(key, counter, blocks, bytes)             AES in counter mode, `blocks` blocks of the stream after its start
 *   cbc(name, key, vector, encrypts, bytes)          "aes" or "3des" in CBC, whole blocks without padding; either way
 *   seal(key, nonce, also, bytes)                    AES-GCM: what is sealed, with its tag of 16 bytes; `also` is authenticated, too
 *   open(key, nonce, also, sealed)                   the bytes; nil where the tag is not theirs
 *   chacha20(key, nonce, block, bytes)               ChaCha20 as first published, with a nonce of 8 bytes; from a block on
 *   poly1305(key, bytes)                             a code of 16 bytes (RFC 8439 section 2.5) */
void lua_ciphers_register(lua_State *L);

#endif
