#include "ledger.h"

#include "cookie.h"
#include "seen.h"

#include <stdlib.h>

#define PURPOSE 0x6c6564676572
#define PLACES_FIRST 1024u
#define SAMPLES 64u /* positions remembered over `patience_ns` */
#define MARGIN_NS 2000000000ull /* answers and retries come late where the pace holds them up */

struct sample {
	uint64_t time_ns, position;
};

struct killed {
	struct endpoint target;
	bool told; /* its record has come */
};

struct ledger {
	struct cookie_key key;
	struct endpoint *places; /* open addressing with linear probing; family ADDRESS_NONE: an empty place */
	size_t mask, count;
	struct seen *recorded;
	struct killed killed[LEDGER_KILLED_MAX];
	size_t killed_count;
	uint64_t patience_ns, reached;
	struct sample samples[SAMPLES]; /* a ring, never empty: the oldest, at `oldest`, is where the worker would go on */
	uint32_t oldest, sample_count;
};

struct ledger *ledger_create(uint64_t seed, uint64_t patience_ns, uint32_t lives, uint64_t now_ns)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);
	if (!ledger)
		return NULL;
	ledger->key = cookie_key_from_seed(seed, PURPOSE);
	ledger->patience_ns = patience_ns + MARGIN_NS;
	ledger->mask = PLACES_FIRST - 1;
	ledger->places = calloc(PLACES_FIRST, sizeof *ledger->places);
	ledger->samples[0].time_ns = now_ns;
	ledger->sample_count = 1;
	/* Each life may end just before ledger_safe would move on. Then the last begins where the second did, at what was taken up
	 * to a patience before the first one's end; records of that have to be known until the last one is past it. */
	ledger->recorded = seen_create(LEDGER_RECORDED_MAX, (lives + 1) * ledger->patience_ns, now_ns);
	if (ledger->places && ledger->recorded)
		return ledger;
	ledger_destroy(ledger);
	return NULL;
}

void ledger_destroy(struct ledger *ledger)
{
	if (!ledger)
		return;
	free(ledger->places);
	seen_destroy(ledger->recorded);
	free(ledger);
}

/* --- the targets that have answered --------------------------------------------------------------------------------------- */

static uint64_t hash(const struct ledger *ledger, const struct endpoint *target)
{
	return cookie_hash(&ledger->key, target, sizeof *target);
}

/* Where the target is, or the empty place where it would be. */
static size_t find(const struct ledger *ledger, const struct endpoint *target)
{
	size_t at = hash(ledger, target) & ledger->mask;
	while (ledger->places[at].address.family != ADDRESS_NONE && !endpoint_equal(&ledger->places[at], target))
		at = (at + 1) & ledger->mask;
	return at;
}

/* Twice the places. Without memory for them the ledger stays as it is. */
static void grow(struct ledger *ledger)
{
	struct endpoint *before = ledger->places;
	size_t places = ledger->mask + 1;
	struct endpoint *more = calloc(places * 2, sizeof *more);
	if (!more)
		return;
	ledger->places = more;
	ledger->mask = places * 2 - 1;
	for (size_t i = 0; i < places; i++) {
		if (before[i].address.family != ADDRESS_NONE)
			more[find(ledger, &before[i])] = before[i];
	}
	free(before);
}

void ledger_open(struct ledger *ledger, const struct endpoint *target)
{
	if (target->address.family == ADDRESS_NONE)
		return;
	if (ledger->count >= (ledger->mask + 1) / 2)
		grow(ledger);
	size_t at = find(ledger, target);
	if (ledger->places[at].address.family != ADDRESS_NONE || ledger->count == LEDGER_OPEN_MAX || ledger->count == ledger->mask)
		return;
	ledger->places[at] = *target;
	ledger->count++;
}

