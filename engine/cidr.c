#include "cidr.h"

#include "lines.h"

#include <stdlib.h>

/* IPv4 is looked up once per packet: its ranges are kept apart as plain numbers. */
struct range_v4 {
	uint32_t first, last;
};

struct cidr_set {
	struct address_range *ranges;
	size_t count, size; /* used, allocated */
	struct range_v4 *v4; /* the first v4_count of `ranges`, once sealed */
	size_t v4_count, v4_size;
};

struct cidr_set *cidr_set_create(void)
{
	return calloc(1, sizeof(struct cidr_set));
}

void cidr_set_destroy(struct cidr_set *set)
{
	if (!set)
		return;
	free(set->ranges);
	free(set->v4);
	free(set);
}

/* Memory for both forms is taken when a range is added, so that sealing cannot fail. */
static int grow(struct cidr_set *set)
{
	size_t size = set->size ? set->size * 2 : 16;
	struct address_range *ranges = realloc(set->ranges, size * sizeof *ranges);
	if (!ranges)
		return ERR_NO_MEMORY;
	set->ranges = ranges;
	set->size = size;
	return 0;
}

static int grow_v4(struct cidr_set *set)
{
	size_t size = set->v4_size ? set->v4_size * 2 : 16;
	struct range_v4 *v4 = realloc(set->v4, size * sizeof *v4);
	if (!v4)
		return ERR_NO_MEMORY;
	set->v4 = v4;
	set->v4_size = size;
	return 0;
}

int cidr_set_add(struct cidr_set *set, const struct address_range *range)
{
	bool v4 = range->first.family == ADDRESS_V4;
	if ((set->count == set->size && grow(set)) || (v4 && set->v4_count == set->v4_size && grow_v4(set)))
		return ERR_NO_MEMORY;
	set->ranges[set->count++] = *range;
	set->v4_count += v4;
	return 0;
}

static int add_entry(void *owner, char *entry, struct error *why)
{
	struct address_range range;
	char quoted[LINES_QUOTE_MAX];
	if (range_parse(entry, &range))
		return error_set(why, ERR_INVALID, "%s is no address, CIDR block or range", lines_quote(entry, quoted));
	int result = cidr_set_add(owner, &range);
	return result ? error_set(why, result, "%s", error_text(result)) : 0;
}

int cidr_set_load(struct cidr_set *set, const char *path, struct error *why)
{
	return lines_read(path, add_entry, set, why);
}

static int by_first(const void *a, const void *b)
{
	const struct address_range *left = a, *right = b;
	int order = address_compare(&left->first, &right->first);
	return order ? order : address_compare(&left->last, &right->last);
}

static void merge(struct cidr_set *set)
{
	size_t kept = 0;
	for (size_t i = 0; i < set->count; i++) {
		struct address_range *last = kept ? &set->ranges[kept - 1] : NULL;
		if (!last || !range_touches(last, &set->ranges[i]))
			set->ranges[kept++] = set->ranges[i];
		else if (address_compare(&last->last, &set->ranges[i].last) < 0)
			last->last = set->ranges[i].last;
	}
	set->count = kept;
}

/* A long list of neighbours merges into few ranges: what they do not need is given back. */
static void shrink(struct cidr_set *set)
{
	struct address_range *ranges = set->count ? realloc(set->ranges, set->count * sizeof *ranges) : NULL;
	if (!ranges)
		return;
	set->ranges = ranges;
	set->size = set->count;
}

void cidr_set_seal(struct cidr_set *set)
{
	if (set->count)
		qsort(set->ranges, set->count, sizeof *set->ranges, by_first);
	merge(set);
	shrink(set);
	set->v4_count = 0;
	for (size_t i = 0; i < set->count && set->ranges[i].first.family == ADDRESS_V4; i++)
		set->v4[set->v4_count++] = (struct range_v4){ address_v4_value(&set->ranges[i].first),
							      address_v4_value(&set->ranges[i].last) };
}

/* The last range that does not start behind the value, or the first of all; NULL when there is none. No branch depends on what
 * is compared, only on the size. */
static const struct range_v4 *find_v4(const struct cidr_set *set, uint32_t value)
{
	const struct range_v4 *base = set->v4;
	size_t count = set->v4_count;
	if (count == 0)
		return NULL;
	while (count > 1) {
		size_t half = count / 2;
		base += base[half].first <= value ? half : 0;
		count -= half;
	}
	return base;
}

bool cidr_set_covers_v4(const struct cidr_set *set, uint32_t first, uint32_t last)
{
	const struct range_v4 *found = find_v4(set, first);
	return found && found->first <= first && last <= found->last;
}

bool cidr_set_touches_v4(const struct cidr_set *set, uint32_t first, uint32_t last)
{
	const struct range_v4 *found = find_v4(set, last);
	return found && found->first <= last && first <= found->last;
}

/* Of the ranges from `base` on, the last that does not start behind the address; NULL when there are none. */
static const struct address_range *find(const struct address_range *base, size_t count, const struct address *address)
{
	if (count == 0)
		return NULL;
	while (count > 1) {
		size_t half = count / 2;
		base += address_compare(&base[half].first, address) <= 0 ? half : 0;
		count -= half;
	}
	return base;
}

bool cidr_set_contains(const struct cidr_set *set, const struct address *address)
{
	if (address->family == ADDRESS_V4) {
		uint32_t value = address_v4_value(address);
		return cidr_set_covers_v4(set, value, value);
	}
	const struct address_range *range = find(set->ranges + set->v4_count, set->count - set->v4_count, address);
	return range && range_contains(range, address);
}

bool cidr_set_covers(const struct cidr_set *set, const struct address_range *range)
{
	const struct address_range *found = find(set->ranges, set->count, &range->first);
	return found && range_covers(found, range);
}

bool cidr_set_find(const struct cidr_set *set, const struct address *address, size_t *index)
{
	const struct address_range *found = find(set->ranges, set->count, address);
	if (!found || !range_contains(found, address))
		return false;
	*index = (size_t)(found - set->ranges);
	return true;
}

size_t cidr_set_count(const struct cidr_set *set)
{
	return set->count;
}

void cidr_set_get(const struct cidr_set *set, size_t index, struct address_range *out)
{
	*out = set->ranges[index];
}
