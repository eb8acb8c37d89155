/* Reads JSON (RFC 8259) of a known shape, member by member, in place. The first thing that is not as asked for sticks as an
 * error; every later call then does nothing and says "no more". Pure. */
#ifndef SONDE_JSON_READ_H
#define SONDE_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner; borrows the text. */
struct json_reader {
	const char *at, *end;
	int error; /* 0 or ERR_INVALID */
};

/* A string as it stands between its quotes, escapes and all. */
struct json_text {
	const char *bytes;
	size_t length;
};

struct json_reader json_reader(const char *text, size_t length);

/* Opens what comes next; then call json_next_member or json_next_element until they say false, reading each value. */
void json_enter_object(struct json_reader *reader);
bool json_next_member(struct json_reader *reader, struct json_text *name);
void json_enter_array(struct json_reader *reader);
bool json_next_element(struct json_reader *reader);

struct json_text json_read_text(struct json_reader *reader);
/* Numbers beyond 2^53 - 1 or below 0 are errors; a fraction is cut off. */
uint64_t json_read_unsigned(struct json_reader *reader);
bool json_read_bool(struct json_reader *reader);
/* Passes over a value of any kind. */
void json_skip(struct json_reader *reader);

bool json_text_is(struct json_text text, const char *word);

#endif
