#include "scan.h"

#include "clock.h"
#include "cookie.h"
#include "lua_world.h"
#include "plan.h"
#include "scan_config.h"
#include "scan_transport.h"
#include "script.h"
#include "signals.h"

#include <stdlib.h>

#define SIM_EPOCH_NS 1590969600000000000ll /* a simulated scan happens from 2020-06-01T00:00:00Z on */
#define TURNS_PER_LOOK 16 /* turns between looks at the real clock */
#define SLEEP_NS 50000000ull /* longest sleep of one turn: signals and streamed targets are looked at in between */
#define STREAM_SLEEP_NS 2000000ull /* the same while targets are read from a stream */
#define PART_SLEEP_NS 5000000ull /* the same for a part of several, which gets orders */
#define SKIPPED_MAX 4096 /* targets passed over in one call */

struct scan {
	struct counters counters;
	struct scan_config config;
	struct scan_part part;
	lua_State *L;
	struct lua_world *world;
	struct recording *recording; /* what is replayed */
	struct plan *plan;
	struct scan_transport *chosen;
	struct transport *transport;
	struct worker *worker;
	struct notes notes;
	bool held_up, enough; /* no new targets: whoever reads our output is slower than we scan; any more */
};

/* --- what the worker calls ------------------------------------------------------------------------------------------------------ */

/* Of targets that were taken before, only those that are not done. */
static int next_repeated(struct scan *scan, struct endpoint *out)
{
	if (!scan->part.again || !scan->part.again(scan->part.owner, out))
		return ERR_CLOSED;
	scan->counters.targets_repeated++;
	return 0;
}

static int next_target(void *owner, struct transport *transport, struct endpoint *out, struct error *why)
{
	struct scan *scan = owner;
	if (scan->held_up)
		return ERR_AGAIN;
	if (next_repeated(scan, out) == 0) /* no new one: it had answered */
		return 0;
	if (scan->enough)
		return ERR_CLOSED;
	for (int skipped = 0; skipped < SKIPPED_MAX; skipped++) {
		int error = plan_next(scan->plan, transport, out, why);
		if (error || !scan->part.skip)
			return error;
		bool repeated = plan_position(scan->plan) <= scan->part.repeated, skip = scan->part.skip(scan->part.owner, out);
		scan->counters.targets_repeated += repeated && !skip;
		scan->counters.targets += !repeated && skip;
		if (!skip)
			return 0;
	}
	return ERR_AGAIN;
}

static int give_record(void *owner, const char *line, size_t length, struct error *why)
{
	struct scan *scan = owner;
	return scan->part.record(scan->part.owner, line, length, why);
}

static int give_kept(void *owner, const char *line, size_t length, struct error *why)
{
	struct scan *scan = owner;
	return scan->part.keep(scan->part.owner, line, length, why);
}

static bool tell_opened(void *owner, const struct endpoint *target)
{
	struct scan *scan = owner;
	return !scan->part.opened || scan->part.opened(scan->part.owner, target);
}

/* --- preparing ---------------------------------------------------------------------------------------------------------------- */

static int load_world(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct lua_world_config config = { .name = scan->config.world, .lua_dir = options->root, .seed = scan->config.seed };
	return config.name ? lua_world_load(&scan->world, &config, why) : 0;
}

static int make_plan(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct plan_defaults defaults = { .special = !options->no_default_blocklist && !scan->world && !scan->recording,
					  .recording = scan->recording };
	if (scan->world) {
		defaults.targets = lua_world_targets(scan->world);
		defaults.ports = lua_world_ports(scan->world);
	}
	return plan_create(&scan->plan, options, &defaults, scan->config.seed, &scan->counters, why);
}

static int make_worker(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct script_config script = { .lua_dir = options->root, .jit = options->jit };
	struct worker_config config = {
		.counters = &scan->counters, .next = next_target, .source = scan, .sink = give_record, .sink_owner = scan,
		.keep = options->record ? give_kept : NULL, .keep_owner = scan, .opened = tell_opened, .opened_owner = scan,
		.cooldown_ns = scan->config.cooldown_ns, .seed = scan->config.seed, .simulated = scan->world != NULL,
		.all = options->all, .observe = options->observe, .observe_owner = options->observe_owner,
	};
	scan->L = config.L = script_open(&script, why);
	if (!scan->L)
		return ERR_SCRIPT;
	int error = worker_create(&scan->worker, &config, why);
	if (error)
		return error;
	options->push_script_options(scan->L, options->script_options_owner);
	lua_pushboolean(scan->L, plan_is_one_port(scan->plan));
	lua_setfield(scan->L, -2, "one_port");
	return worker_load(scan->worker, why);
}

