#include "message.h"

#include "error.h"

#include <string.h>

#define BATCH_MARK 0x42644e53u

struct batch_head {
	uint32_t mark, length; /* of the messages behind it */
};

struct message_head {
	uint32_t kind, length; /* of the payload behind it */
};

int message_add(struct message_batch *batch, enum message_kind kind, const void *head, size_t head_length, const void *body,
		size_t body_length, size_t cap)
{
	struct buffer *buffer = batch->buffer;
	uint32_t before = (uint32_t)buffer_length(buffer);
	if (head_length + body_length > MESSAGE_MAX)
		return ERR_FULL;
	struct message_head own = { kind, (uint32_t)(head_length + body_length) };
	uint32_t size = (uint32_t)sizeof own + own.length;
	if (batch->length + size > MESSAGE_BATCH_MAX)
		return ERR_FULL;
	int error = batch->length ? 0 : buffer_append(buffer, &(struct batch_head){ BATCH_MARK, 0 }, sizeof(struct batch_head), cap);
	if (!error)
		error = buffer_append(buffer, &own, sizeof own, cap);
	if (!error)
		error = buffer_append(buffer, head, head_length, cap);
	if (!error && body_length)
		error = buffer_append(buffer, body, body_length, cap);
	if (error)
		buffer->end = buffer->start + before;
	else
		batch->length += size;
	return error;
}

uint32_t message_finish(struct message_batch *batch)
{
	struct batch_head head = { BATCH_MARK, batch->length };
	if (batch->length == 0)
		return 0;
	uint32_t whole = (uint32_t)sizeof head + batch->length;
	memcpy(batch->buffer->data + batch->buffer->end - whole, &head, sizeof head);
	batch->length = 0;
	return whole;
}

static bool length_fits(const struct message_head *head)
{
	switch (head->kind) {
	case MESSAGE_OPENED:
		return head->length == sizeof(struct endpoint);
	case MESSAGE_RECORD:
		return head->length > sizeof(struct endpoint);
	case MESSAGE_STATE:
		return head->length == sizeof(struct message_state);
	case MESSAGE_FAILED:
		return head->length == sizeof(struct message_failure);
	case MESSAGE_KEPT:
	case MESSAGE_TALLY:
		return head->length > 0;
	default:
		return false;
	}
}

/* Lines end in a newline, or the next one would be joined to them. */
static bool ends_well(const struct message_head *head, const uint8_t *payload)
{
	return (head->kind != MESSAGE_RECORD && head->kind != MESSAGE_KEPT) || payload[head->length - 1] == '\n';
}

static bool messages_are_whole(const uint8_t *bytes, uint32_t length)
{
	for (uint32_t at = 0; at < length;) {
		struct message_head head;
		if (length - at < sizeof head)
			return false;
		memcpy(&head, bytes + at, sizeof head);
		at += (uint32_t)sizeof head;
		if (head.length > MESSAGE_MAX || head.length > length - at || !length_fits(&head) || !ends_well(&head, bytes + at))
			return false;
		at += head.length;
	}
	return true;
}

int message_take(const uint8_t *bytes, size_t length, size_t *taken)
{
	struct batch_head head = { 0, 0 };
	memcpy(&head, bytes, length < sizeof head ? length : sizeof head);
	if (length >= sizeof head.mark && head.mark != BATCH_MARK)
		return ERR_INVALID;
	if (length < sizeof head)
		return ERR_AGAIN;
	if (head.length == 0 || head.length > MESSAGE_BATCH_MAX)
		return ERR_INVALID;
	if (length - sizeof head < head.length)
		return ERR_AGAIN;
	*taken = sizeof head + head.length;
	return messages_are_whole(bytes + sizeof head, head.length) ? 0 : ERR_INVALID;
}

bool message_next(const uint8_t *batch, size_t taken, size_t *at, struct message *out)
{
	struct message_head head;
	if (*at == 0)
		*at = sizeof(struct batch_head);
	if (*at >= taken)
		return false;
	memcpy(&head, batch + *at, sizeof head);
	*out = (struct message){ head.kind, head.length, batch + *at + sizeof head };
	*at += sizeof head + head.length;
	return true;
}
