#include "crew.h"

#include "clock.h"
#include "hand.h"
#include "signals.h"

#include <poll.h>
#include <stdlib.h>

#define BALANCE_NS 200000000ull /* over how long it is measured what a worker uses of its share */
#define POLL_NS 50000000
#define SILENCE_NS 60000000000ull /* of listening to a worker that tells nothing, after which another takes its place */
#define SILENCE_STOPPING_NS 5000000000ull /* the same while the scan is stopping: more than a script may hold it up */
#define FINISH_NS 3000000000ull /* how long ending workers get to say what they know */

struct crew {
	struct scan *scan;
	struct results *results;
	struct counters counters; /* of all, as of the last crew_counters */
	uint64_t rate_pps, rate_bytes, results_max;
	uint64_t silence_ns, silence_stopping_ns;
	uint64_t measured_ns; /* when the use of the shares was looked at last */
	bool stopping, enough, finishing;
	struct error gave_up; /* of a worker that died too often */
	struct share *packets, *bytes; /* copies side by side, to be balanced */
	uint64_t *frames_before, *bytes_before; /* sent until `measured_ns` */
	uint32_t count;
	struct hand hands[];
};

/* --- life ------------------------------------------------------------------------------------------------------------------------- */

static int start_all(struct crew *crew, struct error *why)
{
	int error = 0;
	shares_begin(crew->packets, crew->count, crew->rate_pps);
	shares_begin(crew->bytes, crew->count, crew->rate_bytes);
	crew->measured_ns = clock_monotonic_ns();
	for (uint32_t i = 0; error == 0 && i < crew->count; i++) {
		crew->hands[i].packets = crew->packets[i];
		crew->hands[i].bytes = crew->bytes[i];
		error = hand_start(&crew->hands[i], crew->scan, false, why);
	}
	return error;
}

static int allocate(struct crew *crew, struct error *why)
{
	int error = 0;
	crew->packets = calloc(crew->count, sizeof *crew->packets);
	crew->bytes = calloc(crew->count, sizeof *crew->bytes);
	crew->frames_before = calloc(crew->count, sizeof *crew->frames_before);
	crew->bytes_before = calloc(crew->count, sizeof *crew->bytes_before);
	if (!crew->packets || !crew->bytes || !crew->frames_before || !crew->bytes_before)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	for (uint32_t i = 0; error == 0 && i < crew->count; i++) {
		error = hand_init(&crew->hands[i], crew->scan, i, crew->count, why);
		crew->hands[i].child.next = &crew->hands[(i + 1) % crew->count].child;
	}
	return error;
}

int crew_create(struct crew **out, struct scan *scan, struct results *results, uint64_t silence_ns, struct error *why)
{
	uint32_t count = scan_workers(scan);
	struct crew *crew = calloc(1, sizeof *crew + count * sizeof crew->hands[0]);
	if (!crew)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	crew->scan = scan;
	crew->results = results;
	crew->count = count;
	crew->silence_ns = silence_ns ? silence_ns : SILENCE_NS;
	crew->silence_stopping_ns = crew->silence_ns < SILENCE_STOPPING_NS ? crew->silence_ns : SILENCE_STOPPING_NS;
	crew->results_max = scan_results_max(scan);
	scan_rate(scan, &crew->rate_pps, &crew->rate_bytes);
	int error = allocate(crew, why);
	if (error == 0)
		error = start_all(crew, why);
	if (error) {
		crew_destroy(crew);
		return error;
	}
	*out = crew;
	return 0;
}

void crew_destroy(struct crew *crew)
{
	if (!crew)
		return;
	for (uint32_t i = 0; i < crew->count; i++)
		hand_free(&crew->hands[i]);
	free(crew->packets);
	free(crew->bytes);
	free(crew->frames_before);
	free(crew->bytes_before);
	free(crew);
}

/* --- one that ended --------------------------------------------------------------------------------------------------------------- */

static void let_end(struct hand *hand)
{
	share_end(&hand->packets);
	share_end(&hand->bytes);
}

