/* The record of a target as one line of JSON, written in pieces from what sonde/record.lua knows, without a table of it. Each
 * function takes its values as arguments on L's stack, from `index` on, and raises a Lua error for what JSON cannot say. */
#ifndef SONDE_LUA_RECORD_H
#define SONDE_LUA_RECORD_H

#include "json.h"
#include "lua_brief.h"
#include "record.h"

#include <luajit-2.1/lua.h>
#include <stdint.h>

/* Pushes a time of day as RFC 3339 text with microseconds, UTC. */
int lua_record_time(lua_State *L, struct record_clock *clock, uint64_t epoch_ns);

/* Empties `json` and begins. Arguments: address, port, verdict, service, services, inside (adds "tls" to the services), expected,
 * fields (a table, or its JSON), tls, everywhere, half_open, window_opened, echo, tarpit, shuns, error, seconds; what is nil is
 * left out, services are an array of strings or nil. */
void lua_record_begin(lua_State *L, int index, struct json *json, struct record_clock *clock, uint64_t epoch_ns);
/* One attempt: acked, bytes, error, follow_up, handshake, inside, opened, outcome, packets, reset_payload, reused, rtt, service,
 * services, syn_ack_repeats, what, why, window_opened, delay. */
void lua_record_attempt(lua_State *L, int index, struct json *json);
/* The rest: the conn whose SYN-ACK it is, or nil; data. */
void lua_record_end(lua_State *L, int index, struct json *json);

/* All of the record of a target that is brief to its end, as the three above would write it. Arguments: verdict, what it is named
 * (lua_record_named), expected, fields, everywhere, data, why, the member that data makes (lua_record_data) where that is known, and
 * the reasons that brief_told pushed. */
void lua_record_told(lua_State *L, int index, struct json *json, const struct brief_told *told, struct record_clock *clock,
		     uint64_t epoch_ns);
/* Pushes the members `service`, of the text at `index` or nil, and `services`, of the array of texts behind it or nil. */
int lua_record_named(lua_State *L, int index, struct json *json);
/* Pushes the member `data`, or data_base64, of the bytes at `index`. */
int lua_record_data(lua_State *L, int index, struct json *json);

#endif
