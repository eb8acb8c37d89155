/* Hashes for scripts, by OpenSSL. */
#ifndef SONDE_LUA_DIGEST_H
#define SONDE_LUA_DIGEST_H

#include <luajit-2.1/lua.h>

/* Pushes a table of functions of bytes that return lower-case hexadecimal text: md5, sha1, sha256. */
int lua_digest_open(lua_State *L);

#endif
