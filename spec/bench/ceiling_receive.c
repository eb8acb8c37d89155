/* How fast frames come in when nothing is done with them: bare TPACKET_V3, bare AF_XDP, and the engine's links.
 *   ceiling_receive tpacket|afxdp|ring|xdp INTERFACE [OBJECT of steer.bpf.c, for afxdp]
 * Prints "ready", counts until half a second passes without a frame, and prints frames, seconds and what the kernel dropped. */
#include "clock.h"
#include "link_ring.h"
#include "link_xdp.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define BATCH 64
#define QUIET_NS 500000000ull
#define PATIENCE_NS 20000000000ull
#define PROTOCOL_AT 23 /* in a frame of Ethernet and IPv4 */
#define SLOTS 4096u
#define SLOT_BYTES 2048u
#define BLOCK_BYTES (1u << 18)
#define BLOCKS 64u

/* One way to receive: `take` counts what has come, `wait` sleeps until there may be more. */
struct receiver {
	unsigned (*take)(struct receiver *);
	int handle;
	uint64_t bytes, dropped;
	uint8_t *memory; /* of the blocks or the frames */
	uint32_t next; /* block, or entry of the receive ring */
	uint32_t *producer, *consumer, *fill_producer;
	struct xdp_desc *received;
	uint64_t *fill;
	struct link *link;
	const struct link_ops *ops;
	struct counters counters;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void *map(int handle, size_t bytes, uint64_t page)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle, (off_t)page);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

/* --- TPACKET_V3 -------------------------------------------------------------------------------------------------------- */

