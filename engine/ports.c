#include "ports.h"

#include "lines.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define PORTS_ALL 65536

struct ports {
	uint32_t count;
	uint64_t present[PORTS_ALL / 64];
	uint16_t list[]; /* ascending */
};

/* Registered (IANA) and customary ports of what each name says. */
static const struct named_set {
	const char *name, *text;
} named_sets[] = {
	{ "web", "80,81,443,591,3000,5000,8000,8008,8080,8081,8088,8443,8888,9000,9443" },
	{ "mail", "25,110,143,465,587,993,995,2525,4190" },
	{ "databases", "1433,1521,3306,5432,5984,6379,7000,7474,7687,8086,8529,9042,9200,11211,26257,27017,28015,50000" },
	{ "remote", "22,23,512-514,992,2222,2323,3389,5900-5910,5985,5986" },
	{ "files", "20,21,115,139,445,548,873,990,2049,3260" },
	{ "messaging", "1883,4222,5222,5223,5269,5671,5672,6667,6697,8883,9092,61613,61616" },
	{ "names", "53,88,389,464,636,749,853,3268,3269" },
	{ "voice", "554,1720,1935,5060,5061,8554" },
	{ "industrial", "102,502,789,1089-1091,1911,2404,4840,4911,9600,18245,20000,44818,47808" },
	{ "proxies", "1080,1194,1723,3128,8118,9050,9051" },
};
#define NAMED_SETS (sizeof named_sets / sizeof named_sets[0])

/* What is being collected: the bitmap before it becomes a list. */
struct collector {
	uint64_t present[PORTS_ALL / 64];
};

static void collect_range(struct collector *collector, uint32_t first, uint32_t last)
{
	for (uint32_t port = first; port <= last; port++)
		collector->present[port / 64] |= 1ull << (port % 64);
}

/* One to five digits from *next on, at most 65535; moves *next behind them. */
static int parse_number(const char **next, uint32_t *out)
{
	size_t digits = strspn(*next, "0123456789");
	uint32_t value = 0;
	if (digits == 0 || digits > 5)
		return ERR_INVALID;
	for (const char *end = *next + digits; *next < end; (*next)++)
		value = value * 10 + (uint32_t)(**next - '0');
	*out = value;
	return value >= 1 && value < PORTS_ALL ? 0 : ERR_INVALID;
}

static int parse_range(struct collector *collector, const char *item, struct error *why)
{
	char quoted[LINES_QUOTE_MAX];
	const char *next = item;
	uint32_t first, last;
	if (parse_number(&next, &first))
		goto invalid;
	last = first;
	if (*next == '-' && (next++, parse_number(&next, &last)))
		goto invalid;
	if (*next)
		goto invalid;
	if (last < first)
		return error_set(why, ERR_INVALID, "the port range %s ends before it starts", lines_quote(item, quoted));
	collect_range(collector, first, last);
	return 0;
invalid:
	return error_set(why, ERR_INVALID, "%s is no port or port range (1 to 65535, as in 80 or 8000-8100)",
			 lines_quote(item, quoted));
}

static int parse_list(struct collector *collector, const char *text, struct error *why);

static int no_such_set(const char *item, struct error *why)
{
	char quoted[LINES_QUOTE_MAX], names[160] = "";
	for (size_t i = 0; i < NAMED_SETS; i++) {
		const char *between = i == 0 ? "@" : i == NAMED_SETS - 1 ? " and @" : ", @";
		strncat(names, between, sizeof names - 1 - strlen(names));
		strncat(names, named_sets[i].name, sizeof names - 1 - strlen(names));
	}
	return error_set(why, ERR_INVALID, "there is no port set %s; there are %s", lines_quote(item, quoted), names);
}

static int parse_name(struct collector *collector, const char *item, struct error *why)
{
	for (size_t i = 0; i < NAMED_SETS; i++)
		if (strcmp(item + 1, named_sets[i].name) == 0)
			return parse_list(collector, named_sets[i].text, why);
	return no_such_set(item, why);
}

static int parse_list(struct collector *collector, const char *text, struct error *why)
{
	char item[64], quoted[LINES_QUOTE_MAX];
	for (;;) {
		text += strspn(text, " \t");
		size_t length = strcspn(text, ",");
		const char *rest = text + length;
		while (length > 0 && strchr(" \t", text[length - 1]))
			length--;
		if (length == 0)
			return error_set(why, ERR_INVALID, "a port is missing in the list of ports (as in 80,443,8000-8100)");
		if (length >= sizeof item)
			return error_set(why, ERR_INVALID, "%s is no port or port range", lines_quote(text, quoted));
		memcpy(item, text, length);
		item[length] = 0;
		int result = 0;
		if (strcmp(item, "all") == 0)
			collect_range(collector, 1, PORTS_ALL - 1);
		else
			result = item[0] == '@' ? parse_name(collector, item, why) : parse_range(collector, item, why);
		if (result || !*rest)
			return result;
		text = rest + 1;
	}
}

int ports_parse(struct ports **out, const char *text, struct error *why)
{
	struct collector collector = { { 0 } };
	uint32_t count = 0;
	int result = parse_list(&collector, text, why);
	if (result)
		return result;
	for (size_t i = 0; i < PORTS_ALL / 64; i++)
		count += (uint32_t)__builtin_popcountll(collector.present[i]);
	struct ports *ports = malloc(sizeof *ports + count * sizeof ports->list[0]);
	if (!ports)
		return error_set(why, ERR_NO_MEMORY, "out of memory for the list of ports");
	memcpy(ports->present, collector.present, sizeof ports->present);
	ports->count = 0;
	for (uint32_t port = 1; port < PORTS_ALL; port++)
		if (ports_contains(ports, (uint16_t)port))
			ports->list[ports->count++] = (uint16_t)port;
	*out = ports;
	return 0;
}

void ports_destroy(struct ports *ports)
{
	free(ports);
}

uint32_t ports_count(const struct ports *ports)
{
	return ports->count;
}

uint16_t ports_at(const struct ports *ports, uint32_t index)
{
	assert(index < ports->count);
	return ports->list[index];
}

bool ports_contains(const struct ports *ports, uint16_t port)
{
	return ports->present[port / 64] >> (port % 64) & 1;
}
