#include "worker_process.h"

#include "child.h"
#include "courier.h"
#include "privilege.h"
#include "script.h"

#include <string.h>

#define SLICE_NS 2000000ull /* between looks at orders */
#define STATE_LOOKS 5 /* of them between states */
#define PENDING_PAUSE (16u << 20) /* bytes the master has not taken above which no target is started */
#define PENDING_WAIT (64u << 20) /* the same above which everything waits, before what waits here is too much */
#define REST_SHARE 32 /* part of its share that a worker without targets keeps */
#define EXIT_FAILED 1

struct worker_process {
	const struct worker_process_config *config;
	struct scan *scan;
	struct courier *courier;
	int control;
	uint32_t share; /* the order obeyed last */
	uint64_t rate_pps, rate_bytes; /* what is kept of it */
	size_t again; /* where in the ledger's open targets we are */
	bool recorded; /* a record since the last tally */
	bool quit, was_sending;
};

/* --- what the scan calls -------------------------------------------------------------------------------------------------------- */

static int refused(int error, struct error *why)
{
	return error ? error_set(why, error, "a record could not be handed to the master: %s", error_text(error)) : 0;
}

/* Those that are open may together have more to say than may wait here. Rather than lose any of it, they wait for whoever reads. */
static int give_record(void *owner, const char *line, size_t length, struct error *why)
{
	struct worker_process *self = owner;
	if (courier_pending(self->courier) > PENDING_WAIT && courier_flush(self->courier))
		self->quit = true; /* the master is gone */
	self->recorded = true;
	return refused(courier_record(self->courier, line, length), why);
}

static int give_kept(void *owner, const char *line, size_t length, struct error *why)
{
	struct worker_process *self = owner;
	return refused(courier_kept(self->courier, line, length), why);
}

static bool is_held_up(void *owner)
{
	struct worker_process *self = owner;
	return courier_pending(self->courier) > PENDING_PAUSE;
}

/* Peers repeat what the worker before this one did not acknowledge: what is done stays done. */
static bool tell_opened(void *owner, const struct endpoint *target)
{
	struct worker_process *self = owner;
	const struct worker_process_config *config = self->config;
	if (ledger_is_killed(config->ledger, target) || (config->life && ledger_is_recorded(config->ledger, target, config->now_ns)))
		return false;
	courier_opened(self->courier, target); /* without memory for it a restart would not know of it: no harm now */
	return true;
}

static bool next_again(void *owner, struct endpoint *out)
{
	struct worker_process *self = owner;
	while (ledger_next_open(self->config->ledger, &self->again, out)) {
		if (!ledger_is_killed(self->config->ledger, out))
			return true;
	}
	return false;
}

static bool is_done(void *owner, const struct endpoint *target)
{
	const struct worker_process_config *config = ((struct worker_process *)owner)->config;
	return ledger_is_recorded(config->ledger, target, config->now_ns) || ledger_is_open(config->ledger, target) ||
	       ledger_is_killed(config->ledger, target);
}

/* --- telling and obeying -------------------------------------------------------------------------------------------------------- */

/* Runs in a signal handler, within a script that holds up everything: the last thing this process does. */
static void give_up(void *owner)
{
	struct worker_process *self = owner;
	struct last_words words = { .known = 0 };
	const struct endpoint *target = scan_subject(self->scan);
	if (target) {
		words.target = *target;
		words.known = 1;
	}
	child_give_up(self->control, &words);
}

static int add_tally(struct worker_process *self, struct error *why)
{
	size_t length;
	if (!self->recorded)
		return 0;
	self->recorded = false;
	const char *text = scan_tally(self->scan, &length, why);
	return text ? refused(courier_tally(self->courier, text, length), why) : ERR_SCRIPT;
}

static int add_state(struct worker_process *self, bool done)
{
	struct message_state state = { .counters = *scan_counters(self->scan), .position = scan_position(self->scan),
				       .time_ns = scan_now_ns(), .active = scan_active(self->scan), .share = self->share, .done = done,
				       .rate_pps = self->rate_pps, .rate_bytes = self->rate_bytes,
				       .sending = self->was_sending };
	return courier_state(self->courier, &state);
}

/* A batch holds records, the tally and the counters as they were together. */
static int tell(struct worker_process *self, struct error *why)
{
	int error = add_tally(self, why);
	if (error == 0)
		error = refused(add_state(self, false), why);
	if (error == 0 && courier_push(self->courier))
		self->quit = true; /* the master is gone */
	return error;
}

