#include "pace.h"

#define UNIT 1000000000ll /* tokens of one packet or byte: a rate per second times nanoseconds is tokens */
#define BURST_NS 10000000ull
#define FRAME_BYTES 1514 /* a full Ethernet frame without its checksum */
#define TOKENS_MAX (INT64_MAX / 4) /* bounds burst and debt, so that sums of them cannot overflow */

static int64_t burst(uint64_t rate, int64_t least)
{
	int64_t tokens = rate > (uint64_t)TOKENS_MAX / BURST_NS ? TOKENS_MAX : (int64_t)(rate * BURST_NS);
	return tokens > least ? tokens : least;
}

void pace_init(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns)
{
	*pace = (struct pace){
		.rate_pps = rate_pps,
		.rate_bytes = rate_bytes,
		.last_ns = now_ns,
		.packets = UNIT,
		.bytes = FRAME_BYTES * UNIT,
		.packets_max = burst(rate_pps, UNIT),
		.bytes_max = burst(rate_bytes, FRAME_BYTES * UNIT),
	};
}

/* The time in which `missing` tokens accrue, rounded up. */
static uint64_t time_for(int64_t missing, uint64_t rate)
{
	if (missing <= 0)
		return 0;
	return (uint64_t)missing / rate + ((uint64_t)missing % rate != 0);
}

static int64_t refill(int64_t tokens, int64_t most, uint64_t rate, uint64_t elapsed_ns)
{
	if (rate == 0 || elapsed_ns >= time_for(most - tokens, rate))
		return most;
	return tokens + (int64_t)(elapsed_ns * rate);
}

static void pace_advance(struct pace *pace, uint64_t now_ns)
{
	if (now_ns <= pace->last_ns)
		return;
	uint64_t elapsed_ns = now_ns - pace->last_ns;
	pace->packets = refill(pace->packets, pace->packets_max, pace->rate_pps, elapsed_ns);
	pace->bytes = refill(pace->bytes, pace->bytes_max, pace->rate_bytes, elapsed_ns);
	pace->last_ns = now_ns;
}

/* Tokens one frame needs; a frame larger than the whole burst needs the burst, else it could never be sent. */
static int64_t frame_tokens(const struct pace *pace, uint32_t frame_bytes)
{
	int64_t tokens = frame_bytes ? frame_bytes * UNIT : UNIT;
	return tokens < pace->bytes_max ? tokens : pace->bytes_max;
}

uint32_t pace_room(struct pace *pace, uint64_t now_ns, uint32_t frame_bytes)
{
	int64_t room = UINT32_MAX;
	pace_advance(pace, now_ns);
	if (pace->rate_pps && pace->packets / UNIT < room)
		room = pace->packets / UNIT;
	if (pace->rate_bytes && pace->bytes / frame_tokens(pace, frame_bytes) < room)
		room = pace->bytes / frame_tokens(pace, frame_bytes);
	return room > 0 ? (uint32_t)room : 0;
}

static int64_t spend(int64_t tokens, uint64_t amount)
{
	int64_t cost = amount > (uint64_t)TOKENS_MAX / UNIT ? TOKENS_MAX : (int64_t)amount * UNIT;
	return tokens - cost > -TOKENS_MAX ? tokens - cost : -TOKENS_MAX;
}

void pace_take(struct pace *pace, uint32_t packets, uint64_t bytes)
{
	if (pace->rate_pps)
		pace->packets = spend(pace->packets, packets);
	if (pace->rate_bytes)
		pace->bytes = spend(pace->bytes, bytes);
}

uint64_t pace_next(const struct pace *pace, uint64_t now_ns, uint32_t frame_bytes)
{
	uint64_t wait_ns = 0, other_ns = 0;
	if (pace->rate_pps)
		wait_ns = time_for(UNIT - pace->packets, pace->rate_pps);
	if (pace->rate_bytes)
		other_ns = time_for(frame_tokens(pace, frame_bytes) - pace->bytes, pace->rate_bytes);
	if (other_ns > wait_ns)
		wait_ns = other_ns;
	uint64_t at_ns = wait_ns > UINT64_MAX - pace->last_ns ? UINT64_MAX : pace->last_ns + wait_ns;
	return at_ns > now_ns ? at_ns : now_ns;
}
