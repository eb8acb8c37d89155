#include "worker.h"

#include "coro.h"
#include "json.h"
#include "lua_brief.h"
#include "lua_conn.h"
#include "lua_json.h"
#include "lua_record.h"
#include "lua_worker.h"
#include "record.h"
#include "script.h"

#include <luajit-2.1/lauxlib.h>
#include <stdlib.h>
#include <string.h>

/* So that answers are looked at between bursts, which come back as bursts: half of what the smallest queues in use hold
 * (veth: 256). Measured: 64 costs 2% more of a SYN, 256 gains no more. */
#define PROBES_PER_TURN 128

/* Verdicts of records that need no script. */
enum plain { PLAIN_OPEN, PLAIN_REFUSED, PLAIN_FILTERED, PLAIN_COUNT };

/* The protocol assigned to a port. */
struct assigned {
	bool known;
	char name[31]; /* empty: none is */
};

struct worker {
	struct worker_config config;
	struct transport *transport;
	struct coro_pool *pool;
	struct worker_functions functions; /* of sonde/scan.lua */
	struct json json;
	struct error failure; /* of the sink, found out while a script ran */
	int failed; /* its code, 0 while all is well */
	uint64_t results;
	uint64_t last_probe_ns;
	uint64_t began_ns; /* when the scripts were loaded: the transport's clock */
	int64_t wall_offset_ns;
	struct record_clock clock;
	struct assigned *assigned; /* by port, as far as they were asked for; NULL: none was */
	uint64_t plain[PLAIN_COUNT]; /* records written here, by verdict */
	struct endpoint *subjects; /* of the coroutines' tags */
	uint32_t subjects_size;
	bool loaded;
	uint64_t stop_ns; /* when to drop what is still open; UINT64_MAX: not stopping */
	bool exhausted; /* the source has no more */
	bool stopped; /* the grace of worker_stop is over */
};

/* --- what happens to targets ------------------------------------------------------------------------------------------ */

/* Which target a tag (a registry reference: a small number) stands for. Without memory for it nobody will know. */
static void note_subject(struct worker *worker, int ref, const struct endpoint *remote)
{
	if ((uint32_t)ref >= worker->subjects_size) {
		uint32_t size = (uint32_t)ref * 2 + 64;
		struct endpoint *more = realloc(worker->subjects, size * sizeof *more);
		if (!more)
			return;
		worker->subjects = more;
		worker->subjects_size = size;
	}
	worker->subjects[ref] = *remote;
}

const struct endpoint *worker_subject(const struct worker *worker)
{
	uintptr_t tag = worker->pool ? (uintptr_t)coro_pool_running_tag(worker->pool) : 0;
	return tag > 0 && tag < worker->subjects_size ? &worker->subjects[tag] : NULL;
}

static void target_opened(void *owner, struct stream *stream)
{
	struct worker *worker = owner;
	lua_State *L = worker->config.L;
	struct coro_resource *resource = NULL;
	if (worker->config.opened && !worker->config.opened(worker->config.opened_owner, &stream->remote)) {
		stream->transport->ops->close(stream, CLOSE_RESET);
		return;
	}
	int kept = 0, ref = lua_worker_new_target(L, &worker->functions, worker->pool, stream, &resource, &kept);
	if (ref == LUA_NOREF) {
		worker->config.counters->script_errors++;
		stream->transport->ops->close(stream, CLOSE_RESET);
		return;
	}
	note_subject(worker, ref, &stream->remote);
	lua_rawgeti(L, LUA_REGISTRYINDEX, worker->functions.run);
	lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
	if (coro_start(worker->pool, 1, kept, resource, (void *)(intptr_t)ref))
		luaL_unref(L, LUA_REGISTRYINDEX, ref); /* the conn is collected, and closes its stream */
}

/* A target's coroutine ended; with an error only when it was stopped from outside. */
static void target_done(void *owner, struct coro *coro, void *tag, const char *error)
{
	struct worker *worker = owner;
	int ref = (int)(intptr_t)tag;
	if (worker->functions.ended != LUA_NOREF && (!error || coro_raised(coro)))
		lua_worker_ended(worker->config.L, &worker->functions, ref, error ? coro_state(coro) : NULL);
	else if (error)
		lua_worker_fail(worker->config.L, &worker->functions, ref, error, worker->stopped);
	lua_worker_release(worker->config.L, &worker->functions, ref);
}

