/* What the scanner's own side costs from SYN to record, without a network: a worker with the raw transport at one end of a
 * pipe in memory, and at the other a few lines that answer. Only scanner_turn is measured.
 *
 *   identify MODE COUNT [POLICY]   MODE: identify (every address sends the same HTTP answer), distinct (each its own), mix (30%
 *                                  greet, 40% speak HTTP, 20% TLS, 10% acknowledge and say no more), open (all of them do
 *                                  that), syn (nobody answers), flood (the same without a second SYN, to targets in the
 *                                  order of a scan), answered (--syn-only, and all answer)
 * Prints name and value of each figure on a line. For instructions: spec/bench/identify.lua. */
#include "blocklist.h"
#include "link_pipe.h"
#include "script.h"
#include "targets_iterator.h"
#include "transport_raw.h"
#include "worker.h"

#include <luajit-2.1/lauxlib.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WARM_UP 500u /* targets before the measurement: tables grow, patterns are made */
#define STEP_NS 1000u /* of the pipe's clock, in each turn */
#define MIX_STEP_NS 2000000u /* the same for the mix: its silent hosts are waited for, and not all at once */
#define BATCH 64
#define TARGETS_PER_TURN 32u /* so that the frames of a turn fit into the pipe */

enum mode { MODE_IDENTIFY, MODE_DISTINCT, MODE_MIX, MODE_OPEN, MODE_SYN, MODE_FLOOD, MODE_ANSWERED, MODE_COUNT };

static const char *const mode_names[] = { "identify", "distinct", "mix", "open", "syn", "flood", "answered" };

static const char answer[] = "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
			     "ETag: \"00000000\"\r\nContent-Type: text/html\r\nContent-Length: 45\r\nConnection: close\r\n\r\n"
			     "<html><title>Welcome</title><p>Hello.</html>\n";

struct bench {
	enum mode mode;
	uint32_t next, count; /* targets */
	uint32_t turn_end; /* `next` may not reach beyond in this turn */
	uint64_t bytes; /* of records */
	uint64_t spent_ns;
	struct blocklist *blocklist;
	struct ports *ports;
	struct targets *targets;
	struct targets_iterator *iterator;
	struct link *ends[2];
	struct transport *transport;
	struct worker *worker;
	struct counters counters;
	lua_State *L;
};

static int next_target(void *owner, struct transport *transport, struct endpoint *out, struct error *why)
{
	struct bench *bench = owner;
	(void)transport, (void)why;
	if (bench->next == bench->count || bench->next == bench->turn_end)
		return ERR_AGAIN;
	if (bench->mode == MODE_FLOOD) {
		bench->next++;
		return targets_iterator_next(bench->iterator, out) && blocklist_permits(bench->blocklist, &out->address) ?
			       0 : ERR_CLOSED;
	}
	*out = (struct endpoint){ .address = address_v4(0xc6120000u + bench->next++), .port = 80 };
	return 0;
}

static int sink(void *owner, const char *line, size_t length, struct error *why)
{
	struct bench *bench = owner;
	(void)why;
	(void)line;
	bench->bytes += length;
	return 0;
}

static void die(const char *text)
{
	fprintf(stderr, "%s\n", text);
	exit(1);
}

static void reply(struct bench *bench, const struct segment *heard, uint8_t flags, const char *bytes, size_t length)
{
	static const struct packet_path path = { .layer = LINK_RAW_IP };
	uint8_t data[FRAME_MAX];
	struct segment out = {
		.source = heard->destination, .destination = heard->source, .flags = flags, .window = 65160, .ttl = 60,
		.window_scale = -1, .seq = flags & TCP_SYN ? 1000 : heard->ack,
		.ack = heard->seq + heard->payload_length + !!(heard->flags & TCP_SYN),
		.payload = (const uint8_t *)bytes, .payload_length = (uint32_t)length, .mss = flags & TCP_SYN ? 1460 : 0,
	};
	int size = packet_write(data, sizeof data, &path, &out);
	struct frame frame = { .data = data, .length = (uint32_t)size };
	if (size < 0 || bench->ends[1]->ops->send(bench->ends[1], &frame, 1) != 1)
		die("the pipe is full");
}

/* As responder.bpf.c has them. */
#define SAY(text) reply(bench, heard, TCP_ACK | TCP_PSH, text, sizeof text - 1)

