#include "plan.h"

#include "blocklist.h"
#include "ports.h"
#include "targets.h"
#include "targets_iterator.h"
#include "units.h"
#include "zmap_input.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT_MAX 4096 /* addresses looked at for one's own */
#define SKIPPED_MAX 4096 /* blocked targets passed over in one call */

struct plan {
	struct ports *ports;
	struct targets *targets;
	struct blocklist *blocklist;
	struct targets_iterator *iterator;
	struct targets_order order; /* of the iterator */
	const struct recording *recording; /* instead of the iterator, when one is replayed */
	uint64_t recording_next, recording_end;
	struct zmap_input *stream; /* instead of the iterator, with --input zmap */
	struct address *own; /* addresses of this machine */
	size_t own_count;
	struct counters *counters;
};

/* --- this machine's addresses ------------------------------------------------------------------------------------------ */

static bool own_address_of(const struct ifaddrs *entry, struct address *out)
{
	*out = (struct address){ 0 };
	if (!entry->ifa_addr)
		return false;
	if (entry->ifa_addr->sa_family == AF_INET) {
		out->family = ADDRESS_V4;
		memcpy(out->bytes, &((struct sockaddr_in *)entry->ifa_addr)->sin_addr, 4);
		return true;
	}
	if (entry->ifa_addr->sa_family == AF_INET6) {
		out->family = ADDRESS_V6;
		memcpy(out->bytes, &((struct sockaddr_in6 *)entry->ifa_addr)->sin6_addr, 16);
		return true;
	}
	return false;
}

static int own_addresses(struct plan *plan, struct error *why)
{
	struct ifaddrs *entries;
	if (getifaddrs(&entries))
		return error_errno(why, "this machine's addresses cannot be listed");
	size_t count = 0;
	for (struct ifaddrs *entry = entries; entry; entry = entry->ifa_next)
		count++;
	plan->own = calloc(count + 1, sizeof *plan->own);
	for (struct ifaddrs *entry = entries; plan->own && entry; entry = entry->ifa_next)
		plan->own_count += own_address_of(entry, &plan->own[plan->own_count]);
	freeifaddrs(entries);
	return plan->own ? 0 : error_set(why, ERR_NO_MEMORY, "out of memory");
}

static bool is_own(const struct plan *plan, const struct address *address)
{
	struct address_range loopback;
	range_parse("127.0.0.0/8", &loopback);
	if (range_contains(&loopback, address))
		return true;
	for (size_t i = 0; i < plan->own_count; i++) {
		if (address_equal(&plan->own[i], address))
			return true;
	}
	return false;
}

/* Scanning oneself harms nobody, whatever range one's addresses are in. */
static int exempt_own(struct plan *plan)
{
	struct address_range range;
	range_parse("127.0.0.0/8", &range);
	int error = blocklist_exempt(plan->blocklist, &range);
	range_parse("::1", &range);
	if (error == 0)
		error = blocklist_exempt(plan->blocklist, &range);
	for (size_t i = 0; error == 0 && i < plan->own_count; i++)
		error = blocklist_exempt(plan->blocklist, &(struct address_range){ plan->own[i], plan->own[i] });
	return error;
}

/* --- reading the options ------------------------------------------------------------------------------------------------ */

static int read_blocklist(struct plan *plan, const struct scan_options *options, bool special, struct error *why)
{
	int error = own_addresses(plan, why);
	if (error)
		return error;
	plan->blocklist = blocklist_create(special);
	if (!plan->blocklist || exempt_own(plan))
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	for (const char **file = options->blocklists; error == 0 && file && *file; file++)
		error = blocklist_block_file(plan->blocklist, *file, why);
	for (const char **file = options->allowlists; error == 0 && file && *file; file++)
		error = blocklist_allow_file(plan->blocklist, *file, why);
	if (error == 0)
		blocklist_seal(plan->blocklist);
	return error;
}

/* "a b c": a world's own targets. */
static int add_words(struct targets *targets, const char *words, struct error *why)
{
	int error = 0;
	char *copy = strdup(words), *rest = copy;
	if (!copy)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	for (char *word; error == 0 && (word = strsep(&rest, " "));) {
		if (*word)
			error = targets_add(targets, word, why);
	}
	free(copy);
	return error;
}

