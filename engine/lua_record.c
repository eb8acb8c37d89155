#include "lua_record.h"

#include "error.h"
#include "lua_conn.h"
#include "lua_json.h"

#include <luajit-2.1/lauxlib.h>
#include <stdbool.h>
#include <string.h>

int lua_record_time(lua_State *L, struct record_clock *clock, uint64_t epoch_ns)
{
	char text[RECORD_TIME_MAX];
	lua_pushlstring(L, text, record_time(clock, epoch_ns, text));
	return 1;
}

static void name(struct json *json, const char *text)
{
	json_name(json, text, strlen(text));
}

static void text_member(lua_State *L, int index, struct json *json, const char *member)
{
	size_t length;
	if (lua_isnil(L, index))
		return;
	const char *bytes = luaL_checklstring(L, index, &length);
	json_field(json, member, bytes, length);
}

static void number_member(lua_State *L, int index, struct json *json, const char *member)
{
	if (lua_isnil(L, index))
		return;
	name(json, member);
	json_number(json, luaL_checknumber(L, index));
}

static void flag_member(lua_State *L, int index, struct json *json, const char *member)
{
	if (lua_isnil(L, index))
		return;
	name(json, member);
	json_bool(json, lua_toboolean(L, index));
}

static void value_member(lua_State *L, int index, struct json *json, const char *member)
{
	struct error why;
	if (lua_isnil(L, index))
		return;
	name(json, member);
	if (lua_json_write(L, index, json, &why))
		luaL_error(L, "the record cannot be written: %s", why.text);
}

static void fields_member(lua_State *L, int index, struct json *json)
{
	size_t length;
	if (lua_type(L, index) != LUA_TSTRING) {
		value_member(L, index, json, "fields");
		return;
	}
	const char *text = lua_tolstring(L, index, &length);
	name(json, "fields");
	json_raw(json, text, length);
	json->separate = true;
}

/* The array of strings at `index`, or none, and `last`. */
static void names_member(lua_State *L, int index, struct json *json, const char *member, const char *last)
{
	name(json, member);
	json_array_open(json);
	int count = lua_istable(L, index) ? (int)lua_objlen(L, index) : 0;
	for (int i = 1; i <= count; i++) {
		size_t length;
		lua_rawgeti(L, index, i);
		const char *bytes = luaL_checklstring(L, -1, &length);
		json_string(json, bytes, length);
		lua_pop(L, 1);
	}
	if (last)
		json_string(json, last, strlen(last));
	json_array_close(json);
}

void lua_record_begin(lua_State *L, int index, struct json *json, struct record_clock *clock, uint64_t epoch_ns)
{
	char text[RECORD_TIME_MAX];
	lua_settop(L, index + 16);
	json_clear(json);
	json_object_open(json);
	text_member(L, index, json, "address");
	number_member(L, index + 1, json, "port");
	name(json, "time");
	json_string(json, text, record_time(clock, epoch_ns, text));
	text_member(L, index + 2, json, "verdict");
	text_member(L, index + 3, json, "service");
	names_member(L, index + 4, json, "services", lua_toboolean(L, index + 5) ? "tls" : NULL);
	text_member(L, index + 6, json, "expected");
	fields_member(L, index + 7, json);
	value_member(L, index + 8, json, "tls");
	flag_member(L, index + 9, json, "everywhere");
	flag_member(L, index + 10, json, "half_open");
	flag_member(L, index + 11, json, "window_opened");
	flag_member(L, index + 12, json, "echo");
	flag_member(L, index + 13, json, "tarpit");
	text_member(L, index + 14, json, "shuns");
	text_member(L, index + 15, json, "error");
	number_member(L, index + 16, json, "seconds");
	name(json, "attempts");
	json_array_open(json);
}

void lua_record_attempt(lua_State *L, int index, struct json *json)
{
	lua_settop(L, index + 18);
	json_object_open(json);
	flag_member(L, index, json, "acked");
	number_member(L, index + 1, json, "bytes");
	text_member(L, index + 2, json, "error");
	flag_member(L, index + 3, json, "follow_up");
	text_member(L, index + 4, json, "handshake");
	flag_member(L, index + 5, json, "inside");
	flag_member(L, index + 6, json, "opened");
	text_member(L, index + 7, json, "outcome");
	number_member(L, index + 8, json, "packets");
	text_member(L, index + 9, json, "reset_payload");
	flag_member(L, index + 10, json, "reused");
	number_member(L, index + 11, json, "rtt");
	text_member(L, index + 12, json, "service");
	if (!lua_isnil(L, index + 13))
		names_member(L, index + 13, json, "services", NULL);
	number_member(L, index + 14, json, "syn_ack_repeats");
	text_member(L, index + 15, json, "what");
	text_member(L, index + 16, json, "why");
	number_member(L, index + 17, json, "window_opened");
	number_member(L, index + 18, json, "delay");
	json_object_close(json);
}

/* What a program's own text is, which needs no escape: with its comma, quotes and all. */
#define PLAIN(json, text) json_raw(json, text, sizeof text - 1)

static void plain_text(struct json *json, const char *text)
{
	PLAIN(json, "\"");
	json_raw(json, text, strlen(text));
	PLAIN(json, "\"");
}

