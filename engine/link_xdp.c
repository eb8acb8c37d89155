/* One AF_XDP socket for each receive queue of the interface; the first one sends. Native zero-copy where the driver has it,
 * else native with a copy, else the generic program behind any driver. Of several workers each has its own part of the queues:
 * what arrives for it at another's the program leaves to the kernel, and it comes through a packet socket (ring_receiver). */
#include "link_xdp.h"

#include "clock.h"
#include "interface.h"
#include "ring_receiver.h"
#include "xdp_program.h"
#include "xdp_sender.h"
#include "xdp_socket.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define QUEUES_MAX 64
/* Frame memory to receive into, all queues together: 4096 frames. All of it is zeroed before the first frame, which takes
 * longer than anything else at the start (measured: 1 to 3 ms for each MiB, in a virtual machine). */
#define RING_BYTES_DEFAULT (8u << 20)
#define OTHERS_BYTES_MIN (2u << 20) /* for what arrives at other workers' queues: 16 blocks, of a millisecond at least */
#define RECEIVE_FRAMES_MIN 256u
#define RECEIVE_FRAMES_MAX 16384u
#define SEND_FRAMES 2048u
#define SEND_FRAMES_NONE 64u /* on the queues that do not send */
#define ARENA_BYTES (512u << 10)
#define SECOND_NS 1000000000ull
#define LOOK_NS SECOND_NS /* how often a silent interface is looked at */

struct xdp {
	struct link link; /* first */
	struct counters *counters;
	struct interface interface;
	struct xdp_program *program; /* ours alone; NULL: the config's, which several links share */
	struct xdp_socket *sockets[QUEUES_MAX]; /* the first one sends */
	struct xdp_sender *sender;
	struct ring_receiver *receiver; /* of what arrives at queues of other workers; NULL: we have all queues */
	struct pollfd polls[QUEUES_MAX + 1]; /* of the sockets, then of the receiver */
	uint32_t queues, turn; /* `turn`: the queue that is read first */
	uint64_t looked_ns; /* when the interface was last seen to be up */
	uint64_t dropped; /* as the sockets said last */
	bool closed, native, zero_copy;
	struct xdp_arena arena;
};

static struct xdp *xdp_of(const struct link *link)
{
	return (struct xdp *)link;
}

static uint64_t xdp_now(const struct link *link)
{
	(void)link;
	return clock_monotonic_ns();
}

const char *link_xdp_mode(const struct link *link)
{
	const struct xdp *xdp = xdp_of(link);
	return xdp->zero_copy ? "native, zero-copy" : xdp->native ? "native, copied" : "generic, copied";
}

/* --- frames ------------------------------------------------------------------------------------------------------------------- */

static int xdp_send(struct link *link, const struct frame *frames, size_t count)
{
	return xdp_sender_send(xdp_of(link)->sender, frames, count);
}

static size_t xdp_reserve(struct link *link, struct frame *frames, size_t count)
{
	return xdp_sender_reserve(xdp_of(link)->sender, frames, count);
}

static bool is_closed(const struct xdp *xdp)
{
	return xdp->closed || xdp_sender_is_closed(xdp->sender);
}

static uint32_t xdp_in_flight(struct link *link)
{
	return xdp_socket_unfinished(xdp_of(link)->sockets[0]);
}

static int xdp_receive(struct link *link, struct frame *frames, size_t count)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t now_ns = xdp_now(link); /* AF_XDP has no time of arrival */
	size_t taken = 0;
	xdp->arena.used = 0;
	xdp_sender_push(xdp->sender);
	for (uint32_t i = 0; i < xdp->queues; i++)
		xdp_socket_release(xdp->sockets[i]);
	if (xdp->receiver) { /* half of the places, so that either way gets its turn */
		ring_receiver_release(xdp->receiver);
		taken = ring_receiver_take(xdp->receiver, frames, count / 2);
	}
	for (uint32_t i = 0; i < xdp->queues && taken < count; i++)
		taken += xdp_socket_receive(xdp->sockets[(xdp->turn + i) % xdp->queues], frames + taken, count - taken, now_ns,
					    &xdp->arena);
	xdp->turn = (xdp->turn + 1) % xdp->queues;
	if (xdp->receiver && taken < count) /* and all that are left: fewer than `count` means that there are no more */
		taken += ring_receiver_take(xdp->receiver, frames + taken, count - taken);
	return taken == 0 && count > 0 && is_closed(xdp) ? ERR_CLOSED : (int)taken;
}

