#include "flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct slab {
	struct slab *next;
	struct flow flows[FLOW_SLAB];
};

struct flow_table {
	struct cookie_key key;
	struct flow **buckets;
	struct slab *slabs;
	struct flow *free;
	uint32_t mask; /* buckets - 1 */
	uint32_t count, capacity;
};

/* The two ends are hashed as they lie in struct stream. */
struct flow_key {
	struct endpoint remote, local;
};

static struct flow **flow_bucket(const struct flow_table *table, const struct endpoint *local, const struct endpoint *remote)
{
	struct flow_key key = { *remote, *local };
	return &table->buckets[cookie_hash(&table->key, &key, sizeof(key)) & table->mask];
}

struct flow_table *flow_table_create(uint32_t capacity, const struct cookie_key *key)
{
	assert(capacity > 0 && capacity <= 1u << 30);
	struct flow_table *table = calloc(1, sizeof(*table));
	if (!table)
		return NULL;
	uint32_t buckets = 16;
	while (buckets < capacity)
		buckets *= 2;
	table->key = *key;
	table->mask = buckets - 1;
	table->capacity = capacity;
	table->buckets = calloc(buckets, sizeof(*table->buckets));
	if (!table->buckets) {
		free(table);
		return NULL;
	}
	return table;
}

void flow_table_destroy(struct flow_table *table)
{
	struct flow *flow;
	uint32_t cursor = 0;
	if (!table)
		return;
	while ((flow = flow_any(table, &cursor)))
		flow_remove(table, flow);
	while (table->slabs) {
		struct slab *next = table->slabs->next;
		free(table->slabs);
		table->slabs = next;
	}
	free(table->buckets);
	free(table);
}

struct flow *flow_find(const struct flow_table *table, const struct endpoint *local, const struct endpoint *remote)
{
	if (table->count == 0)
		return NULL;
	struct flow *flow = *flow_bucket(table, local, remote);
	while (flow && !(endpoint_equal(&flow->stream.remote, remote) && endpoint_equal(&flow->stream.local, local)))
		flow = flow->chain;
	return flow;
}

static bool flow_grow(struct flow_table *table)
{
	struct slab *slab = malloc(sizeof(*slab));
	if (!slab)
		return false;
	slab->next = table->slabs;
	table->slabs = slab;
	for (int i = FLOW_SLAB - 1; i >= 0; i--) {
		slab->flows[i].chain = table->free;
		table->free = &slab->flows[i];
	}
	return true;
}

struct flow *flow_add(struct flow_table *table, const struct endpoint *local, const struct endpoint *remote)
{
	if (table->count == table->capacity || (!table->free && !flow_grow(table)))
		return NULL;
	struct flow *flow = table->free, **bucket = flow_bucket(table, local, remote);
	table->free = flow->chain;
	memset(flow, 0, sizeof(*flow));
	flow->stream.local = *local;
	flow->stream.remote = *remote;
	flow->chain = *bucket;
	*bucket = flow;
	table->count++;
	return flow;
}

void flow_remove(struct flow_table *table, struct flow *flow)
{
	struct flow **link = flow_bucket(table, &flow->stream.local, &flow->stream.remote);
	while (*link != flow)
		link = &(*link)->chain;
	*link = flow->chain;
	tcp_free(&flow->tcp);
	flow->chain = table->free;
	table->free = flow;
	table->count--;
}

uint32_t flow_count(const struct flow_table *table)
{
	return table->count;
}

uint32_t flow_capacity(const struct flow_table *table)
{
	return table->capacity;
}

struct flow *flow_any(const struct flow_table *table, uint32_t *cursor)
{
	while (*cursor <= table->mask && !table->buckets[*cursor])
		(*cursor)++;
	return *cursor <= table->mask ? table->buckets[*cursor] : NULL;
}