static int read_targets(struct plan *plan, const struct scan_options *options, const struct plan_defaults *defaults,
			struct error *why)
{
	bool any = (options->targets && *options->targets) || (options->lists && *options->lists);
	const char *ports = options->ports ? options->ports : any ? NULL : defaults->ports;
	int error = ports ? ports_parse(&plan->ports, ports, why) : 0;
	if (error)
		return error;
	plan->targets = targets_create(plan->ports, NULL, NULL);
	if (!plan->targets)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	for (const char **entry = options->targets; error == 0 && entry && *entry; entry++)
		error = targets_add(plan->targets, *entry, why);
	for (const char **file = options->lists; error == 0 && file && *file; file++)
		error = targets_add_file(plan->targets, *file, why);
	if (error == 0 && !any && defaults->targets)
		error = add_words(plan->targets, defaults->targets, why);
	if (error == 0)
		error = targets_seal(plan->targets, why);
	if (error == 0)
		error = targets_first_blocked(plan->targets, plan->blocklist, why);
	if (error == 0 && targets_count(plan->targets) == 0)
		error = error_set(why, ERR_INVALID, "there is no target: name addresses, or a file of them with -l");
	return error;
}

static int read_shard(const char *text, struct targets_order *order, struct error *why)
{
	unsigned shard, shards;
	char rest;
	if (!text)
		return 0;
	if (sscanf(text, "%u/%u%c", &shard, &shards, &rest) != 2 || shard < 1 || shard > shards || shards > 65536)
		return error_set(why, ERR_INVALID, "--shard '%s' is not I/N with I from 1 to N", text);
	order->shard = shard - 1;
	order->shards = shards;
	return 0;
}

static int make_iterator(struct plan *plan, const struct scan_options *options, uint64_t seed, struct error *why)
{
	plan->order = (struct targets_order){ .seed = seed, .shard = 0, .shards = 1 };
	int error = read_shard(options->shard, &plan->order, why);
	if (error == 0 && options->max_targets)
		error = units_number(options->max_targets, &plan->order.max, why);
	if (error == 0)
		error = targets_iterator_create(&plan->iterator, plan->targets, &plan->order, why);
	return error;
}

int plan_divide(struct plan *plan, uint32_t index, uint32_t count, uint64_t position, struct error *why)
{
	struct targets_order part = plan->order;
	struct targets_iterator *iterator;
	part.shard += plan->order.shards * index;
	part.shards *= count;
	int error = targets_iterator_create(&iterator, plan->targets, &part, why);
	if (error)
		return error;
	targets_iterator_destroy(plan->iterator);
	plan->iterator = iterator;
	targets_iterator_seek(iterator, position);
	return 0;
}

static int open_stream(struct plan *plan, const struct scan_options *options, struct error *why)
{
	if (!options->lists || !options->lists[0] || options->lists[1])
		return error_set(why, ERR_INVALID, "--input zmap reads one file or pipe: name it with -l (- is standard input)");
	if ((options->targets && *options->targets) || options->ports)
		return error_set(why, ERR_INVALID, "--input zmap takes its targets from ZMap's lines: no TARGET and no -p with it");
	return zmap_input_open(&plan->stream, options->lists[0], &plan->counters->input_malformed, why);
}

static int take_recording(struct plan *plan, const struct scan_options *options, const struct recording *recording,
			  struct error *why)
{
	bool others = (options->targets && *options->targets) || (options->lists && *options->lists) || options->ports;
	uint64_t max = 0;
	if (others || options->shard)
		return error_set(why, ERR_INVALID, "a recording is replayed as it is: no TARGET, -p, -l or --shard with it");
	int error = options->max_targets ? units_number(options->max_targets, &max, why) : 0;
	plan->recording = recording;
	plan->recording_end = recording_count(recording);
	if (max && max < plan->recording_end)
		plan->recording_end = max;
	return error;
}

int plan_create(struct plan **out, const struct scan_options *options, const struct plan_defaults *defaults,
		uint64_t seed, struct counters *counters, struct error *why)
{
	struct plan *plan = calloc(1, sizeof *plan);
	if (!plan)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	plan->counters = counters;
	int error = read_blocklist(plan, options, defaults->special, why);
	if (error == 0 && options->input && strcmp(options->input, "zmap") == 0)
		error = open_stream(plan, options, why);
	else if (error == 0 && defaults->recording)
		error = take_recording(plan, options, defaults->recording, why);
	else if (error == 0)
		error = read_targets(plan, options, defaults, why);
	if (error == 0 && !plan->stream && !plan->recording)
		error = make_iterator(plan, options, seed, why);
	if (error) {
		plan_destroy(plan);
		return error;
	}
	*out = plan;
	return 0;
}

void plan_destroy(struct plan *plan)
{
	if (!plan)
		return;
	zmap_input_close(plan->stream);
	targets_iterator_destroy(plan->iterator);
	targets_destroy(plan->targets);
	ports_destroy(plan->ports);
	blocklist_destroy(plan->blocklist);
	free(plan->own);
	free(plan);
}