static int choose_transport(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct scan_transport_config config = {
		.options = options, .plan = scan->plan, .world = scan->world, .recording = scan->recording,
		.counters = &scan->counters, .notes = &scan->notes, .workers_named = scan->config.workers_named,
		.workers_wanted = scan->config.workers,
		.workers = scan_config_workers(&scan->config, plan_address_count(scan->plan)),
	};
	return scan_transport_choose(&scan->chosen, &config, why);
}

static int prepare(struct scan *scan, const struct scan_options *options, struct error *why)
{
	int error = scan_config_read(&scan->config, options, &scan->recording, why);
	if (error == 0)
		error = load_world(scan, options, why);
	if (error == 0)
		error = make_plan(scan, options, why);
	if (error == 0)
		error = make_worker(scan, options, why);
	return error ? error : choose_transport(scan, options, why);
}

int scan_prepare(struct scan **out, const struct scan_options *options, struct error *why)
{
	struct scan *scan = calloc(1, sizeof *scan);
	if (!scan)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	int error = prepare(scan, options, why);
	if (error) {
		scan_destroy(scan, NULL);
		return error;
	}
	*out = scan;
	return 0;
}

uint32_t scan_workers(const struct scan *scan)
{
	return scan_transport_workers(scan->chosen);
}

int scan_dry_run(const struct scan_options *options, bool (*each)(void *owner, const char *endpoint), void *owner,
		 struct error *why)
{
	struct scan *scan = calloc(1, sizeof *scan);
	struct endpoint endpoint;
	char text[ENDPOINT_TEXT_MAX];
	if (!scan)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	int error = scan_config_read(&scan->config, options, &scan->recording, why);
	if (error == 0)
		error = load_world(scan, options, why);
	if (error == 0)
		error = make_plan(scan, options, why);
	if (error == 0 && plan_is_stream(scan->plan))
		error = error_set(why, ERR_INVALID, "--dry-run does not go with --input zmap");
	while (error == 0 || error == ERR_AGAIN) {
		error = plan_next(scan->plan, NULL, &endpoint, why);
		if (error == 0 && !each(owner, endpoint_format(&endpoint, text)))
			break;
	}
	scan_destroy(scan, NULL);
	return error == ERR_CLOSED ? 0 : error;
}

/* --- beginning ------------------------------------------------------------------------------------------------------------------ */

int scan_open_slice(struct scan *scan, uint32_t index, struct error *why)
{
	return scan_transport_open_slice(scan->chosen, index, why);
}

void scan_close_slice(struct scan *scan)
{
	scan_transport_close_slice(scan->chosen);
}

/* The time of day minus the transport's clock. */
static int64_t wall_offset(const struct scan *scan)
{
	if (scan->world || scan->recording)
		return SIM_EPOCH_NS - (int64_t)LINK_SIM_START_NS;
	return (int64_t)clock_wall_ns() - (int64_t)scan->transport->ops->now(scan->transport);
}

