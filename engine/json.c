#include "json.h"

#include "base64.h"
#include "error.h"
#include "utf8.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JSON_SIZE_MIN 1024u
#define ESCAPE_MAX 6u /* characters that one byte becomes at most: \u001f */
#define NUMBER_MAX 32u
#define INTEGER_MAX 9007199254740992.0 /* 2^53: up to here every integer has its own double */
#define ONES 0x0101010101010101ull
#define HIGH_BITS 0x8080808080808080ull

static const char hex[16] = "0123456789abcdef";

void json_init(struct json *json, size_t cap)
{
	*json = (struct json){ .cap = cap };
}

void json_clear(struct json *json)
{
	json->length = 0;
	json->error = 0;
	json->separate = false;
}

void json_free(struct json *json)
{
	free(json->text);
	json_init(json, json->cap);
}

/* Room for `count` more bytes, which may be a generous guess; the cap is on what is written in the end. */
static bool json_reserve(struct json *json, size_t count)
{
	if (json->error)
		return false;
	if (json->size - json->length >= count)
		return true;
	size_t size = json->size ? json->size : JSON_SIZE_MIN;
	while (size - json->length < count)
		size *= 2;
	char *text = realloc(json->text, size);
	if (!text) {
		json->error = ERR_NO_MEMORY;
		return false;
	}
	json->text = text;
	json->size = size;
	return true;
}

/* Takes what was written up to `end`, unless that is more than the cap. */
static void json_commit(struct json *json, const char *end)
{
	size_t length = (size_t)(end - json->text);
	if (length > json->cap)
		json->error = ERR_FULL;
	else
		json->length = length;
}

void json_raw(struct json *json, const void *bytes, size_t length)
{
	if (json->error)
		return;
	if (length > json->cap - json->length) {
		json->error = ERR_FULL;
		return;
	}
	if (!json_reserve(json, length) || length == 0)
		return;
	memcpy(json->text + json->length, bytes, length);
	json->length += length;
}

static void json_separate(struct json *json)
{
	if (json->separate)
		json_raw(json, ",", 1);
	json->separate = true;
}

static void json_open(struct json *json, const char *bracket)
{
	json_separate(json);
	json_raw(json, bracket, 1);
	json->separate = false;
}

static void json_close(struct json *json, const char *bracket)
{
	json_raw(json, bracket, 1);
	json->separate = true;
}

void json_object_open(struct json *json)
{
	json_open(json, "{");
}

void json_object_close(struct json *json)
{
	json_close(json, "}");
}

void json_array_open(struct json *json)
{
	json_open(json, "[");
}

void json_array_close(struct json *json)
{
	json_close(json, "]");
}

/* Whether all eight bytes are ASCII that needs no escape: no control character, quote or backslash. The subtraction marks
 * a byte below the limit; borrows can only mark too many, and then the slow path looks again. */
static bool word_is_plain(uint64_t word)
{
	uint64_t quote = word ^ ONES * '"', backslash = word ^ ONES * '\\';
	return !((word | (word - ONES * 0x20) | (quote - ONES) | (backslash - ONES)) & HIGH_BITS);
}

static char *escape_unicode(char *out, unsigned code)
{
	*out++ = '\\';
	*out++ = 'u';
	for (int shift = 12; shift >= 0; shift -= 4)
		*out++ = hex[code >> shift & 15];
	return out;
}

/* What stands for an ASCII byte: 0: itself; a letter after a backslash; or UNICODE. */
#define UNICODE 1
static const char escapes[0x80] = {
	UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, 'b', 't', 'n', UNICODE, 'f', 'r', UNICODE, UNICODE,
	UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE, UNICODE,
	UNICODE, UNICODE, ['"'] = '"', ['\\'] = '\\',
};

