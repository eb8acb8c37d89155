/* The retransmission timeout of one connection (RFC 6298). Pure: measured round trips in, a wait out. */
#ifndef SONDE_RTO_H
#define SONDE_RTO_H

#include <stdint.h>

/* RFC 6298 2.4 asks for a floor of 1 s. That protects a sender of bulk data from a receiver that delays its ACKs; a scan
 * waits on every target, so the floor here only covers the delays that are in use (200 ms and less). */
#define RTO_FLOOR_NS 250000000ull
#define RTO_INITIAL_NS 1000000000ull /* RFC 6298 2.1 */
#define RTO_CAP_NS 8000000000ull /* RFC 6298 2.5 allows a cap of 60 s or more; a target is not worth waiting that long */

/* Embedded in its owner. */
struct rto {
	uint32_t smoothed_us, variance_us; /* SRTT and RTTVAR; 0 before the first sample */
	uint32_t base_us; /* the timeout without backoff */
	uint8_t backoff; /* doublings */
};

/* initial_ns: the timeout while nothing was measured; 0: RTO_INITIAL_NS. */
void rto_init(struct rto *rto, uint64_t initial_ns);
/* A round trip that Karn's rule lets count (RFC 6298 section 3). */
void rto_sample(struct rto *rto, uint64_t rtt_ns);
/* The timer ran out: the next one is twice as long (RFC 6298 5.5). */
void rto_back_off(struct rto *rto);
/* New data was acknowledged: the path is alive, so that the doubling ends. */
void rto_progress(struct rto *rto);
uint64_t rto_wait_ns(const struct rto *rto);
/* The wait after which nothing is sent again. Doubling keeps a sender from adding to congestion, and here is nothing more to
 * add: so not beyond RTO_INITIAL_NS, or the timeout without doubling where that is longer. */
uint64_t rto_last_wait_ns(const struct rto *rto);

#endif
