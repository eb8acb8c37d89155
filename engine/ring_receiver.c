/* Blocks of many frames, which the kernel hands over when they are full or RETIRE_MS after their first frame. Frames are read in
 * place; a block goes back to the kernel at the release after the one that emptied it. */
#include "ring_receiver.h"

#include "capture_filter.h"
#include "clock.h"

#include <endian.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define RING_BYTES_DEFAULT (16u << 20)
#define RING_BYTES_MIN (2u << 20) /* of a worker's share */
#define BLOCK_BYTES (128u << 10) /* holds the longest frame the kernel merges (64 KiB) */
#define RETIRE_MS 1 /* latency of a lone frame */
#define SNAPSHOT_BYTES 66000u
#define SECOND_NS 1000000000ull

struct ring_receiver {
	int handle;
	enum link_layer layer;
	uint8_t *memory;
	size_t memory_bytes;
	uint32_t blocks;
	uint32_t block; /* the block being read */
	uint32_t unreleased; /* blocks before it that are read but may still be in use by our caller */
	uint32_t frames_left; /* in `block`; 0: not opened yet */
	struct tpacket3_hdr *next;
};

/* --- frames ------------------------------------------------------------------------------------------------------------------- */

static struct tpacket_block_desc *block_at(const struct ring_receiver *receiver, uint32_t index)
{
	return (struct tpacket_block_desc *)(void *)(receiver->memory + (size_t)index * BLOCK_BYTES);
}

