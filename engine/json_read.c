#include "json_read.h"

#include "error.h"

#include <string.h>

#define EXACT_MAX 9007199254740991.0

struct json_reader json_reader(const char *text, size_t length)
{
	return (struct json_reader){ .at = text, .end = text + length };
}

static void fail(struct json_reader *reader)
{
	reader->error = ERR_INVALID;
	reader->at = reader->end;
}

/* The next character that is no white space, in place; 0 at the end. */
static char look(struct json_reader *reader)
{
	while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' || *reader->at == '\r' || *reader->at == '\n'))
		reader->at++;
	return reader->at < reader->end ? *reader->at : 0;
}

static bool take(struct json_reader *reader, char wanted)
{
	if (look(reader) != wanted)
		return false;
	reader->at++;
	return true;
}

static void expect(struct json_reader *reader, char wanted)
{
	if (!take(reader, wanted))
		fail(reader);
}

void json_enter_object(struct json_reader *reader)
{
	expect(reader, '{');
}

void json_enter_array(struct json_reader *reader)
{
	expect(reader, '[');
}

/* Between values: a comma, which may be left out before the first one (and is not asked for elsewhere: what a recording's
 * author forgot does no harm). False at the closing bracket, and at the end. */
static bool more(struct json_reader *reader, char closing)
{
	if (take(reader, closing) || reader->error)
		return false;
	take(reader, ',');
	if (look(reader) == 0)
		fail(reader);
	return !reader->error;
}

bool json_next_element(struct json_reader *reader)
{
	return more(reader, ']');
}

bool json_next_member(struct json_reader *reader, struct json_text *name)
{
	if (!more(reader, '}'))
		return false;
	*name = json_read_text(reader);
	expect(reader, ':');
	return !reader->error;
}

struct json_text json_read_text(struct json_reader *reader)
{
	expect(reader, '"');
	const char *start = reader->at;
	while (reader->at < reader->end && *reader->at != '"')
		reader->at += *reader->at == '\\' ? 2 : 1;
	if (reader->error || reader->at >= reader->end) {
		fail(reader);
		return (struct json_text){ "", 0 };
	}
	return (struct json_text){ start, (size_t)(reader->at++ - start) };
}

uint64_t json_read_unsigned(struct json_reader *reader)
{
	double value = 0;
	bool any = false;
	look(reader);
	for (; reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9'; reader->at++) {
		value = value * 10 + (*reader->at - '0');
		any = true;
	}
	if (any && reader->at < reader->end && *reader->at == '.') {
		reader->at++;
		while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
			reader->at++;
	}
	if (!any || value > EXACT_MAX || (reader->at < reader->end && (*reader->at == 'e' || *reader->at == 'E'))) {
		fail(reader);
		return 0;
	}
	return (uint64_t)value;
}

static bool word(struct json_reader *reader, const char *wanted)
{
	size_t length = strlen(wanted);
	if ((size_t)(reader->end - reader->at) < length || memcmp(reader->at, wanted, length) != 0)
		return false;
	reader->at += length;
	return true;
}

bool json_read_bool(struct json_reader *reader)
{
	look(reader);
	if (word(reader, "true"))
		return true;
	if (!word(reader, "false"))
		fail(reader);
	return false;
}

void json_skip(struct json_reader *reader)
{
	size_t depth = 0;
	do {
		char next = look(reader);
		if (next == '"') {
			json_read_text(reader);
		} else if (next == '{' || next == '[') {
			depth++;
			reader->at++;
		} else if (next == '}' || next == ']') {
			if (depth == 0)
				fail(reader);
			depth -= depth > 0;
			reader->at += !reader->error;
		} else if (next == ',' || next == ':') {
			if (depth == 0)
				fail(reader);
			reader->at += !reader->error;
		} else if (next == 0) {
			fail(reader);
		} else {
			while (reader->at < reader->end && !strchr(" \t\r\n,:{}[]\"", *reader->at))
				reader->at++;
		}
	} while (depth > 0 && !reader->error);
}

bool json_text_is(struct json_text text, const char *wanted)
{
	return strlen(wanted) == text.length && memcmp(text.bytes, wanted, text.length) == 0;
}
