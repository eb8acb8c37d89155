#include "seen.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16u
#define CAPACITY_MAX (1u << 30)
#define PLACES_MIN 512u
#define GROWTH 4

/* Open addressing with linear probing; 0 is an empty place. Nothing is ever removed but everything at once. */
struct generation {
	uint64_t *places;
	uint64_t mask; /* places - 1 */
	uint32_t count;
};

struct seen {
	struct generation now, before;
	uint32_t capacity;
	uint64_t generation_ns, started_ns; /* when `now` began */
};

struct seen *seen_create(uint32_t capacity, uint64_t generation_ns, uint64_t now_ns)
{
	struct seen *seen = calloc(1, sizeof *seen);
	if (!seen)
		return NULL;
	seen->capacity = capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity > CAPACITY_MAX ? CAPACITY_MAX : capacity;
	seen->generation_ns = generation_ns;
	seen->started_ns = now_ns;
	seen->now.mask = seen->before.mask = PLACES_MIN - 1;
	seen->now.places = calloc(PLACES_MIN, sizeof(uint64_t));
	seen->before.places = calloc(PLACES_MIN, sizeof(uint64_t));
	if (!seen->now.places || !seen->before.places) {
		seen_destroy(seen);
		return NULL;
	}
	return seen;
}

void seen_destroy(struct seen *seen)
{
	if (!seen)
		return;
	free(seen->now.places);
	free(seen->before.places);
	free(seen);
}

/* The place where the fingerprint is, or the empty one where it would be: there always is one. */
static uint64_t *find(const struct generation *generation, uint64_t fingerprint)
{
	uint64_t index = fingerprint & generation->mask;
	while (generation->places[index] && generation->places[index] != fingerprint)
		index = (index + 1) & generation->mask;
	return &generation->places[index];
}

static void clear(struct generation *generation)
{
	if (generation->count)
		memset(generation->places, 0, (generation->mask + 1) * sizeof generation->places[0]);
	generation->count = 0;
}

/* Room for one more: a quarter of the places stays free. False when there is no memory for that. */
static bool make_room(struct generation *generation)
{
	uint64_t places = generation->mask + 1;
	if (generation->count < places - places / 4)
		return true;
	struct generation larger = { calloc(places * GROWTH, sizeof(uint64_t)), places * GROWTH - 1, generation->count };
	if (!larger.places)
		return false;
	for (uint64_t i = 0; i < places; i++) {
		if (generation->places[i])
			*find(&larger, generation->places[i]) = generation->places[i];
	}
	free(generation->places);
	*generation = larger;
	return true;
}

static void rotate(struct seen *seen, uint64_t now_ns)
{
	struct generation oldest = seen->before;
	clear(&oldest);
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
		clear(&seen->now); /* too old even for the generation before */
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
	if (*find(&seen->now, fingerprint))
		return true;
	bool before = *find(&seen->before, fingerprint) != 0;
	if (seen->now.count == seen->capacity || !make_room(&seen->now)) {
		rotate(seen, now_ns);
		if (!make_room(&seen->now))
			return before;
	}
	*find(&seen->now, fingerprint) = fingerprint;
	seen->now.count++;
	return before;
}

bool seen_has(const struct seen *seen, uint64_t fingerprint, uint64_t now_ns)
{
	uint64_t age_ns = age(seen, now_ns);
	fingerprint = not_zero(fingerprint);
	if (age_ns >= seen->generation_ns && age_ns - seen->generation_ns >= seen->generation_ns)
		return false;
	if (*find(&seen->now, fingerprint))
		return true;
	return age_ns < seen->generation_ns && *find(&seen->before, fingerprint);
}
