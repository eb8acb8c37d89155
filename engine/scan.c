#include "scan.h"

#include "blocklist.h"
#include "cookie.h"
#include "lua_world.h"
#include "output.h"
#include "json.h"
#include "plan.h"
#include "privilege.h"
#include "recording_header.h"
#include "scan_raw.h"
#include "script.h"
#include "signals.h"
#include "transport_replay.h"
#include "transport_socket.h"
#include "units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define NOTES_MAX 8
#define SIM_EPOCH_NS 1590969600000000000ll /* a simulated scan happens from 2020-06-01T00:00:00Z on */
#define SIM_SOURCE_V4 "192.0.2.1"
#define SIM_SOURCE_V6 "2001:db8:ffff::1"
#define PENDING_PAUSE (64u << 20) /* bytes of unwritten records above which no target is started */
#define TURNS_PER_LOOK 16 /* turns between looks at the real clock */
#define SLEEP_NS 50000000ull /* longest sleep of one turn: signals and streamed targets are looked at in between */
#define STREAM_SLEEP_NS 2000000ull /* the same while targets are read from a stream */

struct scan {
	struct counters counters;
	uint64_t seed, grace_ns;
	lua_State *L;
	struct lua_world *world;
	struct plan *plan;
	struct raw_setup *raw;
	struct transport *transport;
	struct worker *worker;
	struct output *output, *recorder; /* records; and what --record keeps */
	struct recording *recording; /* what is replayed */
	bool held_up; /* whoever reads our output is slower than we scan: no new targets */
	char notes[NOTES_MAX][sizeof(struct error)];
	size_t note_count;
	bool from_file; /* frames come from a capture, which ends */
	char transport_name[96];
};

static void note(struct scan *scan, const char *text)
{
	if (scan->note_count < NOTES_MAX)
		snprintf(scan->notes[scan->note_count++], sizeof scan->notes[0], "%s", text);
}

/* --- options ---------------------------------------------------------------------------------------------------------------- */

static int read_duration(const char *text, const char *fallback, uint64_t *out_ns, struct error *why)
{
	return units_duration(text ? text : fallback, out_ns, why);
}

static int read_number(const char *text, const char *fallback, uint64_t *out, struct error *why)
{
	return units_number(text ? text : fallback, out, why);
}

static int read_seed(const char *text, uint64_t *out, struct error *why)
{
	char *end;
	if (!text)
		return getrandom(out, sizeof *out, 0) == sizeof *out ? 0 : error_errno(why, "no random seed");
	*out = strtoull(text, &end, 10);
	if (*end || end == text || *text == '-')
		return error_set(why, ERR_INVALID, "--seed '%s' is not a number", text);
	return 0;
}

static const char *world_name(const struct scan_options *options)
{
	return options->link && strncmp(options->link, "sim:", 4) == 0 ? options->link + 4 : NULL;
}

static bool is_capture_file(const struct scan_options *options)
{
	return options->link && strncmp(options->link, "pcap:", 5) == 0;
}

static int read_transport_config(const struct scan *scan, const struct scan_options *options,
				 struct transport_config *config, struct error *why)
{
	uint64_t retries, streams;
	int error = read_number(options->retries, "1", &retries, why);
	if (error == 0 && retries > 15)
		error = error_set(why, ERR_INVALID, "--retries %s is more than 15", options->retries);
	if (error == 0)
		error = read_number(options->rate, "0", &config->rate_pps, why);
	if (error == 0 && options->bandwidth)
		error = units_bandwidth(options->bandwidth, &config->rate_bytes, why);
	if (error == 0)
		error = read_number(options->max_open, "0", &streams, why);
	if (error == 0 && streams > 4000000)
		error = error_set(why, ERR_INVALID, "--max-open %s is more than 4 million", options->max_open);
	if (error)
		return error;
	config->retries = (unsigned)retries;
	config->streams_max = (uint32_t)streams;
	config->counters = (struct counters *)&scan->counters;
	config->seed = scan->seed;
	config->track_probes = options->all;
	config->push = options->push;
	return 0;
}

