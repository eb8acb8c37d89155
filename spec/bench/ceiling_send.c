/* How fast this machine sends SYNs when nothing else has to be done: one frame, of which only the address changes.
 *   ceiling_send sendmmsg|ring|xdp INTERFACE GATEWAY_MAC COUNT [answer]
 * `answer`: SYN-ACKs to 192.0.2.2, ports 61000-65023, in place of SYNs to 198.18.0.0/15. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 256u
#define SLOTS 4096u
#define SLOT_BYTES 2048u
#define LENGTH 54u

static uint8_t template[LENGTH];
static int interface, answers;
static uint32_t address_at;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t sum(const uint8_t *bytes, unsigned length)
{
	uint32_t total = 0;
	for (unsigned i = 0; i < length; i += 2)
		total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return total;
}

static void put_checksum(uint8_t *at, uint32_t total)
{
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	at[0] = (uint8_t)(~total >> 8);
	at[1] = (uint8_t)~total;
}

static void fill_template(const char *name, const char *mac)
{
	struct ifreq request = { 0 };
	int handle = socket(AF_INET, SOCK_DGRAM, 0);
	uint8_t *ip = template + 14, *tcp = template + 34;
	strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
	if (ioctl(handle, SIOCGIFHWADDR, &request) < 0)
		die(name);
	close(handle);
	memcpy(template + 6, request.ifr_hwaddr.sa_data, 6);
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", template, template + 1, template + 2, template + 3, template + 4,
		   template + 5) != 6)
		die("mac");
	template[12] = 8;
	memcpy(ip, "\x45\0\0\x28\0\0\x40\0\x40\x06\0\0\xc0\0\x02\x02\xc6\x12\0\0", 20);
	memcpy(tcp, "\xee\x48\0\x50\0\0\0\x01\0\0\0\0\x50\x02\xff\xff\0\0\0\0", 20);
	if (answers) {
		memcpy(ip + 12, "\xc6\x12\0\0\xc0\0\x02\x02", 8);
		memcpy(tcp, "\0\x50\xee\x48", 4);
		tcp[13] = 0x12;
	}
}

/* The next address: of the /15, in order. The checksums are made from scratch: 40 bytes, about what an increment costs. */
static void fill(uint8_t *frame)
{
	uint8_t *ip = frame + 14, *tcp = frame + 34, *address = ip + (answers ? 12 : 16);
	uint32_t at = address_at++ & 0x1ffff;
	address[1] = (uint8_t)(18 + (at >> 16));
	address[2] = (uint8_t)(at >> 8);
	address[3] = (uint8_t)at;
	if (answers) {
		uint16_t port = (uint16_t)(61000 + at % 4024);
		tcp[2] = (uint8_t)(port >> 8);
		tcp[3] = (uint8_t)port;
	}
	ip[10] = ip[11] = tcp[16] = tcp[17] = 0;
	put_checksum(ip + 10, sum(ip, 20));
	put_checksum(tcp + 16, sum(ip + 12, 8) + 6 + 20 + sum(tcp, 20));
}

static int packet_socket(void)
{
	int handle = socket(AF_PACKET, SOCK_RAW, 0), buffer = 4 << 20;
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = interface };
	if (handle < 0 || bind(handle, (struct sockaddr *)&address, sizeof address) < 0)
		die("packet socket");
	setsockopt(handle, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	return handle;
}

