#include "utf8.h"

#include <string.h>

#define HIGH_BITS 0x8080808080808080ull

static bool utf8_is_tail(uint8_t byte)
{
	return (byte & 0xc0) == 0x80;
}

/* The second byte carries all the exceptions of RFC 3629 section 4: overlong forms, surrogates, beyond U+10FFFF. */
static bool utf8_second_is_allowed(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0 && second <= 0xbf;
	case 0xed:
		return second >= 0x80 && second <= 0x9f;
	case 0xf0:
		return second >= 0x90 && second <= 0xbf;
	case 0xf4:
		return second >= 0x80 && second <= 0x8f;
	default:
		return utf8_is_tail(second);
	}
}

size_t utf8_sequence(const uint8_t *bytes, size_t length)
{
	if (length == 0)
		return 0;
	uint8_t first = bytes[0];
	if (first < 0x80)
		return 1;
	size_t size = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
	if (size == 0 || size > length || !utf8_second_is_allowed(first, bytes[1]))
		return 0;
	for (size_t i = 2; i < size; i++)
		if (!utf8_is_tail(bytes[i]))
			return 0;
	return size;
}

bool utf8_is_valid(const uint8_t *bytes, size_t length)
{
	size_t i = 0;
	while (i < length) {
		uint64_t word;
		if (length - i >= sizeof word) {
			memcpy(&word, bytes + i, sizeof word);
			if (!(word & HIGH_BITS)) {
				i += sizeof word;
				continue;
			}
		}
		size_t size = utf8_sequence(bytes + i, length - i);
		if (size == 0)
			return false;
		i += size;
	}
	return true;
}