/* AF_XDP says nothing when the interface goes down, so it is looked at now and then when nothing comes. */
static void look(struct xdp *xdp, bool error, uint64_t now_ns)
{
	struct interface interface;
	if (!error && now_ns - xdp->looked_ns < LOOK_NS)
		return;
	xdp->looked_ns = now_ns;
	xdp->closed |= interface_read(xdp->interface.name, &interface, NULL) != 0 || interface.index != xdp->interface.index;
}

static int xdp_wait(struct link *link, uint64_t until_ns)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t now_ns = xdp_now(link), rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	bool waiting = xdp_sender_push(xdp->sender) == ERR_AGAIN;
	uint64_t longest_ns = waiting ? xdp_sender_retry_ns(xdp->sender) : LOOK_NS;
	uint32_t count = xdp->queues + (xdp->receiver != NULL);
	/* Polling a socket sends what waits there (xsk_poll), and does not say what the interface drops of it. */
	xdp->polls[0].fd = waiting ? -1 : xdp_socket_handle(xdp->sockets[0]);
	if (is_closed(xdp))
		return 0;
	if (rest_ns > longest_ns)
		rest_ns = longest_ns;
	struct timespec rest = { (time_t)(rest_ns / SECOND_NS), (long)(rest_ns % SECOND_NS) };
	int ready = ppoll(xdp->polls, count, &rest, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : ERR_SYSTEM;
	bool error = false;
	for (uint32_t i = 0; ready > 0 && i < count; i++)
		error |= (xdp->polls[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
	if (error && xdp->receiver)
		xdp->closed |= ring_receiver_is_closed(xdp->receiver);
	if (ready == 0 || error)
		look(xdp, error, now_ns);
	return 0;
}

static void xdp_count(struct link *link)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t dropped = 0;
	xdp_sender_count(xdp->sender);
	for (uint32_t i = 0; i < xdp->queues; i++)
		dropped += xdp_socket_dropped(xdp->sockets[i]);
	if (dropped > xdp->dropped) {
		xdp->counters->dropped_kernel += dropped - xdp->dropped;
		xdp->dropped = dropped;
	}
	if (xdp->receiver)
		xdp->counters->dropped_kernel += ring_receiver_dropped(xdp->receiver);
}

static void xdp_finish(struct link *link)
{
	xdp_sender_finish(xdp_of(link)->sender);
}

/* --- opening and closing ------------------------------------------------------------------------------------------------------- */

static void close_queues(struct xdp *xdp)
{
	xdp_program_destroy(xdp->program);
	xdp->program = NULL;
	for (uint32_t i = 0; i < xdp->queues; i++) {
		xdp_socket_destroy(xdp->sockets[i]);
		xdp->sockets[i] = NULL;
	}
}

static void xdp_close(struct link *link)
{
	struct xdp *xdp = xdp_of(link);
	if (xdp->sender)
		xdp_finish(link);
	xdp_sender_destroy(xdp->sender);
	close_queues(xdp);
	ring_receiver_destroy(xdp->receiver);
	free(xdp->arena.bytes);
	free(xdp);
}

/* Receive queues in use; interfaces that cannot tell have one. */
uint32_t link_xdp_queues(const char *interface)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq request = { .ifr_data = (void *)&channels };
	int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	bool told = handle >= 0 && ioctl(handle, SIOCETHTOOL, &request) == 0;
	if (handle >= 0)
		close(handle);
	uint32_t queues = told ? channels.combined_count + channels.rx_count : 0;
	return queues > 0 ? queues : 1;
}

static uint32_t receive_frames(const struct xdp *xdp, const struct link_config *config, uint32_t frame_bytes)
{
	uint32_t sharers = xdp->queues * (config->workers ? config->workers : 1);
	size_t share = (config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT) / sharers / frame_bytes;
	uint32_t frames = RECEIVE_FRAMES_MIN;
	while (frames * 2 <= share && frames < RECEIVE_FRAMES_MAX)
		frames *= 2;
	return frames;
}