static const char *assigned_to(struct worker *worker, uint16_t port)
{
	if (!worker->assigned)
		worker->assigned = calloc(UINT16_MAX + 1, sizeof *worker->assigned);
	if (!worker->assigned)
		return NULL;
	struct assigned *entry = &worker->assigned[port];
	if (!entry->known)
		lua_worker_expected(worker->config.L, &worker->functions, port, entry->name, sizeof entry->name);
	entry->known = true;
	return entry->name[0] ? entry->name : NULL;
}

static uint64_t epoch_ns(const struct worker *worker)
{
	return (uint64_t)((int64_t)worker->transport->ops->now(worker->transport) + worker->wall_offset_ns);
}

/* A record that needs no script. */
static void write_plain(struct worker *worker, enum plain plain, struct record_answer *answer)
{
	static const char *const verdicts[] = { "open", "refused", "filtered" };
	answer->verdict = verdicts[plain];
	answer->expected = assigned_to(worker, answer->remote->port);
	answer->epoch_ns = epoch_ns(worker);
	if (worker->failed)
		return;
	record_of_answer(&worker->json, &worker->clock, answer);
	json_raw(&worker->json, "\n", 1);
	worker->failed = worker->json.error ? error_set(&worker->failure, worker->json.error, "a record cannot be written: %s",
							error_text(worker->json.error)) :
					      worker->config.sink(worker->config.sink_owner, worker->json.text,
								  worker->json.length, &worker->failure);
	if (worker->failed)
		return;
	worker->config.counters->records++;
	worker->plain[plain]++;
}

static void target_answered(void *owner, const struct endpoint *remote, const struct syn_ack *syn_ack, uint64_t rtt_ns)
{
	write_plain(owner, PLAIN_OPEN, &(struct record_answer){ .remote = remote, .syn_ack = syn_ack, .rtt_ns = rtt_ns });
}

static void target_refused(void *owner, const struct endpoint *remote, enum refusal refusal, uint8_t icmp_type,
			   uint8_t icmp_code, uint64_t rtt_ns)
{
	struct worker *worker = owner;
	struct record_answer answer = { .remote = remote, .rtt_ns = rtt_ns, .icmp = refusal == REFUSAL_UNREACHABLE,
					.icmp_type = icmp_type, .icmp_code = icmp_code,
					.error = refusal == REFUSAL_LOCAL ? "this machine could not open the connection" : NULL };
	if (!worker->config.all)
		return;
	if (!worker->config.keep && !worker->config.observe)
		write_plain(worker, refusal == REFUSAL_REFUSED ? PLAIN_REFUSED : PLAIN_FILTERED, &answer);
	else
		lua_worker_refused(worker->config.L, &worker->functions, remote, refusal, icmp_type, icmp_code, rtt_ns);
}

struct transport_handler worker_handler(struct worker *worker)
{
	return (struct transport_handler){
		.owner = worker,
		.opened = target_opened,
		.answered = target_answered,
		.refused = target_refused,
		.data = conn_on_data,
		.event = conn_on_event,
	};
}

/* --- what scripts call ------------------------------------------------------------------------------------------------- */

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
	lua_record_begin(L, 1, &worker->json, &worker->clock, epoch_ns(worker));
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

