#include "record.h"

#include <string.h>
#include <time.h>

size_t record_time(struct record_clock *clock, uint64_t epoch_ns, char out[RECORD_TIME_MAX])
{
	uint64_t second = epoch_ns / 1000000000u;
	if (second != clock->second || !clock->text[0]) {
		time_t seconds = (time_t)second;
		struct tm utc;
		gmtime_r(&seconds, &utc);
		clock->second = second;
		if (strftime(clock->text, sizeof clock->text, "%Y-%m-%dT%H:%M:%S", &utc) == 0)
			clock->text[0] = 0; /* a year of more than four digits */
	}
	size_t length = strlen(clock->text);
	unsigned micros = (unsigned)(epoch_ns / 1000 % 1000000);
	memcpy(out, clock->text, length);
	out[length++] = '.';
	for (int place = 5; place >= 0; place--, micros /= 10)
		out[length + (size_t)place] = (char)('0' + micros % 10);
	out[length + 6] = 'Z';
	return length + 7;
}

static void name(struct json *json, const char *text)
{
	json_name(json, text, strlen(text));
}

static void text(struct json *json, const char *member, const char *value)
{
	name(json, member);
	json_string(json, value, strlen(value));
}

static void number(struct json *json, const char *member, uint64_t value)
{
	name(json, member);
	json_unsigned(json, value);
}

/* A number behind what is JSON already. */
#define RAW_NUMBER(json, before, value) raw_number(json, before, sizeof before - 1, value)

static void raw_number(struct json *json, const char *before, size_t length, uint64_t value)
{
	json_raw(json, before, length);
	json->separate = false;
	json_unsigned(json, value);
}

void record_syn_ack(struct json *json, const struct syn_ack *syn_ack)
{
	static const char *const flags[] = {
		",\"sack\":false,\"timestamps\":false", ",\"sack\":false,\"timestamps\":true",
		",\"sack\":true,\"timestamps\":false", ",\"sack\":true,\"timestamps\":true",
	};
	const char *text = flags[2 * syn_ack->sack_permitted + syn_ack->timestamps];
	name(json, "syn_ack");
	RAW_NUMBER(json, "{\"ip_id\":", syn_ack->ip_id);
	if (syn_ack->mss)
		RAW_NUMBER(json, ",\"mss\":", syn_ack->mss);
	json_raw(json, text, strlen(text));
	RAW_NUMBER(json, ",\"ttl\":", syn_ack->ttl);
	RAW_NUMBER(json, ",\"window\":", syn_ack->window);
	if (syn_ack->window_scale >= 0)
		RAW_NUMBER(json, ",\"window_scale\":", (uint64_t)syn_ack->window_scale);
	json_raw(json, "}", 1);
	json->separate = true;
}

static void empty(struct json *json, const char *member, bool array)
{
	name(json, member);
	json_raw(json, array ? "[]" : "{}", 2);
	json->separate = true;
}

void record_of_answer(struct json *json, struct record_clock *clock, const struct record_answer *answer)
{
	char address[ADDRESS_TEXT_MAX], time[RECORD_TIME_MAX];
	json_clear(json);
	json_object_open(json);
	text(json, "address", address_format(&answer->remote->address, address));
	number(json, "port", answer->remote->port);
	name(json, "time");
	json_string(json, time, record_time(clock, answer->epoch_ns, time));
	text(json, "verdict", answer->verdict);
	empty(json, "services", true);
	if (answer->expected)
		text(json, "expected", answer->expected);
	empty(json, "fields", false);
	if (answer->error)
		text(json, "error", answer->error);
	if (answer->icmp) {
		name(json, "icmp");
		json_object_open(json);
		number(json, "code", answer->icmp_code);
		number(json, "type", answer->icmp_type);
		json_object_close(json);
	}
	if (answer->rtt_ns) {
		name(json, "rtt");
		json_number(json, (double)answer->rtt_ns / 1e9);
	}
	empty(json, "attempts", true);
	if (answer->syn_ack)
		record_syn_ack(json, answer->syn_ack);
	json_object_close(json);
}
