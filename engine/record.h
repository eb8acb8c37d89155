/* Records of targets that no script has seen, as lines of JSON; and what all records have in common. docs/reference/records.md
 * has the schema. Pure. */
#ifndef SONDE_RECORD_H
#define SONDE_RECORD_H

#include "json.h"
#include "transport.h"

#define RECORD_TIME_MAX 40

/* The text of the second last written, so that it is made once. Zeroed: none. */
struct record_clock {
	uint64_t second;
	char text[20];
};

/* A time of day as RFC 3339 text with microseconds, UTC. Returns its length. */
size_t record_time(struct record_clock *clock, uint64_t epoch_ns, char out[RECORD_TIME_MAX]);

/* The member "syn_ack". */
void record_syn_ack(struct json *json, const struct syn_ack *syn_ack);

/* What is known of a target by the answer to its SYN alone. */
struct record_answer {
	const struct endpoint *remote;
	const char *verdict;
	const char *expected; /* the protocol assigned to the port; NULL: none is */
	const char *error; /* NULL: none */
	bool icmp;
	uint8_t icmp_type, icmp_code;
	uint64_t rtt_ns; /* 0: unknown */
	const struct syn_ack *syn_ack; /* NULL: there was none */
	uint64_t epoch_ns;
};

/* Empties `json` and writes the record, without a newline. */
void record_of_answer(struct json *json, struct record_clock *clock, const struct record_answer *answer);

#endif
