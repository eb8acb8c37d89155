#include "pace.h"

#define UNIT 1000000000ll /* tokens of one packet or byte: a rate per second times nanoseconds is tokens */
#define BURST_NS 5000000ull
#define MISSED_NS 100000000ull
#define MISSED_SHARE 256 /* a second may see 1 + 1/256 of the rate, and the burst: 0.89% too many */
#define FRAME_BYTES 1514 /* a full Ethernet frame without its checksum */
#define TOKENS_MAX (INT64_MAX / 4) /* bounds burst, debt and gain, so that sums of them cannot overflow */

static int64_t tokens_of(uint64_t rate, uint64_t time_ns)
{
	unsigned __int128 tokens = (unsigned __int128)rate * time_ns;
	return tokens < (unsigned __int128)TOKENS_MAX ? (int64_t)tokens : TOKENS_MAX;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* `most`: the burst is never less, or that much could not be sent at all. */
static void bucket_set(struct pace_bucket *bucket, uint64_t rate, int64_t most)
{
	int64_t burst = tokens_of(rate, BURST_NS);
	bucket->rate = rate;
	bucket->tokens_max = burst > most ? burst : most;
	bucket->missed_max = tokens_of(rate, MISSED_NS);
	bucket->tokens = least(bucket->tokens, bucket->tokens_max);
	bucket->missed = least(bucket->missed, bucket->missed_max);
}

void pace_init(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns)
{
	*pace = (struct pace){ .last_ns = now_ns, .packets.tokens = UNIT, .bytes.tokens = FRAME_BYTES * UNIT };
	bucket_set(&pace->packets, rate_pps, UNIT);
	bucket_set(&pace->bytes, rate_bytes, FRAME_BYTES * UNIT);
}

/* `flying`: of what has not left, in packets or bytes. */
static void bucket_fill(struct pace_bucket *bucket, uint64_t elapsed_ns, uint64_t flying)
{
	int64_t gain = tokens_of(bucket->rate, elapsed_ns), back = least(gain / MISSED_SHARE, bucket->missed);
	int64_t most = bucket->tokens_max - least(tokens_of(UNIT, flying), bucket->tokens_max);
	bucket->tokens += gain + back;
	bucket->missed -= back;
	if (bucket->tokens <= most)
		return;
	bucket->missed = least(bucket->missed + bucket->tokens - most, bucket->missed_max);
	bucket->tokens = most;
}

static void pace_advance(struct pace *pace, uint64_t now_ns)
{
	if (now_ns <= pace->last_ns)
		return;
	bucket_fill(&pace->packets, now_ns - pace->last_ns, pace->in_flight);
	bucket_fill(&pace->bytes, now_ns - pace->last_ns, (uint64_t)pace->in_flight * pace->in_flight_bytes);
	pace->last_ns = now_ns;
}

void pace_change(struct pace *pace, uint64_t rate_pps, uint64_t rate_bytes, uint64_t now_ns)
{
	pace_advance(pace, now_ns);
	bucket_set(&pace->packets, rate_pps, UNIT);
	bucket_set(&pace->bytes, rate_bytes, FRAME_BYTES * UNIT);
}

/* Tokens one frame needs; a frame larger than the whole burst needs the burst, else it could never be sent. */
static int64_t frame_tokens(const struct pace *pace, uint32_t frame_bytes)
{
	return least(frame_bytes ? frame_bytes * UNIT : UNIT, pace->bytes.tokens_max);
}

uint32_t pace_room(struct pace *pace, uint64_t now_ns, uint32_t frame_bytes)
{
	int64_t room = UINT32_MAX;
	pace_advance(pace, now_ns);
	if (pace->packets.rate)
		room = least(room, pace->packets.tokens / UNIT);
	if (pace->bytes.rate)
		room = least(room, pace->bytes.tokens / frame_tokens(pace, frame_bytes));
	return room > 0 ? (uint32_t)room : 0;
}

static void bucket_take(struct pace_bucket *bucket, uint64_t amount)
{
	int64_t cost = amount > (uint64_t)TOKENS_MAX / UNIT ? TOKENS_MAX : (int64_t)amount * UNIT;
	if (bucket->rate)
		bucket->tokens = bucket->tokens - cost > -TOKENS_MAX ? bucket->tokens - cost : -TOKENS_MAX;
}

void pace_take(struct pace *pace, uint32_t packets, uint64_t bytes)
{
	bucket_take(&pace->packets, packets);
	bucket_take(&pace->bytes, bytes);
	if (pace->in_flight_bytes)
		pace->in_flight += packets;
}

void pace_in_flight(struct pace *pace, uint32_t packets, uint32_t frame_bytes)
{
	pace->in_flight = packets;
	pace->in_flight_bytes = frame_bytes;
}

/* The time in which the bucket will hold so many tokens, rounded up. */
static uint64_t bucket_wait(const struct pace_bucket *bucket, int64_t tokens)
{
	if (bucket->rate == 0 || tokens <= bucket->tokens)
		return 0;
	uint64_t missing = (uint64_t)(tokens - bucket->tokens);
	return missing / bucket->rate + (missing % bucket->rate != 0);
}

uint64_t pace_next(const struct pace *pace, uint64_t now_ns, uint32_t frame_bytes)
{
	uint64_t wait_ns = bucket_wait(&pace->packets, UNIT), other_ns = bucket_wait(&pace->bytes, frame_tokens(pace, frame_bytes));
	if (other_ns > wait_ns)
		wait_ns = other_ns;
	uint64_t at_ns = wait_ns > UINT64_MAX - pace->last_ns ? UINT64_MAX : pace->last_ns + wait_ns;
	return at_ns > now_ns ? at_ns : now_ns;
}
