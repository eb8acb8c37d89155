#include "worker_internal.h"

#include "lua_conn.h"
#include "script.h"

#include <stdlib.h>

/* So that answers are looked at between bursts, which come back as bursts: half of what the smallest queues in use hold
 * (veth: 256). Measured: 64 costs 2% more of a SYN, 256 gains no more. While answers do come, half of that: whoever takes them from
 * the queue for us may have to wait for some turns of ours. (Of 131,072 hosts 128 lost 3 to 15 in one scan of ten, 64 do 2 to 6 in
 * one of twenty.) */
#define PROBES_PER_TURN 128
#define PROBES_AMONG_ANSWERS 64
#define STOPPED "the scan was stopped before this target was finished"

uint64_t worker_epoch_ns(const struct worker *worker)
{
	return (uint64_t)((int64_t)worker->transport->ops->now(worker->transport) + worker->wall_offset_ns);
}

/* --- what happens to targets ------------------------------------------------------------------------------------------ */

void worker_note_subject(struct worker *worker, int ref, const struct endpoint *remote)
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
	worker_note_subject(worker, ref, &stream->remote);
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
	if (lua_worker_is_parked(worker->config.L, &worker->functions, ref)) {
		luaL_unref(worker->config.L, LUA_REGISTRYINDEX, ref);
		return;
	}
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

/* A record that needs no script. */
static void write_plain(struct worker *worker, enum plain plain, struct record_answer *answer)
{
	static const char *const verdicts[] = { "open", "refused", "filtered" };
	answer->verdict = verdicts[plain];
	answer->expected = assigned_to(worker, answer->remote->port);
	answer->epoch_ns = worker_epoch_ns(worker);
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
		.data = worker_on_data,
		.event = worker_on_event,
	};
}

/* --- life -------------------------------------------------------------------------------------------------------------- */

int worker_create(struct worker **out, const struct worker_config *config, struct error *why)
{
	struct worker *worker = calloc(1, sizeof *worker);
	if (!worker)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	worker->config = *config;
	worker->stop_ns = UINT64_MAX;
	json_init(&worker->json, 16u << 20);
	worker->parking = parking_create(worker_parked_due, worker);
	if (!worker->parking) {
		worker_destroy(worker);
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	}
	*out = worker;
	return 0;
}

int worker_load(struct worker *worker, struct error *why)
{
	worker->loaded = true;
	/* Next to nothing of what is made meanwhile is garbage. */
	lua_gc(worker->config.L, LUA_GCSTOP, 0);
	int error = lua_worker_load(worker->config.L, &worker->functions, worker_calls, worker, worker->parking, why);
	lua_gc(worker->config.L, LUA_GCRESTART, 0);
	return error;
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
	parking_use(worker->parking, worker->pool);
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
	uint64_t received = worker->config.counters->frames_received;
	size_t most = received == worker->received ? PROBES_PER_TURN : PROBES_AMONG_ANSWERS;
	worker->received = received;
	if (room > most)
		room = most;
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
		coro_pool_cancel(worker->pool, STOPPED);
		worker_cancel_parked(worker, STOPPED);
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
	if (worker_active(worker) > 0 || !transport->ops->idle(transport))
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
	return worker->pool ? coro_pool_active(worker->pool) + parking_count(worker->parking) : 0;
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
	parking_destroy(worker->parking);
	coro_pool_destroy(worker->pool);
	json_free(&worker->json);
	free(worker->assigned);
	free(worker->subjects);
	free(worker);
}
