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

/* The six bits a character stands for, or -1. */
static int base64_value(char character)
{
	if (character >= 'A' && character <= 'Z')
		return character - 'A';
	if (character >= 'a' && character <= 'z')
		return character - 'a' + 26;
	if (character >= '0' && character <= '9')
		return character - '0' + 52;
	return character == '+' ? 62 : character == '/' ? 63 : -1;
}

int base64_decode(const char *text, size_t length, uint8_t *out, size_t *out_length)
{
	if (length % 4 != 0)
		return ERR_INVALID;
	size_t padding = length == 0 || text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
	size_t characters = length - padding, written = 0;
	uint32_t bits = 0;
	unsigned held = 0;
	for (size_t i = 0; i < characters; i++) {
		int value = base64_value(text[i]);
		if (value < 0)
			return ERR_INVALID;
		bits = bits << 6 | (uint32_t)value;
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