/* Makes `next` the first unread frame; false when the kernel has not handed over another block. */
static bool advance(struct ring_receiver *receiver)
{
	while (receiver->frames_left == 0) {
		struct tpacket_block_desc *block = block_at(receiver, receiver->block);
		if (receiver->unreleased == receiver->blocks ||
		    !(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
			return false;
		receiver->frames_left = block->hdr.bh1.num_pkts;
		receiver->next = (struct tpacket3_hdr *)(void *)((uint8_t *)block + block->hdr.bh1.offset_to_first_pkt);
		if (receiver->frames_left == 0) {
			receiver->block = (receiver->block + 1) % receiver->blocks;
			receiver->unreleased++;
		}
	}
	return true;
}

static void take(struct ring_receiver *receiver, struct frame *out, uint64_t offset_ns)
{
	const struct tpacket3_hdr *header = receiver->next;
	out->data = (uint8_t *)receiver->next + (receiver->layer == LINK_ETHERNET ? header->tp_mac : header->tp_net);
	out->length = header->tp_snaplen;
	out->time_ns = header->tp_sec * SECOND_NS + header->tp_nsec - offset_ns;
	out->flags = (header->tp_status & TP_STATUS_CSUMNOTREADY ? FRAME_CHECKSUM_PARTIAL : 0) |
		     (header->tp_status & TP_STATUS_CSUM_VALID ? FRAME_CHECKSUM_VALID : 0) |
		     (header->tp_snaplen < header->tp_len ? FRAME_TRUNCATED : 0);
	receiver->next = (struct tpacket3_hdr *)(void *)((uint8_t *)receiver->next + header->tp_next_offset);
	if (--receiver->frames_left == 0) {
		receiver->block = (receiver->block + 1) % receiver->blocks;
		receiver->unreleased++;
	}
}

size_t ring_receiver_take(struct ring_receiver *receiver, struct frame *frames, size_t count)
{
	size_t taken = 0;
	if (!advance(receiver))
		return 0;
	/* The kernel stamps frames with wall-clock time. */
	uint64_t offset_ns = clock_wall_ns() - clock_monotonic_ns();
	while (taken < count && advance(receiver))
		take(receiver, &frames[taken++], offset_ns);
	return taken;
}

void ring_receiver_release(struct ring_receiver *receiver)
{
	for (; receiver->unreleased > 0; receiver->unreleased--) {
		uint32_t index = (receiver->block + receiver->blocks - receiver->unreleased) % receiver->blocks;
		__atomic_store_n(&block_at(receiver, index)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	}
}

int ring_receiver_handle(const struct ring_receiver *receiver)
{
	return receiver->handle;
}

bool ring_receiver_is_closed(const struct ring_receiver *receiver)
{
	int error = 0;
	socklen_t length = sizeof error;
	getsockopt(receiver->handle, SOL_SOCKET, SO_ERROR, &error, &length);
	return error == ENETDOWN || error == ENXIO || error == ENODEV;
}

uint64_t ring_receiver_dropped(struct ring_receiver *receiver)
{
	struct tpacket_stats_v3 statistics = { 0 };
	socklen_t length = sizeof statistics;
	/* Reading them sets them back to zero. */
	getsockopt(receiver->handle, SOL_PACKET, PACKET_STATISTICS, &statistics, &length);
	return statistics.tp_drops;
}

/* --- making one --------------------------------------------------------------------------------------------------------------- */

/* Attached before the socket receives anything, so that no frame gets past it. */
static int attach_filter(struct ring_receiver *receiver, const struct link_config *config, struct error *why)
{
	struct capture_filter filter;
	if (config->keep_all)
		return 0;
	int error = capture_filter_compile(&filter, receiver->layer, config->port_first, config->port_last, SNAPSHOT_BYTES, why);
	if (error)
		return error;
	_Static_assert(sizeof *filter.steps == sizeof(struct sock_filter), "a step is a BPF instruction");
	struct sock_fprog program = { filter.count, (struct sock_filter *)(void *)filter.steps };
	if (setsockopt(receiver->handle, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0)
		return error_errno(why, "cannot attach the packet filter");
	return 0;
}

static int map_ring(struct ring_receiver *receiver, const struct link_config *config, struct error *why)
{
	int version = TPACKET_V3;
	uint32_t share = RING_BYTES_DEFAULT / (config->workers ? config->workers : 1);
	size_t bytes = config->ring_bytes ? config->ring_bytes : share > RING_BYTES_MIN ? share : RING_BYTES_MIN;
	receiver->blocks = (uint32_t)(bytes / BLOCK_BYTES);
	if (receiver->blocks < 4)
		receiver->blocks = 4;
	receiver->memory_bytes = (size_t)receiver->blocks * BLOCK_BYTES;
	struct tpacket_req3 request = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = receiver->blocks,
		.tp_frame_size = FRAME_MAX, /* of no meaning in this version, but checked */
		.tp_frame_nr = receiver->blocks * (BLOCK_BYTES / FRAME_MAX),
		.tp_retire_blk_tov = RETIRE_MS,
	};
	if (setsockopt(receiver->handle, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(receiver->handle, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
		return error_errno(why, "cannot make a receive ring of %zu bytes", receiver->memory_bytes);
	void *memory = mmap(NULL, receiver->memory_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, receiver->handle, 0);
	if (memory == MAP_FAILED)
		return error_errno(why, "cannot map the receive ring");
	receiver->memory = memory;
	return 0;
}

static int bind_to(struct ring_receiver *receiver, int index, bool promiscuous, struct error *why)
{
	int yes = 1;
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htobe16(ETH_P_ALL), .sll_ifindex = index };
	struct packet_mreq member = { .mr_ifindex = index, .mr_type = PACKET_MR_PROMISC };
	if (setsockopt(receiver->handle, SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes, sizeof yes) < 0)
		return error_errno(why, "cannot leave outgoing frames out (Linux 4.20 or later is needed)");
	if (promiscuous && setsockopt(receiver->handle, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &member, sizeof member) < 0)
		return error_errno(why, "cannot make the interface promiscuous");
	if (bind(receiver->handle, (struct sockaddr *)&address, sizeof address) < 0)
		return error_errno(why, "cannot listen on the interface");
	return 0;
}

static int start(struct ring_receiver *receiver, const struct interface *interface, const struct link_config *config,
		 struct error *why)
{
	int type = (interface->layer == LINK_ETHERNET ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC;
	receiver->handle = socket(AF_PACKET, type, 0);
	if (receiver->handle < 0)
		return errno == EPERM ? error_set(why, ERR_PERMISSION, "not permitted to open a packet socket on %s (root or "
						  "CAP_NET_RAW is needed)", interface->name) :
					error_errno(why, "cannot open a packet socket on %s", interface->name);
	int error = attach_filter(receiver, config, why);
	if (!error)
		error = map_ring(receiver, config, why);
	return error ? error : bind_to(receiver, interface->index, config->promiscuous, why);
}

int ring_receiver_create(struct ring_receiver **out, const struct interface *interface, const struct link_config *config,
			 struct error *why)
{
	struct ring_receiver *receiver = calloc(1, sizeof *receiver);
	if (!receiver)
		return error_set(why, ERR_NO_MEMORY, "cannot open %s: out of memory", interface->name);
	receiver->handle = -1;
	receiver->layer = interface->layer;
	int error = start(receiver, interface, config, why);
	if (error) {
		ring_receiver_destroy(receiver);
		return error;
	}
	*out = receiver;
	return 0;
}

void ring_receiver_destroy(struct ring_receiver *receiver)
{
	if (!receiver)
		return;
	if (receiver->memory)
		munmap(receiver->memory, receiver->memory_bytes);
	if (receiver->handle >= 0)
		close(receiver->handle);
	free(receiver);
}
