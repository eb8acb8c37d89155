/* One connection of the socket transport, from connect() to close(). */
#ifndef SONDE_SOCKET_STREAM_H
#define SONDE_SOCKET_STREAM_H

#include "pace.h"
#include "timer.h"
#include "transport.h"

#include <uv.h>

#define SOCKET_INPUT_MAX 65536u /* bytes read at once */

/* Where a stream stands, and what its timer is for. */
enum socket_phase {
	SOCKET_WAITING, /* this machine lacks something: the next try */
	SOCKET_CONNECTING, /* the end of patience */
	SOCKET_FAILING, /* the failure is known and told by the next poll */
	SOCKET_OPEN, /* the next look at what is acknowledged, while something is not */
	SOCKET_DEAD, /* nothing: the owner was told and has not closed yet */
	SOCKET_LINGERING, /* the owner let go: the end of waiting for the peer's FIN */
	SOCKET_RELEASED, /* nothing: freed when libuv lets go of the handle, or at the end of the turn */
};

struct socket_stream {
	struct stream stream; /* first member: what the owner sees */
	struct socket_stream *next, *previous; /* in transport_socket's list, or `next` in its released ones */
	struct timer timer;
	enum socket_phase phase;
	uint8_t tries; /* that failed for lack of something */
	bool is_probe;
	bool live; /* libuv has the handle */
	bool broken; /* the socket's error was taken by something else than a read, which now sees an end of file */
	bool finished; /* the peer's FIN was told */
	bool outstanding; /* data was sent whose STREAM_ACKED was not told yet */
	bool unacked_told;
	uint32_t retransmitted; /* as the kernel counts them */
	uint64_t started_ns;
	uint64_t watch_ns; /* from this look at what is acknowledged to the next */
	uint64_t progress_ns; /* when the peer acknowledged something last, or was first asked to */
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_shutdown_t shutdown;
};

/* What all streams of a transport share. */
struct transport_socket {
	struct transport base; /* first member */
	struct transport_handler handler;
	uv_loop_t loop;
	uv_timer_t wake; /* ends the sleep in poll */
	struct timer_wheel *wheel;
	struct pace pace;
	struct address source_v4, source_v6;
	permit_fn permit;
	const void *permit_owner;
	bool track_probes;
	unsigned retries;
	uint64_t patience_ns; /* for a connect, all retries together */
	int syn_count; /* SYNs the kernel repeats in that time */
	uint32_t streams_max, streams, descriptors; /* descriptors: of the streams, those that hold a socket */
	uint64_t pause_ns; /* until then room() is 0 */
	struct socket_stream *list, *released;
	bool told; /* the handler was called in this turn */
	uint8_t input[SOCKET_INPUT_MAX];
};

/* Starts a connection; what comes of it is told by a later poll. 0, ERR_NO_MEMORY, or ERR_BLOCKED. */
int socket_stream_start(struct transport_socket *transport, const struct endpoint *remote, bool is_probe, void *user,
			struct socket_stream **out);

/* An established connection: starts reading and tells the owner. `broken`: it was reset since. */
void socket_stream_opened(struct socket_stream *stream, bool broken);

int socket_stream_send(struct socket_stream *stream, const void *bytes, size_t length);
void socket_stream_close(struct socket_stream *stream, enum close_how how);
/* The timer, for a stream that is open: looks at what the peer has acknowledged and at its window. */
void socket_stream_watch(struct socket_stream *stream, uint64_t now_ns);

/* Lets go of the socket now; with `reset`, by RST. */
void socket_stream_drop(struct socket_stream *stream, bool reset);
/* Forgets the stream: dropped, out of the list, freed later. */
void socket_stream_release(struct socket_stream *stream, bool reset);
/* Tells the owner; afterwards the phase may be any. */
void socket_stream_tell(struct socket_stream *stream, enum stream_event event);

#endif
