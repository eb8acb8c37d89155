#include "worker_internal.h"

#include "lua_brief.h"
#include "lua_conn.h"
#include "lua_json.h"
#include "lua_record.h"

#include <string.h>

/* The members of a record in the order a person reads them; all others follow nowhere, so the list is complete. */
static const char *const members[] = { "address", "port", "time", "verdict", "service", "services", "expected", "fields",
				       "tls", "everywhere", "error", "icmp", "rtt", "seconds", "attempts", "syn_ack", "data",
				       NULL };

/* The same of a target's line in a recording. */
static const char *const kept_members[] = { "address", "port", "verdict", "service", "services", "expected", "start_ns",
					    "seconds", "rtt_ns", "icmp", "syn_ack", "connections", "handshakes", NULL };

static int write_record(lua_State *L, const char *const *names, struct json *json, struct error *why)
{
	json_object_open(json);
	for (; *names; names++) {
		lua_getfield(L, 1, *names);
		size_t length;
		if (lua_type(L, -1) == LUA_TSTRING) {
			const char *bytes = lua_tolstring(L, -1, &length);
			json_field(json, *names, bytes, length);
		} else if (!lua_isnil(L, -1)) {
			json_key(json, *names, strlen(*names));
			int error = lua_json_write(L, -1, json, why);
			if (error)
				return error;
		}
		lua_pop(L, 1);
	}
	json_object_close(json);
	return 0;
}

/* What was written, into `sink`. What the sink says ends the scan. */
static void give_line(lua_State *L, struct worker *worker, worker_sink_fn sink, void *owner)
{
	json_raw(&worker->json, "\n", 1);
	if (worker->json.error)
		luaL_error(L, "the record cannot be written: %s", error_text(worker->json.error));
	worker->failed = sink(owner, worker->json.text, worker->json.length, &worker->failure);
}

/* The same with the table at index 1. */
static void give_table(lua_State *L, struct worker *worker, const char *const *names, worker_sink_fn sink, void *owner)
{
	struct error why;
	json_clear(&worker->json);
	if (write_record(L, names, &worker->json, &why))
		luaL_error(L, "the record cannot be written: %s", why.text);
	give_line(L, worker, sink, owner);
}

static void count_line(struct worker *worker, bool service)
{
	if (worker->failed)
		return;
	worker->config.counters->records++;
	worker->config.counters->services += service;
	worker->results += service;
}

static int emit(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	if (!worker->failed)
		give_table(L, worker, members, worker->config.sink, worker->config.sink_owner);
	count_line(worker, lua_toboolean(L, 2));
	return 0;
}

/* record(...), then attempt(...) for each, then finish(syn_ack, data, whether there is a service): a target's record, piece by
 * piece (lua_record.h), without a wait in between. */
static int record_begin(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	lua_record_begin(L, 1, &worker->json, &worker->clock, worker_epoch_ns(worker));
	return 0;
}

static int record_attempt(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	lua_record_attempt(L, 1, &worker->json);
	return 0;
}

static int record_finish(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	bool service = lua_toboolean(L, 3);
	lua_record_end(L, 1, &worker->json);
	if (!worker->failed)
		give_line(L, worker, worker->config.sink, worker->config.sink_owner);
	count_line(worker, service);
	return 0;
}

/* told(target, verdict, named, expected, fields, everywhere, data, why, data_member): the whole record of a brief target
 * (lua_record_told). */
static int record_told(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	lua_settop(L, 9);
	struct brief_told told = brief_told(L);
	lua_record_told(L, 2, &worker->json, &told, &worker->clock, worker_epoch_ns(worker));
	if (!worker->failed)
		give_line(L, worker, worker->config.sink, worker->config.sink_owner);
	count_line(worker, told.handshake != NULL);
	return 0;
}

/* named(service, services): what told may be given for them. */
static int record_named(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	return lua_record_named(L, 1, &worker->json);
}

/* data_member(bytes): what told may be given for them. */
static int record_data(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	return lua_record_data(L, 1, &worker->json);
}

/* keep(table): a target's line for the recording. */
static int keep(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	if (!worker->failed && worker->config.keep)
		give_table(L, worker, kept_members, worker->config.keep, worker->config.keep_owner);
	return 0;
}

static int note_script_error(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	worker->config.counters->script_errors++;
	return 0;
}

/* connect(address, port, retries or nil) */
static int connect_again(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	struct endpoint remote = { 0 };
	lua_Integer port = luaL_checkinteger(L, 2);
	if (address_parse(luaL_checkstring(L, 1), &remote.address) || port < 1 || port > 65535)
		return luaL_error(L, "no such address or port: %s %d", lua_tostring(L, 1), (int)port);
	remote.port = (uint16_t)port;
	return conn_connect(worker->pool, L, &remote, (int)luaL_optinteger(L, 3, -1));
}

/* handshake(f, conn, fields): as conn_handshake says. */
static int run_handshake(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	lua_settop(L, 3);
	int results = conn_handshake(L, worker->pool);
	return results == CORO_WAITS ? lua_yield(L, lua_gettop(L)) : results;
}

static int time_of_day(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	return lua_record_time(L, &worker->clock, worker_epoch_ns(worker));
}

/* now(): the transport's clock, in ns since it began. */
static int clock_ns(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	lua_pushnumber(L, (double)(worker->transport->ops->now(worker->transport) - worker->began_ns));
	return 1;
}

static int observe(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	coro_observe(worker->pool, NULL, luaL_checkstring(L, 1), NULL, 0);
	return 0;
}

const luaL_Reg worker_calls[] = {
	{ "emit", emit },
	{ "record", record_begin },
	{ "attempt", record_attempt },
	{ "finish", record_finish },
	{ "told", record_told },
	{ "named", record_named },
	{ "data_member", record_data },
	{ "keep", keep },
	{ "script_error", note_script_error },
	{ "connect", connect_again },
	{ "handshake", run_handshake },
	{ "clock", time_of_day },
	{ "now", clock_ns },
	{ "observe", observe },
	{ NULL, NULL },
};
