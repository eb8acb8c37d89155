#include "zmap_input.h"

#include "buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_SIZE 65536
#define LINE_MAX_BYTES (1u << 20) /* a longer line is dropped */

struct zmap_input {
	int descriptor;
	bool owned; /* the descriptor is ours to close */
	bool ended;
	struct zmap_reader reader;
	struct buffer pending; /* read, and not yet a whole line */
	uint64_t *malformed;
	struct zmap_syn_ack first; /* read ahead by zmap_input_first */
	bool has_first;
};

int zmap_input_open(struct zmap_input **out, const char *path, uint64_t *malformed, struct error *why)
{
	struct zmap_input *input = calloc(1, sizeof *input);
	if (!input)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	input->malformed = malformed;
	zmap_reader_init(&input->reader);
	if (strcmp(path, "-") != 0) {
		input->owned = true;
		input->descriptor = open(path, O_RDONLY | O_CLOEXEC);
		if (input->descriptor < 0) {
			free(input);
			return error_errno(why, "%s cannot be opened", path);
		}
	}
	*out = input;
	return 0;
}

void zmap_input_close(struct zmap_input *input)
{
	if (!input)
		return;
	if (input->owned)
		close(input->descriptor);
	buffer_free(&input->pending);
	free(input);
}

/* Reads what is there; waits for something at most wait_ms (-1: as long as it takes, or until a signal). */
static int fill(struct zmap_input *input, int wait_ms, struct error *why)
{
	uint8_t bytes[READ_SIZE];
	struct pollfd ready = { .fd = input->descriptor, .events = POLLIN };
	int count = poll(&ready, 1, wait_ms);
	if (count <= 0)
		return count == 0 || errno == EINTR ? ERR_AGAIN : error_errno(why, "the list of targets cannot be waited for");
	ssize_t length = read(input->descriptor, bytes, sizeof bytes);
	if (length < 0)
		return errno == EINTR || errno == EAGAIN ? ERR_AGAIN : error_errno(why, "the list of targets cannot be read");
	if (length == 0) {
		input->ended = true;
		return 0;
	}
	if (buffer_append(&input->pending, bytes, (size_t)length, LINE_MAX_BYTES + READ_SIZE)) {
		buffer_consume(&input->pending, LINE_MAX_BYTES + READ_SIZE); /* no line is that long: start anew behind it */
		(*input->malformed)++;
	}
	return 0;
}

/* Takes one whole line (the last one may lack its end): 1 with an answer, 0 without one, ERR_AGAIN when there is none. */
static int take_line(struct zmap_input *input, struct zmap_syn_ack *out)
{
	const char *bytes = (const char *)buffer_bytes(&input->pending);
	size_t held = buffer_length(&input->pending);
	const char *end = memchr(bytes, '\n', held);
	if (!end && !(input->ended && held > 0))
		return ERR_AGAIN;
	size_t length = end ? (size_t)(end - bytes) : held;
	int found = zmap_line_read(&input->reader, bytes, length, out, NULL);
	if (found < 0)
		(*input->malformed)++;
	buffer_consume(&input->pending, length + (end != NULL));
	return found > 0;
}

static int next(struct zmap_input *input, struct zmap_syn_ack *out, int wait_ms, struct error *why)
{
	for (;;) {
		int found = take_line(input, out);
		if (found == 1)
			return 0;
		if (found == 0)
			continue;
		if (input->ended)
			return ERR_CLOSED;
		int error = fill(input, wait_ms, why);
		if (error)
			return error;
	}
}

bool zmap_input_first(struct zmap_input *input, struct zmap_syn_ack *out)
{
	if (!input->has_first && next(input, &input->first, -1, NULL) == 0)
		input->has_first = true;
	if (input->has_first)
		*out = input->first;
	return input->has_first;
}

int zmap_input_next(struct zmap_input *input, struct zmap_syn_ack *out, struct error *why)
{
	if (input->has_first) {
		*out = input->first;
		input->has_first = false;
		return 0;
	}
	return next(input, out, 0, why);
}