/* --- while scanning ------------------------------------------------------------------------------------------------------ */

static int next_from_stream(struct plan *plan, struct transport *transport, struct endpoint *out, struct error *why)
{
	struct zmap_syn_ack answer;
	int error = zmap_input_next(plan->stream, &answer, why);
	if (error)
		return error;
	*out = answer.remote;
	if (!blocklist_permits(plan->blocklist, &answer.remote.address)) {
		plan->counters->targets++;
		plan->counters->targets_blocked++;
		return ERR_AGAIN;
	}
	if (transport->ops->adopt(transport, &answer.local, &answer.remote, answer.seq, answer.ack, answer.window)) {
		plan->counters->input_unusable++;
		return ERR_AGAIN;
	}
	plan->counters->syn_acks++;
	return WORKER_ADOPTED;
}

int plan_next(void *source, struct transport *transport, struct endpoint *out, struct error *why)
{
	struct plan *plan = source;
	if (plan->stream)
		return next_from_stream(plan, transport, out, why);
	if (plan->recording && plan->recording_next == plan->recording_end)
		return ERR_CLOSED;
	if (plan->recording) {
		*out = *recording_endpoint(plan->recording, plan->recording_next++);
		return 0;
	}
	for (int skipped = 0; skipped < SKIPPED_MAX; skipped++) {
		if (!targets_iterator_next(plan->iterator, out))
			return ERR_CLOSED;
		if (blocklist_permits(plan->blocklist, &out->address))
			return 0;
		plan->counters->targets++;
		plan->counters->targets_blocked++;
	}
	return ERR_AGAIN; /* let packets and signals have their turn within a large blocked range */
}

uint64_t plan_total(const struct plan *plan)
{
	return plan->iterator ? targets_iterator_count(plan->iterator) : plan->recording_end;
}

uint64_t plan_position(const struct plan *plan)
{
	return plan->iterator ? targets_iterator_position(plan->iterator) : plan->recording_next;
}

uint64_t plan_address_count(const struct plan *plan)
{
	return plan->targets ? targets_address_count(plan->targets) + targets_pair_count(plan->targets) : 0;
}

bool plan_is_one_port(const struct plan *plan)
{
	return plan->targets && targets_pair_count(plan->targets) == 0 &&
	       targets_count(plan->targets) == targets_address_count(plan->targets);
}

bool plan_is_stream(const struct plan *plan)
{
	return plan->stream != NULL;
}

const struct blocklist *plan_blocklist(const struct plan *plan)
{
	return plan->blocklist;
}

/* Calls `wanted` for some of the addresses, in canonical order, until it returns true. */
static bool look_through(const struct plan *plan, bool (*wanted)(const struct plan *, const struct address *, void *),
			 void *argument)
{
	if (!plan->targets)
		return false;
	uint64_t addresses = targets_address_count(plan->targets);
	for (uint64_t i = 0; i < addresses && i < LOOKED_AT_MAX; i++) {
		struct address address = targets_address_at(plan->targets, i);
		if (wanted(plan, &address, argument))
			return true;
	}
	if (addresses > LOOKED_AT_MAX) { /* IPv6 follows all of IPv4 */
		struct address address = targets_address_at(plan->targets, addresses - 1);
		if (wanted(plan, &address, argument))
			return true;
	}
	for (size_t i = 0; i < targets_pair_count(plan->targets) && i < LOOKED_AT_MAX; i++) {
		if (wanted(plan, &targets_pair(plan->targets, i)->address, argument))
			return true;
	}
	return false;
}

struct example {
	enum address_family family;
	struct address *out;
};

static bool is_example(const struct plan *plan, const struct address *address, void *argument)
{
	struct example *example = argument;
	if (address->family != example->family || !blocklist_permits(plan->blocklist, address))
		return false;
	*example->out = *address;
	return true;
}

bool plan_example(const struct plan *plan, enum address_family family, struct address *out)
{
	struct zmap_syn_ack answer;
	if (!plan->stream)
		return look_through(plan, is_example, &(struct example){ family, out });
	if (!zmap_input_first(plan->stream, &answer) || answer.remote.address.family != family)
		return false;
	*out = answer.remote.address;
	return true;
}

bool plan_stream_local(const struct plan *plan, struct endpoint *out)
{
	struct zmap_syn_ack answer;
	if (!plan->stream || !zmap_input_first(plan->stream, &answer))
		return false;
	*out = answer.local;
	return true;
}

static bool is_own_target(const struct plan *plan, const struct address *address, void *argument)
{
	(void)argument;
	return is_own(plan, address);
}

bool plan_has_own_address(const struct plan *plan)
{
	return look_through(plan, is_own_target, NULL);
}
