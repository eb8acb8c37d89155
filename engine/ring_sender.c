#include "ring_sender.h"

#include "clock.h"

#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOT_BYTES 2176u /* the kernel's header, and FRAME_MAX; no power of 2, so that slots do not share cache sets */
#define BLOCK_SLOTS 30u
#define BLOCK_BYTES (64u << 10)
#define BLOCKS 69u
#define SLOTS (BLOCKS * BLOCK_SLOTS)
#define SLOT_HEAD TPACKET_ALIGN(sizeof(struct tpacket2_hdr)) /* where the kernel looks for the frame */
#define SEND_BUFFER_BYTES (8 << 20)
#define BATCH 128u /* of sendmmsg */
/* What an interface has no room for leaves at once when it has, whatever the pace: no more than this and a batch wait for it. */
#define WAITING_MAX 128u
#define FINISH_NS 20000000ull
#define FINISH_PAUSE_NS 50000

_Static_assert(BLOCK_SLOTS *SLOT_BYTES <= BLOCK_BYTES, "slots do not straddle blocks");
_Static_assert(SLOT_HEAD + sizeof(struct virtio_net_hdr) + FRAME_MAX <= SLOT_BYTES, "the longest frame fits");

struct ring_sender {
	struct counters *counters;
	int handle;
	uint32_t frame_max; /* longest frame the interface takes */
	uint8_t *memory; /* NULL: frames go by sendmmsg */
	uint32_t vnet_bytes; /* of the header before each frame that tells the kernel to copy all of it; 0: not known here */
	uint32_t put; /* the slot to fill next */
	uint32_t waiting; /* slots before it that the kernel is not known to have taken */
	uint32_t left; /* how many it has taken, modulo 2^32 */
	uint32_t in_flight; /* slots before `put` whose frames had not left when that was last asked */
	uint32_t unfinished; /* what of `waiting` counts as send_unfinished */
	struct sockaddr_ll to[2]; /* sendmmsg: where IPv4 and IPv6 packets go */
	struct mmsghdr messages[BATCH];
	struct iovec parts[BATCH];
};

static bool errno_is_closed(void)
{
	return errno == ENETDOWN || errno == ENXIO || errno == ENODEV;
}

/* --- the ring ------------------------------------------------------------------------------------------------------------------ */

static struct tpacket2_hdr *slot_at(const struct ring_sender *sender, uint32_t slot)
{
	return (struct tpacket2_hdr *)(void *)(sender->memory + (size_t)(slot / BLOCK_SLOTS) * BLOCK_BYTES +
					       slot % BLOCK_SLOTS * SLOT_BYTES);
}

static bool slot_is_free(const struct tpacket2_hdr *slot)
{
	return !(__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & (TP_STATUS_SEND_REQUEST | TP_STATUS_SENDING));
}

static uint32_t slot_after(uint32_t slot)
{
	return slot + 1 == SLOTS ? 0 : slot + 1;
}

/* The one that was filled so many slots ago. */
static uint32_t slot_before_put(const struct ring_sender *sender, uint32_t count)
{
	return sender->put >= count ? sender->put - count : sender->put + SLOTS - count;
}

static bool slot_is_taken(const struct tpacket2_hdr *slot)
{
	return !(__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & (TP_STATUS_SEND_REQUEST | TP_STATUS_WRONG_FORMAT));
}

/* The kernel takes slots in order: when it has the last, it has all. To look at each would be dear where another core is done with
 * the frames and writes that into them meanwhile. */
static void look_what_left(struct ring_sender *sender)
{
	if (sender->waiting > 0 && slot_is_taken(slot_at(sender, slot_before_put(sender, 1)))) {
		sender->left += sender->waiting;
		sender->waiting = 0;
	}
	uint32_t slot = slot_before_put(sender, sender->waiting);
	while (sender->waiting > 0 && slot_is_taken(slot_at(sender, slot))) {
		slot = slot_after(slot);
		sender->waiting--;
		sender->left++;
	}
}

/* At a frame that it refuses, such as one that a smaller MTU has made too long, the kernel stops (tpacket_snd). The last frame
 * that waits takes its place, so that the others do not wait for ever. False when there is none. */