/* Of `config->worker` every so many queues, from its own number on. */
static int open_sockets(struct xdp *xdp, const struct link_config *config, bool zero_copy, bool multi_buffer,
			struct error *why)
{
	/* The kernel keeps 256 bytes of a piece for itself. */
	uint32_t frame_bytes = xdp->interface.mtu + 64 <= FRAME_MAX - 256 ? FRAME_MAX : 2 * FRAME_MAX;
	uint32_t step = config->program ? config->workers : 1;
	for (uint32_t i = 0; i < xdp->queues; i++) {
		struct xdp_socket_config each = {
			.interface = &xdp->interface, .queue = config->worker + i * step, .frame_bytes = frame_bytes,
			.receive_frames = receive_frames(xdp, config, frame_bytes),
			.send_frames = i == 0 ? SEND_FRAMES : SEND_FRAMES_NONE,
			.zero_copy = zero_copy, .multi_buffer = multi_buffer, .inherited = config->program != NULL,
		};
		int error = xdp_socket_create(&xdp->sockets[i], &each, why);
		if (error)
			return error;
		xdp->zero_copy |= xdp_socket_zero_copy(xdp->sockets[i]);
		xdp->polls[i] = (struct pollfd){ .fd = xdp_socket_handle(xdp->sockets[i]), .events = POLLIN };
	}
	return 0;
}

static int attach(struct xdp_program *program, int interface, bool native_only, struct error *why)
{
	int error = xdp_program_attach(program, interface, true, why);
	return error == ERR_UNSUPPORTED && !native_only ? xdp_program_attach(program, interface, false, why) : error;
}

/* Sockets first, so that from the program's first frame on there is somebody who takes it. */
static int open_alone(struct xdp *xdp, const struct link_config *config, bool zero_copy, struct error *why)
{
	struct xdp_steering steering = { config->port_first, config->port_last, config->addresses, config->address_count, NULL, 0 };
	bool multi_buffer = xdp_multi_buffer_supported();
	xdp->zero_copy = false;
	int error = open_sockets(xdp, config, zero_copy, multi_buffer, why);
	if (error == 0)
		error = xdp_program_create(&xdp->program, &steering, xdp->queues, multi_buffer, why);
	for (uint32_t i = 0; error == 0 && i < xdp->queues; i++)
		error = xdp_program_add(xdp->program, i, xdp_socket_handle(xdp->sockets[i]), why);
	if (error == 0)
		error = attach(xdp->program, xdp->interface.index, xdp->zero_copy, why);
	if (error)
		close_queues(xdp);
	else
		xdp->native = xdp_program_is_native(xdp->program);
	return error;
}

/* The receiver first: what the program does not give us, the kernel has, and it. So it is no harm if the program takes no socket from
 * a master that gave up root (before Linux 6.0 that takes CAP_BPF). */
static int open_shared(struct xdp *xdp, const struct link_config *config, struct error *why)
{
	struct link_config others = *config;
	size_t share = (config->ring_bytes ? config->ring_bytes : RING_BYTES_DEFAULT) / config->workers;
	others.ring_bytes = share > OTHERS_BYTES_MIN ? share : OTHERS_BYTES_MIN;
	xdp->native = xdp_program_is_native(config->program);
	int error = ring_receiver_create(&xdp->receiver, &xdp->interface, &others, why);
	if (error == 0)
		error = open_sockets(xdp, config, xdp->native, xdp_multi_buffer_supported(), why);
	for (uint32_t i = 0; error == 0 && i < xdp->queues; i++)
		xdp_program_add(config->program, config->worker + i * config->workers, xdp_socket_handle(xdp->sockets[i]), NULL);
	if (error == 0)
		xdp->polls[xdp->queues] = (struct pollfd){ .fd = ring_receiver_handle(xdp->receiver), .events = POLLIN };
	return error;
}

