#include "suppress.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <nftables/libnftables.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TABLE_MAX 32
#define RULE_MAX 128
#define CHECK_MS 500

struct suppress {
	struct nft_ctx *nft;
	char table[TABLE_MAX];
	uint16_t port_first;
	size_t count;
	struct address addresses[SUPPRESS_ADDRESSES_MAX];
};

/* The first line of what nft complains, without its "Error: ". */
static int nft_failure(struct nft_ctx *nft, struct error *why)
{
	const char *text = nft_ctx_get_error_buffer(nft);
	const char *start = text ? strstr(text, "Error: ") : NULL;
	start = start ? start + 7 : "no reason given";
	bool forbidden = strstr(start, "not permitted") != NULL;
	return error_set(why, forbidden ? ERR_PERMISSION : ERR_UNSUPPORTED,
			 "cannot keep the kernel from resetting our connections with nftables: %.*s%s", (int)strcspn(start, "\n"),
			 start, forbidden ? " (root or CAP_NET_ADMIN is needed)" : "");
}

/* libnftables ends the process when it cannot open its socket, so whether it can is found out before. */
static int netlink_probe(struct error *why)
{
	int handle = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);
	if (handle < 0)
		return error_errno(why, "cannot keep the kernel from resetting our connections: no nftables in this kernel");
	close(handle);
	return 0;
}

/* libnftables leaves its socket open across exec, which would keep the table alive in a program we start. */
static void netlink_close_on_exec(void)
{
	DIR *directory = opendir("/proc/self/fd");
	const struct dirent *entry;
	while (directory && (entry = readdir(directory))) {
		int handle = atoi(entry->d_name), domain = 0, protocol = 0;
		socklen_t length = sizeof domain;
		if (getsockopt(handle, SOL_SOCKET, SO_DOMAIN, &domain, &length) == 0 && domain == AF_NETLINK &&
		    getsockopt(handle, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) == 0 && protocol == NETLINK_NETFILTER)
			fcntl(handle, F_SETFD, FD_CLOEXEC);
	}
	if (directory)
		closedir(directory);
}

/* Raw priority (-300) is before connection tracking, and after packet sockets. */
static char *ruleset(const struct suppress *suppress, uint16_t port_last)
{
	char text[ADDRESS_TEXT_MAX], ports[16], *out = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&out, &size);
	if (!stream)
		return NULL;
	/* nft takes no range of one port. */
	snprintf(ports, sizeof ports, suppress->port_first == port_last ? "%u" : "%u-%u", suppress->port_first, port_last);
	fprintf(stream,
		"table inet %s {\n flags owner;\n counter dropped { }\n"
		" chain prerouting {\n  type filter hook prerouting priority -300; policy accept;\n",
		suppress->table);
	for (size_t i = 0; i < suppress->count; i++)
		fprintf(stream, "  %s daddr %s tcp dport %s counter name dropped drop\n",
			suppress->addresses[i].family == ADDRESS_V4 ? "ip" : "ip6", address_format(&suppress->addresses[i], text),
			ports);
	fprintf(stream, " }\n}\n");
	return fclose(stream) == 0 ? out : NULL;
}

static int suppress_start(struct suppress *suppress, uint16_t port_last, struct error *why)
{
	suppress->nft = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!suppress->nft)
		return error_set(why, ERR_NO_MEMORY, "cannot start nftables: out of memory");
	netlink_close_on_exec();
	nft_ctx_buffer_error(suppress->nft);
	nft_ctx_buffer_output(suppress->nft);
	char *rules = ruleset(suppress, port_last);
	if (!rules)
		return error_set(why, ERR_NO_MEMORY, "cannot start nftables: out of memory");
	int failed = nft_run_cmd_from_buffer(suppress->nft, rules);
	free(rules);
	return failed ? nft_failure(suppress->nft, why) : 0;
}

