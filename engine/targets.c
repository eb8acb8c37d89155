#include "targets.h"

#include "cidr.h"
#include "lines.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define TARGETS_MAX (1ull << 63)
#define SPECIAL_MAX 256 /* special-purpose entries remembered */
#define RESOLVED_MAX 64 /* addresses of one name */
#define NAME_MAX_LENGTH 253 /* RFC 1035 section 2.3.4, as text */

struct targets {
	const struct ports *ports;
	targets_resolve_fn resolve;
	void *owner;
	struct cidr_set *addresses;
	uint64_t *ranks; /* of the first address of each range */
	uint32_t *starts; /* of each IPv4 range: its first address */
	size_t starts_count, range_count;
	uint64_t address_count;
	struct endpoint *pairs;
	size_t pair_count, pair_size;
	struct blocklist *special; /* only to recognise what is special-purpose */
	struct address_range special_entries[SPECIAL_MAX];
	size_t special_count;
};

static int resolve_system(void *owner, const char *name, struct address *out, size_t size, struct error *why)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	char quoted[LINES_QUOTE_MAX];
	size_t count = 0;
	(void)owner;
	int code = getaddrinfo(name, NULL, &hints, &list);
	if (code)
		return error_set(why, ERR_NOT_FOUND, "cannot resolve %s: %s", lines_quote(name, quoted), gai_strerror(code));
	for (const struct addrinfo *next = list; next && count < size; next = next->ai_next) {
		struct address address = { .family = next->ai_family == AF_INET6 ? ADDRESS_V6 : ADDRESS_V4 };
		if (next->ai_family == AF_INET6)
			memcpy(address.bytes, &((const struct sockaddr_in6 *)(const void *)next->ai_addr)->sin6_addr, 16);
		else if (next->ai_family == AF_INET)
			memcpy(address.bytes, &((const struct sockaddr_in *)(const void *)next->ai_addr)->sin_addr, 4);
		else
			continue;
		out[count++] = address;
	}
	freeaddrinfo(list);
	return (int)count;
}

struct targets *targets_create(const struct ports *ports, targets_resolve_fn resolve, void *owner)
{
	struct targets *targets = calloc(1, sizeof *targets);
	if (!targets)
		return NULL;
	targets->ports = ports;
	targets->resolve = resolve ? resolve : resolve_system;
	targets->owner = owner;
	targets->addresses = cidr_set_create();
	targets->special = blocklist_create(true);
	if (!targets->addresses || !targets->special) {
		targets_destroy(targets);
		return NULL;
	}
	blocklist_seal(targets->special);
	return targets;
}

void targets_destroy(struct targets *targets)
{
	if (!targets)
		return;
	cidr_set_destroy(targets->addresses);
	blocklist_destroy(targets->special);
	free(targets->ranks);
	free(targets->starts);
	free(targets->pairs);
	free(targets);
}

static int no_memory(struct error *why)
{
	return error_set(why, ERR_NO_MEMORY, "out of memory for the targets");
}

static void remember_special(struct targets *targets, const struct address_range *range)
{
	if (targets->special_count == SPECIAL_MAX || blocklist_permits(targets->special, &range->first))
		return;
	if (blocklist_check(targets->special, range, NULL))
		targets->special_entries[targets->special_count++] = *range;
}

static int add_range(struct targets *targets, const struct address_range *range, struct error *why)
{
	char text[RANGE_TEXT_MAX];
	if (!targets->ports)
		return error_set(why, ERR_INVALID, "%s has no port: name one (address:port) or a set of ports",
				 range_format(range, text));
	if (range_count(range) >= TARGETS_MAX)
		return error_set(why, ERR_INVALID, "%s holds too many addresses to scan, 2^63 or more: name smaller parts of "
				 "it, or list addresses", range_format(range, text));
	if (cidr_set_add(targets->addresses, range))
		return no_memory(why);
	remember_special(targets, range);
	return 0;
}