static void limit(struct worker_process *self, uint64_t rate_pps, uint64_t rate_bytes)
{
	self->rate_pps = rate_pps;
	self->rate_bytes = rate_bytes;
	scan_limit(self->scan, rate_pps, rate_bytes);
}

/* Without targets most of the share is of no use here: others go on with it, as soon as the master has heard of it. */
static void rest(struct worker_process *self)
{
	uint64_t rate_pps = self->rate_pps / REST_SHARE, rate_bytes = self->rate_bytes / REST_SHARE;
	rate_pps = self->rate_pps && rate_pps == 0 ? 1 : rate_pps; /* 0 is no limit */
	rate_bytes = self->rate_bytes && rate_bytes == 0 ? 1 : rate_bytes;
	limit(self, rate_pps, rate_bytes);
}

/* True when there was an order whose execution is to be told. */
static bool take_orders(struct worker_process *self)
{
	struct order order;
	bool tell_at_once = false;
	int error;
	while ((error = child_take_order(self->control, &order)) == 0) {
		if (order.kind == ORDER_RATE) {
			limit(self, order.rate_pps, order.rate_bytes);
			self->share = order.number;
			tell_at_once = true;
		} else if (order.kind == ORDER_STOP) {
			scan_stop(self->scan);
		} else if (order.kind == ORDER_ENOUGH) {
			scan_exhaust(self->scan);
		} else {
			self->quit = true;
		}
	}
	self->quit |= error == ERR_CLOSED;
	return tell_at_once;
}

/* --- life ------------------------------------------------------------------------------------------------------------------------- */

static int begin(struct worker_process *self, struct error *why)
{
	const struct worker_process_config *config = self->config;
	struct scan_part part = {
		.index = config->index, .count = config->count, .owner = self, .record = give_record, .keep = give_kept,
		.held_up = is_held_up, .opened = tell_opened, .rate_pps = config->rate_pps, .rate_bytes = config->rate_bytes,
		.life = config->life, .position = ledger_safe(config->ledger), .repeated = ledger_reached(config->ledger),
		.again = next_again, .skip = is_done,
	};
	if (config->life == 0) { /* nothing is done yet */
		part.again = NULL;
		part.skip = NULL;
	}
	int error = privilege_renounce(why);
	if (error == 0)
		error = scan_begin(self->scan, &part, why);
	script_watch_fork(give_up, self);
	if (error == 0 && config->enough)
		scan_exhaust(self->scan);
	struct endpoint killed;
	for (size_t at = 0; error == 0 && ledger_next_killed(config->ledger, &at, &killed);)
		scan_report_killed(self->scan, &killed, "the script could not be stopped: its worker was killed");
	return error;
}

static int work(struct worker_process *self, struct error *why)
{
	int error = 0, looks = 0;
	self->was_sending = true;
	while (error == 0 && !self->quit && scan_state(self->scan) != WORKER_DONE) {
		bool at_once = take_orders(self);
		error = scan_step(self->scan, SLICE_NS, why);
		bool sending = scan_state(self->scan) == WORKER_SENDING;
		if (self->was_sending && !sending)
			rest(self);
		at_once |= sending != self->was_sending;
		self->was_sending = sending;
		if (error == 0 && (at_once || ++looks >= STATE_LOOKS)) {
			error = tell(self, why);
			looks = 0;
		}
	}
	return error;
}

/* The last batch: what is known at the end, after the last frames. */
static void finish(struct worker_process *self, int error, const struct error *why)
{
	add_tally(self, NULL);
	scan_end(self->scan);
	courier_flush(self->courier); /* makes room for the last words */
	if (error)
		courier_failed(self->courier, error, why->text);
	add_state(self, error == 0);
	courier_flush(self->courier);
}

int worker_process_run(void *owner, int pipe, int control)
{
	struct worker_process self = { .config = owner, .control = control };
	struct error why = { "the worker failed" };
	self.scan = self.config->scan;
	self.share = self.config->share;
	self.rate_pps = self.config->rate_pps;
	self.rate_bytes = self.config->rate_bytes;
	self.courier = courier_create(pipe);
	if (!self.courier)
		return EXIT_FAILED;
	int error = begin(&self, &why);
	if (error == 0)
		error = work(&self, &why);
	finish(&self, error, &why);
	return 0;
}
