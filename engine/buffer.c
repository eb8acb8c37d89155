#include "buffer.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_STEP 16u /* a first run of bytes, often the only one, gets no more than this beyond its length */

size_t buffer_length(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

const uint8_t *buffer_bytes(const struct buffer *buffer)
{
	return buffer->data ? buffer->data + buffer->start : (const uint8_t *)"";
}

/* Makes room for `length` more bytes: first by moving what is unread to the front, then by growing. */
static int buffer_make_room(struct buffer *buffer, size_t length)
{
	size_t held = buffer_length(buffer);
	if (buffer->start > 0 && buffer->size - buffer->end < length) {
		memmove(buffer->data, buffer->data + buffer->start, held);
		buffer->start = 0;
		buffer->end = (uint32_t)held;
	}
	if (buffer->size - buffer->end >= length)
		return 0;
	size_t size = buffer->size ? buffer->size : (length + BUFFER_STEP - 1) / BUFFER_STEP * BUFFER_STEP;
	while (size < held + length)
		size *= 2;
	if (size > UINT32_MAX)
		return ERR_FULL;
	uint8_t *data = realloc(buffer->data, size);
	if (!data)
		return ERR_NO_MEMORY;
	buffer->data = data;
	buffer->size = (uint32_t)size;
	return 0;
}

int buffer_append(struct buffer *buffer, const void *bytes, size_t length, size_t cap)
{
	if (length == 0)
		return 0;
	if (length > cap || buffer_length(buffer) > cap - length)
		return ERR_FULL;
	int error = buffer_make_room(buffer, length);
	if (error)
		return error;
	memcpy(buffer->data + buffer->end, bytes, length);
	buffer->end += (uint32_t)length;
	return 0;
}

void buffer_consume(struct buffer *buffer, size_t length)
{
	size_t held = buffer_length(buffer);
	buffer->start += (uint32_t)(length < held ? length : held);
	if (buffer->start == buffer->end)
		buffer->start = buffer->end = 0;
}

void buffer_free(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){ 0 };
}