static void reply_mix(struct bench *bench, const struct segment *heard)
{
	uint32_t hash = (address_v4_value(&heard->destination.address) * 2654435761u) >> 8, share = hash % 100, variant = hash / 100;
	if (share < 10)
		reply(bench, heard, TCP_ACK, NULL, 0);
	else if (share < 40 && variant % 3 == 0)
		SAY("SSH-2.0-OpenSSH_10.0p2\r\n");
	else if (share < 40)
		variant % 3 == 1 ? SAY("220 (vsFTPd 3.0.3)\r\n") : SAY("220 mx.example.org ESMTP Postfix\r\n\r\n");
	else if (share < 60)
		variant % 2 == 0 ? SAY("\x15\x03\x03\0\x02\x02\x28") :
				   SAY("\x16\x03\x03\0\x2a\x02\0\0\x26\x03\x03" "0123456789abcdef0123456789abcdef" "\0\xc0\x2f\0");
	else
		SAY("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 3\r\n\r\nok\n");
}

static void reply_http(struct bench *bench, const struct segment *heard)
{
	char text[sizeof answer], digits[9];
	memcpy(text, answer, sizeof answer);
	if (bench->mode == MODE_DISTINCT) {
		snprintf(digits, sizeof digits, "%08x", (unsigned)address_v4_value(&heard->destination.address));
		memcpy(strstr(text, "00000000"), digits, 8);
	}
	reply(bench, heard, TCP_ACK | TCP_PSH, text, sizeof answer - 1);
}

/* The far side; not part of what is measured. */
static void far_turn(struct bench *bench)
{
	struct frame frames[BATCH];
	struct packet packet;
	int got;
	while ((got = bench->ends[1]->ops->receive(bench->ends[1], frames, BATCH)) > 0) {
		for (int i = 0; i < got && bench->mode != MODE_SYN && bench->mode != MODE_FLOOD; i++) {
			if (packet_read(&frames[i], LINK_RAW_IP, &packet) || packet.kind != PACKET_TCP)
				continue;
			const struct segment *heard = &packet.segment;
			if (heard->flags & TCP_SYN)
				reply(bench, heard, TCP_SYN | TCP_ACK, NULL, 0);
			else if (heard->payload_length > 0 && bench->mode == MODE_OPEN)
				reply(bench, heard, TCP_ACK, NULL, 0);
			else if (heard->payload_length > 0 && bench->mode == MODE_MIX)
				reply_mix(bench, heard);
			else if (heard->payload_length > 0)
				reply_http(bench, heard);
		}
	}
}

/* What is measured, also by name (callgrind's --toggle-collect). */
__attribute__((noinline)) void scanner_turn(struct worker *worker);
__attribute__((noinline)) void scanner_turn(struct worker *worker)
{
	struct error why;
	if (worker_turn(worker, 0, &why))
		die(why.text);
}

static uint64_t cpu_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t finished(const struct bench *bench)
{
	if (bench->mode <= MODE_MIX || bench->mode == MODE_ANSWERED)
		return bench->counters.records;
	return bench->mode == MODE_OPEN ? worker_active(bench->worker) : bench->next;
}

/* Up to `count` targets in all. */
static void run(struct bench *bench, uint32_t count)
{
	bench->count = count;
	bench->spent_ns = 0;
	for (uint64_t idle = 0; finished(bench) < count || idle < 4; idle = finished(bench) < count ? 0 : idle + 1) {
		uint64_t now_ns = bench->ends[1]->ops->now(bench->ends[1]);
		link_pipe_advance(bench->ends[1], now_ns + (bench->mode == MODE_MIX ? MIX_STEP_NS : STEP_NS));
		bench->turn_end = bench->next + TARGETS_PER_TURN;
		uint64_t start_ns = cpu_ns();
		scanner_turn(bench->worker);
		bench->spent_ns += cpu_ns() - start_ns;
		far_turn(bench);
	}
}

