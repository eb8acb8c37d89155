/* What a simulated port does at TCP level where no server is behind it: protections, oddities and plain refusal, all
 * without keeping state. Pure: a segment in, segments out, each with a delay. */
#ifndef SONDE_MIDDLEBOX_H
#define SONDE_MIDDLEBOX_H

#include "packet.h"

#include <stdint.h>

/* The name is what world descriptions say. */
#define BEHAVIOUR_LIST(X)                                                                                     \
	X(NOBODY, "nobody") /* no host has this address: nothing ever comes back */                           \
	X(DROP, "drop") /* a host, but nothing comes back from this port */                                   \
	X(REFUSE, "refuse") /* RST to the SYN */                                                              \
	X(SERVE, "serve") /* a server, not a middlebox */                                                     \
	X(NO_ACK, "no_ack") /* SYN-ACK, then nothing */                                                       \
	X(HALF_OPEN, "half_open") /* does not see our ACK: sends its SYN-ACK again, acknowledges nothing */   \
	X(ZERO_WINDOW, "zero_window") /* SYN-ACK with a zero window that never opens */                       \
	X(SLOW_WINDOW, "slow_window") /* a zero window that opens after a while; then as `silent` */          \
	X(RESET_BEFORE_ACK, "reset_before_ack") /* RST instead of an acknowledgement of data */               \
	X(RESET_AFTER_ACK, "reset_after_ack") /* acknowledges data, then RST */                               \
	X(CLOSE_BEFORE_ACK, "close_before_ack") /* FIN instead of an acknowledgement of data */               \
	X(CLOSE_AFTER_ACK, "close_after_ack") /* acknowledges data, then FIN */                               \
	X(SILENT, "silent") /* acknowledges all data, says nothing */                                         \
	X(ECHO, "echo") /* sends back what it gets */                                                         \
	X(TARPIT, "tarpit") /* takes a few bytes at a time, and drips one byte at a time */                   \
	X(BIG_IP, "big_ip") /* RST with a text in its payload, as a load balancer explains itself */

enum behaviour {
#define X(name, text) BEHAVIOUR_##name,
	BEHAVIOUR_LIST(X)
#undef X
	BEHAVIOUR_COUNT
};

const char *behaviour_name(enum behaviour behaviour); /* never NULL */
enum behaviour behaviour_by_name(const char *name); /* BEHAVIOUR_COUNT: no such */

#define MIDDLEBOX_REPLIES_MAX 3
#define MIDDLEBOX_WINDOW_OPENS_NS 3000000000ull /* slow_window: after the SYN */
#define MIDDLEBOX_DRIP_NS 5000000000ull /* tarpit: between two bytes */

struct middlebox_reply {
	struct segment segment; /* its payload belongs to the received frame or is constant */
	uint64_t extra_ns; /* how much later than at once it is sent */
};

/* What `behaviour` answers to `in`, received at now_ns. `secret` must be the same for all segments of one connection, and
 * not to be guessed. Returns how many replies there are. */
unsigned middlebox_answer(enum behaviour behaviour, uint32_t secret, uint64_t now_ns, const struct segment *in,
			  struct middlebox_reply replies[MIDDLEBOX_REPLIES_MAX]);

#endif
