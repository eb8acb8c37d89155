/* One AF_XDP socket for each receive queue of the interface; the first one sends. Native zero-copy where the driver has it,
 * else native with a copy, else the generic program behind any driver. */
#include "link_xdp.h"

#include "clock.h"
#include "interface.h"
#include "xdp_program.h"
#include "xdp_socket.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/if_ether.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
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
#define RECEIVE_FRAMES_MIN 256u
#define RECEIVE_FRAMES_MAX 16384u
#define SEND_FRAMES 2048u
#define SEND_FRAMES_NONE 64u /* on the queues that do not send */
#define ARENA_BYTES (512u << 10)
#define SECOND_NS 1000000000ull
#define LOOK_NS SECOND_NS /* how often a silent interface is looked at */
#define RETRY_NS 50000ull /* how long to wait where the interface takes no more frames; */
#define RETRY_MAX_NS 16000000ull /* doubled up to this while it takes none at all, as without a carrier */
#define FINISH_NS 20000000ull /* how long closing waits for the last frames to leave */

struct xdp {
	struct link link; /* first */
	struct counters *counters;
	struct interface interface;
	struct xdp_program *program;
	struct xdp_socket *sockets[QUEUES_MAX]; /* the first one sends */
	struct pollfd polls[QUEUES_MAX];
	uint32_t queues, turn; /* `turn`: the queue that is read first */
	uint32_t send_max; /* longest frame the interface takes */
	uint64_t looked_ns; /* when the interface was last seen to be up */
	uint64_t dropped; /* as the sockets said last */
	uint64_t retry_ns, retry_at_ns; /* while the interface takes no frame: how long to wait, and until when; else 0 */
	bool refuses; /* and it drops those it is given */
	uint32_t unfinished; /* what counts as send_unfinished */
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

static void back_off(struct xdp *xdp, bool refused)
{
	uint64_t now_ns = xdp_now(&xdp->link);
	if (xdp->retry_ns > 0 && now_ns < xdp->retry_at_ns)
		return;
	xdp->refuses = refused && xdp->retry_ns > 0;
	xdp->retry_ns = xdp->retry_ns == 0 ? RETRY_NS : xdp->retry_ns < RETRY_MAX_NS / 2 ? 2 * xdp->retry_ns : RETRY_MAX_NS;
	xdp->retry_at_ns = now_ns + xdp->retry_ns;
}

/* What stays on the send ring is not lost: the next send, receive or wait goes on with it. An interface that drops whatever it
 * is given, one frame for each call, is tried now and then only. */
static int xdp_push(struct xdp *xdp)
{
	struct xdp_socket *socket = xdp->sockets[0];
	uint32_t waiting = xdp_socket_waiting(socket);
	uint64_t refused = xdp_socket_refused(socket);
	if (waiting == 0)
		return 0;
	if (xdp->refuses && xdp_now(&xdp->link) < xdp->retry_at_ns)
		return ERR_AGAIN;
	int error = xdp_socket_push(socket);
	refused = xdp_socket_refused(socket) - refused;
	xdp->counters->send_errors += refused;
	if ((error == ERR_AGAIN || refused > 0) && waiting - xdp_socket_waiting(socket) <= refused) {
		back_off(xdp, refused > 0);
	} else {
		xdp->retry_ns = 0;
		xdp->refuses = false;
	}
	if (error == ERR_CLOSED)
		xdp->closed = true;
	return error;
}

/* How many frames from the first on may be sent. */
static size_t sendable(const struct xdp *xdp, const struct frame *frames, size_t count)
{
	size_t run = 0;
	while (run < count && frames[run].length >= ETH_HLEN && frames[run].length <= xdp->send_max)
		run++;
	return run;
}

static int xdp_send(struct link *link, const struct frame *frames, size_t count)
{
	struct xdp *xdp = xdp_of(link);
	size_t taken = 0;
	int error = 0;
	while (taken < count && error == 0) {
		size_t run = sendable(xdp, frames + taken, count - taken);
		if (run == 0) { /* refused for good: it must not hold up the others */
			xdp->counters->send_errors++;
			taken++;
			continue;
		}
		size_t put = xdp_socket_put(xdp->sockets[0], frames + taken, run);
		taken += put;
		error = xdp_push(xdp);
		if (put < run && error == 0 && (put == 0 || xdp_socket_unfinished(xdp->sockets[0]) == SEND_FRAMES))
			error = ERR_AGAIN;
	}
	xdp->counters->send_waits += error == ERR_AGAIN;
	return taken == 0 && error == ERR_CLOSED ? ERR_CLOSED : (int)taken;
}

static size_t xdp_reserve(struct link *link, struct frame *frames, size_t count)
{
	return xdp_socket_reserve(xdp_of(link)->sockets[0], frames, count);
}

static int xdp_receive(struct link *link, struct frame *frames, size_t count)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t now_ns = xdp_now(link); /* AF_XDP has no time of arrival */
	size_t taken = 0;
	xdp->arena.used = 0;
	xdp_push(xdp);
	for (uint32_t i = 0; i < xdp->queues; i++)
		xdp_socket_release(xdp->sockets[i]);
	for (uint32_t i = 0; i < xdp->queues && taken < count; i++)
		taken += xdp_socket_receive(xdp->sockets[(xdp->turn + i) % xdp->queues], frames + taken, count - taken, now_ns,
					    &xdp->arena);
	xdp->turn = (xdp->turn + 1) % xdp->queues;
	return taken == 0 && count > 0 && xdp->closed ? ERR_CLOSED : (int)taken;
}

