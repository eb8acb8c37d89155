/* The lower seam: a link moves frames and owns time. Implementations: link_ring, link_xdp, link_pcap, link_sim; link_trace
 * and link_fault wrap another link. */
#ifndef SONDE_LINK_H
#define SONDE_LINK_H

#include "address.h"
#include "counters.h"
#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xdp_program;

/* What stands before the IP header of a frame. */
enum link_layer {
	LINK_ETHERNET, /* 14 bytes (IEEE 802.3), one 802.1Q tag tolerated on receive */
	LINK_RAW_IP, /* nothing: tun, VPN, DLT_RAW */
	LINK_NULL, /* 4 bytes of address family in host order: BSD loopback, DLT_NULL */
	LINK_COOKED, /* 16 bytes, Linux cooked capture v1, DLT_LINUX_SLL: receive only (pcap files) */
};

/* Longest frame, in bytes, that a link sends. The ring and pcap hand up longer ones, up to 64 KiB, where the kernel merges
 * segments (GRO); links that copy cut them (FRAME_TRUNCATED). */
#define FRAME_MAX 2048

enum frame_flag {
	FRAME_CHECKSUM_PARTIAL = 1, /* transport checksum not filled in: it never left this machine (TP_STATUS_CSUMNOTREADY) */
	FRAME_CHECKSUM_VALID = 2, /* the kernel or the card verified it already (TP_STATUS_CSUM_VALID) */
	FRAME_TRUNCATED = 4, /* cut to FRAME_MAX or to the link's snapshot length */
	FRAME_CHECKSUM_UNKNOWN = 8, /* the link cannot tell (pcap): a checksum that looks PARTIAL is taken for it */
};

/* One frame. `data` belongs to the caller when sending, to the link (until its next receive) when receiving. */
struct frame {
	uint8_t *data;
	uint32_t length;
	uint32_t flags; /* enum frame_flag */
	uint64_t time_ns; /* when it was received, on the link's clock; 0 when sending */
};

struct link_config {
	const char *interface; /* ring, xdp, pcap: interface name; pcap: or a capture file to read from when `file` is set */
	const char *file; /* pcap: read frames from here, send to nowhere; NULL otherwise */
	uint16_t port_first, port_last; /* our source ports: frames to other TCP ports are filtered in the kernel */
	const struct address *addresses; /* xdp: our source addresses, frames to others stay the kernel's; NULL: any */
	size_t address_count;
	bool keep_all; /* trace of everything on the interface: no kernel filter */
	bool promiscuous;
	uint64_t seed; /* sim, fault */
	size_t ring_bytes; /* ring, xdp: receive ring size; 0: the default (16 MiB, 8 MiB, for all workers together) */
	uint32_t worker, workers; /* ring, xdp: whose link of how many on the interface, which share out the memory; 0: it is alone */
	struct xdp_program *program; /* xdp, with several workers: link_xdp_share; outlives them */
	struct counters *counters; /* where the link counts what is dropped, refused and held up; outlives the link */
};

struct link;

struct link_ops {
	const char *name;
	/* Opens; on failure nothing is left open and `why` has the sentence. */
	int (*open)(struct link **out, const struct link_config *config, struct error *why);
	/* Sends a batch; returns how many frames, from the first on, it took (0 when full), or a negative ERR_*. */
	int (*send)(struct link *link, const struct frame *frames, size_t count);
	/* Places to build frames in: sets `data` of up to `count` frames, FRAME_MAX bytes each, and returns how many. What is
	 * sent next, if it is these, from the first on and in order, is not copied. NULL where the link has none. */
	size_t (*reserve)(struct link *link, struct frame *frames, size_t count);
	/* Frames it took that have not left yet, whether they wait here or in the interface. NULL where nobody knows. */
	uint32_t (*in_flight)(struct link *link);
	/* Receives up to `count` frames without waiting; returns how many. They are valid until the next receive. ERR_CLOSED
	 * when no frame can come any more (end of a capture file, interface gone). */
	int (*receive)(struct link *link, struct frame *frames, size_t count);
	/* Sleeps until a frame may be there, until_ns on now()'s clock, or a signal. 0 or ERR_*. */
	int (*wait)(struct link *link, uint64_t until_ns);
	/* Nanoseconds: CLOCK_MONOTONIC on real links, virtual in the simulator. */
	uint64_t (*now)(const struct link *link);
	/* Brings counters such as dropped_kernel up to date. May be NULL. */
	void (*count)(struct link *link);
	/* Waits a moment for the last frames it took to leave; those that do not are counted (send_unfinished). For the end of
	 * sending; closing does the same, too late to be reported. NULL where none has to wait. */
	void (*finish)(struct link *link);
	void (*close)(struct link *link);
};

/* First member of every link's own struct. */
struct link {
	const struct link_ops *ops;
	enum link_layer layer;
	uint8_t mac[6]; /* ours; zero where the layer has none */
	uint32_t mtu; /* bytes of IP packet; 1500 where unknown */
};

#endif