/* Takes one out, and moves up those behind it that would not be found across the gap. */
static void take_out(struct ledger *ledger, const struct endpoint *target)
{
	size_t gap = find(ledger, target), at = gap;
	if (ledger->places[gap].address.family == ADDRESS_NONE)
		return;
	for (;;) {
		at = (at + 1) & ledger->mask;
		if (ledger->places[at].address.family == ADDRESS_NONE)
			break;
		size_t home = hash(ledger, &ledger->places[at]) & ledger->mask;
		if (((at - home) & ledger->mask) < ((at - gap) & ledger->mask))
			continue;
		ledger->places[gap] = ledger->places[at];
		gap = at;
	}
	ledger->places[gap] = (struct endpoint){ 0 };
	ledger->count--;
}

bool ledger_is_open(const struct ledger *ledger, const struct endpoint *target)
{
	return ledger->places[find(ledger, target)].address.family != ADDRESS_NONE;
}

bool ledger_next_open(const struct ledger *ledger, size_t *at, struct endpoint *out)
{
	for (; *at <= ledger->mask; (*at)++) {
		if (ledger->places[*at].address.family == ADDRESS_NONE)
			continue;
		*out = ledger->places[(*at)++];
		return true;
	}
	return false;
}

size_t ledger_open_count(const struct ledger *ledger)
{
	return ledger->count;
}

bool ledger_record(struct ledger *ledger, const struct endpoint *target, uint64_t now_ns)
{
	take_out(ledger, target);
	for (size_t i = 0; i < ledger->killed_count; i++)
		ledger->killed[i].told |= endpoint_equal(&ledger->killed[i].target, target);
	return !seen_add(ledger->recorded, hash(ledger, target), now_ns);
}

bool ledger_is_recorded(const struct ledger *ledger, const struct endpoint *target, uint64_t now_ns)
{
	return seen_has(ledger->recorded, hash(ledger, target), now_ns);
}

/* --- those that are not tried again --------------------------------------------------------------------------------------- */

void ledger_kill(struct ledger *ledger, const struct endpoint *target)
{
	if (ledger->killed_count < LEDGER_KILLED_MAX)
		ledger->killed[ledger->killed_count++] = (struct killed){ .target = *target };
}

bool ledger_is_killed(const struct ledger *ledger, const struct endpoint *target)
{
	for (size_t i = 0; i < ledger->killed_count; i++) {
		if (endpoint_equal(&ledger->killed[i].target, target))
			return true;
	}
	return false;
}

bool ledger_next_killed(const struct ledger *ledger, size_t *at, struct endpoint *out)
{
	while (*at < ledger->killed_count) {
		const struct killed *killed = &ledger->killed[(*at)++];
		*out = killed->target;
		if (!killed->told)
			return true;
	}
	return false;
}

/* --- how far it is ------------------------------------------------------------------------------------------------------------ */

static const struct sample *sample_at(const struct ledger *ledger, uint32_t index)
{
	return &ledger->samples[(ledger->oldest + index) % SAMPLES];
}

void ledger_position(struct ledger *ledger, uint64_t position, uint64_t now_ns)
{
	const struct sample *last = sample_at(ledger, ledger->sample_count - 1);
	if (position > ledger->reached) /* one that goes on begins further back */
		ledger->reached = position;
	/* Where the second oldest is old enough, the oldest says nothing more. */
	while (ledger->sample_count > 1 && now_ns - sample_at(ledger, 1)->time_ns >= ledger->patience_ns) {
		ledger->oldest = (ledger->oldest + 1) % SAMPLES;
		ledger->sample_count--;
	}
	if (now_ns - last->time_ns < ledger->patience_ns / (SAMPLES - 4))
		return; /* so that there is always room for the next */
	ledger->samples[(ledger->oldest + ledger->sample_count++) % SAMPLES] = (struct sample){ now_ns, position };
}

uint64_t ledger_safe(const struct ledger *ledger)
{
	return sample_at(ledger, 0)->position;
}

void ledger_restart(struct ledger *ledger, uint64_t now_ns)
{
	ledger->samples[0] = (struct sample){ now_ns, ledger_safe(ledger) };
	ledger->oldest = 0;
	ledger->sample_count = 1;
}

uint64_t ledger_reached(const struct ledger *ledger)
{
	return ledger->reached;
}
