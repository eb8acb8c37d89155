#include "hand.h"

#include "worker_process.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES (256u << 10)
#define PIECES_MAX 16 /* taken in one go, so that each worker gets its turn */
#define INBOX_MAX (MESSAGE_BATCH_MAX + (1u << 20))

int hand_init(struct hand *hand, const struct scan *scan, uint32_t index, uint32_t count, struct error *why)
{
	*hand = (struct hand){ .index = index, .count = count, .heard_ns = scan_now_ns() };
	hand->ledger = ledger_create(scan_seed(scan), scan_patience_ns(scan), HAND_STARTS_MAX, hand->heard_ns);
	return hand->ledger ? 0 : error_set(why, ERR_NO_MEMORY, "out of memory");
}

void hand_free(struct hand *hand)
{
	if (hand->child.pid) {
		child_kill(&hand->child);
		child_reap(&hand->child, hand->how);
	}
	for (uint32_t i = 0; i < HAND_STARTS_MAX; i++)
		free(hand->tallies[i]);
	buffer_free(&hand->inbox);
	ledger_destroy(hand->ledger);
}

int hand_start(struct hand *hand, struct scan *scan, bool enough, struct error *why)
{
	ledger_restart(hand->ledger, hand->heard_ns);
	hand->order++;
	hand->told_pps = hand->packets.ordered;
	hand->told_bytes = hand->bytes.ordered;
	struct worker_process_config config = {
		.scan = scan, .ledger = hand->ledger,
		.index = hand->index, .count = hand->count, .rate_pps = hand->told_pps, .rate_bytes = hand->told_bytes,
		.share = hand->order, .now_ns = hand->heard_ns, .enough = enough,
		.life = hand->starts,
	};
	int error = scan_open_slice(scan, hand->index, why);
	if (error == 0)
		error = child_start(&hand->child, worker_process_run, &config, why);
	scan_close_slice(scan);
	if (error)
		return error;
	hand->starts++;
	hand->silent_ns = 0;
	hand->silenced = false;
	hand->state = (struct message_state){ .sending = true };
	share_acknowledge(&hand->packets); /* whoever went before does not send any more */
	share_acknowledge(&hand->bytes);
	return 0;
}

/* --- listening ------------------------------------------------------------------------------------------------------------------ */

static void take_state(struct hand *hand, const struct message *message)
{
	memcpy(&hand->state, message->payload, sizeof hand->state);
	hand->now = hand->state.counters;
	if (hand->state.time_ns > hand->heard_ns)
		hand->heard_ns = hand->state.time_ns;
	ledger_position(hand->ledger, hand->state.position, hand->heard_ns);
	hand->packets.resting = hand->bytes.resting = !hand->state.sending;
	bool told = hand->told_pps == hand->packets.ordered && hand->told_bytes == hand->bytes.ordered;
	if (!told || hand->state.share != hand->order)
		return; /* there is an order on its way */
	share_acknowledge(&hand->packets);
	share_acknowledge(&hand->bytes);
	share_give_back(&hand->packets, hand->state.rate_pps);
	share_give_back(&hand->bytes, hand->state.rate_bytes);
	hand->told_pps = hand->packets.ordered;
	hand->told_bytes = hand->bytes.ordered;
}

static int take_tally(struct hand *hand, const struct message *message, struct error *why)
{
	char **tally = &hand->tallies[hand->starts - 1], *text = realloc(*tally, message->length + 1);
	if (!text)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	memcpy(text, message->payload, message->length);
	text[message->length] = 0;
	*tally = text;
	return 0;
}

/* The lines of one target stand or fall together. */
static int take_batch(struct hand *hand, const uint8_t *batch, size_t length, struct results *results, struct error *why)
{
	struct message message;
	struct endpoint target;
	bool wanted = false;
	int error = 0;
	for (size_t at = 0; error == 0 && message_next(batch, length, &at, &message);) {
		const char *text = (const char *)message.payload;
		if (message.kind == MESSAGE_OPENED || message.kind == MESSAGE_RECORD)
			memcpy(&target, message.payload, sizeof target);
		if (message.kind == MESSAGE_OPENED) {
			ledger_open(hand->ledger, &target);
		} else if (message.kind == MESSAGE_RECORD) {
			wanted = ledger_record(hand->ledger, &target, hand->heard_ns);
			if (wanted)
				error = results_record(results, text + sizeof target, message.length - sizeof target, why);
		} else if (message.kind == MESSAGE_KEPT && wanted) {
			error = results_keep(results, text, message.length, why);
		} else if (message.kind == MESSAGE_STATE) {
			take_state(hand, &message);
		} else if (message.kind == MESSAGE_TALLY) {
			error = take_tally(hand, &message, why);
		} else if (message.kind == MESSAGE_FAILED) {
			memcpy(&hand->failure, message.payload, sizeof hand->failure);
			hand->failure.text[sizeof hand->failure.text - 1] = 0;
		}
	}
	return error;
}