/* --- opening ---------------------------------------------------------------------------------------------------------------- */

static int load_world(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct lua_world_config config = {
		.name = world_name(options),
		.lua_dir = options->root,
		.seed = scan->seed,
	};
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
	return plan_create(&scan->plan, options, &defaults, scan->seed, &scan->counters, why);
}

/* In a simulation we are whoever we like; of two addresses of one family the second is for a target's further connections. */
static int choose_sim_sources(const struct scan_options *options, struct transport_raw_config *config, struct error *why)
{
	for (const char **text = options->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		bool v4 = address.family == ADDRESS_V4;
		struct address *first = v4 ? &config->source_v4 : &config->source_v6;
		*(first->family == ADDRESS_NONE ? first : v4 ? &config->later_v4 : &config->later_v6) = address;
	}
	if (config->source_v4.family == ADDRESS_NONE)
		address_parse(SIM_SOURCE_V4, &config->source_v4);
	if (config->source_v6.family == ADDRESS_NONE)
		address_parse(SIM_SOURCE_V6, &config->source_v6);
	return 0;
}

static int open_raw(struct scan *scan, const struct scan_options *options, struct transport_config *base,
		    struct error *why)
{
	struct link *link = NULL;
	struct raw_setup_config setup = { .options = options, .plan = scan->plan, .counters = &scan->counters };
	struct transport_raw_config config = { .permit = blocklist_permits, .permit_owner = plan_blocklist(scan->plan) };
	scan->from_file = is_capture_file(options);
	int error = scan->world ? lua_world_open_link(scan->world, &link, &scan->counters, why) : 0;
	if (error)
		return error;
	setup.link = link;
	error = raw_setup_open(&scan->raw, &setup, why);
	if (error) {
		if (link)
			link->ops->close(link);
		return error;
	}
	if (*raw_setup_note(scan->raw))
		note(scan, raw_setup_note(scan->raw));
	config.base = *base;
	raw_setup_fill(scan->raw, &config);
	if (scan->world) {
		config.source_v4.family = config.source_v6.family = ADDRESS_NONE;
		error = choose_sim_sources(options, &config, why);
		if (error)
			return error;
	}
	snprintf(scan->transport_name, sizeof scan->transport_name, "raw over %s", raw_setup_name(scan->raw));
	return transport_raw_create(&scan->transport, &config, why);
}

static int read_source_addresses(const struct scan_options *options, struct transport_socket_config *config,
				 struct error *why)
{
	for (const char **text = options->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		*(address.family == ADDRESS_V4 ? &config->source_v4 : &config->source_v6) = address;
	}
	return 0;
}

/* What a user asked for and the kernel's sockets cannot give: an error where sockets were asked for too, else a note. */
static int check_socket_options(struct scan *scan, const struct scan_options *options, struct error *why)
{
	const char *const names[] = { "--trace", "--source-ports", "--gateway-mac", "--link", "--interface" };
	const char *const given[] = { options->trace, options->source_ports, options->gateway_mac, options->link,
				      options->interface };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct error said;
		if (!given[i])
			continue;
		if (strcmp(options->transport ? options->transport : "auto", "socket") == 0)
			return error_set(why, ERR_INVALID, "%s goes with raw scanning, not with --transport socket", names[i]);
		error_set(&said, 0, "%s has no effect on the kernel's sockets", names[i]);
		note(scan, said.text);
	}
	return 0;
}

static int open_socket(struct scan *scan, const struct scan_options *options, struct transport_config *base,
		       struct error *why)
{
	struct transport_socket_config config = {
		.base = *base, .permit = blocklist_permits, .permit_owner = plan_blocklist(scan->plan),
	};
	int error = check_socket_options(scan, options, why);
	if (error == 0)
		error = read_source_addresses(options, &config, why);
	if (error)
		return error;
	snprintf(scan->transport_name, sizeof scan->transport_name, "socket");
	return transport_socket_create(&scan->transport, &config, why);
}

