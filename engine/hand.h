/* One worker as the master sees it: its process, or the one that took over from it, and all that was heard of it. */
#ifndef SONDE_HAND_H
#define SONDE_HAND_H

#include "child.h"
#include "ledger.h"
#include "message.h"
#include "results.h"
#include "scan.h"
#include "shares.h"

#include <stdbool.h>
#include <stdint.h>

#define HAND_STARTS_MAX 9 /* processes that one worker may take: the first, and eight more */

/* What became of its process. */
enum hand_end {
	HAND_LIVES,
	HAND_DONE, /* its part is done */
	HAND_FAILED, /* it told why, and trying again would not help */
	HAND_DIED, /* it was killed, or crashed: another may go on */
};

/* Embedded in its owner; the fields are for reading, but for the shares. */
struct hand {
	uint32_t index, count;
	struct child child;
	struct ledger *ledger;
	struct buffer inbox;
	struct counters before, now; /* of the processes that ended, and of this one */
	struct message_state state; /* as told last */
	uint64_t heard_ns; /* all that was told until then is here; the ledger's clock */
	struct message_failure failure;
	char *tallies[HAND_STARTS_MAX]; /* JSON texts, one of each process; NULL: it told none */
	uint32_t starts;
	char how[80]; /* its process ended */
	uint64_t silent_ns; /* of listening, since it told something last */
	bool silenced; /* it was killed for that */
	struct share packets, bytes;
	uint32_t order; /* number of the last one about the rate */
	uint64_t told_pps, told_bytes;
};

int hand_init(struct hand *hand, const struct scan *scan, uint32_t index, uint32_t count, struct error *why);
/* Ends its process, if there is one, and frees. */
void hand_free(struct hand *hand);

/* Starts a process for it: the first, or one that goes on. `enough`: it is to take no new targets. */
int hand_start(struct hand *hand, struct scan *scan, bool enough, struct error *why);
/* Takes what it tells, gives lines to `results`, and says what became of the process; HAND_FAILED also where the lines cannot be
 * written. */
enum hand_end hand_listen(struct hand *hand, struct results *results, struct error *why);
/* It was listened to for so long, in vain. Who has told nothing for `most_ns` of that is stopped, or held in the kernel, and is
 * killed. */
void hand_await(struct hand *hand, uint64_t listened_ns, uint64_t most_ns);
/* Tells it its shares of packets and bytes where they have changed; true when it was told. */
bool hand_tell_share(struct hand *hand);
bool hand_order(struct hand *hand, enum order_kind kind);

#endif