/* All whole batches of the inbox. An error of the lines; or none, and *nonsense, when what it tells makes none. */
static int take_batches(struct hand *hand, struct results *results, bool *nonsense, struct error *why)
{
	size_t length;
	int error;
	while ((error = message_take(buffer_bytes(&hand->inbox), buffer_length(&hand->inbox), &length)) == 0) {
		error = take_batch(hand, buffer_bytes(&hand->inbox), length, results, why);
		buffer_consume(&hand->inbox, length);
		if (error)
			return error;
	}
	*nonsense = error != ERR_AGAIN;
	return 0;
}

/* The process has ended, or must. What was left of a batch is left out. */
static enum hand_end end(struct hand *hand)
{
	struct last_words words;
	bool stuck = child_last_words(&hand->child, &words) && words.known;
	bool well = child_reap(&hand->child, hand->how);
	counters_add(&hand->before, &hand->now);
	hand->now = (struct counters){ 0 };
	hand->state.active = 0;
	hand->state.sending = 0;
	buffer_free(&hand->inbox);
	if (hand->silenced)
		strcpy(hand->how, "it was killed because it told nothing any more");
	if (stuck) {
		char text[ENDPOINT_TEXT_MAX];
		snprintf(hand->how, sizeof hand->how, "stuck in the script of %s", endpoint_format(&words.target, text));
		ledger_kill(hand->ledger, &words.target);
	}
	if (hand->failure.code)
		return HAND_FAILED;
	return well && hand->state.done ? HAND_DONE : HAND_DIED;
}

static enum hand_end end_nonsense(struct hand *hand)
{
	child_kill(&hand->child);
	end(hand);
	strcpy(hand->how, "what it told made no sense");
	return HAND_DIED;
}

enum hand_end hand_listen(struct hand *hand, struct results *results, struct error *why)
{
	bool nonsense = false;
	uint8_t piece[PIECE_BYTES];
	for (int i = 0; i < PIECES_MAX; i++) {
		ssize_t count = read(hand->child.pipe, piece, sizeof piece);
		if (count < 0 && (errno == EAGAIN || errno == EINTR))
			return HAND_LIVES;
		if (count <= 0) {
			enum hand_end how = end(hand);
			if (how == HAND_FAILED)
				error_set(why, hand->failure.code, "%s", hand->failure.text);
			return how;
		}
		hand->silent_ns = 0;
		int error = buffer_append(&hand->inbox, piece, (size_t)count, INBOX_MAX);
		if (error == 0)
			error = take_batches(hand, results, &nonsense, why);
		if (nonsense)
			return end_nonsense(hand);
		if (error)
			return HAND_FAILED;
	}
	return HAND_LIVES;
}

void hand_await(struct hand *hand, uint64_t listened_ns, uint64_t most_ns)
{
	hand->silent_ns += listened_ns;
	if (hand->silent_ns < most_ns)
		return;
	hand->silenced = true;
	child_kill(&hand->child);
}

/* --- orders ----------------------------------------------------------------------------------------------------------------------- */

bool hand_order(struct hand *hand, enum order_kind kind)
{
	struct order order = { .kind = kind };
	return hand->child.pid && child_order(&hand->child, &order) == 0;
}

bool hand_tell_share(struct hand *hand)
{
	struct order order = { .kind = ORDER_RATE, .number = hand->order + 1, .rate_pps = hand->packets.ordered,
			       .rate_bytes = hand->bytes.ordered };
	if (!hand->child.pid || (hand->told_pps == order.rate_pps && hand->told_bytes == order.rate_bytes))
		return false;
	if (child_order(&hand->child, &order))
		return false; /* it has not taken earlier ones yet: another time */
	hand->order++;
	hand->told_pps = order.rate_pps;
	hand->told_bytes = order.rate_bytes;
	return true;
}
