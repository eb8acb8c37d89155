#include "seen.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16u
#define CAPACITY_MAX (1u << 30)
#define SHARDS 256u /* as many as the highest byte of a fingerprint has values */
#define SHARD_SHIFT 56
#define PLACES_MIN 16u

/* Open addressing with linear probing; 0 is an empty place. Nothing is ever removed but everything at once. */
struct shard {
	uint64_t *places; /* NULL: none yet */
	uint32_t mask; /* places - 1 */
	uint32_t count;
	uint64_t turn; /* of the generation when it was written to; it holds nothing of a later one */
};

/* In shards, for a table of 100 MiB takes longer to be copied or emptied than packets can wait. */
struct generation {
	struct shard shards[SHARDS];
	uint64_t turn; /* from 1 on, and other for each generation there was */
	uint32_t count;
};

struct seen {
	struct generation generations[2];
	struct generation *now, *before;
	uint64_t turns;
	uint32_t capacity;
	uint64_t generation_ns, started_ns; /* when `now` began */
	uint64_t forgotten;
};

static void clear(struct seen *seen, struct generation *generation)
{
	generation->turn = ++seen->turns;
	generation->count = 0;
}

struct seen *seen_create(uint32_t capacity, uint64_t generation_ns, uint64_t now_ns)
{
	struct seen *seen = calloc(1, sizeof *seen);
	if (!seen)
		return NULL;
	seen->capacity = capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity > CAPACITY_MAX ? CAPACITY_MAX : capacity;
	seen->generation_ns = generation_ns;
	seen->started_ns = now_ns;
	seen->now = &seen->generations[0];
	seen->before = &seen->generations[1];
	clear(seen, seen->now);
	clear(seen, seen->before);
	return seen;
}

void seen_destroy(struct seen *seen)
{
	if (!seen)
		return;
	for (uint32_t i = 0; i < SHARDS; i++) {
		free(seen->generations[0].shards[i].places);
		free(seen->generations[1].shards[i].places);
	}
	free(seen);
}

/* The place where the fingerprint is, or the empty one where it would be: there always is one. */
static uint64_t *find(const struct shard *shard, uint64_t fingerprint)
{
	uint64_t index = fingerprint & shard->mask;
	while (shard->places[index] && shard->places[index] != fingerprint)
		index = (index + 1) & shard->mask;
	return &shard->places[index];
}

static bool has(const struct generation *generation, uint64_t fingerprint)
{
	const struct shard *shard = &generation->shards[fingerprint >> SHARD_SHIFT];
	return shard->turn == generation->turn && *find(shard, fingerprint);
}

/* Makes a shard of an older generation, or none, an empty one of this. False when there is no memory for that. */
static bool begin_shard(const struct generation *generation, struct shard *shard)
{
	if (shard->turn == generation->turn)
		return true;
	if (!shard->places) {
		shard->places = calloc(PLACES_MIN, sizeof *shard->places);
		if (!shard->places)
			return false;
		shard->mask = PLACES_MIN - 1;
	} else if (shard->count > 0) {
		memset(shard->places, 0, ((size_t)shard->mask + 1) * sizeof *shard->places);
	}
	shard->count = 0;
	shard->turn = generation->turn;
	return true;
}

/* Room for one more: a quarter of the places stays free. False when there is no memory for that. */
static bool make_room(struct shard *shard)
{
	size_t places = (size_t)shard->mask + 1;
	if (shard->count < places - places / 4)
		return true;
	struct shard larger = *shard;
	larger.places = calloc(2 * places, sizeof *larger.places);
	if (!larger.places)
		return false;
	larger.mask = (uint32_t)(2 * places - 1);
	for (size_t i = 0; i < places; i++) {
		if (shard->places[i])
			*find(&larger, shard->places[i]) = shard->places[i];
	}
	free(shard->places);
	*shard = larger;
	return true;
}

/* What is not there yet. False when there is no memory for it. */
static bool put(struct generation *generation, uint64_t fingerprint)
{
	struct shard *shard = &generation->shards[fingerprint >> SHARD_SHIFT];
	if (!begin_shard(generation, shard) || !make_room(shard))
		return false;
	*find(shard, fingerprint) = fingerprint;
	shard->count++;
	generation->count++;
	return true;
}

static void rotate(struct seen *seen, uint64_t now_ns)
{
	struct generation *oldest = seen->before;
	clear(seen, oldest);
	seen->before = seen->now;
	seen->now = oldest;
	seen->started_ns = now_ns;
}

static uint64_t age(const struct seen *seen, uint64_t now_ns)
{
	return now_ns > seen->started_ns ? now_ns - seen->started_ns : 0;
}

static void turn(struct seen *seen, uint64_t now_ns)
{
	if (age(seen, now_ns) < seen->generation_ns)
		return;
	if (age(seen, now_ns) - seen->generation_ns >= seen->generation_ns)
		clear(seen, seen->now); /* too old even for the generation before */
	rotate(seen, now_ns);
}

/* 0 means an empty place. */
static uint64_t not_zero(uint64_t fingerprint)
{
	return fingerprint ? fingerprint : 1;
}

bool seen_add(struct seen *seen, uint64_t fingerprint, uint64_t now_ns)
{
	fingerprint = not_zero(fingerprint);
	turn(seen, now_ns);
	if (has(seen->now, fingerprint))
		return true;
	bool before = has(seen->before, fingerprint);
	if (seen->now->count < seen->capacity && put(seen->now, fingerprint))
		return before;
	seen->forgotten += seen->before->count;
	rotate(seen, now_ns);
	seen->forgotten += !put(seen->now, fingerprint);
	return before;
}

bool seen_has(const struct seen *seen, uint64_t fingerprint, uint64_t now_ns)
{
	uint64_t age_ns = age(seen, now_ns);
	fingerprint = not_zero(fingerprint);
	if (age_ns >= seen->generation_ns && age_ns - seen->generation_ns >= seen->generation_ns)
		return false;
	if (has(seen->now, fingerprint))
		return true;
	return age_ns < seen->generation_ns && has(seen->before, fingerprint);
}

uint64_t seen_forgotten(const struct seen *seen)
{
	return seen->forgotten;
}
