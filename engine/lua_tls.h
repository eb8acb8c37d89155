/* TLS for Lua: options read from a table, facts of a session as a table. The connection itself is lua_conn's. */
#ifndef SONDE_LUA_TLS_H
#define SONDE_LUA_TLS_H

#include "tls.h"

#include <luajit-2.1/lua.h>

/* seed, now_s: as in struct tls_config. A session as the options table at `index` says (sonde/conn.lua lists them); the state's tls_context is made when first
 * needed and lives as long as the state. NULL, with the sentence, where the options ask for what there is not. Raises Lua
 * errors only for values of a wrong type. */
struct tls *lua_tls_create(lua_State *L, int index, int64_t now_s, uint64_t seed, struct error *why);

/* Pushes a table of what the session and its certificates say, as far as it got; docs/reference/records.md names them all.
 * host: the name or address the certificate should be for. der: with the whole chain's DER bytes in base64. */
void lua_tls_push_facts(lua_State *L, struct tls *tls, int64_t now_s, const char *host, bool der);

#endif
