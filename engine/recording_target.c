#include "recording_target.h"

#include "base64.h"

#include <stdlib.h>
#include <string.h>

#define LIST_MAX 65536 /* entries of any list of a line */

struct parse {
	struct json_reader reader;
	int error; /* ERR_NO_MEMORY; the reader knows of the rest */
};

/* Room for one more entry of an array, zeroed; NULL when there is none. */
static void *grow(struct parse *parse, void **array, size_t *count, size_t size)
{
	void *larger = *array;
	if (*count >= LIST_MAX)
		parse->reader.error = ERR_INVALID;
	else if ((*count & (*count - 1)) == 0) /* 0, 1, 2, 4, 8 ... are full */
		larger = realloc(*array, (*count ? *count * 2 : 1) * size);
	if (!larger)
		parse->error = ERR_NO_MEMORY;
	if (parse->error || parse->reader.error)
		return NULL;
	*array = larger;
	return memset((uint8_t *)larger + (*count)++ * size, 0, size);
}

static uint32_t read_32(struct json_reader *reader)
{
	uint64_t value = json_read_unsigned(reader);
	return value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
}

static uint16_t read_16(struct json_reader *reader)
{
	uint64_t value = json_read_unsigned(reader);
	return value < UINT16_MAX ? (uint16_t)value : UINT16_MAX;
}

static enum refusal refusal_of(struct json_text text)
{
	if (json_text_is(text, "refused"))
		return REFUSAL_REFUSED;
	if (json_text_is(text, "unreachable"))
		return REFUSAL_UNREACHABLE;
	return json_text_is(text, "filtered") ? REFUSAL_FILTERED : REFUSAL_LOCAL;
}

static void read_bytes(struct parse *parse, uint8_t **out, size_t *out_length)
{
	struct json_text text = json_read_text(&parse->reader);
	free(*out);
	*out = malloc(text.length / 4 * 3 + 1);
	if (!*out)
		parse->error = ERR_NO_MEMORY;
	else if (base64_decode(text.bytes, text.length, *out, out_length))
		parse->reader.error = ERR_INVALID;
}

static void read_connection(struct parse *parse, struct recorded_target *target)
{
	struct json_reader *reader = &parse->reader;
	struct json_text name;
	struct recorded_connection *out = grow(parse, (void **)&target->connections, &target->connection_count, sizeof *out);
	json_enter_object(reader);
	while (out && json_next_member(reader, &name)) {
		if (json_text_is(name, "outcome")) {
			struct json_text outcome = json_read_text(reader);
			out->opened = json_text_is(outcome, "opened");
			out->refusal = refusal_of(outcome);
		} else if (json_text_is(name, "after_ns")) {
			out->after_ns = json_read_unsigned(reader);
		} else if (json_text_is(name, "rtt_ns")) {
			out->rtt_ns = json_read_unsigned(reader);
		} else if (json_text_is(name, "packets")) {
			out->packets = read_32(reader);
		} else if (json_text_is(name, "bytes")) {
			out->bytes = read_32(reader);
		} else if (json_text_is(name, "received")) {
			out->received = read_32(reader);
		} else if (json_text_is(name, "received_bytes")) {
			out->received_bytes = read_32(reader);
		} else if (json_text_is(name, "window")) {
			out->window = read_16(reader);
		} else if (json_text_is(name, "local_port")) {
			out->local_port = read_16(reader);
		} else {
			json_skip(reader);
		}
	}
}

static enum trace_kind read_kind(struct json_reader *reader)
{
	static const char *const names[] = {
#define X(name, text) text,
		TRACE_LIST(X)
#undef X
	};
	struct json_text text = json_read_text(reader);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (json_text_is(text, names[i]))
			return (enum trace_kind)i;
	}
	reader->error = ERR_INVALID;
	return TRACE_END;
}

