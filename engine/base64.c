#include "base64.h"

#include "error.h"

static const char alphabet[64] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t base64_encoded_length(size_t length)
{
	return (length + 2) / 3 * 4;
}

void base64_encode(const uint8_t *bytes, size_t length, char *out)
{
	size_t i = 0;
	for (; length - i >= 3; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)bytes[i + 1] << 8 | bytes[i + 2];
		*out++ = alphabet[group >> 18];
		*out++ = alphabet[group >> 12 & 63];
		*out++ = alphabet[group >> 6 & 63];
		*out++ = alphabet[group & 63];
	}
	if (i == length)
		return;
	uint32_t group = (uint32_t)bytes[i] << 16 | (length - i == 2 ? (uint32_t)bytes[i + 1] << 8 : 0);
	*out++ = alphabet[group >> 18];
	*out++ = alphabet[group >> 12 & 63];
	*out++ = length - i == 2 ? alphabet[group >> 6 & 63] : '=';
	*out++ = '=';
}

#define NONE 0xff

/* The six bits a character stands for, from '+' (43) to 'z' (122); NONE for what is not in the alphabet. */
static const uint8_t values['z' - '+' + 1] = {
	62,   NONE, NONE, NONE, 63, /* + and / */
	52,   53,   54,   55,   56,   57,   58,   59,   60,   61, /* 0 to 9 */
	NONE, NONE, NONE, NONE, NONE, NONE, NONE,
	0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12, /* A to Z */
	13,   14,   15,   16,   17,   18,   19,   20,   21,   22,   23,   24,   25,
	NONE, NONE, NONE, NONE, NONE, NONE,
	26,   27,   28,   29,   30,   31,   32,   33,   34,   35,   36,   37,   38, /* a to z */
	39,   40,   41,   42,   43,   44,   45,   46,   47,   48,   49,   50,   51,
};

static uint8_t base64_value(char character)
{
	unsigned index = (unsigned char)character - (unsigned)'+';
	return index < sizeof values ? values[index] : NONE;
}

int base64_decode(const char *text, size_t length, uint8_t *out, size_t *out_length)
{
	if (length % 4 != 0)
		return ERR_INVALID;
	size_t padding = length == 0 || text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
	size_t characters = length - padding, written = 0, i = 0;
	uint32_t bits = 0;
	unsigned held = 0;
	for (; characters - i >= 4; i += 4) {
		uint8_t a = base64_value(text[i]), b = base64_value(text[i + 1]);
		uint8_t c = base64_value(text[i + 2]), d = base64_value(text[i + 3]);
		if ((a | b | c | d) == NONE)
			return ERR_INVALID;
		out[written++] = (uint8_t)(a << 2 | b >> 4);
		out[written++] = (uint8_t)(b << 4 | c >> 2);
		out[written++] = (uint8_t)(c << 6 | d);
	}
	for (; i < characters; i++) {
		uint8_t value = base64_value(text[i]);
		if (value == NONE)
			return ERR_INVALID;
		bits = bits << 6 | value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			out[written++] = (uint8_t)(bits >> held);
		}
	}
	if (bits & ((1u << held) - 1))
		return ERR_INVALID;
	*out_length = written;
	return 0;
}
