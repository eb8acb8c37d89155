/* A link to a simulated far side, under a virtual clock: frames sent reach the far side at once, its answers reach us after
 * the path's delay, and no time passes but in wait(). Same seed and same calls: same frames at the same times. */
#ifndef SONDE_LINK_SIM_H
#define SONDE_LINK_SIM_H

#include "link.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINK_SIM_START_NS 1000000000ull /* what the clock shows when the link is created */

/* How a frame travels. */
struct sim_path {
	uint64_t delay_ns; /* both ways together */
	uint32_t loss; /* probability in units of 2^-32, drawn per frame */
};

struct sim_peer;

/* What is on the far side. It answers by link_sim_emit on the link it is given, from inside these calls only. */
struct sim_peer_ops {
	/* Frames we sent, valid during the call only. */
	void (*deliver)(struct sim_peer *peer, struct link *link, const struct frame *frames, size_t count);
	/* The clock moved: its timers may be due. */
	void (*run)(struct sim_peer *peer, struct link *link);
	/* When `run` is wanted next; UINT64_MAX: not at all. */
	uint64_t (*next)(const struct sim_peer *peer);
};

/* First member of the far side's own struct. */
struct sim_peer {
	const struct sim_peer_ops *ops;
};

struct link_sim_config {
	struct sim_peer *peer; /* borrowed; outlives the link */
	uint64_t seed; /* of what is lost */
	uint32_t frames_max; /* frames in flight towards us; 0: 65536. Beyond, they are dropped and counted */
	struct counters *counters; /* dropped_kernel; outlives the link */
};

/* The link is of layer LINK_RAW_IP. Three quarters of frames_max in flight, it takes no more frames until some arrived.
 * Its wait() returns ERR_CLOSED when asked to wait for ever while nothing is under way on either side. */
int link_sim_create(struct link **out, const struct link_sim_config *config, struct error *why);

/* For the far side: a frame (copied) on its way to us. Longer ones than FRAME_MAX are dropped. */
void link_sim_emit(struct link *link, const uint8_t *bytes, size_t length, const struct sim_path *path);
/* For the far side: whether a frame from us is lost on a path of this loss. Draws from the link's randomness. */
bool link_sim_lost(struct link *link, uint32_t loss);

#endif
