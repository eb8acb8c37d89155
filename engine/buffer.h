/* A growable run of bytes with a cap: appended at the end, consumed from the front. */
#ifndef SONDE_BUFFER_H
#define SONDE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner; all zero is an empty buffer. `data` is NULL until the first append. */
struct buffer {
	uint8_t *data;
	uint32_t start; /* first unread byte */
	uint32_t end; /* one past the last byte */
	uint32_t size; /* bytes allocated */
};

/* Bytes not yet consumed. */
size_t buffer_length(const struct buffer *buffer);
const uint8_t *buffer_bytes(const struct buffer *buffer);
/* Appends all or nothing: 0, ERR_FULL when more than `cap` bytes would be held, ERR_NO_MEMORY. */
int buffer_append(struct buffer *buffer, const void *bytes, size_t length, size_t cap);
/* Drops `length` bytes (at most all) from the front; an emptied buffer keeps its memory. */
void buffer_consume(struct buffer *buffer, size_t length);
/* Frees the memory; the buffer is empty and usable again. */
void buffer_free(struct buffer *buffer);

#endif