static int open_replay(struct scan *scan, struct transport_config *base, struct error *why)
{
	struct transport_replay_config config = { .base = *base, .recording = scan->recording };
	snprintf(scan->transport_name, sizeof scan->transport_name, "replay of %.80s", recording_path(scan->recording));
	return transport_replay_create(&scan->transport, &config, why);
}

/* Raw where it is asked for or needed; with "auto" the kernel's sockets where raw cannot be, saying why. */
static int open_transport(struct scan *scan, const struct scan_options *options, struct transport_config *base,
			  struct error *why)
{
	const char *kind = options->transport ? options->transport : "auto";
	if (scan->recording)
		return open_replay(scan, base, why);
	bool needs_raw = scan->world || is_capture_file(options) || plan_is_stream(scan->plan);
	if (strcmp(kind, "socket") == 0 && needs_raw)
		return error_set(why, ERR_INVALID, "--transport socket goes neither with --link %s nor with --input zmap",
				 options->link ? options->link : "ring");
	if (strcmp(kind, "socket") == 0)
		return open_socket(scan, options, base, why);
	if (strcmp(kind, "raw") == 0 || needs_raw)
		return open_raw(scan, options, base, why);
	if (plan_has_own_address(scan->plan)) {
		note(scan, "using the kernel's sockets: an address of this machine is among the targets");
		return open_socket(scan, options, base, why);
	}
	struct error reason;
	int error = open_raw(scan, options, base, &reason);
	if (error == 0)
		return 0;
	if (error == ERR_INVALID) { /* a wrong option stays wrong */
		*why = reason;
		return error;
	}
	struct error said;
	error_set(&said, 0, "using the kernel's sockets: %.250s", reason.text);
	note(scan, said.text);
	return open_socket(scan, options, base, why);
}

/* The time of day minus the transport's clock. */
static int64_t wall_offset(const struct scan *scan)
{
	struct timespec now;
	if (scan->world || scan->recording)
		return SIM_EPOCH_NS - (int64_t)LINK_SIM_START_NS;
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t wall_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	return wall_ns - (int64_t)scan->transport->ops->now(scan->transport);
}

static int write_line(void *owner, const char *line, size_t length, struct error *why)
{
	struct scan *scan = owner;
	int error = output_write(scan->output, line, length);
	if (error && output_error(scan->output, why) == 0) /* which says more, where it is the writer's */
		error_set(why, error, "a record could not be written: %s", error_text(error));
	return error;
}

static int keep_line(void *owner, const char *line, size_t length, struct error *why)
{
	struct scan *scan = owner;
	int error = output_write(scan->recorder, line, length);
	return error ? error_set(why, error, "the recording could not be written: %s", error_text(error)) : 0;
}

/* Asked once a turn, not for each target: a turn adds little. */
static bool output_behind(const struct scan *scan)
{
	return (scan->output && output_pending(scan->output) > PENDING_PAUSE) ||
	       (scan->recorder && output_pending(scan->recorder) > PENDING_PAUSE);
}

static int next_target(void *owner, struct transport *transport, struct endpoint *out, struct error *why)
{
	struct scan *scan = owner;
	return scan->held_up ? ERR_AGAIN : plan_next(scan->plan, transport, out, why);
}

static int make_worker(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct worker_config config = {
		.L = scan->L, .counters = &scan->counters, .next = next_target, .source = scan, .sink = write_line,
		.sink_owner = scan, .seed = scan->seed, .simulated = world_name(options) || scan->recording, .all = options->all, .observe = options->observe,
		.observe_owner = options->observe_owner,
	};
	if (options->record) {
		config.keep = keep_line;
		config.keep_owner = scan;
	}
	if (options->sink) {
		config.sink = options->sink;
		config.sink_owner = options->sink_owner;
	}
	int error = read_number(options->max_results, "0", &config.results_max, why);
	if (error == 0)
		error = read_duration(options->cooldown, "3s", &config.cooldown_ns, why);
	if (error == 0)
		error = read_duration(options->grace, "5s", &scan->grace_ns, why);
	if (error == 0)
		error = worker_create(&scan->worker, &config, why);
	return error;
}