/* AF_XDP says nothing when the interface goes down, so it is looked at now and then when nothing comes. */
static void look(struct xdp *xdp, bool error, uint64_t now_ns)
{
	struct interface interface;
	if (!error && now_ns - xdp->looked_ns < LOOK_NS)
		return;
	xdp->looked_ns = now_ns;
	xdp->closed = interface_read(xdp->interface.name, &interface, NULL) != 0 || interface.index != xdp->interface.index;
}

static int xdp_wait(struct link *link, uint64_t until_ns)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t now_ns = xdp_now(link), rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	bool waiting = xdp_push(xdp) == ERR_AGAIN;
	uint64_t longest_ns = !waiting ? LOOK_NS : xdp->retry_ns > 0 ? xdp->retry_ns : RETRY_NS;
	/* Polling a socket sends what waits there (xsk_poll), and does not say what the interface drops of it. */
	xdp->polls[0].fd = waiting ? -1 : xdp_socket_handle(xdp->sockets[0]);
	if (xdp->closed)
		return 0;
	if (rest_ns > longest_ns)
		rest_ns = longest_ns;
	struct timespec rest = { (time_t)(rest_ns / SECOND_NS), (long)(rest_ns % SECOND_NS) };
	int ready = ppoll(xdp->polls, xdp->queues, &rest, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : ERR_SYSTEM;
	bool error = false;
	for (uint32_t i = 0; ready > 0 && i < xdp->queues; i++)
		error |= (xdp->polls[i].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
	if (ready == 0 || error)
		look(xdp, error, now_ns);
	return 0;
}

/* In place of those of the last time. What the kernel copied leaves without us. */
static void count_unfinished(struct xdp *xdp)
{
	struct xdp_socket *socket = xdp->sockets[0];
	uint32_t unfinished = xdp->zero_copy ? xdp_socket_unfinished(socket) : xdp_socket_waiting(socket);
	xdp->counters->send_unfinished += unfinished;
	xdp->counters->send_unfinished -= xdp->unfinished;
	xdp->unfinished = unfinished;
}

static void xdp_count(struct link *link)
{
	struct xdp *xdp = xdp_of(link);
	uint64_t dropped = 0;
	count_unfinished(xdp);
	for (uint32_t i = 0; i < xdp->queues; i++)
		dropped += xdp_socket_dropped(xdp->sockets[i]);
	if (dropped > xdp->dropped) {
		xdp->counters->dropped_kernel += dropped - xdp->dropped;
		xdp->dropped = dropped;
	}
}

static void xdp_finish(struct link *link)
{
	struct xdp *xdp = xdp_of(link);
	struct xdp_socket *socket = xdp->sockets[0];
	uint64_t end_ns = clock_monotonic_ns() + FINISH_NS;
	struct timespec pause = { 0, (long)RETRY_NS };
	while (!xdp->closed && xdp_socket_unfinished(socket) > 0 && clock_monotonic_ns() < end_ns) {
		xdp_push(xdp);
		ppoll(NULL, 0, &pause, NULL);
	}
	count_unfinished(xdp);
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
	if (xdp->sockets[0])
		xdp_finish(link);
	close_queues(xdp);
	free(xdp->arena.bytes);
	free(xdp);
}

/* Receive queues in use; interfaces that cannot tell have one. */
static uint32_t count_queues(const struct interface *interface)
{
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	struct ifreq request = { .ifr_data = (void *)&channels };
	int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	memcpy(request.ifr_name, interface->name, sizeof interface->name);
	bool told = handle >= 0 && ioctl(handle, SIOCETHTOOL, &request) == 0;
	if (handle >= 0)
		close(handle);
	uint32_t queues = told ? channels.combined_count + channels.rx_count : 0;
	return queues > 0 ? queues : 1;
}

static uint32_t receive_frames(const struct xdp *xdp, size_t bytes, uint32_t frame_bytes)
{
	size_t share = (bytes ? bytes : RING_BYTES_DEFAULT) / xdp->queues / frame_bytes;
	uint32_t frames = RECEIVE_FRAMES_MIN;
	while (frames * 2 <= share && frames < RECEIVE_FRAMES_MAX)
		frames *= 2;
	return frames;
}

static int open_sockets(struct xdp *xdp, const struct link_config *config, bool zero_copy, bool multi_buffer,
			struct error *why)
{
	/* The kernel keeps 256 bytes of a piece for itself. */
	uint32_t frame_bytes = xdp->interface.mtu + 64 <= FRAME_MAX - 256 ? FRAME_MAX : 2 * FRAME_MAX;
	for (uint32_t i = 0; i < xdp->queues; i++) {
		struct xdp_socket_config each = {
			.interface = &xdp->interface, .queue = i, .frame_bytes = frame_bytes,
			.receive_frames = receive_frames(xdp, config->ring_bytes, frame_bytes),
			.send_frames = i == 0 ? SEND_FRAMES : SEND_FRAMES_NONE,
			.zero_copy = zero_copy, .multi_buffer = multi_buffer,
		};
		int error = xdp_socket_create(&xdp->sockets[i], &each, why);
		if (error)
			return error;
		xdp->zero_copy |= xdp_socket_zero_copy(xdp->sockets[i]);
		xdp->polls[i] = (struct pollfd){ .fd = xdp_socket_handle(xdp->sockets[i]), .events = POLLIN };
	}
	return 0;
}

static int attach(struct xdp *xdp, struct error *why)
{
	xdp->native = true;
	int error = xdp_program_attach(xdp->program, xdp->interface.index, true, why);
	if (error != ERR_UNSUPPORTED || xdp->zero_copy)
		return error;
	xdp->native = false;
	return xdp_program_attach(xdp->program, xdp->interface.index, false, why);
}

/* Sockets first, so that from the program's first frame on there is somebody who takes it. */
static int open_queues(struct xdp *xdp, const struct link_config *config, bool zero_copy, struct error *why)
{
	struct xdp_steering steering = { config->port_first, config->port_last, config->addresses, config->address_count };
	bool multi_buffer = xdp_multi_buffer_supported();
	xdp->zero_copy = false;
	int error = open_sockets(xdp, config, zero_copy, multi_buffer, why);
	if (error == 0)
		error = xdp_program_create(&xdp->program, &steering, xdp->queues, multi_buffer, why);
	for (uint32_t i = 0; error == 0 && i < xdp->queues; i++)
		error = xdp_program_add(xdp->program, i, xdp_socket_handle(xdp->sockets[i]), why);
	if (error == 0)
		error = attach(xdp, why);
	if (error)
		close_queues(xdp);
	return error;
}

static int check(struct xdp *xdp, const struct link_config *config, struct error *why)
{
	if (config->keep_all || config->promiscuous)
		return error_set(why, ERR_UNSUPPORTED, "the xdp link takes what is for us and nothing else; use the ring link");
	if (xdp->interface.layer != LINK_ETHERNET)
		return error_set(why, ERR_UNSUPPORTED, "%s carries bare IP packets, and AF_XDP needs Ethernet frames; use the ring link",
				 xdp->interface.name);
	xdp->queues = count_queues(&xdp->interface);
	if (xdp->queues <= QUEUES_MAX)
		return 0;
	uint32_t queues = xdp->queues;
	xdp->queues = 0;
	return error_set(why, ERR_UNSUPPORTED, "%s has %u receive queues, more than %d: give it fewer (ethtool -L) or use the ring link",
			 xdp->interface.name, queues, QUEUES_MAX);
}

static int start(struct xdp *xdp, const struct link_config *config, struct error *why)
{
	/* Frame memory is locked: take as much as we may. */
	struct rlimit limit;
	if (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_MEMLOCK, &limit);
	}
	xdp->arena = (struct xdp_arena){ .bytes = malloc(ARENA_BYTES), .size = ARENA_BYTES };
	if (!xdp->arena.bytes)
		return error_set(why, ERR_NO_MEMORY, "cannot open %s: out of memory", xdp->interface.name);
	int error = check(xdp, config, why);
	if (error)
		return error;
	error = open_queues(xdp, config, true, why);
	/* Zero-copy sockets go with the native program only. */
	return error == ERR_UNSUPPORTED && xdp->zero_copy ? open_queues(xdp, config, false, why) : error;
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
	xdp->send_max = interface.mtu + ETH_HLEN < FRAME_MAX ? interface.mtu + ETH_HLEN : FRAME_MAX;
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
	.receive = xdp_receive,
	.wait = xdp_wait,
	.now = xdp_now,
	.count = xdp_count,
	.finish = xdp_finish,
	.close = xdp_close,
};