int scan_begin(struct scan *scan, const struct scan_part *part, struct error *why)
{
	struct transport_config base = scan->config.transport;
	int error = 0;
	scan->part = *part;
	base.counters = &scan->counters;
	base.handler = worker_handler(scan->worker);
	if (scan_transport_ends(scan->chosen)) /* nothing leaves, and the answers in a capture do not wait for our questions */
		base.rate_pps = base.rate_bytes = 0;
	if (part->count > 1) {
		scan->counters = (struct counters){ 0 }; /* those so far are the master's */
		if (part->life) /* other source ports and numbers than before */
			base.seed = cookie_key_from_seed(base.seed, part->life).k0;
		base.rate_pps = part->rate_pps;
		base.rate_bytes = part->rate_bytes;
		base.streams_max = scan_config_streams(&scan->config, part->index, part->count);
		scan_transport_let_go(scan->chosen);
		error = plan_divide(scan->plan, part->index, part->count, part->position, why);
	}
	if (error == 0)
		error = scan_transport_create(scan->chosen, &base, &scan->transport, why);
	if (error)
		return error;
	worker_set_clock(scan->worker, wall_offset(scan), scan_transport_is_exact(scan->chosen));
	return worker_start(scan->worker, scan->transport, why);
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static uint64_t longest_sleep(const struct scan *scan)
{
	if (plan_is_stream(scan->plan) && worker_state(scan->worker) == WORKER_SENDING)
		return STREAM_SLEEP_NS;
	return scan->part.count > 1 ? PART_SLEEP_NS : SLEEP_NS;
}

static int turn(struct scan *scan, uint64_t sleep_ns, struct error *why)
{
	scan->held_up = scan->part.held_up(scan->part.owner);
	if (scan->part.count == 1 && scan->config.results_max && worker_results(scan->worker) >= scan->config.results_max)
		scan->enough = true;
	int error = worker_turn(scan->worker, sleep_ns, why);
	if (error != ERR_CLOSED || !scan_transport_ends(scan->chosen))
		return error;
	worker_stop(scan->worker, 0); /* a capture's end is no failure: nothing more can come */
	return 0;
}

int scan_step(struct scan *scan, uint64_t slice_ns, struct error *why)
{
	uint64_t end_ns = clock_monotonic_ns() + slice_ns, sleep_ns = longest_sleep(scan);
	int signals = signals_count(), turns = scan->part.count > 1 ? 1 : TURNS_PER_LOOK;
	do {
		for (int i = 0; i < turns && scan_state(scan) != WORKER_DONE && signals_count() == signals; i++) {
			int error = turn(scan, sleep_ns, why);
			if (error)
				return error;
		}
	} while (clock_monotonic_ns() < end_ns && scan_state(scan) != WORKER_DONE && signals_count() == signals);
	return 0;
}

enum worker_state scan_state(const struct scan *scan)
{
	return worker_state(scan->worker);
}

void scan_exhaust(struct scan *scan)
{
	scan->enough = true;
}

void scan_stop(struct scan *scan)
{
	worker_stop(scan->worker, scan->config.grace_ns);
}

void scan_limit(struct scan *scan, uint64_t rate_pps, uint64_t rate_bytes)
{
	if (scan->transport->ops->limit)
		scan->transport->ops->limit(scan->transport, rate_pps, rate_bytes);
}

void scan_end(struct scan *scan)
{
	worker_destroy(scan->worker);
	scan->worker = NULL;
	if (scan->transport)
		scan->transport->ops->destroy(scan->transport);
	scan->transport = NULL;
}

void scan_report_killed(struct scan *scan, const struct endpoint *target, const char *message)
{
	worker_report_killed(scan->worker, target, message);
}

/* --- what is known of it -------------------------------------------------------------------------------------------------------- */

const struct endpoint *scan_subject(const struct scan *scan)
{
	return worker_subject(scan->worker);
}

const struct counters *scan_counters(struct scan *scan)
{
	scan_transport_count(scan->chosen);
	return &scan->counters;
}

uint64_t scan_total(const struct scan *scan)
{
	return plan_total(scan->plan);
}

uint64_t scan_position(const struct scan *scan)
{
	return plan_position(scan->plan);
}

uint64_t scan_now_ns(void)
{
	return clock_monotonic_ns();
}

uint32_t scan_active(const struct scan *scan)
{
	return scan->worker ? worker_active(scan->worker) : 0;
}

uint64_t scan_seed(const struct scan *scan)
{
	return scan->config.seed;
}

void scan_rate(const struct scan *scan, uint64_t *rate_pps, uint64_t *rate_bytes)
{
	*rate_pps = scan->config.transport.rate_pps;
	*rate_bytes = scan->config.transport.rate_bytes;
}

uint64_t scan_results_max(const struct scan *scan)
{
	return scan->config.results_max;
}

uint64_t scan_patience_ns(const struct scan *scan)
{
	return scan_config_patience_ns(&scan->config);
}

const char *scan_transport_text(const struct scan *scan)
{
	return scan_transport_name(scan->chosen);
}

bool scan_is_live(const struct scan *scan)
{
	return scan_transport_is_live(scan->chosen);
}

uint32_t scan_world_errors(const struct scan *scan, const char **first)
{
	*first = scan->world ? lua_world_first_error(scan->world) : "";
	return scan->world ? lua_world_errors(scan->world) : 0;
}

struct notes *scan_notes(struct scan *scan)
{
	return &scan->notes;
}

const char *scan_tally(struct scan *scan, size_t *length, struct error *why)
{
	lua_settop(scan->L, 0); /* the text of the call before */
	if (worker_tally(scan->worker, why))
		return NULL;
	return lua_tolstring(scan->L, -1, length); /* what json.encode returned */
}

int scan_destroy(struct scan *scan, struct error *why)
{
	if (!scan)
		return 0;
	worker_destroy(scan->worker);
	script_close(scan->L); /* collects conns, which close their streams: before the transport goes */
	if (scan->transport)
		scan->transport->ops->destroy(scan->transport);
	int error = scan_transport_free(scan->chosen, why) ? ERR_SYSTEM : 0;
	lua_world_destroy(scan->world);
	plan_destroy(scan->plan);
	recording_close(scan->recording);
	free(scan);
	return error;
}
