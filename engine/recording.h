/* A recording of a scan, read: what each handshake got from each target. The file is indexed once and its lines are read when
 * they are wanted. The format is in docs/reference/recording.md; every line is hostile. */
#ifndef SONDE_RECORDING_H
#define SONDE_RECORDING_H

#include "address.h"
#include "error.h"
#include "trace.h"
#include "transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct recording;

#define RECORDING_VERSION 1
#define RECORDING_NAME_MAX 64

/* How a connection opened, or did not. */
struct recorded_connection {
	bool opened;
	enum refusal refusal; /* where it did not open */
	uint64_t after_ns; /* from the SYN to that */
	uint64_t rtt_ns; /* 0: unknown */
	uint32_t packets, bytes, received, received_bytes; /* until then */
	uint16_t window, local_port;
};

/* See struct trace_event in lua_conn_trace.c, where these come from. */
struct recorded_event {
	uint64_t after_ns;
	uint32_t sends, packets, bytes, received, received_bytes, acked, length;
	uint16_t window;
	enum trace_kind kind;
};

struct recorded_handshake {
	char name[RECORDING_NAME_MAX];
	bool opened, reused;
	enum refusal refusal; /* where it did not open */
	uint32_t connection; /* from 1: on which of the target's connections */
	uint32_t window_open_us; /* these three as in struct stream, when the attempt was over */
	uint16_t window_least;
	uint8_t synack_repeats;
	struct recorded_event *events;
	size_t event_count;
	uint8_t *data, *reset_payload; /* NULL: none */
	size_t data_length, reset_length;
};

struct recorded_target {
	struct endpoint endpoint;
	bool answered; /* else `refusal` says why not */
	enum refusal refusal;
	uint8_t icmp_type, icmp_code;
	uint64_t rtt_ns; /* of a refusal */
	uint64_t start_ns; /* when it answered, since the scan began */
	struct syn_ack syn_ack;
	struct recorded_connection *connections;
	size_t connection_count;
	struct recorded_handshake *handshakes;
	size_t handshake_count;
};

int recording_open(struct recording **out, const char *path, struct error *why);
void recording_close(struct recording *recording); /* NULL is fine */

const char *recording_path(const struct recording *recording);
uint64_t recording_seed(const struct recording *recording);
size_t recording_count(const struct recording *recording); /* targets */
const struct endpoint *recording_endpoint(const struct recording *recording, size_t index);
bool recording_find(const struct recording *recording, const struct endpoint *endpoint, size_t *index);

/* Reads a target's line. The caller frees it. */
int recording_load(struct recording *recording, size_t index, struct recorded_target **out, struct error *why);
void recorded_target_free(struct recorded_target *target); /* NULL is fine */

#endif