static bool replace_refused(struct ring_sender *sender)
{
	uint32_t first = slot_before_put(sender, sender->waiting);
	struct tpacket2_hdr *refused = slot_at(sender, first);
	if (sender->waiting == 0 || !(__atomic_load_n(&refused->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_WRONG_FORMAT))
		return false;
	sender->put = sender->put > 0 ? sender->put - 1 : SLOTS - 1;
	sender->waiting--;
	sender->in_flight -= sender->in_flight > 0;
	sender->counters->send_errors++;
	struct tpacket2_hdr *last = slot_at(sender, sender->put);
	uint32_t length = last->tp_len;
	__atomic_store_n(&last->tp_status, TP_STATUS_AVAILABLE, __ATOMIC_RELEASE);
	if (last == refused)
		return false;
	memcpy((uint8_t *)refused + SLOT_HEAD, (uint8_t *)last + SLOT_HEAD, length);
	refused->tp_len = length;
	__atomic_store_n(&refused->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
	return true;
}

/* What the interface or the socket has no room for stays in its slot (tpacket_snd leaves it as it was), so nothing is lost. */
int ring_sender_push(struct ring_sender *sender)
{
	if (sender->waiting == 0)
		return 0;
	bool closed;
	do {
		closed = sendto(sender->handle, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno_is_closed();
		look_what_left(sender);
	} while (replace_refused(sender) && !closed);
	return closed ? ERR_CLOSED : sender->waiting > 0 ? ERR_AGAIN : 0;
}

static uint8_t *slot_frame(const struct ring_sender *sender, struct tpacket2_hdr *slot)
{
	return (uint8_t *)slot + SLOT_HEAD + sender->vnet_bytes;
}

size_t ring_sender_reserve(struct ring_sender *sender, struct frame *frames, size_t count)
{
	size_t taken = 0;
	if (sender->waiting > WAITING_MAX)
		return 0;
	for (uint32_t slot = sender->put; sender->memory && taken < count && taken < SLOTS; slot = slot_after(slot)) {
		if (!slot_is_free(slot_at(sender, slot)))
			break;
		frames[taken++].data = slot_frame(sender, slot_at(sender, slot));
	}
	return taken;
}

/* With a header that says so, the kernel copies all of the frame at once into the packet's own memory. Without, it takes the
 * slot's pages into the packet, which costs more than copying a SYN does, on both sides of veth. */
static void fill_slot(struct ring_sender *sender, struct tpacket2_hdr *slot, const struct frame *frame)
{
	uint8_t *at = slot_frame(sender, slot);
	if (sender->vnet_bytes) {
		struct virtio_net_hdr header = { .hdr_len = (uint16_t)frame->length };
		memcpy(at - sizeof header, &header, sizeof header);
	}
	if (frame->data != at)
		memcpy(at, frame->data, frame->length);
	slot->tp_len = frame->length + sender->vnet_bytes;
	__atomic_store_n(&slot->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
}

static int send_by_ring(struct ring_sender *sender, const struct frame *frames, size_t count)
{
	size_t taken = 0;
	int error = sender->waiting > WAITING_MAX ? ring_sender_push(sender) : 0;
	if (error == ERR_AGAIN && sender->waiting <= WAITING_MAX)
		error = 0;
	while (taken < count && error == 0) {
		for (; taken < count; taken++) {
			struct tpacket2_hdr *slot = slot_at(sender, sender->put);
			if (frames[taken].length < ETH_HLEN || frames[taken].length > sender->frame_max) {
				sender->counters->send_errors++;
				continue;
			}
			if (!slot_is_free(slot))
				break;
			fill_slot(sender, slot, &frames[taken]);
			sender->put = slot_after(sender->put);
			sender->waiting++;
			sender->in_flight++;
		}
		error = ring_sender_push(sender);
		if (error == 0 && taken < count && !slot_is_free(slot_at(sender, sender->put)))
			error = ERR_AGAIN; /* all are on their way */
	}
	sender->counters->send_waits += error == ERR_AGAIN;
	return taken == 0 && error == ERR_CLOSED ? ERR_CLOSED : (int)taken;
}

static int make_ring(struct ring_sender *sender, struct error *why)
{
	int version = TPACKET_V2, yes = 1;
	struct tpacket_req request = { .tp_block_size = BLOCK_BYTES, .tp_block_nr = BLOCKS, .tp_frame_size = SLOT_BYTES,
				       .tp_frame_nr = BLOCKS * BLOCK_SLOTS };
	if (setsockopt(sender->handle, SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof yes) == 0)
		sender->vnet_bytes = sizeof(struct virtio_net_hdr);
	if (setsockopt(sender->handle, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(sender->handle, SOL_PACKET, PACKET_TX_RING, &request, sizeof request) < 0)
		return error_errno(why, "cannot make a send ring of %u frames", SLOTS);
	void *memory = mmap(NULL, (size_t)BLOCKS * BLOCK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, sender->handle, 0);
	if (memory == MAP_FAILED)
		return error_errno(why, "cannot map the send ring");
	sender->memory = memory;
	return 0;
}

/* --- sendmmsg ------------------------------------------------------------------------------------------------------------------ */

static int send_messages(struct ring_sender *sender, unsigned count)
{
	int sent = sendmmsg(sender->handle, sender->messages, count, MSG_DONTWAIT);
	if (sent >= 0)
		return sent;
	if (errno == EINTR)
		return 0;
	if (errno == EAGAIN || errno == ENOBUFS) {
		sender->counters->send_waits++;
		return 0;
	}
	if (errno_is_closed())
		return ERR_CLOSED;
	sender->counters->send_errors++;
	return 1;
}

static int send_by_messages(struct ring_sender *sender, const struct frame *frames, size_t count)
{
	size_t taken = 0;
	while (taken < count) {
		unsigned batch = count - taken < BATCH ? (unsigned)(count - taken) : BATCH;
		for (unsigned i = 0; i < batch; i++) {
			const struct frame *frame = &frames[taken + i];
			sender->parts[i] = (struct iovec){ frame->data, frame->length };
			sender->messages[i].msg_hdr = (struct msghdr){
				.msg_iov = &sender->parts[i], .msg_iovlen = 1,
				.msg_name = &sender->to[frame->length && frame->data[0] >> 4 == 6], .msg_namelen = sizeof *sender->to };
		}
		int sent = send_messages(sender, batch);
		if (sent < 0)
			return taken > 0 ? (int)taken : sent;
		taken += (unsigned)sent;
		if (sent == 0)
			break;
	}
	return (int)taken;
}

int ring_sender_send(struct ring_sender *sender, const struct frame *frames, size_t count)
{
	return sender->memory ? send_by_ring(sender, frames, count) : send_by_messages(sender, frames, count);
}

/* --- life ---------------------------------------------------------------------------------------------------------------------- */

/* Straight to the driver: the queueing discipline costs as much as building the frame, and would let a full queue's packets
 * be dropped where the driver says that it is full. */
static void set_up(struct ring_sender *sender)
{
	int yes = 1, buffer = SEND_BUFFER_BYTES;
	setsockopt(sender->handle, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);
	if (setsockopt(sender->handle, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer) < 0)
		setsockopt(sender->handle, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
}

/* LINK_RAW_IP interfaces may want a header of their own (PPP, GRE), which the kernel puts before SOCK_DGRAM packets. */
static int start(struct ring_sender *sender, const struct interface *interface, struct error *why)
{
	bool ethernet = interface->layer == LINK_ETHERNET;
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = interface->index }; /* protocol 0 receives nothing */
	sender->handle = socket(AF_PACKET, (ethernet ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC, 0);
	if (sender->handle < 0)
		return errno == EPERM ? error_set(why, ERR_PERMISSION, "not permitted to open a packet socket on %s (root or "
						  "CAP_NET_RAW is needed)", interface->name) :
					error_errno(why, "cannot open a packet socket on %s", interface->name);
	for (int i = 0; i < 2; i++) {
		sender->to[i] = address;
		sender->to[i].sll_protocol = htobe16(i ? ETH_P_IPV6 : ETH_P_IP);
	}
	set_up(sender);
	int error = ethernet ? make_ring(sender, why) : 0;
	if (error)
		return error;
	if (bind(sender->handle, (struct sockaddr *)&address, sizeof address) < 0)
		return error_errno(why, "cannot send on the interface");
	return 0;
}

int ring_sender_create(struct ring_sender **out, const struct interface *interface, struct counters *counters,
		       struct error *why)
{
	struct ring_sender *sender = calloc(1, sizeof *sender);
	if (!sender)
		return error_set(why, ERR_NO_MEMORY, "out of memory for sending on %s", interface->name);
	sender->counters = counters;
	sender->handle = -1;
	sender->frame_max = interface->mtu + ETH_HLEN < FRAME_MAX ? interface->mtu + ETH_HLEN : FRAME_MAX;
	int error = start(sender, interface, why);
	if (error) {
		ring_sender_destroy(sender);
		return error;
	}
	*out = sender;
	return 0;
}

uint32_t ring_sender_left(const struct ring_sender *sender)
{
	return sender->left;
}

/* A slot is free again when the interface is done with its frame (tpacket_destruct_skb). */
uint32_t ring_sender_in_flight(struct ring_sender *sender)
{
	uint32_t slot = slot_before_put(sender, sender->in_flight);
	for (; sender->in_flight > 0 && slot_is_free(slot_at(sender, slot)); slot = slot_after(slot))
		sender->in_flight--;
	return sender->in_flight;
}

void ring_sender_count(struct ring_sender *sender)
{
	sender->counters->send_unfinished += sender->waiting;
	sender->counters->send_unfinished -= sender->unfinished;
	sender->unfinished = sender->waiting;
}

void ring_sender_finish(struct ring_sender *sender)
{
	uint64_t end_ns = clock_monotonic_ns() + FINISH_NS;
	while (ring_sender_push(sender) == ERR_AGAIN && clock_monotonic_ns() < end_ns)
		ppoll(NULL, 0, &(struct timespec){ 0, FINISH_PAUSE_NS }, NULL);
	ring_sender_count(sender);
}

void ring_sender_destroy(struct ring_sender *sender)
{
	if (!sender)
		return;
	if (sender->memory) {
		ring_sender_finish(sender);
		munmap(sender->memory, (size_t)BLOCKS * BLOCK_BYTES);
	}
	if (sender->handle >= 0)
		close(sender->handle);
	free(sender);
}
