/* What it takes to speak a cipher's protocol from the engine's Lua, by OpenSSL: stateless functions of bytes. For the engine's own
 * modules (sonde.ssh_transport), not for scripts. */
#ifndef SONDE_LUA_CRYPTO_H
#define SONDE_LUA_CRYPTO_H

#include <luajit-2.1/lua.h>

/* Pushes a table of functions. All raise an error for a name or a length that there is not; what a peer sent raises nothing.
 *   hash(kind, bytes), hmac(kind, key, bytes)        raw; kind: "sha1", "sha256", "sha384" or "sha512"
 *   public(group, secret)                            a public value; key_exchange.h lists the groups
 *   shared(group, secret, peer)                      the shared secret; nil where the peer's value is none
 *   verify(key, kind, signature, message)            whether the signature is one; key: a SubjectPublicKeyInfo in DER; kind as
 *                                                    above, nil for Ed25519; ECDSA's signature in DER
 *   base64(bytes)
 * and the ciphers of lua_ciphers.h. */
int lua_crypto_open(lua_State *L);

#endif
