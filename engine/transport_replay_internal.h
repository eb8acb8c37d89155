/* Shared by transport_replay and transport_replay_stream only. */
#ifndef SONDE_TRANSPORT_REPLAY_INTERNAL_H
#define SONDE_TRANSPORT_REPLAY_INTERNAL_H

#include "replay_queue.h"
#include "replay_targets.h"
#include "transport_replay.h"

#define SENDS_MAX 16u /* of one handshake, timed each */

enum replay_state { REPLAY_PROBING, REPLAY_OPENING, REPLAY_OPEN, REPLAY_DEAD };

struct replay_stream {
	struct stream stream; /* first */
	struct replay_due due;
	struct replay_stream *next, *previous;
	struct replay_target *target;
	const struct recorded_connection *connection;
	const struct recorded_handshake *handshake; /* NULL: none was begun */
	enum replay_state state;
	uint32_t number; /* of the connection among the target's, from 1 */
	uint64_t sent_ns[SENDS_MAX + 1]; /* when the handshake sent, from 1; 0: when the connection opened */
	uint64_t last_ns; /* of the last event: they keep their order */
	size_t event, data_used;
	uint32_t sends;
	bool closed; /* by its owner, inside a callback of its own */
};

struct replay {
	struct transport transport; /* first */
	struct transport_replay_config config;
	struct replay_queue queue;
	struct replay_targets targets;
	struct replay_stream *streams, *current;
	uint32_t stream_count;
	uint64_t now_ns, numbers;
	struct error why;
	int failed;
};

/* Ends the replay with `code`, whose sentence is in replay->why. Returns it. */
int replay_fail(struct replay *replay, int code);

int replay_stream_create(struct replay *replay, const struct endpoint *remote, enum replay_state state,
			 struct replay_stream **out);
void replay_stream_free(struct replay *replay, struct replay_stream *self);
/* The connection that follows the target's earlier ones. Beyond those recorded it is as the last of them. */
void replay_stream_dial(struct replay_stream *self);
/* Runs it at due_ns; UINT64_MAX: not any more. */
void replay_stream_schedule(struct replay *replay, struct replay_stream *self, uint64_t due_ns);
/* When the next event of the handshake is due: as long after what it answers as it was in the recording. */
uint64_t replay_stream_next(const struct replay_stream *self);
void replay_stream_sent(struct replay *replay, struct replay_stream *self, uint32_t packets, uint32_t bytes);
/* One thing that is due. The owner may close the stream meanwhile: it is freed here, afterwards. */
void replay_stream_run(struct replay *replay, struct replay_stream *self);

#endif