/* ["data", sends, after_ns, packets, bytes, received, received_bytes, acked, window, length] */
static void read_event(struct parse *parse, struct recorded_handshake *handshake)
{
	struct json_reader *reader = &parse->reader;
	struct recorded_event *out = grow(parse, (void **)&handshake->events, &handshake->event_count, sizeof *out);
	uint64_t numbers[9];
	size_t count = 0;
	json_enter_array(reader);
	if (!out || !json_next_element(reader))
		return;
	out->kind = read_kind(reader);
	while (json_next_element(reader)) {
		uint64_t number = json_read_unsigned(reader);
		if (count < sizeof numbers / sizeof *numbers)
			numbers[count] = number;
		count++;
	}
	if (count < sizeof numbers / sizeof *numbers) {
		reader->error = ERR_INVALID;
		return;
	}
	out->sends = (uint32_t)numbers[0];
	out->after_ns = numbers[1];
	out->packets = (uint32_t)numbers[2];
	out->bytes = (uint32_t)numbers[3];
	out->received = (uint32_t)numbers[4];
	out->received_bytes = (uint32_t)numbers[5];
	out->acked = (uint32_t)numbers[6];
	out->window = (uint16_t)numbers[7];
	out->length = (uint32_t)numbers[8];
}

static void read_name(struct json_reader *reader, char out[RECORDING_NAME_MAX])
{
	struct json_text text = json_read_text(reader);
	if (text.length >= RECORDING_NAME_MAX) {
		reader->error = ERR_INVALID;
		return;
	}
	memcpy(out, text.bytes, text.length);
	out[text.length] = 0;
}

static void read_handshake(struct parse *parse, struct recorded_target *target)
{
	struct json_reader *reader = &parse->reader;
	struct json_text name;
	struct recorded_handshake *out = grow(parse, (void **)&target->handshakes, &target->handshake_count, sizeof *out);
	json_enter_object(reader);
	while (out && !parse->error && json_next_member(reader, &name)) {
		if (json_text_is(name, "handshake")) {
			read_name(reader, out->name);
		} else if (json_text_is(name, "opened")) {
			out->opened = json_read_bool(reader);
		} else if (json_text_is(name, "reused")) {
			out->reused = json_read_bool(reader);
		} else if (json_text_is(name, "outcome")) {
			out->refusal = refusal_of(json_read_text(reader));
		} else if (json_text_is(name, "connection")) {
			out->connection = read_32(reader);
		} else if (json_text_is(name, "syn_ack_repeats")) {
			out->synack_repeats = (uint8_t)(read_16(reader) & UINT8_MAX);
		} else if (json_text_is(name, "window_least")) {
			out->window_least = read_16(reader);
		} else if (json_text_is(name, "window_open_us")) {
			out->window_open_us = read_32(reader);
		} else if (json_text_is(name, "data_base64")) {
			read_bytes(parse, &out->data, &out->data_length);
		} else if (json_text_is(name, "reset_payload_base64")) {
			read_bytes(parse, &out->reset_payload, &out->reset_length);
		} else if (json_text_is(name, "events")) {
			json_enter_array(reader);
			while (json_next_element(reader))
				read_event(parse, out);
		} else {
			json_skip(reader);
		}
	}
}

static void read_syn_ack(struct json_reader *reader, struct syn_ack *out)
{
	struct json_text name;
	*out = (struct syn_ack){ .known = true, .window_scale = -1 };
	json_enter_object(reader);
	while (json_next_member(reader, &name)) {
		if (json_text_is(name, "window"))
			out->window = read_16(reader);
		else if (json_text_is(name, "mss"))
			out->mss = read_16(reader);
		else if (json_text_is(name, "window_scale"))
			out->window_scale = (int8_t)(read_16(reader) & 15);
		else if (json_text_is(name, "ttl"))
			out->ttl = (uint8_t)read_16(reader);
		else if (json_text_is(name, "ip_id"))
			out->ip_id = read_16(reader);
		else if (json_text_is(name, "sack"))
			out->sack_permitted = json_read_bool(reader);
		else if (json_text_is(name, "timestamps"))
			out->timestamps = json_read_bool(reader);
		else
			json_skip(reader);
	}
}

