/* Receive: TPACKET_V3, blocks of many frames that the kernel hands over when they are full or RETIRE_MS after their first
 * frame. Frames are read in place; a block goes back to the kernel at the receive after the one that emptied it.
 * Frames out go through a second socket (ring_sender). */
#include "link_ring.h"

#include "capture_filter.h"
#include "clock.h"
#include "interface.h"
#include "ring_sender.h"

#include <endian.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES_DEFAULT (16u << 20)
#define BLOCK_BYTES (128u << 10) /* holds the longest frame the kernel merges (64 KiB) */
#define RETIRE_MS 1 /* latency of a lone frame */
#define SNAPSHOT_BYTES 66000u
#define RETRY_NS 50000ull /* how long to wait where the interface takes no more frames; */
#define RETRY_MAX_NS 16000000ull /* doubled up to this while it takes none at all, as without a carrier */
#define SECOND_NS 1000000000ull

struct ring {
	struct link link; /* first */
	struct counters *counters;
	int receiver;
	struct ring_sender *sender;
	uint8_t *memory;
	size_t memory_bytes;
	uint32_t blocks;
	uint32_t block; /* the block being read */
	uint32_t unreleased; /* blocks before it that are read but may still be in use by our caller */
	uint32_t frames_left; /* in `block`; 0: not opened yet */
	struct tpacket3_hdr *next;
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

static bool errno_is_closed(void)
{
	return errno == ENETDOWN || errno == ENXIO || errno == ENODEV;
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

static struct tpacket_block_desc *ring_block(const struct ring *ring, uint32_t index)
{
	return (struct tpacket_block_desc *)(void *)(ring->memory + (size_t)index * BLOCK_BYTES);
}

static void ring_release(struct ring *ring)
{
	for (; ring->unreleased > 0; ring->unreleased--) {
		uint32_t index = (ring->block + ring->blocks - ring->unreleased) % ring->blocks;
		__atomic_store_n(&ring_block(ring, index)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

/* Makes `next` the first unread frame; false when the kernel has not handed over another block. */
static bool ring_advance(struct ring *ring)
{
	while (ring->frames_left == 0) {
		struct tpacket_block_desc *block = ring_block(ring, ring->block);
		if (ring->unreleased == ring->blocks ||
		    !(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return false;
		ring->frames_left = block->hdr.bh1.num_pkts;
		ring->next = (struct tpacket3_hdr *)(void *)((uint8_t *)block + block->hdr.bh1.offset_to_first_pkt);
		if (ring->frames_left == 0) {
			ring->block = (ring->block + 1) % ring->blocks;
			ring->unreleased++;
		}
	}
	return true;
}

static void ring_take(struct ring *ring, struct frame *out, uint64_t offset_ns)
{
	const struct tpacket3_hdr *header = ring->next;
	out->data = (uint8_t *)ring->next + (ring->link.layer == LINK_ETHERNET ? header->tp_mac : header->tp_net);
	out->length = header->tp_snaplen;
	out->time_ns = header->tp_sec * SECOND_NS + header->tp_nsec - offset_ns;
	out->flags = (header->tp_status & TP_STATUS_CSUMNOTREADY ? FRAME_CHECKSUM_PARTIAL : 0) |
		     (header->tp_status & TP_STATUS_CSUM_VALID ? FRAME_CHECKSUM_VALID : 0) |
		     (header->tp_snaplen < header->tp_len ? FRAME_TRUNCATED : 0);
	ring->next = (struct tpacket3_hdr *)(void *)((uint8_t *)ring->next + header->tp_next_offset);
	if (--ring->frames_left == 0) {
		ring->block = (ring->block + 1) % ring->blocks;
		ring->unreleased++;
	}
}

static int ring_receive(struct link *link, struct frame *frames, size_t count)
{
	struct ring *ring = ring_of(link);
	size_t taken = 0;
	ring->closed |= ring_sender_push(ring->sender) == ERR_CLOSED;
	ring_release(ring);
	if (ring_advance(ring)) {
		/* The kernel stamps frames with wall-clock time. */
		uint64_t offset_ns = clock_wall_ns() - clock_monotonic_ns();
		while (taken < count && ring_advance(ring))
			ring_take(ring, &frames[taken++], offset_ns);
	}
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
	struct pollfd poll = { .fd = ring->receiver, .events = POLLIN };
	bool waiting = ring_sender_push(ring->sender) == ERR_AGAIN;
	uint64_t now_ns = ring_now(link), rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	uint64_t longest_ns = waiting ? ring_retry(ring) : UINT64_MAX;
	if (rest_ns > longest_ns)
		rest_ns = longest_ns;
	struct timespec rest = { (time_t)(rest_ns / SECOND_NS), (long)(rest_ns % SECOND_NS) };
	int ready = ring->closed ? 0 : ppoll(&poll, 1, until_ns == UINT64_MAX && !waiting ? NULL : &rest, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : ERR_SYSTEM;
	if (ready > 0 && poll.revents & (POLLERR | POLLNVAL)) {
		int error = 0;
		socklen_t length = sizeof error;
		getsockopt(ring->receiver, SOL_SOCKET, SO_ERROR, &error, &length);
		errno = error;
		ring->closed = errno_is_closed();
	}
	return 0;
}

static void ring_count(struct link *link)
{
	struct ring *ring = ring_of(link);
	struct tpacket_stats_v3 statistics = { 0 };
	socklen_t length = sizeof statistics;
	ring_sender_count(ring->sender);
	/* Reading them sets them back to zero. */
	if (getsockopt(ring->receiver, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) == 0)
		ring->counters->dropped_kernel += statistics.tp_drops;
}

static void ring_finish(struct link *link)
{
	ring_sender_finish(ring_of(link)->sender);
}

static void ring_close(struct link *link)
{
	struct ring *ring = ring_of(link);
	if (ring->memory)
		munmap(ring->memory, ring->memory_bytes);
	if (ring->receiver >= 0)
		close(ring->receiver);
	ring_sender_destroy(ring->sender);
	free(ring);
}

/* Attached before the socket receives anything, so that no frame gets past it. */
static int ring_filter(struct ring *ring, const struct link_config *config, struct error *why)
{
	struct capture_filter filter;
	if (config->keep_all)
		return 0;
	int error = capture_filter_compile(&filter, ring->link.layer, config->port_first, config->port_last, SNAPSHOT_BYTES, why);
	if (error)
		return error;
	_Static_assert(sizeof *filter.steps == sizeof(struct sock_filter), "a step is a BPF instruction");
	struct sock_fprog program = { filter.count, (struct sock_filter *)(void *)filter.steps };
	if (setsockopt(ring->receiver, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
		return error_errno(why, "cannot attach the packet filter");
	return 0;
}

static int ring_map(struct ring *ring, size_t bytes, struct error *why)
{
	int version = TPACKET_V3;
	ring->blocks = (uint32_t)((bytes ? bytes : RING_BYTES_DEFAULT) / BLOCK_BYTES);
	if (ring->blocks < 4)
		ring->blocks = 4;
	ring->memory_bytes = (size_t)ring->blocks * BLOCK_BYTES;
	struct tpacket_req3 request = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = ring->blocks,
		.tp_frame_size = FRAME_MAX, /* of no meaning in this version, but checked */
		.tp_frame_nr = ring->blocks * (BLOCK_BYTES / FRAME_MAX),
		.tp_retire_blk_tov = RETIRE_MS,
	};
	if (setsockopt(ring->receiver, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(ring->receiver, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
		return error_errno(why, "cannot make a receive ring of %zu bytes", ring->memory_bytes);
	void *memory = mmap(NULL, ring->memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->receiver, 0);
	if (memory == MAP_FAILED)
		return error_errno(why, "cannot map the receive ring");
	ring->memory = memory;
	return 0;
}

static int ring_bind(struct ring *ring, int index, bool promiscuous, struct error *why)
{
	int yes = 1;
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htobe16(ETH_P_ALL), .sll_ifindex = index };
	struct packet_mreq member = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	if (setsockopt(ring->receiver, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) < 0)
		return error_errno(why, "cannot leave outgoing frames out (Linux 4.20 or later is needed)");
	if (promiscuous && setsockopt(ring->receiver, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &member, sizeof member) < 0)
		return error_errno(why, "cannot make the interface promiscuous");
	if (bind(ring->receiver, (struct sockaddr *)&address, sizeof address) < 0)
		return error_errno(why, "cannot listen on the interface");
	return 0;
}

static int ring_start(struct ring *ring, const struct link_config *config, const struct interface *interface,
		      struct error *why)
{
	int type = (ring->link.layer == LINK_ETHERNET ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC;
	ring->receiver = socket(AF_PACKET, type, 0);
	if (ring->receiver < 0)
		return errno == EPERM ? error_set(why, ERR_PERMISSION, "not permitted to open a packet socket on %s (root or "
						  "CAP_NET_RAW is needed)", interface->name) :
					error_errno(why, "cannot open a packet socket on %s", interface->name);
	int error = ring_filter(ring, config, why);
	if (!error)
		error = ring_map(ring, config->ring_bytes, why);
	if (!error)
		error = ring_bind(ring, interface->index, config->promiscuous, why);
	return error ? error : ring_sender_create(&ring->sender, interface, config->counters, why);
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
	ring->receiver = -1;
	error = ring_start(ring, config, &interface, why);
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
	.receive = ring_receive,
	.wait = ring_wait,
	.now = ring_now,
	.count = ring_count,
	.finish = ring_finish,
	.close = ring_close,
};
