/* Byte streams by our own TCP over any link: stateless SYNs, a flow from the first valid SYN-ACK on. With `listen` set it
 * also answers SYNs, for any local address: that is the far side of the simulator. */
#ifndef SONDE_TRANSPORT_RAW_H
#define SONDE_TRANSPORT_RAW_H

#include "link.h"
#include "packet.h"
#include "transport.h"

enum listen_answer { LISTEN_IGNORE, LISTEN_REFUSE, LISTEN_ACCEPT };

/* How an accepted connection presents itself; what is 0 takes the transport's default. */
struct listen_options {
	uint16_t window, mss;
	uint8_t ttl;
};

/* A SYN came to `local`. Called from poll; fills *options (zeroed before) when it accepts. The handler's `opened` follows
 * when the connection is established. */
typedef enum listen_answer (*listen_fn)(void *owner, const struct endpoint *local, const struct endpoint *remote,
					struct listen_options *options);

struct transport_raw_config {
	struct transport_config base;
	struct link *link; /* borrowed; outlives the transport; frames of its `layer` */
	struct packet_path path; /* `layer` must be the link's */
	struct address source_v4, source_v6; /* ADDRESS_NONE: that family cannot be probed */
	struct address later_v4, later_v6; /* what a target's further connections come from; ADDRESS_NONE: the same */
	uint16_t port_first, port_last; /* source ports of our connections */
	uint32_t seen_max; /* targets that answered, remembered for 128 s: more are forgotten, and counted; 0: the default */
	permit_fn permit; /* NULL: everything may be sent */
	const void *permit_owner;
	listen_fn listen; /* NULL: SYNs to us are dropped */
	void *listen_owner; /* also receives `opened` of accepted streams through base.handler */
};

/* Memory of one connection, without the bytes it has queued or holds. */
size_t transport_raw_flow_bytes(void);

int transport_raw_create(struct transport **out, const struct transport_raw_config *config, struct error *why);

#endif
