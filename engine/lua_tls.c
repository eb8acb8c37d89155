#include "lua_tls.h"

#include "base64.h"
#include "certificate.h"

#include <luajit-2.1/lauxlib.h>
#include <string.h>

#define CONTEXT_TYPE "sonde.tls"

static int collect_context(lua_State *L)
{
	struct tls_context **context = lua_touserdata(L, 1);
	tls_context_destroy(*context);
	*context = NULL;
	return 0;
}

/* The state's own, kept in the registry. */
static struct tls_context *shared_context(lua_State *L, struct error *why)
{
	lua_getfield(L, LUA_REGISTRYINDEX, CONTEXT_TYPE);
	struct tls_context **context = lua_touserdata(L, -1);
	lua_pop(L, 1);
	if (context)
		return *context;
	context = lua_newuserdata(L, sizeof *context);
	*context = NULL;
	lua_createtable(L, 0, 1);
	lua_pushcfunction(L, collect_context);
	lua_setfield(L, -2, "__gc");
	lua_setmetatable(L, -2);
	*context = tls_context_create(why);
	if (*context)
		lua_setfield(L, LUA_REGISTRYINDEX, CONTEXT_TYPE);
	else
		lua_pop(L, 1);
	return *context;
}

static const char *text_option(lua_State *L, int index, const char *name)
{
	lua_getfield(L, index, name);
	if (!lua_isnil(L, -1) && !lua_isboolean(L, -1) && lua_type(L, -1) != LUA_TSTRING)
		luaL_error(L, "start_tls: %s must be text", name);
	const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
	lua_pop(L, 1); /* the table keeps it alive */
	return text;
}

static uint16_t version_option(lua_State *L, int index, const char *name)
{
	static const char *const versions[] = { "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3" };
	const char *text = text_option(L, index, name);
	for (uint16_t i = 0; text && i < sizeof versions / sizeof *versions; i++)
		if (strcmp(text, versions[i]) == 0)
			return 0x0301 + i;
	if (text)
		luaL_error(L, "start_tls: %s must be TLSv1.0, TLSv1.1, TLSv1.2 or TLSv1.3", name);
	return 0;
}

struct tls *lua_tls_create(lua_State *L, int index, int64_t now_s, uint64_t seed, struct error *why)
{
	struct tls_config config = {
		.sni = text_option(L, index, "sni"), .alpn = text_option(L, index, "alpn"),
		.ciphers = text_option(L, index, "ciphers"), .groups = text_option(L, index, "groups"),
		.version_min = version_option(L, index, "min"), .version_max = version_option(L, index, "max"),
		.now_s = now_s, .seed = seed,
	};
	lua_getfield(L, index, "verify");
	config.verify = lua_isnil(L, -1) || lua_toboolean(L, -1);
	lua_pop(L, 1);
	lua_getfield(L, index, "tds");
	config.tds = lua_toboolean(L, -1);
	lua_pop(L, 1);
	struct tls_context *context = shared_context(L, why);
	struct tls *tls = NULL;
	return context && tls_create(&tls, context, &config, why) == 0 ? tls : NULL;
}

/* --- facts ------------------------------------------------------------------------------------------------------------ */

static void set_text(lua_State *L, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	lua_pushstring(L, text);
	lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool flag)
{
	lua_pushboolean(L, flag);
	lua_setfield(L, -2, name);
}

static void set_hash(lua_State *L, const char *name, const uint8_t hash[32])
{
	static const char digits[] = "0123456789abcdef";
	char text[64];
	for (size_t i = 0; i < 32; i++) {
		text[2 * i] = digits[hash[i] >> 4];
		text[2 * i + 1] = digits[hash[i] & 15];
	}
	lua_pushlstring(L, text, sizeof text);
	lua_setfield(L, -2, name);
}

