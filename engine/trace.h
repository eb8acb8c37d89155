/* What can happen to a connection while a handshake is tried on it, as recordings tell it (docs/reference/recording.md). */
#ifndef SONDE_TRACE_H
#define SONDE_TRACE_H

#define TRACE_LIST(X)                                                         \
	X(SENT, "sent") /* the handshake sent `length` bytes */                  \
	X(PACKETS, "packets") /* frames left by themselves: ACKs, data, retransmissions */ \
	X(ACKED, "acked")                                                        \
	X(WINDOW, "window")                                                      \
	X(UNACKED, "unacked")                                                    \
	X(FINISHED, "finished")                                                  \
	X(RESET, "reset")                                                        \
	X(DATA, "data") /* `length` bytes came */                                \
	X(END, "end") /* the attempt was over */

enum trace_kind {
#define X(name, text) TRACE_##name,
	TRACE_LIST(X)
#undef X
};

#endif
