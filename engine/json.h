/* Writes JSON (RFC 8259) into a growable text. Commas are put by themselves; that values, keys and brackets come in an
 * order that makes sense is the caller's business. The first failure sticks: check `error` once, at the end. */
#ifndef SONDE_JSON_H
#define SONDE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner. `text` is not zero-terminated and NULL until something is written. */
struct json {
	char *text;
	size_t length;
	size_t size; /* bytes allocated */
	size_t cap; /* most bytes of text; going beyond is ERR_FULL */
	int error; /* 0, ERR_FULL or ERR_NO_MEMORY */
	bool separate; /* a comma is due before the next key or value */
};

void json_init(struct json *json, size_t cap);
/* Empties the text, forgets the error, keeps the memory. */
void json_clear(struct json *json);
void json_free(struct json *json);

void json_object_open(struct json *json);
void json_object_close(struct json *json);
void json_array_open(struct json *json);
void json_array_close(struct json *json);

/* The name of the next value. Bytes that are no UTF-8 are written as the text \xNN (a backslash, an x, two lower-case hex
 * digits), so a name is always readable and always valid. */
void json_key(struct json *json, const void *name, size_t length);
/* The same for a name that needs no escape, such as the program's own. */
void json_name(struct json *json, const char *name, size_t length);

/* Text, with the fewest escapes: quote, backslash, control characters, and U+2028 and U+2029, which break lines in
 * JavaScript. False, and nothing written, when the bytes are not UTF-8. */
bool json_string(struct json *json, const void *bytes, size_t length);
/* Any bytes, as a string of base64. */
void json_base64(struct json *json, const void *bytes, size_t length);
/* "name": text, or "name_base64": base64 where the bytes are not UTF-8. */
void json_field(struct json *json, const char *name, const void *bytes, size_t length);

/* Integers without exponent up to 2^53, else the shortest text that reads back as the same number; NaN and infinities
 * are null. */
void json_number(struct json *json, double value);
/* Nanoseconds as seconds: as json_number of them. */
void json_seconds(struct json *json, uint64_t ns);
void json_unsigned(struct json *json, uint64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
/* Bytes as they are, without a comma: for the newline between records. */
void json_raw(struct json *json, const void *bytes, size_t length);

#endif
