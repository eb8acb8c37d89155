#include "range.h"

#include <stdio.h>
#include <string.h>

typedef unsigned __int128 wide;

/* The address as a number: an IPv4 address is 32 bits, an IPv6 address 128. */
static wide value_of(const struct address *address)
{
	wide value = 0;
	for (size_t i = 0; i < address_length(address); i++)
		value = value << 8 | address->bytes[i];
	return value;
}

static struct address address_of(uint8_t family, wide value)
{
	struct address address = { .family = family };
	for (size_t i = address_length(&address); i > 0; i--, value >>= 8)
		address.bytes[i - 1] = (uint8_t)value;
	return address;
}

static unsigned bits_of(const struct address *address)
{
	return (unsigned)address_length(address) * 8;
}

/* All ones behind a prefix of `prefix` bits. */
static wide host_mask(unsigned bits, unsigned prefix)
{
	unsigned host = bits - prefix;
	return host == 128 ? ~(wide)0 : ((wide)1 << host) - 1;
}

/* One to three digits and nothing else, at most `most`. */
static int parse_prefix(const char *text, unsigned most, unsigned *out)
{
	size_t digits = strspn(text, "0123456789");
	unsigned value = 0;
	if (digits == 0 || digits > 3 || text[digits])
		return ERR_INVALID;
	for (; *text; text++)
		value = value * 10 + (unsigned)(*text - '0');
	*out = value;
	return value <= most ? 0 : ERR_INVALID;
}

int range_parse(const char *text, struct address_range *out)
{
	char head[ADDRESS_TEXT_MAX];
	struct address_range range;
	size_t length = strcspn(text, "/-");
	char separator = text[length];
	if (length >= sizeof head)
		return ERR_INVALID;
	memcpy(head, text, length);
	head[length] = 0;
	if (address_parse(head, &range.first))
		return ERR_INVALID;
	range.last = range.first;
	if (separator == '-' && (address_parse(text + length + 1, &range.last) || range.last.family != range.first.family ||
				 address_compare(&range.first, &range.last) > 0))
		return ERR_INVALID;
	if (separator == '/') {
		unsigned prefix, bits = bits_of(&range.first);
		if (parse_prefix(text + length + 1, bits, &prefix))
			return ERR_INVALID;
		wide mask = host_mask(bits, prefix), value = value_of(&range.first);
		range.first = address_of(range.first.family, value & ~mask);
		range.last = address_of(range.first.family, value | mask);
	}
	*out = range;
	return 0;
}

const char *range_format(const struct address_range *range, char out[RANGE_TEXT_MAX])
{
	char first[ADDRESS_TEXT_MAX], last[ADDRESS_TEXT_MAX];
	unsigned bits = bits_of(&range->first), prefix = 0;
	wide low = value_of(&range->first), high = value_of(&range->last);
	address_format(&range->first, first);
	while (prefix < bits && host_mask(bits, prefix) != (low ^ high))
		prefix++;
	if (prefix == bits && low == high)
		snprintf(out, RANGE_TEXT_MAX, "%s", first);
	else if (prefix < bits && (low & host_mask(bits, prefix)) == 0)
		snprintf(out, RANGE_TEXT_MAX, "%s/%u", first, prefix);
	else
		snprintf(out, RANGE_TEXT_MAX, "%s-%s", first, address_format(&range->last, last));
	return out;
}

bool range_contains(const struct address_range *range, const struct address *address)
{
	return address->family == range->first.family && address_compare(&range->first, address) <= 0 &&
	       address_compare(address, &range->last) <= 0;
}

bool range_covers(const struct address_range *outer, const struct address_range *inner)
{
	return range_contains(outer, &inner->first) && range_contains(outer, &inner->last);
}

uint64_t range_count(const struct address_range *range)
{
	wide distance = value_of(&range->last) - value_of(&range->first);
	return distance >= UINT64_MAX ? UINT64_MAX : (uint64_t)distance + 1;
}

struct address range_at(const struct address_range *range, uint64_t offset)
{
	if (range->first.family == ADDRESS_V4)
		return address_v4(address_v4_value(&range->first) + (uint32_t)offset);
	return address_of(range->first.family, value_of(&range->first) + offset);
}

uint64_t range_offset(const struct address_range *range, const struct address *address)
{
	return (uint64_t)(value_of(address) - value_of(&range->first));
}

bool range_touches(const struct address_range *range, const struct address_range *next)
{
	if (range->first.family != next->first.family)
		return false;
	wide last = value_of(&range->last), first = value_of(&next->first);
	return first <= last || first - last == 1;
}