static int check(const struct interface *interface, uint32_t queues, struct error *why)
{
	if (interface->layer != LINK_ETHERNET)
		return error_set(why, ERR_UNSUPPORTED, "%s carries bare IP packets, and AF_XDP needs Ethernet frames; use the ring link",
				 interface->name);
	if (queues > QUEUES_MAX)
		return error_set(why, ERR_UNSUPPORTED,
				 "%s has %u receive queues, more than %d: give it fewer (ethtool -L) or use the ring link",
				 interface->name, queues, QUEUES_MAX);
	return 0;
}

/* Frame memory is locked: as much as we may, also for who is made later, without root. */
static void raise_limit(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0 && getrlimit(RLIMIT_MEMLOCK, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_MEMLOCK, &limit);
	}
}

static int open_queues(struct xdp *xdp, const struct link_config *config, struct error *why)
{
	uint32_t queues = link_xdp_queues(xdp->interface.name);
	int error = check(&xdp->interface, queues, why);
	if (error)
		return error;
	raise_limit();
	if (config->program) {
		if (config->worker >= queues)
			return error_set(why, ERR_SYSTEM, "%s has %u receive queues, and none for worker %u", config->interface, queues, config->worker);
		xdp->queues = (queues - config->worker + config->workers - 1) / config->workers;
		return open_shared(xdp, config, why);
	}
	xdp->queues = queues;
	error = open_alone(xdp, config, true, why);
	/* Zero-copy sockets go with the native program only. */
	return error == ERR_UNSUPPORTED && xdp->zero_copy ? open_alone(xdp, config, false, why) : error;
}

static int start(struct xdp *xdp, const struct link_config *config, struct error *why)
{
	uint32_t longest = xdp->interface.mtu + ETH_HLEN;
	if (config->keep_all || config->promiscuous)
		return error_set(why, ERR_UNSUPPORTED, "the xdp link takes what is for us and nothing else; use the ring link");
	xdp->arena = (struct xdp_arena){ .bytes = malloc(ARENA_BYTES), .size = ARENA_BYTES };
	int error = open_queues(xdp, config, why);
	if (error)
		return error;
	xdp->sender = xdp_sender_create(xdp->sockets[0], SEND_FRAMES, longest < FRAME_MAX ? longest : FRAME_MAX, config->counters);
	return xdp->arena.bytes && xdp->sender ? 0 : error_set(why, ERR_NO_MEMORY, "cannot open %s: out of memory", xdp->interface.name);
}

int link_xdp_share(struct xdp_program **out, const struct link_config *config, const uint16_t *slices, struct error *why)
{
	struct xdp_steering steering = { config->port_first, config->port_last, config->addresses, config->address_count,
					 slices, config->workers };
	struct xdp_program *program = NULL;
	struct interface interface;
	uint32_t queues = link_xdp_queues(config->interface);
	int error = interface_read(config->interface, &interface, why);
	if (error == 0)
		error = check(&interface, queues, why);
	if (error == 0)
		error = xdp_program_create(&program, &steering, queues, xdp_multi_buffer_supported(), why);
	if (error == 0)
		error = attach(program, interface.index, false, why);
	if (error) {
		xdp_program_destroy(program);
		return error;
	}
	*out = program;
	return 0;
}

static int xdp_open(struct link **out, const struct link_config *config, struct error *why)
{
	struct interface interface;
	int error = interface_read(config->interface, &interface, why);
	if (error)
		return error;
	struct xdp *xdp = calloc(1, sizeof *xdp);
	if (!xdp)
		return error_set(why, ERR_NO_MEMORY, "cannot open %s: out of memory", interface.name);
	xdp->link = (struct link){ .ops = &link_xdp_ops, .layer = interface.layer, .mtu = interface.mtu };
	memcpy(xdp->link.mac, interface.mac, 6);
	xdp->interface = interface;
	xdp->counters = config->counters;
	error = start(xdp, config, why);
	if (error) {
		xdp_close(&xdp->link);
		return error;
	}
	*out = &xdp->link;
	return 0;
}

const struct link_ops link_xdp_ops = {
	.name = "xdp",
	.open = xdp_open,
	.send = xdp_send,
	.reserve = xdp_reserve,
	.in_flight = xdp_in_flight,
	.receive = xdp_receive,
	.wait = xdp_wait,
	.now = xdp_now,
	.count = xdp_count,
	.finish = xdp_finish,
	.close = xdp_close,
};