/* What a scan of 198.18.0.0/15, ports 1 to 6, walks through. */
static void start_targets(struct bench *bench, uint32_t count)
{
	struct error why = { "" };
	bench->blocklist = blocklist_create(false);
	if (!bench->blocklist || ports_parse(&bench->ports, "1-6", &why))
		die(why.text);
	blocklist_seal(bench->blocklist);
	bench->targets = targets_create(bench->ports, NULL, NULL);
	if (!bench->targets || targets_add(bench->targets, "198.18.0.0/15", &why) || targets_seal(bench->targets, &why) ||
	    targets_iterator_create(&bench->iterator, bench->targets, &(struct targets_order){ .seed = 1, .shards = 1 }, &why))
		die(why.text);
	if (bench->mode == MODE_FLOOD && count > targets_iterator_count(bench->iterator))
		die("there are not so many targets");
}

static void start(struct bench *bench, const char *policy, uint32_t count)
{
	struct error why = { "" };
	struct script_config script = { .lua_dir = "." };
	struct worker_config config = {
		.counters = &bench->counters, .next = next_target, .source = bench, .sink = sink, .sink_owner = bench, .seed = 1,
	};
	struct transport_raw_config raw = {
		.base = { .counters = &bench->counters, .seed = 1, .streams_max = count + 1000,
			  .retries = bench->mode != MODE_FLOOD, .syn_only = bench->mode == MODE_ANSWERED },
		.path = { .layer = LINK_RAW_IP }, .source_v4 = address_v4(0xc6330001u), .port_first = 61000, .port_last = 65535,
	};
	config.L = bench->L = script_open(&script, &why);
	if (!config.L || link_pipe_create(bench->ends, LINK_RAW_IP) || worker_create(&bench->worker, &config, &why))
		die(why.text);
	start_targets(bench, count);
	raw.link = bench->ends[0];
	raw.permit = blocklist_permits;
	raw.permit_owner = bench->blocklist;
	raw.base.handler = worker_handler(bench->worker);
	if (transport_raw_create(&bench->transport, &raw, &why))
		die(why.text);
	lua_createtable(bench->L, 0, 2);
	lua_pushliteral(bench->L, ".");
	lua_setfield(bench->L, -2, "root");
	lua_pushstring(bench->L, policy);
	lua_setfield(bench->L, -2, "policy");
	lua_pushboolean(bench->L, 1);
	lua_setfield(bench->L, -2, "one_port");
	if (worker_start(bench->worker, bench->transport, &why))
		die(why.text);
}

static void report(const struct bench *bench, uint32_t count, size_t lua_before, size_t heap_before)
{
	double each = (double)count;
	printf("%s_ns %.0f\n", mode_names[bench->mode], (double)bench->spent_ns / each);
	if (bench->mode <= MODE_MIX || bench->mode == MODE_ANSWERED)
		printf("record_bytes %.0f\n", (double)bench->bytes / (double)bench->counters.records);
	if (bench->mode == MODE_OPEN) {
		size_t heap = mallinfo2().uordblks + mallinfo2().hblkhd;
		printf("open_lua_bytes %.0f\n", ((double)script_bytes(bench->L) - (double)lua_before) / each);
		printf("open_heap_bytes %.0f\n", ((double)heap - (double)heap_before) / each);
	}
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	if (argc < 3)
		die("usage: identify identify|distinct|mix|open|syn|flood|answered COUNT [POLICY]");
	while (strcmp(argv[1], mode_names[bench.mode]) != 0)
		if (++bench.mode == MODE_COUNT)
			die("there is no such mode");
	uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10);
	start(&bench, argc > 3 ? argv[3] : bench.mode == MODE_MIX ? "sonde" : "expected", count + WARM_UP);
	lua_gc(bench.L, LUA_GCCOLLECT, 0); /* what loading left behind is the start's, not a target's */
	run(&bench, WARM_UP);
	lua_gc(bench.L, LUA_GCCOLLECT, 0);
	size_t lua_before = script_bytes(bench.L), heap_before = mallinfo2().uordblks + mallinfo2().hblkhd;
	run(&bench, count + WARM_UP);
	if (bench.mode == MODE_OPEN)
		lua_gc(bench.L, LUA_GCCOLLECT, 0);
	report(&bench, count, lua_before, heap_before);
	worker_destroy(bench.worker);
	bench.transport->ops->destroy(bench.transport);
	script_close(bench.L);
	bench.ends[0]->ops->close(bench.ends[0]);
	bench.ends[1]->ops->close(bench.ends[1]);
	targets_iterator_destroy(bench.iterator);
	targets_destroy(bench.targets);
	ports_destroy(bench.ports);
	blocklist_destroy(bench.blocklist);
	return 0;
}