/* `count` bytes of ASCII. */
static char *escape_ascii(char *out, const uint8_t *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char letter = escapes[bytes[i]];
		if (!letter) {
			*out++ = (char)bytes[i];
		} else if (letter == UNICODE) {
			out = escape_unicode(out, bytes[i]);
		} else {
			*out++ = '\\';
			*out++ = letter;
		}
	}
	return out;
}

/* One sequence of two to four bytes, already known to be valid. */
static char *escape_wide(char *out, const uint8_t *bytes, size_t size)
{
	if (size == 3 && bytes[0] == 0xe2 && bytes[1] == 0x80 && (bytes[2] == 0xa8 || bytes[2] == 0xa9))
		return escape_unicode(out, 0x2000u + (bytes[2] & 0x3fu));
	memcpy(out, bytes, size);
	return out + size;
}

/* Writes at most ESCAPE_MAX characters a byte; NULL at a byte that is no UTF-8, unless `lenient`, which writes it as \xNN. */
static char *escape_text(char *out, const uint8_t *bytes, size_t length, bool lenient)
{
	size_t i = 0;
	while (i < length) {
		uint64_t word;
		if (length - i >= sizeof word) {
			memcpy(&word, bytes + i, sizeof word);
			if (word_is_plain(word)) {
				memcpy(out, &word, sizeof word);
				out += sizeof word;
				i += sizeof word;
				continue;
			}
			if (!(word & HIGH_BITS)) { /* ASCII, some of it to be escaped: all eight one by one */
				out = escape_ascii(out, bytes + i, sizeof word);
				i += sizeof word;
				continue;
			}
		}
		if (bytes[i] < 0x80) {
			out = escape_ascii(out, bytes + i++, 1);
			continue;
		}
		size_t size = utf8_sequence(bytes + i, length - i);
		if (size > 0) {
			out = escape_wide(out, bytes + i, size);
			i += size;
		} else if (lenient) {
			const char escaped[5] = { '\\', '\\', 'x', hex[bytes[i] >> 4], hex[bytes[i] & 15] };
			memcpy(out, escaped, sizeof escaped);
			out += sizeof escaped;
			i++;
		} else {
			return NULL;
		}
	}
	return out;
}

/* A quoted text with its comma; false, and nothing written, when it is no UTF-8. */
static bool json_quote(struct json *json, const void *bytes, size_t length, bool lenient, char after)
{
	if (json->error)
		return true;
	if (length > json->cap) {
		json->error = ERR_FULL;
		return true;
	}
	if (!json_reserve(json, length * ESCAPE_MAX + 4))
		return true;
	char *out = json->text + json->length;
	if (json->separate)
		*out++ = ',';
	*out++ = '"';
	out = escape_text(out, bytes, length, lenient);
	if (!out)
		return false;
	*out++ = '"';
	if (after)
		*out++ = after;
	json_commit(json, out);
	json->separate = !after;
	return true;
}

void json_key(struct json *json, const void *name, size_t length)
{
	json_quote(json, name, length, true, ':');
}

void json_name(struct json *json, const char *name, size_t length)
{
	if (!json_reserve(json, length + 4))
		return;
	char *out = json->text + json->length;
	if (json->separate)
		*out++ = ',';
	*out++ = '"';
	memcpy(out, name, length);
	out += length;
	*out++ = '"';
	*out++ = ':';
	json_commit(json, out);
	json->separate = false;
}

bool json_string(struct json *json, const void *bytes, size_t length)
{
	return json_quote(json, bytes, length, false, 0);
}

void json_base64(struct json *json, const void *bytes, size_t length)
{
	json_separate(json);
	if (!json->error && length > json->cap)
		json->error = ERR_FULL;
	size_t encoded = base64_encoded_length(length);
	if (!json_reserve(json, encoded + 2))
		return;
	char *out = json->text + json->length;
	*out++ = '"';
	base64_encode(bytes, length, out);
	out += encoded;
	*out++ = '"';
	json_commit(json, out);
}

