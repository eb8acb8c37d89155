#include "blocklist.h"

#include "cidr.h"

#include <stdio.h>
#include <stdlib.h>

/* IANA IPv4 and IPv6 Special-Purpose Address Registries; what stands below them is said with its own RFC. */
static const struct special_range special_ranges[] = {
	{ "0.0.0.0/8", "means \"this network\"", "RFC 791" },
	{ "0.0.0.0/32", "means \"this host\"", "RFC 1122" },
	{ "10.0.0.0/8", "is private", "RFC 1918" },
	{ "100.64.0.0/10", "is shared by carriers' address translators", "RFC 6598" },
	{ "127.0.0.0/8", "is loopback", "RFC 1122" },
	{ "169.254.0.0/16", "is link-local", "RFC 3927" },
	{ "172.16.0.0/12", "is private", "RFC 1918" },
	{ "192.0.0.0/24", "is reserved for protocol assignments", "RFC 6890" },
	{ "192.0.0.0/29", "is reserved for IPv4 service continuity", "RFC 7335" },
	{ "192.0.0.8/32", "is the IPv4 dummy address", "RFC 7600" },
	{ "192.0.0.9/32", "is the Port Control Protocol's anycast address", "RFC 7723" },
	{ "192.0.0.10/32", "is the TURN anycast address", "RFC 8155" },
	{ "192.0.0.170/31", "is reserved for the discovery of NAT64", "RFC 7050" },
	{ "192.0.2.0/24", "is reserved for documentation", "RFC 5737" },
	{ "192.31.196.0/24", "is the AS112 service", "RFC 7535" },
	{ "192.52.193.0/24", "is reserved for multicast tunnels (AMT)", "RFC 7450" },
	{ "192.88.99.0/24", "is the deprecated 6to4 relay anycast prefix", "RFC 7526" },
	{ "192.168.0.0/16", "is private", "RFC 1918" },
	{ "192.175.48.0/24", "is the AS112 service", "RFC 7534" },
	{ "198.18.0.0/15", "is reserved for benchmarking", "RFC 2544" },
	{ "198.51.100.0/24", "is reserved for documentation", "RFC 5737" },
	{ "203.0.113.0/24", "is reserved for documentation", "RFC 5737" },
	{ "224.0.0.0/4", "is multicast", "RFC 5771" },
	{ "240.0.0.0/4", "is reserved (class E)", "RFC 1112" },
	{ "255.255.255.255/32", "is the limited broadcast address", "RFC 919" },
	{ "::/128", "is the unspecified address", "RFC 4291" },
	{ "::1/128", "is loopback", "RFC 4291" },
	{ "::ffff:0:0/96", "holds mapped IPv4 addresses", "RFC 4291" },
	{ "64:ff9b::/96", "is translated to IPv4", "RFC 6052" },
	{ "64:ff9b:1::/48", "is translated to IPv4, locally", "RFC 8215" },
	{ "100::/64", "is discarded by routers", "RFC 6666" },
	{ "100:0:0:1::/64", "is the dummy prefix", "RFC 9780" },
	{ "2001::/23", "is reserved for protocol assignments", "RFC 2928" },
	{ "2001::/32", "is tunnelled by Teredo", "RFC 4380" },
	{ "2001:1::1/128", "is the Port Control Protocol's anycast address", "RFC 7723" },
	{ "2001:1::2/128", "is the TURN anycast address", "RFC 8155" },
	{ "2001:1::3/128", "is the DNS service registration anycast address", "RFC 9665" },
	{ "2001:2::/48", "is reserved for benchmarking", "RFC 5180" },
	{ "2001:3::/32", "is reserved for multicast tunnels (AMT)", "RFC 7450" },
	{ "2001:4:112::/48", "is the AS112 service", "RFC 7535" },
	{ "2001:10::/28", "holds deprecated hash identifiers (ORCHID)", "RFC 4843" },
	{ "2001:20::/28", "holds hash identifiers (ORCHIDv2)", "RFC 7343" },
	{ "2001:30::/28", "holds drones' entity tags", "RFC 9374" },
	{ "2001:db8::/32", "is reserved for documentation", "RFC 3849" },
	{ "2002::/16", "is tunnelled by 6to4", "RFC 3056" },
	{ "2620:4f:8000::/48", "is the AS112 service", "RFC 7534" },
	{ "3fff::/20", "is reserved for documentation", "RFC 9637" },
	{ "5f00::/16", "holds segment routing identifiers", "RFC 9602" },
	{ "fc00::/7", "is private (unique local)", "RFC 4193" },
	{ "fe80::/10", "is link-local", "RFC 4291" },
	{ "fec0::/10", "is deprecated site-local", "RFC 3879" },
	{ "ff00::/8", "is multicast", "RFC 4291" },
};
#define SPECIAL_RANGES (sizeof special_ranges / sizeof special_ranges[0])

struct blocklist {
	struct cidr_set *special, *exempt, *block, *allow;
	bool has_allow;
	uint8_t clear[1 << 13]; /* a bit for each IPv4 /16, once sealed: all of it is permitted, no set has to be asked */
};

const struct special_range *blocklist_special(size_t index)
{
	return index < SPECIAL_RANGES ? &special_ranges[index] : NULL;
}