/* --transport replay:FILE. What its handshakes drew by chance followed from its seed, so it is this scan's, too. */
static int open_recording(struct scan *scan, const struct scan_options *options, struct error *why)
{
	const char *kind = options->transport;
	if (!kind || strncmp(kind, "replay:", 7) != 0)
		return 0;
	if (options->link || options->seed || (options->input && strcmp(options->input, "list") != 0))
		return error_set(why, ERR_INVALID, "--transport replay goes neither with --link, nor --input, nor --seed");
	int error = recording_open(&scan->recording, kind + 7, why);
	if (error == 0)
		scan->seed = recording_seed(scan->recording);
	return error;
}

/* --record FILE, with its first line. */
static int open_recorder(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct json line;
	if (!options->record)
		return 0;
	json_init(&line, 1u << 20);
	recording_header(&line, options, scan->seed);
	int error = line.error ? error_set(why, line.error, "out of memory") : output_open(&scan->recorder, options->record, 0, why);
	if (error == 0)
		error = output_write(scan->recorder, line.text, line.length);
	json_free(&line);
	return error;
}

static int open_all(struct scan *scan, const struct scan_options *options, struct error *why)
{
	struct transport_config base = { 0 };
	struct script_config script = { .lua_dir = options->root, .jit = options->jit };
	int error = read_seed(options->seed, &scan->seed, why);
	if (error == 0)
		error = open_recording(scan, options, why);
	if (error == 0)
		error = read_transport_config(scan, options, &base, why);
	if (error == 0)
		error = load_world(scan, options, why);
	if (error == 0)
		error = make_plan(scan, options, why);
	if (error == 0 && !(scan->L = script_open(&script, why)))
		error = ERR_SCRIPT;
	if (error == 0)
		error = make_worker(scan, options, why);
	if (error == 0) {
		base.handler = worker_handler(scan->worker);
		error = open_transport(scan, options, &base, why);
	}
	if (error)
		return error;
	bool exact = scan->recording || strcmp(scan->transport_name, "socket") == 0; /* idle() knows of every probe: nothing comes late */
	worker_set_clock(scan->worker, wall_offset(scan), exact);
	options->push_script_options(scan->L, options->script_options_owner);
	error = worker_start(scan->worker, scan->transport, why);
	if (error == 0 && !options->sink)
		error = output_open(&scan->output, options->output ? options->output : "-", 0, why);
	if (error == 0)
		error = open_recorder(scan, options, why);
	if (error == 0 && scan->raw && !scan->world)
		error = privilege_drop(NULL, why);
	return error;
}

int scan_create(struct scan **out, const struct scan_options *options, struct error *why)
{
	struct scan *scan = calloc(1, sizeof *scan);
	if (!scan)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	int error = open_all(scan, options, why);
	if (error) {
		scan_destroy(scan, true, NULL);
		return error;
	}
	*out = scan;
	return 0;
}

