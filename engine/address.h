/* IPv4 and IPv6 addresses and endpoints, as values: compared with memcmp, never allocated. */
#ifndef SONDE_ADDRESS_H
#define SONDE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum address_family { ADDRESS_NONE = 0, ADDRESS_V4 = 4, ADDRESS_V6 = 6 };

/* bytes: network order; an IPv4 address is in the first 4, and the other 12 are zero. No padding. */
struct address {
	uint8_t family; /* enum address_family */
	uint8_t bytes[16];
};

struct endpoint {
	struct address address;
	uint8_t zero; /* always 0, so that an endpoint has no padding and can be hashed and compared as bytes */
	uint16_t port; /* host order */
};

#define ADDRESS_TEXT_MAX 46 /* with the final zero (RFC 4291 section 2.2 forms) */
#define ENDPOINT_TEXT_MAX 54 /* "[v6]:port" */

/* An IPv4 address from its value in host order, e.g. 0x7f000001. */
struct address address_v4(uint32_t value);
uint32_t address_v4_value(const struct address *address);

/* Parses dotted IPv4 (four decimal parts) or RFC 4291 IPv6 text, all of it. 0 or ERR_INVALID. */
int address_parse(const char *text, struct address *out);
/* RFC 5952 text; returns `out`. */
const char *address_format(const struct address *address, char out[ADDRESS_TEXT_MAX]);

/* "a.b.c.d:port" or "[v6]:port". 0 or ERR_INVALID. */
int endpoint_parse(const char *text, struct endpoint *out);
const char *endpoint_format(const struct endpoint *endpoint, char out[ENDPOINT_TEXT_MAX]);

bool address_equal(const struct address *a, const struct address *b);
/* By family, then by bytes: <0, 0, >0. */
int address_compare(const struct address *a, const struct address *b);
bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);
size_t address_length(const struct address *address); /* 4, 16, or 0 */

#endif
