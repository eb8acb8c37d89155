/* Someone who uses a raw transport: does as it is told when things happen, and writes down what happened. For
 * spec/transport_raw_spec.lua; in C, because callbacks through LuaJIT's FFI are slow and few. */
#include "transport_raw.h"

struct party;

enum party_manner {
	PARTY_QUIET, /* does nothing by itself */
	PARTY_ECHO, /* sends back what comes, ends when the peer has ended */
	PARTY_SERVE, /* sends `volume` bytes of the pattern, ends when they are acknowledged */
	PARTY_FETCH, /* sends `volume` bytes of the pattern, ends when the peer has ended */
};

struct party_config {
	struct transport_raw_config raw; /* handler, counters, permit and listen are the party's */
	enum party_manner manner;
	const char *say; /* sent when a stream opens; NULL: nothing */
	size_t volume;
	bool close_when_opened, finish_when_opened, close_at_data, close_at_event, connect_when_opened;
	bool listens;
	enum listen_answer answer;
	struct listen_options accept;
	struct address blocked; /* ADDRESS_NONE: nobody */
};

struct party *party_create(const struct party_config *config, struct error *why);
/* What its transport has left open is reset. */
void party_destroy(struct party *party);
void party_end(struct party *party); /* destroys its transport; its counters stay */
struct transport *party_transport(struct party *party);
struct counters *party_counters(struct party *party);
uint64_t party_waits(const struct party *party); /* how often its transport went to sleep */
uint64_t party_waited_until(const struct party *party); /* what it was told to sleep until the last time */
struct stream *party_stream(struct party *party); /* the last one opened; NULL when it is closed */
enum stream_end party_ended(const struct party *party); /* `ended` of the stream of the last event */
/* What happened since the last call, e.g. "opened, data 5, finished"; then it is forgotten. */
const char *party_log(struct party *party);
const char *party_bytes(struct party *party, size_t *length); /* all that came, the last 64 KiB of it */

/* How streams of the pattern ended. */
struct party_tally {
	uint64_t opened, finished, complete, mismatches, failed, unacked, reset, refused;
};
struct party_tally party_tally(const struct party *party);

int party_send(struct party *party, const char *bytes, size_t length); /* on party_stream */
void party_close(struct party *party, enum close_how how);
void party_close_all(struct party *party, enum close_how how);

/* Polls both (b may be NULL) and moves the clock of `end` until nothing is due before until_ns; `step_ns` is the longest
 * jump. Returns false when a poll failed. */
bool party_run(struct party *a, struct party *b, struct link *end, uint64_t until_ns, uint64_t step_ns);
/* frames_received - frames_used - the sum of what was dropped: 0, or a counter is wrong. */
int64_t party_unaccounted(const struct party *party);

/* Throws `count` random frames at a party, most of them nearly right for its streams; returns false when a poll failed. */
bool party_bombard(struct party *party, struct link *far_end, uint64_t count, uint64_t seed);
/* Sends the peer's half of one handshake after another through the pipe: nanoseconds per probe() and drain, and per
 * SYN-ACK from receive() to the ACK on the link. */
bool party_measure(struct party *party, struct link *far_end, uint32_t count, double *probe_ns, double *open_ns);