void json_field(struct json *json, const char *name, const void *bytes, size_t length)
{
	size_t start = json->length;
	bool separate = json->separate;
	json_name(json, name, strlen(name));
	if (json_string(json, bytes, length))
		return;
	json->length = start;
	json->separate = separate;
	char longer[128];
	int used = snprintf(longer, sizeof longer, "%s_base64", name);
	if (used < 0 || (size_t)used >= sizeof longer) {
		json->error = ERR_FULL;
		return;
	}
	json_key(json, longer, (size_t)used);
	json_base64(json, bytes, length);
}

static char *write_digits(char *out, uint64_t value)
{
	char digits[20];
	size_t count = 0;
	do
		digits[count++] = (char)('0' + value % 10);
	while (value /= 10);
	while (count > 0)
		*out++ = digits[--count];
	return out;
}

/* value / scale, which is no whole number; scale: 10 to the power of `decimals`. */
static char *write_quotient(char *out, uint64_t value, uint64_t scale, int decimals)
{
	uint64_t fraction = value % scale;
	out = write_digits(out, value / scale);
	for (; fraction % 10 == 0 && decimals > 1; decimals--)
		fraction /= 10;
	*out++ = '.';
	for (int place = decimals - 1; place >= 0; place--, fraction /= 10)
		out[place] = (char)('0' + fraction % 10);
	return out + decimals;
}

/* Numbers with at most nine decimals, such as times and delays, are an integer over a power of ten. When that quotient is
 * the number itself, its digits read back as it, since a correctly rounded division is what a reader's conversion is; below
 * 2^51 the product is less than half off, so no shorter text is missed. NULL: not such a number. */
static char *write_decimal(char *out, double magnitude)
{
	for (int decimals = 3; decimals <= 9; decimals += 3) {
		double scale = decimals == 3 ? 1e3 : decimals == 6 ? 1e6 : 1e9, scaled = nearbyint(magnitude * scale);
		if (!(scaled < INTEGER_MAX / 4))
			return NULL;
		if (scaled / scale == magnitude)
			return write_quotient(out, (uint64_t)scaled, (uint64_t)scale, decimals);
	}
	return NULL;
}

static char *write_number(char *out, double value)
{
	double magnitude = fabs(value);
	char *start = out;
	if (signbit(value))
		*out++ = '-';
	if (magnitude <= INTEGER_MAX && magnitude == (double)(uint64_t)magnitude)
		return write_digits(out, (uint64_t)magnitude);
	char *end = magnitude >= 1e-6 ? write_decimal(out, magnitude) : NULL;
	if (end)
		return end;
	int used = 0;
	for (int digits = 15; digits <= 17; digits++) {
		used = snprintf(start, NUMBER_MAX, "%.*g", digits, value);
		if (strtod(start, NULL) == value)
			break;
	}
	return start + used;
}

void json_number(struct json *json, double value)
{
	if (!isfinite(value)) {
		json_null(json);
		return;
	}
	json_separate(json);
	if (json_reserve(json, NUMBER_MAX))
		json_commit(json, write_number(json->text + json->length, value));
}

void json_seconds(struct json *json, uint64_t ns)
{
	if (ns < 1000 || ns % 1000000000u == 0 || ns >= (uint64_t)(INTEGER_MAX / 4)) { /* see write_number */
		json_number(json, (double)ns / 1e9);
		return;
	}
	json_separate(json);
	if (json_reserve(json, NUMBER_MAX))
		json_commit(json, write_quotient(json->text + json->length, ns, 1000000000u, 9));
}

void json_unsigned(struct json *json, uint64_t value)
{
	json_separate(json);
	if (json_reserve(json, NUMBER_MAX))
		json_commit(json, write_digits(json->text + json->length, value));
}

void json_bool(struct json *json, bool value)
{
	json_separate(json);
	json_raw(json, value ? "true" : "false", value ? 4 : 5);
}

void json_null(struct json *json)
{
	json_separate(json);
	json_raw(json, "null", 4);
}