/* A member that is JSON already. */
static void raw_member(lua_State *L, int index, struct json *json)
{
	size_t length;
	const char *text = luaL_checklstring(L, index, &length);
	PLAIN(json, ",");
	json_raw(json, text, length);
}

static void told_rtt(struct json *json, uint64_t rtt_ns)
{
	if (!rtt_ns)
		return;
	name(json, "rtt");
	json_seconds(json, rtt_ns);
}

static void told_count(struct json *json, const char *member, uint32_t count)
{
	name(json, member);
	json_unsigned(json, count);
}

static void told_vain(lua_State *L, struct json *json, const struct brief_vain *vain, int why)
{
	json_object_open(json);
	if (vain->opened) {
		name(json, "acked");
		json_bool(json, vain->acked);
	}
	if (vain->counted)
		told_count(json, "bytes", vain->bytes);
	name(json, "handshake");
	json_string(json, vain->handshake, strlen(vain->handshake));
	name(json, "opened");
	json_bool(json, vain->opened);
	name(json, "outcome");
	json_string(json, vain->outcome, strlen(vain->outcome));
	if (vain->counted)
		told_count(json, "packets", vain->packets);
	if (vain->reused) {
		name(json, "reused");
		json_bool(json, true);
	}
	told_rtt(json, vain->rtt_ns);
	if (lua_isstring(L, why))
		text_member(L, why, json, "why");
	json_object_close(json);
}

static void told_answered(lua_State *L, int index, struct json *json, const struct brief_told *told)
{
	if (json->separate)
		PLAIN(json, ",");
	json->separate = false;
	if (told->acked)
		PLAIN(json, "{\"acked\":true,\"bytes\":");
	else
		PLAIN(json, "{\"acked\":false,\"bytes\":");
	json_unsigned(json, told->bytes);
	PLAIN(json, ",\"handshake\":");
	plain_text(json, told->handshake);
	PLAIN(json, ",\"opened\":true,\"outcome\":\"answered\",\"packets\":");
	json->separate = false;
	json_unsigned(json, told->packets);
	if (told->reused)
		PLAIN(json, ",\"reused\":true");
	told_rtt(json, told->stream->rtt_ns);
	raw_member(L, index + 1, json);
	text_member(L, index + 6, json, "why");
	PLAIN(json, "}");
}

static void told_attempts(lua_State *L, int index, struct json *json, const struct brief_told *told)
{
	PLAIN(json, ",\"attempts\":[");
	json->separate = false;
	for (size_t i = 0; i < told->vain_count; i++) {
		lua_rawgeti(L, index + 8, (int)i + 1);
		told_vain(L, json, &told->vain[i], lua_gettop(L));
		lua_pop(L, 1);
	}
	if (told->handshake)
		told_answered(L, index, json, told);
	PLAIN(json, "]");
	json->separate = true;
}

void lua_record_told(lua_State *L, int index, struct json *json, const struct brief_told *told, struct record_clock *clock,
		     uint64_t epoch_ns)
{
	char text[ADDRESS_TEXT_MAX > RECORD_TIME_MAX ? ADDRESS_TEXT_MAX : RECORD_TIME_MAX];
	const struct endpoint *remote = &told->stream->remote;
	json_clear(json);
	PLAIN(json, "{\"address\":");
	plain_text(json, address_format(&remote->address, text));
	PLAIN(json, ",\"port\":");
	json_unsigned(json, remote->port);
	PLAIN(json, ",\"time\":\"");
	json_raw(json, text, record_time(clock, epoch_ns, text));
	PLAIN(json, "\",\"verdict\":");
	plain_text(json, luaL_checkstring(L, index));
	raw_member(L, index + 1, json);
	json->separate = true;
	text_member(L, index + 2, json, "expected");
	fields_member(L, index + 3, json);
	flag_member(L, index + 4, json, "everywhere");
	name(json, "seconds");
	json_seconds(json, told->lasted_ns);
	told_attempts(L, index, json, told);
	if (told->syn_ack->known)
		record_syn_ack(json, told->syn_ack);
	if (lua_isnil(L, index + 7))
		text_member(L, index + 5, json, "data");
	else
		raw_member(L, index + 7, json);
	PLAIN(json, "}");
}

int lua_record_named(lua_State *L, int index, struct json *json)
{
	lua_settop(L, index + 1);
	json_clear(json);
	text_member(L, index, json, "service");
	names_member(L, index + 1, json, "services", NULL);
	if (json->error)
		return luaL_error(L, "the record cannot be written: %s", error_text(json->error));
	lua_pushlstring(L, json->text, json->length);
	return 1;
}

int lua_record_data(lua_State *L, int index, struct json *json)
{
	json_clear(json);
	text_member(L, index, json, "data");
	if (json->error)
		return luaL_error(L, "the record cannot be written: %s", error_text(json->error));
	lua_pushlstring(L, json->text, json->length);
	return 1;
}

void lua_record_end(lua_State *L, int index, struct json *json)
{
	lua_settop(L, index + 1);
	json_array_close(json);
	const struct syn_ack *syn_ack = conn_syn_ack(L, index);
	if (syn_ack)
		record_syn_ack(json, syn_ack);
	text_member(L, index + 1, json, "data");
	json_object_close(json);
}