/* Into the table on top of the stack. */
static void set_certificate(lua_State *L, const struct certificate *certificate)
{
	set_text(L, "subject", certificate->subject);
	set_text(L, "issuer", certificate->issuer);
	set_text(L, "serial", certificate->serial);
	set_text(L, "not_before", certificate->not_before);
	set_text(L, "not_after", certificate->not_after);
	set_text(L, "key_type", certificate->key_type);
	set_text(L, "signature_algorithm", certificate->signature_algorithm);
	if (certificate->key_bits) {
		lua_pushnumber(L, certificate->key_bits);
		lua_setfield(L, -2, "key_bits");
	}
	set_hash(L, "sha256", certificate->sha256);
	set_hash(L, "key_sha256", certificate->key_sha256);
	set_flag(L, "self_signed", certificate->self_signed);
	set_flag(L, "expired", certificate->expired);
}

static void set_names(lua_State *L, const struct certificate *certificate)
{
	size_t start = 0;
	if (certificate->name_count == 0)
		return;
	lua_createtable(L, certificate->name_count, 0);
	for (int i = 0; i < certificate->name_count; i++) {
		lua_pushlstring(L, certificate->names + start, certificate->name_end[i] - start);
		lua_rawseti(L, -2, i + 1);
		start = certificate->name_end[i];
	}
	lua_setfield(L, -2, "names");
	if (certificate->names_cut)
		set_flag(L, "names_cut", true);
}

static void set_chain(lua_State *L, struct tls *tls, unsigned length, int64_t now_s, struct certificate *certificate)
{
	if (length < 2)
		return;
	lua_createtable(L, (int)length - 1, 0);
	for (unsigned i = 1; i < length; i++) {
		size_t size;
		const uint8_t *der = tls_certificate(tls, i, &size);
		lua_createtable(L, 0, 12);
		if (der && certificate_read(certificate, der, size, now_s, NULL) == 0)
			set_certificate(L, certificate);
		lua_rawseti(L, -2, (int)i);
	}
	lua_setfield(L, -2, "chain");
}

static void set_der(lua_State *L, struct tls *tls, unsigned length)
{
	lua_createtable(L, (int)length, 0);
	for (unsigned i = 0; i < length; i++) {
		size_t size;
		const uint8_t *der = tls_certificate(tls, i, &size);
		size_t characters = base64_encoded_length(size);
		char *text = lua_newuserdata(L, characters + 1);
		base64_encode(der, size, text);
		lua_pushlstring(L, text, characters);
		lua_remove(L, -2);
		lua_rawseti(L, -2, (int)i + 1);
	}
	lua_setfield(L, -2, "der");
}

static void set_alert(lua_State *L, const char *name, int alert)
{
	if (alert > 0) /* close_notify is none */
		set_text(L, name, tls_alert_name(alert));
}

void lua_tls_push_facts(lua_State *L, struct tls *tls, int64_t now_s, const char *host, bool der)
{
	struct tls_facts facts;
	struct tls_alerts alerts = tls_alerts(tls);
	lua_createtable(L, 0, 24);
	set_alert(L, "alert_sent", alerts.sent);
	set_alert(L, "alert_received", alerts.received);
	set_text(L, "failure", tls_failure(tls));
	if (tls_read_facts(tls, &facts))
		return;
	set_text(L, "version", facts.version);
	set_text(L, "cipher", facts.cipher);
	set_text(L, "group", facts.group);
	set_text(L, "alpn", facts.alpn);
	set_flag(L, "ticket", facts.ticket);
	set_flag(L, "ocsp", facts.ocsp);
	set_flag(L, "secure_renegotiation", facts.secure_renegotiation);
	if (facts.chain_length == 0)
		return;
	set_flag(L, "verified", facts.verified);
	set_text(L, "verify_error", facts.verify_error);
	struct certificate *certificate = lua_newuserdata(L, sizeof *certificate); /* too large for the stack */
	lua_insert(L, -2);
	size_t size;
	const uint8_t *bytes = tls_certificate(tls, 0, &size);
	if (bytes && certificate_read(certificate, bytes, size, now_s, host) == 0) {
		set_certificate(L, certificate);
		set_names(L, certificate);
		set_flag(L, "name_matches", certificate->name_matches);
	}
	set_chain(L, tls, facts.chain_length, now_s, certificate);
	if (der)
		set_der(L, tls, facts.chain_length);
	lua_remove(L, -2);
}
