#include "seen.h"

#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16u
#define CAPACITY_MAX (1u << 30)

/* Open addressing with linear probing; 0 is an empty place. Nothing is ever removed but everything at once. */
struct generation {
	uint64_t *places;
	uint32_t count;
};

struct seen {
	struct generation now, before;
	uint64_t mask; /* places - 1 */
	uint32_t capacity;
	uint64_t generation_ns, started_ns; /* when `now` began */
	uint64_t forgotten;
};

struct seen *seen_create(uint32_t capacity, uint64_t generation_ns, uint64_t now_ns)
{
	struct seen *seen = calloc(1, sizeof *seen);
	if (!seen)
		return NULL;
	seen->capacity = capacity < CAPACITY_MIN ? CAPACITY_MIN : capacity > CAPACITY_MAX ? CAPACITY_MAX : capacity;
	uint64_t places = 32;
	while (places - places / 4 < seen->capacity)
		places *= 2;
	seen->mask = places - 1;
	seen->generation_ns = generation_ns;
	seen->started_ns = now_ns;
	seen->now.places = calloc(places, sizeof(uint64_t));
	seen->before.places = calloc(places, sizeof(uint64_t));
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
static uint64_t *find(const struct seen *seen, const struct generation *generation, uint64_t fingerprint)
{
	uint64_t index = fingerprint & seen->mask;
	while (generation->places[index] && generation->places[index] != fingerprint)
		index = (index + 1) & seen->mask;
	return &generation->places[index];
}

static void clear(const struct seen *seen, struct generation *generation)
{
	if (generation->count)
		memset(generation->places, 0, (seen->mask + 1) * sizeof generation->places[0]);
	generation->count = 0;
}

static void rotate(struct seen *seen, uint64_t now_ns)
{
	struct generation oldest = seen->before;
	clear(seen, &oldest);
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
		clear(seen, &seen->now); /* too old even for the generation before */
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
	uint64_t *place = find(seen, &seen->now, fingerprint);
	if (*place)
		return true;
	bool before = *find(seen, &seen->before, fingerprint) != 0;
	if (seen->now.count == seen->capacity) {
		seen->forgotten += seen->before.count;
		rotate(seen, now_ns);
		place = find(seen, &seen->now, fingerprint);
	}
	*place = fingerprint;
	seen->now.count++;
	return before;
}

bool seen_has(const struct seen *seen, uint64_t fingerprint, uint64_t now_ns)
{
	uint64_t age_ns = age(seen, now_ns);
	fingerprint = not_zero(fingerprint);
	if (age_ns >= seen->generation_ns && age_ns - seen->generation_ns >= seen->generation_ns)
		return false;
	if (*find(seen, &seen->now, fingerprint))
		return true;
	return age_ns < seen->generation_ns && *find(seen, &seen->before, fingerprint);
}

uint64_t seen_forgotten(const struct seen *seen)
{
	return seen->forgotten;
}