int suppress_open(struct suppress **out, const struct address *addresses, size_t count, uint16_t port_first, uint16_t port_last,
		  struct error *why)
{
	if (count == 0 || count > SUPPRESS_ADDRESSES_MAX || port_first > port_last)
		return error_set(why, ERR_INVALID, "between 1 and %d addresses and a range of ports are needed", SUPPRESS_ADDRESSES_MAX);
	int error = netlink_probe(why);
	if (error)
		return error;
	struct suppress *suppress = calloc(1, sizeof *suppress);
	if (!suppress)
		return error_set(why, ERR_NO_MEMORY, "cannot start nftables: out of memory");
	snprintf(suppress->table, sizeof suppress->table, "sonde_%ld", (long)getpid());
	suppress->port_first = port_first;
	suppress->count = count;
	memcpy(suppress->addresses, addresses, count * sizeof *addresses);
	error = suppress_start(suppress, port_last, why);
	if (error) {
		suppress_close(suppress);
		return error;
	}
	*out = suppress;
	return 0;
}

int64_t suppress_count(struct suppress *suppress)
{
	char command[RULE_MAX];
	uint64_t packets;
	snprintf(command, sizeof command, "list counter inet %s dropped", suppress->table);
	if (nft_run_cmd_from_buffer(suppress->nft, command))
		return nft_failure(suppress->nft, NULL);
	const char *output = nft_ctx_get_output_buffer(suppress->nft);
	const char *at = output ? strstr(output, "packets ") : NULL;
	if (!at || sscanf(at, "packets %" SCNu64, &packets) != 1)
		return ERR_NOT_FOUND;
	return (int64_t)packets;
}

static int check_rule(struct suppress *suppress, const struct address *address, struct error *why)
{
	char command[RULE_MAX], rule[RULE_MAX], text[ADDRESS_TEXT_MAX];
	snprintf(command, sizeof command, "list chain inet %s prerouting", suppress->table);
	if (nft_run_cmd_from_buffer(suppress->nft, command))
		return nft_failure(suppress->nft, why);
	snprintf(rule, sizeof rule, " daddr %s tcp dport %u", address_format(address, text), suppress->port_first);
	const char *output = nft_ctx_get_output_buffer(suppress->nft);
	if (!output || !strstr(output, rule))
		return error_set(why, ERR_UNSUPPORTED, "the nftables rule for %s is not there", text);
	return 0;
}

static int check_connect(struct suppress *suppress, int handle, const struct address *address, const struct sockaddr *to,
			 socklen_t length, struct error *why)
{
	char text[ADDRESS_TEXT_MAX];
	int64_t before = suppress_count(suppress), after = before;
	if (before < 0)
		return error_set(why, (int)before, "cannot read the nftables counter of the table %s", suppress->table);
	if (connect(handle, to, length) < 0 && errno != EINPROGRESS && errno != ECONNREFUSED)
		return check_rule(suppress, address, why); /* loopback is down, for one: nothing to be learnt this way */
	for (int waited_ms = 0; after == before && waited_ms < CHECK_MS; waited_ms += 10) {
		after = suppress_count(suppress);
		if (after == before)
			poll(NULL, 0, 10);
	}
	if (after <= before)
		return error_set(why, ERR_UNSUPPORTED, "the kernel took the nftables rule for %s but does not apply it",
				 address_format(address, text));
	return 0;
}

/* A connection to our own address takes the way of an incoming packet (through loopback), and must not get through. */
static int check_address(struct suppress *suppress, const struct address *address, struct error *why)
{
	bool is_v4 = address->family == ADDRESS_V4;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr *name = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
	socklen_t length = is_v4 ? sizeof v4 : sizeof v6;
	memcpy(&v4.sin_addr, address->bytes, 4);
	memcpy(&v6.sin6_addr, address->bytes, 16);
	int error, handle = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (handle < 0)
		return check_rule(suppress, address, why);
	if (bind(handle, name, length) < 0) { /* not this machine's: a SYN to it would leave */
		error = check_rule(suppress, address, why);
	} else {
		v4.sin_port = v6.sin6_port = htons(suppress->port_first);
		error = check_connect(suppress, handle, address, name, length, why);
	}
	close(handle);
	return error;
}

int suppress_check(struct suppress *suppress, struct error *why)
{
	int error = 0;
	for (size_t i = 0; i < suppress->count && !error; i++)
		error = check_address(suppress, &suppress->addresses[i], why);
	return error;
}

/* Closing the socket removes the table. */
void suppress_close(struct suppress *suppress)
{
	if (suppress->nft)
		nft_ctx_free(suppress->nft);
	free(suppress);
}