/* Another goes on in the place of one that died, unless there is no point in it. */
static int replace(struct crew *crew, struct hand *hand, struct error *why)
{
	uint32_t number = hand->index + 1;
	if (crew->stopping || crew->finishing) {
		let_end(hand);
		notes_add(scan_notes(crew->scan), "worker %u ended (%s) while the scan was stopping: what it had open has no record",
			  number, hand->how);
		return 0;
	}
	if (hand->starts == HAND_STARTS_MAX) {
		let_end(hand);
		error_set(&crew->gave_up, ERR_SYSTEM, "worker %u of %u ended %d times, at last: %s; a part of its targets is not done",
			  number, crew->count, HAND_STARTS_MAX, hand->how);
		notes_add(scan_notes(crew->scan), "%s", crew->gave_up.text);
		return 0;
	}
	unsigned long long reached = ledger_reached(hand->ledger), safe = ledger_safe(hand->ledger);
	notes_add(scan_notes(crew->scan), "worker %u of %u ended (%s) and was started again: %zu targets that had answered are done "
		  "again, and those of the last %llu without a record", number, crew->count, hand->how,
		  ledger_open_count(hand->ledger), reached - safe);
	return hand_start(hand, crew->scan, crew->enough, why);
}

static int listen_to(struct crew *crew, struct hand *hand, struct error *why)
{
	switch (hand_listen(hand, crew->results, why)) {
	case HAND_LIVES:
		return 0;
	case HAND_DONE:
		let_end(hand);
		return 0;
	case HAND_DIED:
		return replace(crew, hand, why);
	default:
		let_end(hand);
		return ERR_SYSTEM;
	}
}

/* --- the rate --------------------------------------------------------------------------------------------------------------------- */

static uint64_t sent_by(const struct hand *hand, bool bytes)
{
	return bytes ? hand->before.bytes_sent + hand->now.bytes_sent : hand->before.frames_sent + hand->now.frames_sent;
}

static uint64_t per_second(uint64_t count, uint64_t time_ns)
{
	return (uint64_t)((unsigned __int128)count * 1000000000u / time_ns);
}

/* What each used of its share since it was measured last; `restart`: nothing is concluded, for shares have changed since. */
static void measure(struct crew *crew, bool restart)
{
	uint64_t now_ns = clock_monotonic_ns(), elapsed_ns = now_ns - crew->measured_ns;
	if (elapsed_ns < BALANCE_NS && !restart)
		return;
	for (uint32_t i = 0; i < crew->count; i++) {
		struct hand *hand = &crew->hands[i];
		uint64_t frames = sent_by(hand, false), bytes = sent_by(hand, true);
		if (!restart) {
			hand->packets.used = per_second(frames - crew->frames_before[i], elapsed_ns);
			hand->bytes.used = per_second(bytes - crew->bytes_before[i], elapsed_ns);
		}
		crew->frames_before[i] = frames;
		crew->bytes_before[i] = bytes;
	}
	crew->measured_ns = now_ns;
}

static void balance(struct crew *crew)
{
	bool changed = false;
	measure(crew, false);
	for (uint32_t i = 0; i < crew->count; i++) {
		crew->packets[i] = crew->hands[i].packets;
		crew->bytes[i] = crew->hands[i].bytes;
	}
	shares_balance(crew->packets, crew->count, crew->rate_pps);
	shares_balance(crew->bytes, crew->count, crew->rate_bytes);
	for (uint32_t i = 0; i < crew->count; i++) {
		crew->hands[i].packets = crew->packets[i];
		crew->hands[i].bytes = crew->bytes[i];
		changed |= hand_tell_share(&crew->hands[i]);
	}
	if (changed)
		measure(crew, true);
}

/* --- listening -------------------------------------------------------------------------------------------------------------------- */

static void order_all(struct crew *crew, enum order_kind kind)
{
	for (uint32_t i = 0; i < crew->count; i++)
		hand_order(&crew->hands[i], kind);
}

/* At the end all that can still be taken is. */
static bool is_behind(struct crew *crew)
{
	return !crew->finishing && results_behind(crew->results);
}

/* A worker tells something a hundred times a second, however little there is to tell. Time in which we were stopped ourselves
 * does not count, nor does that in which we did not listen. */
static void look_for_silence(struct crew *crew, const struct pollfd *polls, uint64_t listened_ns)
{
	uint64_t most_ns = crew->stopping || crew->finishing ? crew->silence_stopping_ns : crew->silence_ns;
	if (listened_ns > POLL_NS)
		listened_ns = POLL_NS;
	for (uint32_t i = 0; i < crew->count; i++) {
		if (polls[i].fd >= 0 && !polls[i].revents)
			hand_await(&crew->hands[i], listened_ns, most_ns);
	}
}