static void send_mmsg(uint64_t count)
{
	static uint8_t frames[BATCH][64];
	static struct mmsghdr messages[BATCH];
	static struct iovec parts[BATCH];
	int handle = packet_socket();
	for (unsigned i = 0; i < BATCH; i++) {
		memcpy(frames[i], template, LENGTH);
		parts[i] = (struct iovec){ frames[i], LENGTH };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	for (uint64_t sent = 0; sent < count; sent += BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			fill(frames[i]);
		for (unsigned done = 0; done < BATCH;) {
			int got = sendmmsg(handle, messages + done, BATCH - done, 0);
			if (got > 0)
				done += (unsigned)got;
			else if (errno != ENOBUFS && errno != EAGAIN)
				die("sendmmsg");
		}
	}
}

static void push(int handle)
{
	if (sendto(handle, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 && errno != ENOBUFS && errno != EAGAIN && errno != EBUSY)
		die("sendto");
}

static void send_ring(uint64_t count)
{
	struct tpacket_req request = { .tp_block_size = SLOTS * 128, .tp_block_nr = 1, .tp_frame_size = 128, .tp_frame_nr = SLOTS };
	int handle = packet_socket(), version = TPACKET_V2;
	if (setsockopt(handle, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0 ||
	    setsockopt(handle, SOL_PACKET, PACKET_TX_RING, &request, sizeof request) < 0)
		die("ring");
	uint8_t *ring = mmap(NULL, SLOTS * 128, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle, 0);
	if (ring == MAP_FAILED)
		die("ring");
	const size_t skip = TPACKET2_HDRLEN - sizeof(struct sockaddr_ll);
	for (uint64_t sent = 0; sent < count; sent++) {
		struct tpacket2_hdr *slot = (struct tpacket2_hdr *)(ring + sent % SLOTS * 128);
		if (sent < SLOTS)
			memcpy((uint8_t *)slot + skip, template, LENGTH);
		while (__atomic_load_n(&slot->tp_status, __ATOMIC_ACQUIRE) & (TP_STATUS_SEND_REQUEST | TP_STATUS_SENDING))
			push(handle);
		fill((uint8_t *)slot + skip);
		slot->tp_len = LENGTH;
		__atomic_store_n(&slot->tp_status, TP_STATUS_SEND_REQUEST, __ATOMIC_RELEASE);
		if (sent % BATCH == BATCH - 1)
			push(handle);
	}
	while (sendto(handle, NULL, 0, 0, NULL, 0) < 0 && (errno == ENOBUFS || errno == EAGAIN))
		;
}

static uint8_t *map(int handle, size_t bytes, uint64_t page)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, handle, (off_t)page);
	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void send_xdp(uint64_t count)
{
	int handle = socket(AF_XDP, SOCK_RAW, 0), buffer = 16 << 20, budget = 512;
	uint32_t slots = SLOTS;
	size_t bytes = (size_t)SLOTS * SLOT_BYTES;
	uint8_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct xdp_umem_reg umem = { .addr = (uint64_t)(uintptr_t)memory, .len = bytes, .chunk_size = SLOT_BYTES };
	struct sockaddr_xdp address = { .sxdp_family = AF_XDP, .sxdp_ifindex = (uint32_t)interface,
					.sxdp_flags = XDP_COPY | XDP_USE_NEED_WAKEUP };
	struct xdp_mmap_offsets offsets;
	socklen_t length = sizeof offsets;
	if (setsockopt(handle, SOL_XDP, XDP_UMEM_REG, &umem, sizeof umem) < 0 ||
	    setsockopt(handle, SOL_XDP, XDP_UMEM_FILL_RING, &slots, 4) < 0 ||
	    setsockopt(handle, SOL_XDP, XDP_UMEM_COMPLETION_RING, &slots, 4) < 0 ||
	    setsockopt(handle, SOL_XDP, XDP_TX_RING, &slots, 4) < 0 ||
	    getsockopt(handle, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) < 0 ||
	    bind(handle, (struct sockaddr *)&address, sizeof address) < 0)
		die("AF_XDP");
	setsockopt(handle, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
	setsockopt(handle, SOL_XDP, 9 /* XDP_MAX_TX_SKB_BUDGET, Linux 6.17 */, &budget, sizeof budget);
	uint8_t *tx = map(handle, offsets.tx.desc + SLOTS * sizeof(struct xdp_desc), XDP_PGOFF_TX_RING);
	uint8_t *done = map(handle, offsets.cr.desc + SLOTS * 8, XDP_UMEM_PGOFF_COMPLETION_RING);
	struct xdp_desc *entries = (struct xdp_desc *)(tx + offsets.tx.desc);
	uint64_t *completed = (uint64_t *)(done + offsets.cr.desc);
	uint32_t *producer = (uint32_t *)(tx + offsets.tx.producer), *consumer = (uint32_t *)(done + offsets.cr.consumer);
	uint32_t *finished = (uint32_t *)(done + offsets.cr.producer), put = 0, taken = 0, free_count = SLOTS;
	static uint64_t free_slots[SLOTS];
	for (uint32_t i = 0; i < SLOTS; i++) {
		free_slots[i] = (uint64_t)i * SLOT_BYTES;
		memcpy(memory + free_slots[i], template, LENGTH);
	}
	for (uint64_t sent = 0; sent < count || free_count < SLOTS;) {
		for (unsigned i = 0; i < BATCH && free_count > 0 && sent < count; i++, sent++) {
			uint64_t slot = free_slots[--free_count];
			fill(memory + slot);
			entries[put++ % SLOTS] = (struct xdp_desc){ .addr = slot, .len = LENGTH };
		}
		__atomic_store_n(producer, put, __ATOMIC_RELEASE);
		push(handle);
		for (uint32_t end = __atomic_load_n(finished, __ATOMIC_ACQUIRE); taken != end; taken++)
			free_slots[free_count++] = completed[taken % SLOTS];
		__atomic_store_n(consumer, taken, __ATOMIC_RELEASE);
	}
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 2;
	uint64_t count = strtoull(argv[4], NULL, 10);
	answers = argc > 5;
	interface = (int)if_nametoindex(argv[2]);
	fill_template(argv[2], argv[3]);
	if (strcmp(argv[1], "sendmmsg") == 0)
		send_mmsg(count);
	else if (strcmp(argv[1], "ring") == 0)
		send_ring(count);
	else if (strcmp(argv[1], "xdp") == 0)
		send_xdp(count);
	else
		return 2;
	return 0;
}