static unsigned tpacket_take(struct receiver *r)
{
	struct tpacket_block_desc *block = (struct tpacket_block_desc *)(r->memory + (size_t)r->next * BLOCK_BYTES);
	if (!(__atomic_load_n(&block->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return 0;
	unsigned count = 0;
	uint8_t *at = (uint8_t *)block + block->hdr.bh1.offset_to_first_pkt;
	for (unsigned i = 0; i < block->hdr.bh1.num_pkts; i++) {
		struct tpacket3_hdr *frame = (struct tpacket3_hdr *)at;
		count += at[frame->tp_mac + PROTOCOL_AT] == IPPROTO_TCP; /* touched, as a reader would */
		r->bytes += frame->tp_snaplen;
		at += frame->tp_next_offset;
	}
	__atomic_store_n(&block->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->next = (r->next + 1) % BLOCKS;
	return count;
}

static void tpacket_open(struct receiver *r, int interface)
{
	int version = TPACKET_V3;
	struct tpacket_req3 request = { .tp_block_size = BLOCK_BYTES, .tp_block_nr = BLOCKS, .tp_frame_size = SLOT_BYTES,
					.tp_frame_nr = BLOCKS * (BLOCK_BYTES / SLOT_BYTES), .tp_retire_blk_tov = 1 };
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = interface, .sll_protocol = htons(ETH_P_IP) };
	r->handle = socket(AF_PACKET, SOCK_RAW, 0);
	if (setsockopt(r->handle, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(r->handle, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0)
		die("TPACKET_V3");
	r->memory = map(r->handle, (size_t)BLOCKS * BLOCK_BYTES, 0);
	if (bind(r->handle, (struct sockaddr *)&address, sizeof address) < 0)
		die("TPACKET_V3");
	r->take = tpacket_take;
}

/* --- AF_XDP ------------------------------------------------------------------------------------------------------------ */

static unsigned afxdp_take(struct receiver *r)
{
	uint32_t end = __atomic_load_n(r->producer, __ATOMIC_ACQUIRE), count = end - r->next, filled = *r->fill_producer;
	for (; r->next != end; r->next++) {
		struct xdp_desc *frame = &r->received[r->next % SLOTS];
		r->bytes += frame->len + r->memory[frame->addr];
		r->fill[filled++ % SLOTS] = frame->addr / SLOT_BYTES * SLOT_BYTES;
	}
	__atomic_store_n(r->consumer, end, __ATOMIC_RELEASE);
	__atomic_store_n(r->fill_producer, filled, __ATOMIC_RELEASE);
	return count;
}

/* Until the process ends the program is on the interface. */
static void steer(int handle, int interface, const char *path)
{
	LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	uint32_t queue = 0;
	if (!object || bpf_object__load(object) ||
	    bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "sockets"), &queue, &handle, BPF_ANY) < 0 ||
	    bpf_link_create(bpf_program__fd(bpf_object__next_program(object, NULL)), interface, BPF_XDP, &options) < 0)
		die(path);
}

static void afxdp_open(struct receiver *r, int interface, const char *path)
{
	uint32_t slots = SLOTS;
	size_t bytes = (size_t)SLOTS * SLOT_BYTES;
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_ifindex = (uint32_t)interface, .sxdp_flags = XDP_COPY };
	struct xdp_mmap_offsets offsets;
	socklen_t length = sizeof offsets;
	r->handle = socket(AF_XDP, SOCK_RAW, 0);
	r->memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct xdp_umem_reg umem = { .addr = (uint64_t)(uintptr_t)r->memory, .len = bytes, .chunk_size = SLOT_BYTES };
	if (setsockopt(r->handle, SOL_XDP, XDP_UMEM_REG, &umem, sizeof umem) < 0 ||
	    setsockopt(r->handle, SOL_XDP, XDP_UMEM_FILL_RING, &slots, sizeof slots) < 0 ||
	    setsockopt(r->handle, SOL_XDP, XDP_UMEM_COMPLETION_RING, &slots, sizeof slots) < 0 ||
	    setsockopt(r->handle, SOL_XDP, XDP_RX_RING, &slots, sizeof slots) < 0 ||
	    getsockopt(r->handle, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0 ||
	    bind(r->handle, (struct sockaddr *)&address, sizeof address) < 0)
		die("AF_XDP");
	uint8_t *rx = map(r->handle, offsets.rx.desc + SLOTS * sizeof(struct xdp_desc), XDP_PGOFF_RX_RING);
	uint8_t *fill = map(r->handle, offsets.fr.desc + SLOTS * sizeof(uint64_t), XDP_UMEM_PGOFF_FILL_RING);
	r->received = (struct xdp_desc *)(rx + offsets.rx.desc);
	r->producer = (uint32_t *)(rx + offsets.rx.producer);
	r->consumer = (uint32_t *)(rx + offsets.rx.consumer);
	r->fill = (uint64_t *)(fill + offsets.fr.desc);
	r->fill_producer = (uint32_t *)(fill + offsets.fr.producer);
	for (uint32_t i = 0; i < SLOTS; i++)
		r->fill[i] = (uint64_t)i * SLOT_BYTES;
	__atomic_store_n(r->fill_producer, SLOTS, __ATOMIC_RELEASE);
	steer(r->handle, interface, path);
	r->take = afxdp_take;
}

/* --- the engine's links ------------------------------------------------------------------------------------------------ */

static unsigned link_take(struct receiver *r)
{
	static struct frame frames[BATCH];
	int got = r->ops->receive(r->link, frames, BATCH);
	for (int i = 0; i < got; i++)
		r->bytes += frames[i].data[0] + frames[i].length;
	return got > 0 ? (unsigned)got : 0;
}

static void link_open(struct receiver *r, const char *interface, const struct link_ops *ops)
{
	struct link_config config = { .interface = interface, .port_first = 61000, .port_last = 65535, .counters = &r->counters };
	struct error why;
	if (ops->open(&r->link, &config, &why)) {
		fprintf(stderr, "%s\n", why.text);
		exit(1);
	}
	r->ops = ops;
	r->take = link_take;
}

/* ----------------------------------------------------------------------------------------------------------------------- */

static void open_by_name(struct receiver *r, int argc, char **argv)
{
	int interface = (int)if_nametoindex(argv[2]);
	if (strcmp(argv[1], "tpacket") == 0)
		tpacket_open(r, interface);
	else if (strcmp(argv[1], "afxdp") == 0 && argc > 3)
		afxdp_open(r, interface, argv[3]);
	else
		link_open(r, argv[2], strcmp(argv[1], "xdp") == 0 ? &link_xdp_ops : &link_ring_ops);
}

static void pause_for_more(struct receiver *r, uint64_t now_ns)
{
	struct pollfd one = { .fd = r->handle, .events = POLLIN };
	if (r->link)
		r->ops->wait(r->link, now_ns + QUIET_NS / 5);
	else
		poll(&one, 1, (int)(QUIET_NS / 5 / 1000000));
}

static void count_dropped(struct receiver *r)
{
	struct tpacket_stats_v3 packets = { 0 };
	struct xdp_statistics frames = { 0 };
	socklen_t length = sizeof packets, frames_length = sizeof frames;
	if (r->link) {
		r->ops->count(r->link);
		r->dropped = r->counters.dropped_kernel;
	} else if (getsockopt(r->handle, SOL_PACKET, PACKET_STATISTICS, &packets, &length) == 0) {
		r->dropped = packets.tp_drops;
	} else if (getsockopt(r->handle, SOL_XDP, XDP_STATISTICS, &frames, &frames_length) == 0) {
		r->dropped = frames.rx_dropped + frames.rx_ring_full + frames.rx_fill_ring_empty_descs;
	}
}

int main(int argc, char **argv)
{
	static struct receiver r;
	if (argc < 3)
		return 2;
	open_by_name(&r, argc, argv);
	puts("ready");
	fflush(stdout);
	uint64_t first_ns = 0, last_ns = 0, start_ns = clock_monotonic_ns(), total = 0;
	for (;;) {
		unsigned got = r.take(&r);
		uint64_t now_ns = clock_monotonic_ns();
		if (now_ns - (last_ns ? last_ns : start_ns) > (last_ns ? QUIET_NS : PATIENCE_NS))
			break;
		total += got;
		if (got > 0) {
			first_ns = first_ns ? first_ns : now_ns;
			last_ns = now_ns;
		} else {
			pause_for_more(&r, now_ns);
		}
	}
	count_dropped(&r);
	printf("{\"frames\": %llu, \"seconds\": %.6f, \"dropped\": %llu, \"touched\": %llu}\n", (unsigned long long)total,
	       (double)(last_ns - first_ns) / 1e9, (unsigned long long)r.dropped, (unsigned long long)r.bytes);
	if (r.link)
		r.ops->close(r.link);
	return 0;
}
