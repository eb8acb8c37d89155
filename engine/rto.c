#include "rto.h"

#define RTO_BACKOFF_MAX 16 /* doublings; the cap is reached long before */

void rto_init(struct rto *rto, uint64_t initial_ns)
{
	if (initial_ns == 0)
		initial_ns = RTO_INITIAL_NS;
	if (initial_ns > RTO_CAP_NS)
		initial_ns = RTO_CAP_NS;
	*rto = (struct rto){ .base_us = (uint32_t)(initial_ns / 1000) };
}

void rto_sample(struct rto *rto, uint64_t rtt_ns)
{
	uint64_t limit_us = RTO_CAP_NS / 1000, rtt_us = rtt_ns / 1000;
	uint32_t sample = (uint32_t)(rtt_us < limit_us ? rtt_us : limit_us);
	if (sample == 0)
		sample = 1;
	if (rto->smoothed_us == 0) { /* RFC 6298 2.2 */
		rto->smoothed_us = sample;
		rto->variance_us = sample / 2;
	} else { /* RFC 6298 2.3: alpha 1/8, beta 1/4 */
		uint32_t error = rto->smoothed_us > sample ? rto->smoothed_us - sample : sample - rto->smoothed_us;
		rto->variance_us = rto->variance_us - rto->variance_us / 4 + error / 4;
		rto->smoothed_us = rto->smoothed_us - rto->smoothed_us / 8 + sample / 8;
	}
	uint64_t base_us = rto->smoothed_us + 4ull * rto->variance_us;
	if (base_us < RTO_FLOOR_NS / 1000)
		base_us = RTO_FLOOR_NS / 1000;
	rto->base_us = (uint32_t)(base_us < limit_us ? base_us : limit_us);
	rto->backoff = 0;
}

void rto_back_off(struct rto *rto)
{
	if (rto->backoff < RTO_BACKOFF_MAX)
		rto->backoff++;
}

void rto_progress(struct rto *rto)
{
	rto->backoff = 0;
}

uint64_t rto_wait_ns(const struct rto *rto)
{
	uint64_t wait_ns = ((uint64_t)rto->base_us * 1000) << rto->backoff;
	return wait_ns < RTO_CAP_NS ? wait_ns : RTO_CAP_NS;
}

uint64_t rto_last_wait_ns(const struct rto *rto)
{
	uint64_t wait_ns = rto_wait_ns(rto), base_ns = (uint64_t)rto->base_us * 1000;
	uint64_t most_ns = base_ns > RTO_INITIAL_NS ? base_ns : RTO_INITIAL_NS;
	return wait_ns < most_ns ? wait_ns : most_ns;
}
