#include "shares.h"

#define REST 32 /* a worker keeps at least its equal share divided by this */

void shares_begin(struct share *shares, uint32_t count, uint64_t total)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t share = total == 0 ? 0 : i == 0 ? total - (count - 1) : 1;
		shares[i] = (struct share){ .ordered = share, .granted = share, .used = share };
	}
}

/* What a worker has use for: everything, when it used nearly all it had. */
static uint64_t demand(const struct share *share, uint64_t total, uint64_t least)
{
	if (share->ended)
		return 0;
	bool hungry = !share->resting && share->used >= share->ordered - share->ordered / 8;
	uint64_t wanted = hungry ? total : share->used + share->used / 4;
	return wanted > least ? wanted : least;
}

static uint32_t count_living(const struct share *shares, uint32_t count)
{
	uint32_t living = 0;
	for (uint32_t i = 0; i < count; i++)
		living += !shares[i].ended;
	return living;
}

/* The level up to which demands can be met, so that nobody gets less than another who has more than this. */
static uint64_t find_level(const struct share *shares, uint32_t count, uint64_t total, uint64_t least)
{
	uint64_t level = total / count_living(shares, count);
	for (uint32_t round = 0; round < count; round++) {
		uint64_t rest = total;
		uint32_t open = 0;
		for (uint32_t i = 0; i < count; i++) {
			uint64_t wanted = demand(&shares[i], total, least);
			if (shares[i].ended)
				continue;
			if (wanted <= level)
				rest -= wanted;
			else
				open++;
		}
		if (open == 0 || rest / open == level)
			break;
		level = rest / open;
	}
	return level;
}

/* Who takes what nobody asks for: those with targets left, or all when none has. */
static bool takes_rest(const struct share *shares, uint32_t count, uint32_t i)
{
	bool busy = false;
	for (uint32_t j = 0; j < count; j++)
		busy |= !shares[j].ended && !shares[j].resting;
	return !shares[i].ended && (!busy || !shares[i].resting);
}

/* The share of the i-th, were nothing in the way. What division leaves over goes to the first of those who take the rest. */
static uint64_t ideal(const struct share *shares, uint32_t count, uint32_t i, uint64_t total)
{
	uint64_t least = total / count_living(shares, count) / REST, given = 0, own = 0;
	uint32_t takers = 0, before = 0;
	least = least ? least : 1;
	uint64_t level = find_level(shares, count, total, least);
	for (uint32_t j = 0; j < count; j++) {
		uint64_t wanted = demand(&shares[j], total, least), share = wanted < level ? wanted : level;
		given += shares[j].ended ? 0 : share;
		own = j == i ? share : own;
		before += j < i && takes_rest(shares, count, j);
		takers += takes_rest(shares, count, j);
	}
	uint64_t rest = total > given ? total - given : 0;
	return takes_rest(shares, count, i) ? own + rest / takers + (before == 0 ? rest % takers : 0) : own;
}

void shares_balance(struct share *shares, uint32_t count, uint64_t total)
{
	uint64_t granted = 0;
	if (total == 0 || count_living(shares, count) == 0)
		return;
	for (uint32_t i = 0; i < count; i++)
		granted += shares[i].granted;
	for (uint32_t i = 0; i < count; i++) {
		struct share *share = &shares[i];
		uint64_t wanted = share->ended ? 0 : ideal(shares, count, i, total), free = total > granted ? total - granted : 0;
		if (share->ended || share->granted != share->ordered)
			continue; /* one order at a time */
		if (wanted > share->ordered)
			wanted = share->ordered + (wanted - share->ordered < free ? wanted - share->ordered : free);
		if (wanted > share->granted) {
			granted += wanted - share->granted;
			share->granted = share->used = wanted; /* until it is measured, it is believed to have use for it */
		}
		share->ordered = wanted;
	}
}

void share_acknowledge(struct share *share)
{
	share->granted = share->ordered;
}

void share_give_back(struct share *share, uint64_t kept)
{
	if (kept >= share->ordered || share->granted != share->ordered)
		return;
	share->ordered = share->granted = kept;
	share->used = 0;
}

void share_end(struct share *share)
{
	share->ordered = share->granted = 0;
	share->ended = true;
}
