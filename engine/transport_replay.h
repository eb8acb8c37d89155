/* A transport that sends nothing: every answer comes from a recording, in virtual time. A connection opens as long after its
 * SYN as the recorded one did, what the handshake that is tried on it got comes as long after its question as it did, and
 * packets and bytes are counted as they were. */
#ifndef SONDE_TRANSPORT_REPLAY_H
#define SONDE_TRANSPORT_REPLAY_H

#include "recording.h"
#include "transport.h"

#define TRANSPORT_REPLAY_START_NS 1000000000ull /* what the clock shows at first, as on a simulated link */

struct transport_replay_config {
	struct transport_config base; /* handler, counters and retries are used */
	struct recording *recording; /* borrowed; outlives the transport */
};

/* Asking for what the recording does not have ends the scan: poll says what it was. */
int transport_replay_create(struct transport **out, const struct transport_replay_config *config, struct error *why);

#endif
