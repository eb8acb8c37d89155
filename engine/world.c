#include "world.h"

#include "cookie.h"
#include "middlebox.h"
#include "packet.h"
#include "shun.h"

#include <stdlib.h>

#define PENDING_MAX 64u

/* What the keys of hashes are for. */
enum purpose { PURPOSE_SEQUENCE = 0x5750, PURPOSE_SHUN, PURPOSE_TTL };

/* The far side's own end, where servers listen. */
struct server_end {
	struct link base;
	struct world *world;
};

struct world {
	struct sim_peer peer; /* first: peer_* cast back */
	struct population *population;
	struct cookie_key sequence_key;
	struct shun *shun;
	struct server_end end;
	struct world_servers servers;
	const struct frame *pending[PENDING_MAX]; /* for the server end; they are the scanner's until deliver returns */
	uint32_t pending_first, pending_end;
	struct link *link; /* only while it calls us */
	uint64_t now_ns;
};

struct world_truth world_truth(const struct world *world, const struct endpoint *endpoint)
{
	struct world_truth truth = { 0 };
	truth.exists = population_find(world->population, &endpoint->address, &truth.resident);
	if (truth.exists) {
		truth.shuns = population_shuns(world->population, &truth.resident);
		truth.tenant = population_port(world->population, &truth.resident, endpoint->port);
	}
	return truth;
}

const struct population *world_population(const struct world *world)
{
	return world->population;
}

/* Initial hop limits in use (64, 128, 255), less the way to us. */
uint8_t world_ttl(const struct world *world, const struct resident *resident)
{
	static const uint8_t initial[] = { 64, 64, 64, 128, 128, 255 };
	uint64_t number = population_number(world->population, resident, PURPOSE_TTL);
	return (uint8_t)(initial[number % 6] - 6 - (number >> 32) % 16);
}

static void answer_here(struct world *world, enum behaviour behaviour, const struct segment *in,
			const struct resident *resident, const struct sim_path *path)
{
	struct middlebox_reply replies[MIDDLEBOX_REPLIES_MAX];
	struct packet_path layer = { .layer = LINK_RAW_IP };
	uint32_t secret = cookie_sequence(&world->sequence_key, &in->destination, &in->source);
	unsigned count = middlebox_answer(behaviour, secret, world->now_ns, in, replies);
	for (unsigned i = 0; i < count; i++) {
		uint8_t bytes[FRAME_MAX];
		replies[i].segment.ttl = world_ttl(world, resident);
		int length = packet_write(bytes, sizeof bytes, &layer, &replies[i].segment);
		struct sim_path late = *path;
		late.delay_ns += replies[i].extra_ns;
		if (length > 0)
			link_sim_emit(world->link, bytes, (size_t)length, &late);
	}
}

static void servers_run(struct world *world)
{
	uint32_t left = world->pending_end - world->pending_first + 1;
	do {
		world->servers.run(world->servers.owner);
	} while (world->pending_first < world->pending_end && --left > 0);
	world->pending_first = world->pending_end = 0;
}

static void answer_by_server(struct world *world, const struct frame *frame)
{
	if (!world->servers.run)
		return;
	if (world->pending_end == PENDING_MAX)
		servers_run(world);
	world->pending[world->pending_end++] = frame;
}

static void world_take(struct world *world, const struct frame *frame)
{
	struct packet packet;
	if (packet_read(frame, LINK_RAW_IP, &packet) != PACKET_OK || packet.kind != PACKET_TCP)
		return;
	const struct segment *in = &packet.segment;
	struct resident resident;
	if (!population_find(world->population, &in->destination.address, &resident))
		return;
	struct sim_path path = population_path(world->population, &resident, world->now_ns);
	if (link_sim_lost(world->link, path.loss))
		return;
	enum behaviour behaviour = population_port(world->population, &resident, in->destination.port).behaviour;
	enum shun_scope scope = population_shuns(world->population, &resident);
	if (scope != SHUN_NOBODY) {
		if (shun_refuses(world->shun, &in->source, &in->destination, scope))
			return;
		if (behaviour != BEHAVIOUR_DROP && behaviour != BEHAVIOUR_REFUSE)
			shun_note(world->shun, &in->source, &in->destination, scope);
	}
	if (behaviour == BEHAVIOUR_SERVE)
		answer_by_server(world, frame);
	else
		answer_here(world, behaviour, in, &resident, &path);
}