static int add_pair(struct targets *targets, const struct endpoint *pair, struct error *why)
{
	struct address_range range = { pair->address, pair->address };
	if (targets->pair_count == targets->pair_size) {
		size_t size = targets->pair_size ? targets->pair_size * 2 : 16;
		struct endpoint *pairs = realloc(targets->pairs, size * sizeof *pairs);
		if (!pairs)
			return no_memory(why);
		targets->pairs = pairs;
		targets->pair_size = size;
	}
	targets->pairs[targets->pair_count++] = *pair;
	remember_special(targets, &range);
	return 0;
}

static int add_name(struct targets *targets, const char *name, uint16_t port, struct error *why)
{
	struct address found[RESOLVED_MAX];
	char quoted[LINES_QUOTE_MAX];
	int count = targets->resolve(targets->owner, name, found, RESOLVED_MAX, why);
	if (count == 0)
		return error_set(why, ERR_NOT_FOUND, "%s has no address", lines_quote(name, quoted));
	int result = count < 0 ? count : 0;
	for (int i = 0; i < count && result == 0; i++) {
		struct address_range range = { found[i], found[i] };
		struct endpoint pair = { .address = found[i], .port = port };
		result = port ? add_pair(targets, &pair, why) : add_range(targets, &range, why);
	}
	return result;
}

/* A host name, in the letters that names are made of, and not something getaddrinfo would read as a number: "10.1" and
 * "0x7f000001" are addresses to it, written in ways that hide a typing mistake. */
static bool is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	struct in_addr number;
	size_t length = strlen(text);
	if (length == 0 || length > NAME_MAX_LENGTH || strspn(text, letters) != length || inet_aton(text, &number))
		return false;
	const char *label = text + length;
	while (label > text && label[-1] != '.')
		label--;
	return text[0] != '.' && text[0] != '-' && strspn(label, "0123456789-") != strlen(label);
}

/* Splits "name" or "name:port" (port 0: none). */
static int parse_name(const char *entry, char name[NAME_MAX_LENGTH + 1], uint16_t *port)
{
	const char *colon = strchr(entry, ':');
	size_t length = colon ? (size_t)(colon - entry) : strlen(entry);
	if (length > NAME_MAX_LENGTH)
		return ERR_INVALID;
	memcpy(name, entry, length);
	name[length] = 0;
	*port = 0;
	if (!is_name(name))
		return ERR_INVALID;
	if (!colon)
		return 0;
	size_t digits = strspn(colon + 1, "0123456789");
	unsigned long value = strtoul(colon + 1, NULL, 10);
	if (digits == 0 || digits > 5 || colon[1 + digits] || value < 1 || value > 65535)
		return ERR_INVALID;
	*port = (uint16_t)value;
	return 0;
}

int targets_add(struct targets *targets, const char *entry, struct error *why)
{
	struct address_range range;
	struct endpoint pair;
	char name[NAME_MAX_LENGTH + 1], quoted[LINES_QUOTE_MAX];
	uint16_t port;
	if (range_parse(entry, &range) == 0)
		return add_range(targets, &range, why);
	if (endpoint_parse(entry, &pair) == 0 && pair.port > 0)
		return add_pair(targets, &pair, why);
	if (parse_name(entry, name, &port) == 0)
		return add_name(targets, name, port, why);
	return error_set(why, ERR_INVALID, "%s is no address, CIDR block, range, address:port or host name",
			 lines_quote(entry, quoted));
}

static int add_line(void *owner, char *entry, struct error *why)
{
	return targets_add(owner, entry, why);
}

int targets_add_file(struct targets *targets, const char *path, struct error *why)
{
	return lines_read(path, add_line, targets, why);
}

static int by_endpoint(const void *a, const void *b)
{
	const struct endpoint *left = a, *right = b;
	int order = address_compare(&left->address, &right->address);
	return order ? order : (left->port > right->port) - (left->port < right->port);
}

/* Sorts the pairs and drops those that are there twice, as pairs or as an address and a port of the port set. */
static void seal_pairs(struct targets *targets)
{
	size_t kept = 0;
	if (targets->pair_count)
		qsort(targets->pairs, targets->pair_count, sizeof *targets->pairs, by_endpoint);
	for (size_t i = 0; i < targets->pair_count; i++) {
		const struct endpoint *pair = &targets->pairs[i];
		if (kept && endpoint_equal(&targets->pairs[kept - 1], pair))
			continue;
		if (targets->ports && ports_contains(targets->ports, pair->port) &&
		    cidr_set_contains(targets->addresses, &pair->address))
			continue;
		targets->pairs[kept++] = *pair;
	}
	targets->pair_count = kept;
}

