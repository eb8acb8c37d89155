/* The targets of a recording whose lines are in memory: those that connections are open to, and the last few that none is, since
 * their policies may connect again. */
#ifndef SONDE_REPLAY_TARGETS_H
#define SONDE_REPLAY_TARGETS_H

#include "recording.h"

#include <stddef.h>
#include <stdint.h>

struct replay_target {
	struct replay_target *newer, *older; /* among those that nothing is open to */
	struct recorded_target *recorded;
	size_t index; /* in the recording */
	uint32_t connects, streams;
};

struct replay_targets {
	struct recording *recording; /* borrowed */
	struct replay_target **loaded; /* by index in the recording; NULL: not loaded */
	struct replay_target *newest, *oldest; /* of the idle ones */
	uint32_t idle_count;
};

/* 0 or ERR_NO_MEMORY. */
int replay_targets_init(struct replay_targets *targets, struct recording *recording);
/* The target at an endpoint, in use until replay_targets_release; or an error with its sentence. */
int replay_targets_take(struct replay_targets *targets, const struct endpoint *remote, struct replay_target **out,
			struct error *why);
void replay_targets_release(struct replay_targets *targets, struct replay_target *target);
/* When none is in use any more. */
void replay_targets_free(struct replay_targets *targets);

#endif