int scan_dry_run(const struct scan_options *options, bool (*each)(void *owner, const char *endpoint), void *owner,
		 struct error *why)
{
	struct scan *scan = calloc(1, sizeof *scan);
	struct endpoint endpoint;
	char text[ENDPOINT_TEXT_MAX];
	if (!scan)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	int error = read_seed(options->seed, &scan->seed, why);
	if (error == 0)
		error = open_recording(scan, options, why);
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
	scan_destroy(scan, true, NULL);
	return error == ERR_CLOSED ? 0 : error;
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static uint64_t real_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A closed pipe or a full disk is found out by the writer's thread, between records. */
static int output_fine(struct scan *scan, struct error *why)
{
	int error = scan->output ? output_error(scan->output, why) : 0;
	return error == 0 && scan->recorder ? output_error(scan->recorder, why) : error;
}

int scan_step(struct scan *scan, uint64_t slice_ns, struct error *why)
{
	uint64_t end_ns = real_now() + slice_ns;
	int signals = signals_count();
	uint64_t sleep_ns = plan_is_stream(scan->plan) && worker_state(scan->worker) == WORKER_SENDING ? STREAM_SLEEP_NS
												       : SLEEP_NS;
	do {
		for (int i = 0; i < TURNS_PER_LOOK && scan_state(scan) != WORKER_DONE && signals_count() == signals; i++) {
			scan->held_up = output_behind(scan);
			int error = worker_turn(scan->worker, sleep_ns, why);
			if (error == ERR_CLOSED && scan->from_file) {
				worker_stop(scan->worker, 0); /* a capture's end is no failure: nothing more can come */
				continue;
			}
			if (error)
				return error;
		}
		int error = output_fine(scan, why);
		if (error)
			return error;
	} while (real_now() < end_ns && scan_state(scan) != WORKER_DONE && signals_count() == signals);
	return 0;
}

enum worker_state scan_state(const struct scan *scan)
{
	return worker_state(scan->worker);
}

void scan_stop(struct scan *scan)
{
	worker_stop(scan->worker, scan->grace_ns);
}

const struct counters *scan_counters(struct scan *scan)
{
	struct link *link = scan->raw ? raw_setup_link(scan->raw) : NULL;
	if (link && link->ops->count)
		link->ops->count(link);
	return &scan->counters;
}

uint64_t scan_total(const struct scan *scan)
{
	return plan_total(scan->plan);
}

uint32_t scan_active(const struct scan *scan)
{
	return worker_active(scan->worker);
}

uint64_t scan_seed(const struct scan *scan)
{
	return scan->seed;
}

const char *scan_transport(const struct scan *scan)
{
	return scan->transport_name;
}

uint32_t scan_world_errors(const struct scan *scan, const char **first)
{
	*first = scan->world ? lua_world_first_error(scan->world) : "";
	return scan->world ? lua_world_errors(scan->world) : 0;
}

size_t scan_note_count(const struct scan *scan)
{
	return scan->note_count;
}

const char *scan_note(const struct scan *scan, size_t index)
{
	return scan->notes[index];
}

int scan_tally(struct scan *scan, lua_State *L, struct error *why)
{
	int error = worker_tally(scan->worker, why);
	if (error)
		return error;
	size_t length;
	const char *text = lua_tolstring(scan->L, -1, &length);
	lua_pushlstring(L, text ? text : "{}", text ? length : 2);
	lua_pop(scan->L, 1);
	return 0;
}

bool scan_flush(struct scan *scan, uint64_t timeout_ns)
{
	return !scan->output || output_flush(scan->output, timeout_ns) != ERR_TIMEOUT;
}

int scan_destroy(struct scan *scan, bool abandon, struct error *why)
{
	int error = 0;
	if (!scan)
		return 0;
	worker_destroy(scan->worker);
	script_close(scan->L); /* collects conns, which close their streams: before the transport goes */
	if (scan->transport)
		scan->transport->ops->destroy(scan->transport);
	if (scan->raw && raw_setup_close(scan->raw, why))
		error = ERR_SYSTEM;
	lua_world_destroy(scan->world);
	plan_destroy(scan->plan);
	recording_close(scan->recording);
	if (scan->output && abandon)
		output_abandon(scan->output);
	if (scan->output) {
		int failed = output_close(scan->output, why);
		error = failed ? failed : error;
	}
	if (scan->recorder && abandon)
		output_abandon(scan->recorder);
	if (scan->recorder) {
		int failed = output_close(scan->recorder, error ? NULL : why);
		error = error ? error : failed;
	}
	free(scan);
	return error;
}