static void read_icmp(struct json_reader *reader, struct recorded_target *out)
{
	struct json_text name;
	out->refusal = REFUSAL_UNREACHABLE;
	json_enter_object(reader);
	while (json_next_member(reader, &name)) {
		if (json_text_is(name, "type"))
			out->icmp_type = (uint8_t)read_16(reader);
		else if (json_text_is(name, "code"))
			out->icmp_code = (uint8_t)read_16(reader);
		else
			json_skip(reader);
	}
}

static void read_address(struct json_reader *reader, struct endpoint *out)
{
	char text[ADDRESS_TEXT_MAX] = { 0 };
	struct json_text address = json_read_text(reader);
	if (address.length < sizeof text)
		memcpy(text, address.bytes, address.length);
	if (!reader->error && address_parse(text, &out->address))
		reader->error = ERR_INVALID;
}

static void read_port(struct json_reader *reader, struct endpoint *out)
{
	uint64_t port = json_read_unsigned(reader);
	out->port = (uint16_t)port;
	if (port < 1 || port > 65535)
		reader->error = ERR_INVALID;
}

static void read_verdict(struct json_reader *reader, struct recorded_target *out)
{
	struct json_text text = json_read_text(reader);
	out->answered = !json_text_is(text, "refused") && !json_text_is(text, "filtered");
	out->refusal = refusal_of(text);
}

static void read_member(struct parse *parse, struct json_text name, struct recorded_target *target)
{
	struct json_reader *reader = &parse->reader;
	if (json_text_is(name, "address")) {
		read_address(reader, &target->endpoint);
	} else if (json_text_is(name, "port")) {
		read_port(reader, &target->endpoint);
	} else if (json_text_is(name, "verdict")) {
		read_verdict(reader, target);
	} else if (json_text_is(name, "rtt_ns")) {
		target->rtt_ns = json_read_unsigned(reader);
	} else if (json_text_is(name, "start_ns")) {
		target->start_ns = json_read_unsigned(reader);
	} else if (json_text_is(name, "icmp")) {
		read_icmp(reader, target);
	} else if (json_text_is(name, "syn_ack")) {
		read_syn_ack(reader, &target->syn_ack);
	} else if (json_text_is(name, "connections")) {
		json_enter_array(reader);
		while (!parse->error && json_next_element(reader))
			read_connection(parse, target);
	} else if (json_text_is(name, "handshakes")) {
		json_enter_array(reader);
		while (!parse->error && json_next_element(reader))
			read_handshake(parse, target);
	} else {
		json_skip(reader);
	}
}

int recorded_endpoint_read(const char *line, size_t length, struct endpoint *out)
{
	struct json_reader reader = json_reader(line, length);
	struct json_text name;
	*out = (struct endpoint){ 0 };
	json_enter_object(&reader);
	while ((out->port == 0 || out->address.family == ADDRESS_NONE) && json_next_member(&reader, &name)) {
		if (json_text_is(name, "address"))
			read_address(&reader, out);
		else if (json_text_is(name, "port"))
			read_port(&reader, out);
		else
			json_skip(&reader);
	}
	return reader.error || out->port == 0 || out->address.family == ADDRESS_NONE ? ERR_INVALID : 0;
}

int recorded_target_read(const char *line, size_t length, struct recorded_target **out)
{
	struct parse parse = { .reader = json_reader(line, length) };
	struct json_text name;
	struct recorded_target *target = calloc(1, sizeof *target);
	if (!target)
		return ERR_NO_MEMORY;
	json_enter_object(&parse.reader);
	while (!parse.error && json_next_member(&parse.reader, &name))
		read_member(&parse, name, target);
	int error = parse.error ? parse.error : parse.reader.error;
	if (error == 0 && target->answered && (target->connection_count == 0 || !target->connections[0].opened))
		error = ERR_INVALID;
	if (error) {
		recorded_target_free(target);
		return error;
	}
	*out = target;
	return 0;
}

void recorded_target_free(struct recorded_target *target)
{
	if (!target)
		return;
	for (size_t i = 0; i < target->handshake_count; i++) {
		free(target->handshakes[i].events);
		free(target->handshakes[i].data);
		free(target->handshakes[i].reset_payload);
	}
	free(target->handshakes);
	free(target->connections);
	free(target);
}
