/* Frames in through one socket (ring_receiver), out through another (ring_sender). */
#include "link_ring.h"

#include "clock.h"
#include "interface.h"
#include "ring_receiver.h"
#include "ring_sender.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RETRY_NS 50000ull /* how long to wait where the interface takes no more frames; */
#define RETRY_MAX_NS 16000000ull /* doubled up to this while it takes none at all, as without a carrier */
#define SECOND_NS 1000000000ull

struct ring {
	struct link link; /* first */
	struct counters *counters;
	struct ring_receiver *receiver;
	struct ring_sender *sender;
	uint64_t retry_ns; /* the last wait for the interface to take frames, */
	uint32_t left; /* and how many it had taken by then */
	bool closed; /* the interface is down or gone */
};

static struct ring *ring_of(const struct link *link)
{
	return (struct ring *)link;
}

static uint64_t ring_now(const struct link *link)
{
	(void)link;
	return clock_monotonic_ns();
}

static int ring_send(struct link *link, const struct frame *frames, size_t count)
{
	int taken = ring_sender_send(ring_of(link)->sender, frames, count);
	ring_of(link)->closed |= taken == ERR_CLOSED;
	return taken;
}

static size_t ring_reserve(struct link *link, struct frame *frames, size_t count)
{
	return ring_sender_reserve(ring_of(link)->sender, frames, count);
}

static uint32_t ring_in_flight(struct link *link)
{
	return ring_sender_in_flight(ring_of(link)->sender);
}

static int ring_receive(struct link *link, struct frame *frames, size_t count)
{
	struct ring *ring = ring_of(link);
	ring->closed |= ring_sender_push(ring->sender) == ERR_CLOSED;
	ring_receiver_release(ring->receiver);
	size_t taken = ring_receiver_take(ring->receiver, frames, count);
	return taken == 0 && count > 0 && ring->closed ? ERR_CLOSED : (int)taken;
}

/* How long to wait before the interface is tried again. */
static uint64_t ring_retry(struct ring *ring)
{
	uint32_t left = ring_sender_left(ring->sender);
	bool stuck = left == ring->left && ring->retry_ns > 0;
	ring->left = left;
	ring->retry_ns = !stuck ? RETRY_NS : ring->retry_ns < RETRY_MAX_NS / 2 ? 2 * ring->retry_ns : RETRY_MAX_NS;
	return ring->retry_ns;
}

/* Blocks not released yet make the socket readable, so a wait right after a receive that found frames may return at once;
 * the receive after it releases them. */
static int ring_wait(struct link *link, uint64_t until_ns)
{
	struct ring *ring = ring_of(link);
	struct pollfd poll = { .fd = ring_receiver_handle(ring->receiver), .events = POLLIN };
	bool waiting = ring_sender_push(ring->sender) == ERR_AGAIN;
	uint64_t now_ns = ring_now(link), rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	uint64_t longest_ns = waiting ? ring_retry(ring) : UINT64_MAX;
	if (rest_ns > longest_ns)
		rest_ns = longest_ns;
	struct timespec rest = { (time_t)(rest_ns / SECOND_NS), (long)(rest_ns % SECOND_NS) };
	int ready = ring->closed ? 0 : ppoll(&poll, 1, until_ns == UINT64_MAX && !waiting ? NULL : &rest, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : ERR_SYSTEM;
	if (ready > 0 && poll.revents & (POLLERR | POLLNVAL))
		ring->closed = ring_receiver_is_closed(ring->receiver);
	return 0;
}

static void ring_count(struct link *link)
{
	struct ring *ring = ring_of(link);
	ring_sender_count(ring->sender);
	ring->counters->dropped_kernel += ring_receiver_dropped(ring->receiver);
}

static void ring_finish(struct link *link)
{
	ring_sender_finish(ring_of(link)->sender);
}

static void ring_close(struct link *link)
{
	struct ring *ring = ring_of(link);
	ring_receiver_destroy(ring->receiver);
	ring_sender_destroy(ring->sender);
	free(ring);
}

static int ring_open(struct link **out, const struct link_config *config, struct error *why)
{
	struct interface interface;
	int error = interface_read(config->interface, &interface, why);
	if (error)
		return error;
	struct ring *ring = calloc(1, sizeof *ring);
	if (!ring)
		return error_set(why, ERR_NO_MEMORY, "cannot open %s: out of memory", interface.name);
	ring->link = (struct link){ .ops = &link_ring_ops, .layer = interface.layer, .mtu = interface.mtu };
	memcpy(ring->link.mac, interface.mac, 6);
	ring->counters = config->counters;
	error = ring_receiver_create(&ring->receiver, &interface, config, why);
	if (error == 0)
		error = ring_sender_create(&ring->sender, &interface, config->counters, why);
	if (error) {
		ring_close(&ring->link);
		return error;
	}
	*out = &ring->link;
	return 0;
}

const struct link_ops link_ring_ops = {
	.name = "ring",
	.open = ring_open,
	.send = ring_send,
	.reserve = ring_reserve,
	.in_flight = ring_in_flight,
	.receive = ring_receive,
	.wait = ring_wait,
	.now = ring_now,
	.count = ring_count,
	.finish = ring_finish,
	.close = ring_close,
};