/* Waits for what the workers tell, a while, and takes it. While our reader is behind they have to keep it. */
static int listen_once(struct crew *crew, struct error *why)
{
	struct pollfd polls[crew->count];
	bool behind = is_behind(crew);
	for (uint32_t i = 0; i < crew->count; i++)
		polls[i] = (struct pollfd){ .fd = crew->hands[i].child.pid && !behind ? crew->hands[i].child.pipe : -1,
					    .events = POLLIN };
	uint64_t began_ns = clock_monotonic_ns();
	int ready = poll(polls, crew->count, POLL_NS / 1000000);
	look_for_silence(crew, polls, clock_monotonic_ns() - began_ns);
	if (ready <= 0)
		return 0;
	for (uint32_t i = 0; i < crew->count; i++) {
		int error = polls[i].revents && !is_behind(crew) ? listen_to(crew, &crew->hands[i], why) : 0;
		if (error)
			return error;
	}
	return 0;
}

static void look_at_results(struct crew *crew)
{
	if (crew->enough || crew->results_max == 0 || crew_counters(crew)->services < crew->results_max)
		return;
	crew->enough = true;
	order_all(crew, ORDER_ENOUGH);
}

int crew_step(struct crew *crew, uint64_t slice_ns, struct error *why)
{
	uint64_t end_ns = clock_monotonic_ns() + slice_ns;
	int signals = signals_count(), error = 0;
	while (error == 0 && crew_state(crew) != WORKER_DONE && signals_count() == signals && clock_monotonic_ns() < end_ns) {
		error = listen_once(crew, why);
		look_at_results(crew);
		balance(crew);
		if (error == 0)
			error = results_error(crew->results, why);
	}
	if (error == 0 && crew_state(crew) == WORKER_DONE && *crew->gave_up.text) {
		*why = crew->gave_up;
		error = ERR_SYSTEM;
	}
	return error;
}

enum worker_state crew_state(const struct crew *crew)
{
	enum worker_state state = WORKER_DONE;
	for (uint32_t i = 0; i < crew->count; i++) {
		const struct hand *hand = &crew->hands[i];
		if (hand->child.pid && hand->state.sending)
			return WORKER_SENDING;
		if (hand->child.pid)
			state = WORKER_WAITING;
	}
	return state;
}

void crew_stop(struct crew *crew)
{
	crew->stopping = true;
	order_all(crew, ORDER_STOP);
}

/* What is lost now is at least said, once; but for what cannot be written any more, which ended the scan. */
static void listen_at_last(struct crew *crew)
{
	struct error why = { "" };
	if (listen_once(crew, &why) == 0 || *crew->gave_up.text || results_error(crew->results, NULL))
		return;
	crew->gave_up = why;
	notes_add(scan_notes(crew->scan), "while the workers ended: %s", *why.text ? why.text : "what they told could not be kept");
}

void crew_finish(struct crew *crew)
{
	uint64_t end_ns = clock_monotonic_ns() + FINISH_NS;
	crew->finishing = true;
	order_all(crew, ORDER_QUIT);
	while (crew_state(crew) != WORKER_DONE && clock_monotonic_ns() < end_ns)
		listen_at_last(crew);
	for (uint32_t i = 0; i < crew->count; i++)
		child_kill(&crew->hands[i].child);
	while (crew_state(crew) != WORKER_DONE)
		listen_at_last(crew);
}

/* --- what is known ---------------------------------------------------------------------------------------------------------------- */

const struct counters *crew_counters(struct crew *crew)
{
	crew->counters = *scan_counters(crew->scan); /* what was counted before the first fork */
	for (uint32_t i = 0; i < crew->count; i++) {
		counters_add(&crew->counters, &crew->hands[i].before);
		counters_add(&crew->counters, &crew->hands[i].now);
	}
	return &crew->counters;
}

uint32_t crew_active(const struct crew *crew)
{
	uint32_t active = 0;
	for (uint32_t i = 0; i < crew->count; i++)
		active += crew->hands[i].state.active;
	return active;
}

const char *crew_tally(const struct crew *crew, size_t index)
{
	for (uint32_t i = 0; i < crew->count; i++) {
		for (uint32_t j = 0; j < crew->hands[i].starts; j++) {
			if (crew->hands[i].tallies[j] && index-- == 0)
				return crew->hands[i].tallies[j];
		}
	}
	return NULL;
}
