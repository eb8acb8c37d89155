#include "address.h"

#include "error.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct address address_v4(uint32_t value)
{
	struct address address = { .family = ADDRESS_V4 };
	uint32_t network = htonl(value);
	memcpy(address.bytes, &network, 4);
	return address;
}

uint32_t address_v4_value(const struct address *address)
{
	uint32_t network;
	memcpy(&network, address->bytes, 4);
	return ntohl(network);
}

int address_parse(const char *text, struct address *out)
{
	struct address address = { 0 };
	if (inet_pton(AF_INET, text, address.bytes) == 1)
		address.family = ADDRESS_V4;
	else if (inet_pton(AF_INET6, text, address.bytes) == 1)
		address.family = ADDRESS_V6;
	else
		return ERR_INVALID;
	*out = address;
	return 0;
}

/* As inet_ntop, which goes through printf: every record is written with an address or two. */
static void v4_format(const uint8_t bytes[4], char *out)
{
	for (int i = 0; i < 4; i++) {
		unsigned value = bytes[i];
		if (value >= 100)
			*out++ = (char)('0' + value / 100);
		if (value >= 10)
			*out++ = (char)('0' + value / 10 % 10);
		*out++ = (char)('0' + value % 10);
		*out++ = i < 3 ? '.' : 0;
	}
}

const char *address_format(const struct address *address, char out[ADDRESS_TEXT_MAX])
{
	if (address->family == ADDRESS_V4) {
		v4_format(address->bytes, out);
		return out;
	}
	if (address->family != ADDRESS_V6 || !inet_ntop(AF_INET6, address->bytes, out, ADDRESS_TEXT_MAX))
		snprintf(out, ADDRESS_TEXT_MAX, "none");
	return out;
}

static int port_parse(const char *text, uint16_t *out)
{
	unsigned long value = 0;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 5 || text[digits])
		return ERR_INVALID;
	value = strtoul(text, NULL, 10);
	if (value > 65535)
		return ERR_INVALID;
	*out = (uint16_t)value;
	return 0;
}

int endpoint_parse(const char *text, struct endpoint *out)
{
	char host[ADDRESS_TEXT_MAX];
	bool bracket = text[0] == '[';
	const char *colon = bracket ? strstr(text, "]:") : strchr(text, ':');
	const char *start = text + bracket;
	if (!colon || (size_t)(colon - start) >= sizeof host)
		return ERR_INVALID;
	memcpy(host, start, (size_t)(colon - start));
	host[colon - start] = 0;
	struct endpoint endpoint = { 0 };
	if (address_parse(host, &endpoint.address) || port_parse(colon + 1 + bracket, &endpoint.port))
		return ERR_INVALID;
	if (bracket != (endpoint.address.family == ADDRESS_V6))
		return ERR_INVALID;
	*out = endpoint;
	return 0;
}

const char *endpoint_format(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX])
{
	char text[ADDRESS_TEXT_MAX];
	address_format(&endpoint->address, text);
	const char *form = endpoint->address.family == ADDRESS_V6 ? "[%s]:%u" : "%s:%u";
	snprintf(out, ENDPOINT_TEXT_MAX, form, text, endpoint->port);
	return out;
}

bool address_equal(const struct address *a, const struct address *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

int address_compare(const struct address *a, const struct address *b)
{
	return memcmp(a, b, sizeof *a);
}

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

size_t address_length(const struct address *address)
{
	return address->family == ADDRESS_V4 ? 4 : address->family == ADDRESS_V6 ? 16 : 0;
}