int targets_seal(struct targets *targets, struct error *why)
{
	cidr_set_seal(targets->addresses);
	seal_pairs(targets);
	size_t count = cidr_set_count(targets->addresses);
	targets->ranks = malloc((count + 1) * sizeof *targets->ranks);
	targets->starts = malloc((count + 1) * sizeof *targets->starts);
	if (!targets->ranks || !targets->starts)
		return no_memory(why);
	uint64_t total = 0, all;
	bool over = false;
	targets->range_count = count;
	for (size_t i = 0; i < count; i++) {
		struct address_range range;
		cidr_set_get(targets->addresses, i, &range);
		targets->ranks[i] = total;
		if (range.first.family == ADDRESS_V4) /* they come first */
			targets->starts[targets->starts_count++] = address_v4_value(&range.first);
		over |= __builtin_add_overflow(total, range_count(&range), &total);
	}
	targets->address_count = total;
	over |= __builtin_mul_overflow(total, (uint64_t)targets_port_count(targets), &all);
	over |= __builtin_add_overflow(all, (uint64_t)targets->pair_count, &all);
	if (over || all >= TARGETS_MAX)
		return error_set(why, ERR_INVALID, "these are 2^63 targets or more, too many to scan: name fewer addresses or ports");
	return 0;
}

int targets_first_blocked(const struct targets *targets, const struct blocklist *list, struct error *why)
{
	int result = 0;
	for (size_t i = 0; i < targets->special_count && result == 0; i++)
		result = blocklist_check(list, &targets->special_entries[i], why);
	return result;
}

uint64_t targets_count(const struct targets *targets)
{
	return targets->address_count * targets_port_count(targets) + targets->pair_count;
}

/* The range that the address of this rank is in. */
static size_t range_of(const struct targets *targets, uint64_t rank)
{
	assert(rank < targets->address_count);
	size_t low = 0, count = targets->range_count;
	while (count > 1) {
		size_t half = count / 2;
		low += targets->ranks[low + half] <= rank ? half : 0;
		count -= half;
	}
	return low;
}

/* An IPv4 address is written in place: as a value it would be read back before it is written, once for each SYN. */
void targets_place(const struct targets *targets, uint64_t rank, uint32_t port, struct endpoint *out)
{
	size_t range = range_of(targets, rank);
	*out = (struct endpoint){ .port = ports_at(targets->ports, port) };
	if (range >= targets->starts_count) {
		out->address = targets_address_at(targets, rank);
		return;
	}
	uint32_t value = htonl(targets->starts[range] + (uint32_t)(rank - targets->ranks[range]));
	out->address.family = ADDRESS_V4;
	memcpy(out->address.bytes, &value, 4);
}

uint64_t targets_address_count(const struct targets *targets)
{
	return targets->address_count;
}

uint32_t targets_port_count(const struct targets *targets)
{
	return targets->ports ? ports_count(targets->ports) : 0;
}

struct address targets_address_at(const struct targets *targets, uint64_t rank)
{
	size_t low = range_of(targets, rank);
	uint64_t offset = rank - targets->ranks[low];
	if (low < targets->starts_count)
		return address_v4(targets->starts[low] + (uint32_t)offset);
	struct address_range range;
	cidr_set_get(targets->addresses, low, &range);
	return range_at(&range, offset);
}

bool targets_address_rank(const struct targets *targets, const struct address *address, uint64_t *rank)
{
	struct address_range range;
	size_t index;
	if (!cidr_set_find(targets->addresses, address, &index))
		return false;
	cidr_set_get(targets->addresses, index, &range);
	*rank = targets->ranks[index] + range_offset(&range, address);
	return true;
}

size_t targets_pair_count(const struct targets *targets)
{
	return targets->pair_count;
}

const struct endpoint *targets_pair(const struct targets *targets, size_t index)
{
	assert(index < targets->pair_count);
	return &targets->pairs[index];
}