int blocklist_special_covering(const struct address_range *range)
{
	struct address_range candidate, best;
	int found = -1;
	for (size_t i = 0; i < SPECIAL_RANGES; i++) {
		if (range_parse(special_ranges[i].text, &candidate) || !range_covers(&candidate, range))
			continue;
		if (found >= 0 && !range_covers(&best, &candidate))
			continue;
		best = candidate;
		found = (int)i;
	}
	return found;
}

static int add_special(struct cidr_set *set)
{
	struct address_range range;
	int result = 0;
	for (size_t i = 0; i < SPECIAL_RANGES && result == 0; i++) {
		result = range_parse(special_ranges[i].text, &range);
		if (result == 0)
			result = cidr_set_add(set, &range);
	}
	return result;
}

struct blocklist *blocklist_create(bool special)
{
	struct blocklist *list = calloc(1, sizeof *list);
	if (!list)
		return NULL;
	list->special = cidr_set_create();
	list->exempt = cidr_set_create();
	list->block = cidr_set_create();
	list->allow = cidr_set_create();
	if (!list->special || !list->exempt || !list->block || !list->allow || (special && add_special(list->special))) {
		blocklist_destroy(list);
		return NULL;
	}
	return list;
}

void blocklist_destroy(struct blocklist *list)
{
	if (!list)
		return;
	cidr_set_destroy(list->special);
	cidr_set_destroy(list->exempt);
	cidr_set_destroy(list->block);
	cidr_set_destroy(list->allow);
	free(list);
}

int blocklist_block_file(struct blocklist *list, const char *path, struct error *why)
{
	return cidr_set_load(list->block, path, why);
}

int blocklist_allow_file(struct blocklist *list, const char *path, struct error *why)
{
	int result = cidr_set_load(list->allow, path, why);
	if (result == 0 && cidr_set_count(list->allow) == 0)
		result = error_set(why, ERR_INVALID, "the allow list %.200s is empty, so that nothing could be scanned", path);
	list->has_allow = true;
	return result;
}

int blocklist_block(struct blocklist *list, const struct address_range *range)
{
	return cidr_set_add(list->block, range);
}

int blocklist_exempt(struct blocklist *list, const struct address_range *range)
{
	return cidr_set_add(list->exempt, range);
}

void blocklist_seal(struct blocklist *list)
{
	cidr_set_seal(list->special);
	cidr_set_seal(list->exempt);
	cidr_set_seal(list->block);
	cidr_set_seal(list->allow);
	for (uint32_t part = 0; part < 1 << 16; part++) {
		uint32_t first = part << 16, last = first | 0xffff;
		bool special = cidr_set_touches_v4(list->special, first, last) && !cidr_set_covers_v4(list->exempt, first, last);
		bool clear = !special && !cidr_set_touches_v4(list->block, first, last) &&
			     (!list->has_allow || cidr_set_covers_v4(list->allow, first, last));
		list->clear[part >> 3] = (uint8_t)((list->clear[part >> 3] & ~(1u << (part & 7))) | (unsigned)clear << (part & 7));
	}
}

static bool is_special(const struct blocklist *list, const struct address *address)
{
	return cidr_set_contains(list->special, address) && !cidr_set_contains(list->exempt, address);
}

/* Out of line, so that what most addresses need stays short. */
__attribute__((noinline)) static bool is_permitted(const struct blocklist *list, const struct address *address)
{
	return !is_special(list, address) && !cidr_set_contains(list->block, address) &&
	       (!list->has_allow || cidr_set_contains(list->allow, address));
}

bool blocklist_permits(const void *opaque, const struct address *address)
{
	const struct blocklist *list = opaque;
	if (address->family == ADDRESS_V4 && list->clear[address->bytes[0] << 5 | address->bytes[1] >> 3] >> (address->bytes[1] & 7) & 1)
		return true;
	return is_permitted(list, address);
}

const char *blocklist_reason(const struct blocklist *list, const struct address *address, char out[BLOCKLIST_REASON_MAX])
{
	char text[ADDRESS_TEXT_MAX];
	struct address_range range = { *address, *address };
	int special = is_special(list, address) ? blocklist_special_covering(&range) : -1;
	address_format(address, text);
	out[0] = 0;
	if (special >= 0)
		snprintf(out, BLOCKLIST_REASON_MAX, "%s %s (%s)", special_ranges[special].text, special_ranges[special].is,
			 special_ranges[special].source);
	else if (cidr_set_contains(list->block, address))
		snprintf(out, BLOCKLIST_REASON_MAX, "%s is on the block list", text);
	else if (list->has_allow && !cidr_set_contains(list->allow, address))
		snprintf(out, BLOCKLIST_REASON_MAX, "%s is not on the allow list", text);
	return out;
}

int blocklist_check(const struct blocklist *list, const struct address_range *range, struct error *why)
{
	char text[RANGE_TEXT_MAX];
	if (!cidr_set_covers(list->special, range) || cidr_set_covers(list->exempt, range))
		return 0;
	range_format(range, text);
	int index = blocklist_special_covering(range);
	if (index < 0)
		return error_set(why, ERR_BLOCKED, "%s is special-purpose (RFC 6890): --no-default-blocklist allows it", text);
	const struct special_range *special = &special_ranges[index];
	return error_set(why, ERR_BLOCKED, "%s %s (%s): --no-default-blocklist allows scanning %s", special->text, special->is,
			 special->source, text);
}
