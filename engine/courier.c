#include "courier.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PENDING_MAX (128u << 20) /* beyond, records are refused; the worker stops taking targets long before */
#define BATCH_LARGE (256u << 10)
#define KEEP_MAX (8u << 20) /* memory an idle courier keeps */
#define ADDRESS_KEY "{\"address\":\""
#define PORT_KEY "\",\"port\":"

struct courier {
	int descriptor;
	struct buffer buffer; /* finished batches, then the one being built */
	struct message_batch batch;
};

struct courier *courier_create(int descriptor)
{
	struct courier *courier = calloc(1, sizeof *courier);
	if (!courier)
		return NULL;
	courier->descriptor = descriptor;
	courier->batch.buffer = &courier->buffer;
	fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK);
	return courier;
}

void courier_destroy(struct courier *courier)
{
	if (!courier)
		return;
	buffer_free(&courier->buffer);
	free(courier);
}

/* Whose record it is, from its own first members. */
static int read_target(const char *line, size_t length, struct endpoint *out)
{
	char text[ADDRESS_TEXT_MAX];
	const size_t before = sizeof ADDRESS_KEY - 1, between = sizeof PORT_KEY - 1;
	if (length <= before || memcmp(line, ADDRESS_KEY, before) != 0)
		return ERR_INVALID;
	const char *address = line + before, *quote = memchr(address, '"', length - before);
	size_t size = quote ? (size_t)(quote - address) : 0;
	if (size == 0 || size >= sizeof text || length - before - size <= between || memcmp(quote, PORT_KEY, between) != 0)
		return ERR_INVALID;
	memcpy(text, address, size);
	text[size] = 0;
	uint32_t port = 0;
	for (const char *digit = quote + between; digit < line + length && *digit >= '0' && *digit <= '9' && port < 65536; digit++)
		port = port * 10 + (uint32_t)(*digit - '0');
	*out = (struct endpoint){ .port = (uint16_t)port };
	return port == 0 || port > 65535 ? ERR_INVALID : address_parse(text, &out->address);
}

static int add(struct courier *courier, enum message_kind kind, const void *head, size_t head_length, const void *body,
	       size_t body_length)
{
	return message_add(&courier->batch, kind, head, head_length, body, body_length, PENDING_MAX);
}

int courier_opened(struct courier *courier, const struct endpoint *target)
{
	return add(courier, MESSAGE_OPENED, target, sizeof *target, NULL, 0);
}

int courier_record(struct courier *courier, const char *line, size_t length)
{
	struct endpoint target;
	int error = read_target(line, length, &target);
	if (error)
		return error;
	if (courier->batch.length > BATCH_LARGE)
		message_finish(&courier->batch);
	return add(courier, MESSAGE_RECORD, &target, sizeof target, line, length);
}

int courier_kept(struct courier *courier, const char *line, size_t length)
{
	return add(courier, MESSAGE_KEPT, line, length, NULL, 0);
}

int courier_state(struct courier *courier, const struct message_state *state)
{
	return add(courier, MESSAGE_STATE, state, sizeof *state, NULL, 0);
}

int courier_tally(struct courier *courier, const char *text, size_t length)
{
	return add(courier, MESSAGE_TALLY, text, length, NULL, 0);
}

int courier_failed(struct courier *courier, int code, const char *text)
{
	struct message_failure failure = { .code = code };
	strncpy(failure.text, text, sizeof failure.text - 1);
	return add(courier, MESSAGE_FAILED, &failure, sizeof failure, NULL, 0);
}

int courier_push(struct courier *courier)
{
	message_finish(&courier->batch);
	while (buffer_length(&courier->buffer) > 0) {
		ssize_t count = write(courier->descriptor, buffer_bytes(&courier->buffer), buffer_length(&courier->buffer));
		if (count > 0)
			buffer_consume(&courier->buffer, (size_t)count);
		else if (count < 0 && errno != EINTR)
			return errno == EAGAIN ? 0 : ERR_CLOSED;
	}
	if (courier->buffer.size > KEEP_MAX)
		buffer_free(&courier->buffer);
	return 0;
}

int courier_flush(struct courier *courier)
{
	struct pollfd ready = { .fd = courier->descriptor, .events = POLLOUT };
	for (;;) {
		int error = courier_push(courier);
		if (error || buffer_length(&courier->buffer) == 0)
			return error;
		poll(&ready, 1, -1);
	}
}

size_t courier_pending(const struct courier *courier)
{
	return buffer_length(&courier->buffer);
}
