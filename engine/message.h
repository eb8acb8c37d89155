/* What a worker tells the master, on its way through a pipe: batches of messages, each batch taken as a whole or not at all,
 * so that a worker killed in the middle of one leaves no half line behind. Pure: bytes in, bytes out. Both ends are one
 * program, so numbers are in its own byte order; lengths are checked all the same. */
#ifndef SONDE_MESSAGE_H
#define SONDE_MESSAGE_H

#include "address.h"
#include "buffer.h"
#include "counters.h"

#include <stdbool.h>
#include <stdint.h>

enum message_kind {
	MESSAGE_OPENED = 1, /* a struct endpoint: a target has answered, and a record of it will follow */
	MESSAGE_RECORD, /* a struct endpoint: whose record it is; then its line with the newline */
	MESSAGE_KEPT, /* a line of the recording, of the target whose record came last */
	MESSAGE_STATE, /* a struct message_state */
	MESSAGE_TALLY, /* JSON text: the worker's tally so far */
	MESSAGE_FAILED, /* a struct message_failure: the worker ends, and trying again would not help */
	MESSAGE_KINDS,
};

struct message_state {
	struct counters counters; /* since the worker began */
	uint64_t position; /* targets taken of its part, in order */
	uint64_t time_ns; /* when all of this was so: what is heard late would else seem to be of later */
	uint32_t active; /* targets whose script runs */
	uint32_t share; /* the last order about the rate that it obeys */
	uint64_t rate_pps, rate_bytes; /* what it keeps of that */
	uint8_t sending, done; /* targets are left; it has finished */
};

struct message_failure {
	int32_t code;
	char text[320];
};

#define MESSAGE_MAX (17u << 20) /* payload of one message: a record is at most 16 MiB */
#define MESSAGE_BATCH_MAX (40u << 20) /* messages of one batch, heads included */

struct message {
	uint32_t kind; /* enum message_kind */
	uint32_t length;
	const uint8_t *payload; /* in the batch; not aligned */
};

/* A batch being built at the end of a buffer, behind finished ones; all zero but for the buffer is one not begun. */
struct message_batch {
	struct buffer *buffer;
	uint32_t length; /* bytes of messages so far, 0: not begun */
};

/* Appends a message made of two parts (the second may be empty). 0, ERR_FULL when the batch or the buffer (`cap` bytes) would
 * grow too large, ERR_NO_MEMORY; then the batch is as it was. */
int message_add(struct message_batch *batch, enum message_kind kind, const void *head, size_t head_length, const void *body,
		size_t body_length, size_t cap);
/* Ends the batch: what was added is one batch from now on. Bytes of it, its head included; 0 when there was none. */
uint32_t message_finish(struct message_batch *batch);

/* Whether a whole batch is at the front of these bytes: 0 and how many bytes it takes; ERR_AGAIN while it is not whole;
 * ERR_INVALID when it never will be. Every message in it has then the right length for its kind. */
int message_take(const uint8_t *bytes, size_t length, size_t *taken);
/* The messages of a batch that message_take found, one by one: `at` begins at 0. False after the last. */
bool message_next(const uint8_t *batch, size_t taken, size_t *at, struct message *out);

#endif