static void peer_enter(struct world *world, struct link *link)
{
	world->link = link;
	world->now_ns = link->ops->now(link);
}

static void peer_deliver(struct sim_peer *peer, struct link *link, const struct frame *frames, size_t count)
{
	struct world *world = (struct world *)peer;
	peer_enter(world, link);
	for (size_t i = 0; i < count; i++)
		world_take(world, &frames[i]);
	if (world->pending_end > 0)
		servers_run(world);
	world->link = NULL;
}

static void peer_run(struct sim_peer *peer, struct link *link)
{
	struct world *world = (struct world *)peer;
	peer_enter(world, link);
	servers_run(world);
	world->link = NULL;
}

static uint64_t peer_next(const struct sim_peer *peer)
{
	const struct world *world = (const struct world *)peer;
	return world->servers.next ? world->servers.next(world->servers.owner) : UINT64_MAX;
}

static const struct sim_peer_ops peer_ops = { peer_deliver, peer_run, peer_next };

/* What a server sends travels the path of the host it sends as. Outside of deliver and run there is no scanner to send
 * to: frames of servers that are being torn down go nowhere. */
static int end_send(struct link *link, const struct frame *frames, size_t count)
{
	struct world *world = ((struct server_end *)link)->world;
	for (size_t i = 0; i < count && world->link; i++) {
		struct packet packet;
		struct resident resident;
		if (packet_read(&frames[i], LINK_RAW_IP, &packet) != PACKET_OK ||
		    !population_find(world->population, &packet.segment.source.address, &resident))
			continue;
		struct sim_path path = population_path(world->population, &resident, world->now_ns);
		link_sim_emit(world->link, frames[i].data, frames[i].length, &path);
	}
	return (int)count;
}

static int end_receive(struct link *link, struct frame *frames, size_t count)
{
	struct world *world = ((struct server_end *)link)->world;
	size_t taken = 0;
	while (taken < count && world->pending_first < world->pending_end) {
		frames[taken] = *world->pending[world->pending_first++];
		frames[taken++].time_ns = world->now_ns;
	}
	return (int)taken;
}

/* The scanner's link moves the clock; here nobody sleeps. */
static int end_wait(struct link *link, uint64_t until_ns)
{
	(void)link;
	(void)until_ns;
	return 0;
}

static uint64_t end_now(const struct link *link)
{
	return ((const struct server_end *)link)->world->now_ns;
}

static void end_close(struct link *link)
{
	(void)link; /* it is part of the world */
}

static const struct link_ops end_ops = {
	.name = "world",
	.send = end_send,
	.receive = end_receive,
	.wait = end_wait,
	.now = end_now,
	.close = end_close,
};

int world_create(struct world **out, struct population *population, uint64_t seed, struct error *why)
{
	struct cookie_key shun_key = cookie_key_from_seed(seed, PURPOSE_SHUN);
	struct world *world = calloc(1, sizeof *world);
	struct shun *shun = shun_create(&shun_key);
	if (!world || !shun) {
		free(world);
		shun_destroy(shun);
		population_destroy(population);
		return error_set(why, ERR_NO_MEMORY, "%s", error_text(ERR_NO_MEMORY));
	}
	world->peer.ops = &peer_ops;
	world->population = population;
	world->shun = shun;
	world->sequence_key = cookie_key_from_seed(seed, PURPOSE_SEQUENCE);
	world->now_ns = LINK_SIM_START_NS;
	world->end.base = (struct link){ .ops = &end_ops, .layer = LINK_RAW_IP, .mtu = 1500 };
	world->end.world = world;
	*out = world;
	return 0;
}

void world_destroy(struct world *world)
{
	if (!world)
		return;
	population_destroy(world->population);
	shun_destroy(world->shun);
	free(world);
}

void world_set_servers(struct world *world, const struct world_servers *servers)
{
	world->servers = *servers;
}

struct link *world_server_end(struct world *world)
{
	return &world->end.base;
}

int world_open_link(struct link **out, struct world *world, uint64_t seed, struct counters *counters, struct error *why)
{
	struct link_sim_config config = { .peer = &world->peer, .seed = seed, .counters = counters };
	return link_sim_create(out, &config, why);
}