/* told(target, service, services, expected, fields, everywhere, data, why, data_member): the whole record of a brief target (lua_record_told). */
static int record_told(lua_State *L)
{
	struct worker *worker = lua_touserdata(L, lua_upvalueindex(1));
	struct brief_told told = brief_told(L);
	lua_record_told(L, 2, &worker->json, &told, &worker->clock, epoch_ns(worker));
	if (!worker->failed)
		give_line(L, worker, worker->config.sink, worker->config.sink_owner);
	count_line(worker, true);
	return 0;
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
	return lua_record_time(L, &worker->clock, epoch_ns(worker));
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

static const luaL_Reg engine_functions[] = {
	{ "emit", emit },
	{ "record", record_begin },
	{ "attempt", record_attempt },
	{ "finish", record_finish },
	{ "told", record_told },
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

/* --- life -------------------------------------------------------------------------------------------------------------- */

int worker_create(struct worker **out, const struct worker_config *config, struct error *why)
{
	struct worker *worker = calloc(1, sizeof *worker);
	if (!worker)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	worker->config = *config;
	worker->stop_ns = UINT64_MAX;
	json_init(&worker->json, 16u << 20);
	*out = worker;
	return 0;
}

int worker_load(struct worker *worker, struct error *why)
{
	worker->loaded = true;
	return lua_worker_load(worker->config.L, &worker->functions, engine_functions, worker, why);
}

void worker_report_killed(struct worker *worker, const struct endpoint *remote, const char *message)
{
	lua_worker_killed(worker->config.L, &worker->functions, remote, message);
}

int worker_start(struct worker *worker, struct transport *transport, struct error *why)
{
	lua_State *L = worker->config.L;
	struct coro_config coro = {
		.transport = transport, .wall_offset_ns = worker->wall_offset_ns, .done = target_done, .owner = worker, .seed = worker->config.seed,
		.simulated = worker->config.simulated,
		.observe = worker->config.observe, .observe_owner = worker->config.observe_owner,
	};
	worker->transport = transport;
	worker->began_ns = transport->ops->now(transport);
	worker->pool = coro_pool_create(L, &coro);
	if (!worker->pool)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	return worker->loaded ? 0 : worker_load(worker, why);
}

void worker_set_clock(struct worker *worker, int64_t wall_offset_ns, bool exact)
{
	worker->wall_offset_ns = wall_offset_ns;
	if (exact)
		worker->config.cooldown_ns = 0;
}

static int start_probes(struct worker *worker, struct error *why)
{
	struct transport *transport = worker->transport;
	size_t room = transport->ops->room(transport);
	uint64_t now_ns = transport->ops->now(transport); /* once for all of them */
	if (room > PROBES_PER_TURN)
		room = PROBES_PER_TURN;
	while (room-- > 0 && !worker->exhausted) {
		struct endpoint remote;
		int error = worker->config.next(worker->config.source, transport, &remote, why);
		if (error == ERR_AGAIN)
			return 0;
		worker->exhausted = error == ERR_CLOSED;
		if (error < 0)
			return worker->exhausted ? 0 : error;
		worker->config.counters->targets++;
		if (error != WORKER_ADOPTED)
			transport->ops->probe(transport, &remote);
		worker->last_probe_ns = now_ns;
	}
	return 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int worker_turn(struct worker *worker, uint64_t sleep_ns, struct error *why)
{
	struct transport *transport = worker->transport;
	uint64_t now_ns = transport->ops->now(transport);
	coro_pool_advance(worker->pool, now_ns);
	script_pace_collector(worker->config.L);
	if (now_ns >= worker->stop_ns) {
		worker->stopped = true;
		coro_pool_cancel(worker->pool, "the scan was stopped before this target was finished");
	}
	if (worker->config.results_max && worker->results >= worker->config.results_max)
		worker->exhausted = true;
	int error = start_probes(worker, why);
	if (error == 0) {
		uint64_t until_ns = earlier(now_ns + sleep_ns, coro_pool_next(worker->pool));
		if (worker->exhausted && worker->last_probe_ns + worker->config.cooldown_ns > now_ns)
			until_ns = earlier(until_ns, worker->last_probe_ns + worker->config.cooldown_ns);
		error = transport->ops->poll(transport, earlier(until_ns, worker->stop_ns), why);
	}
	if (error == 0 && worker->failed) {
		error = worker->failed;
		if (why)
			*why = worker->failure;
	}
	return error;
}

enum worker_state worker_state(const struct worker *worker)
{
	const struct transport *transport = worker->transport;
	if (!worker->exhausted)
		return WORKER_SENDING;
	uint64_t now_ns = transport->ops->now(transport);
	if (worker->stopped)
		return WORKER_DONE;
	if (coro_pool_active(worker->pool) > 0 || !transport->ops->idle(transport))
		return WORKER_WAITING;
	return now_ns >= worker->last_probe_ns + worker->config.cooldown_ns ? WORKER_DONE : WORKER_WAITING;
}

void worker_stop(struct worker *worker, uint64_t grace_ns)
{
	worker->exhausted = true;
	worker->config.cooldown_ns = 0;
	uint64_t stop_ns = worker->transport->ops->now(worker->transport) + grace_ns;
	worker->stop_ns = earlier(worker->stop_ns, stop_ns);
}

uint32_t worker_active(const struct worker *worker)
{
	return worker->pool ? coro_pool_active(worker->pool) : 0;
}

uint64_t worker_results(const struct worker *worker)
{
	return worker->results;
}

int worker_tally(struct worker *worker, struct error *why)
{
	lua_rawgeti(worker->config.L, LUA_REGISTRYINDEX, worker->functions.tally);
	for (int i = 0; i < PLAIN_COUNT; i++)
		lua_pushnumber(worker->config.L, (double)worker->plain[i]);
	return script_call(worker->config.L, PLAIN_COUNT, 1, why);
}

void worker_destroy(struct worker *worker)
{
	if (!worker)
		return;
	coro_pool_destroy(worker->pool);
	json_free(&worker->json);
	free(worker->assigned);
	free(worker->subjects);
	free(worker);
}
