/* libpcap's packets are valid until its next call only, so a batch is copied into an arena of our own. */
#include "link_pcap.h"

#include "capture_filter.h"
#include "clock.h"
#include "interface.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#define SNAPSHOT_BYTES 66000
#define ARENA_BYTES (512u << 10)
#define BUFFER_BYTES_DEFAULT (32 << 20)
#define SECOND_NS 1000000000ull
#define LOOK_NS SECOND_NS /* how often a silent interface is looked at */

struct capture {
	struct link link; /* first */
	struct counters *counters;
	pcap_t *pcap;
	bool file, closed;
	char interface[INTERFACE_NAME_MAX];
	uint64_t looked_ns; /* when the interface was last seen to be up */
	uint32_t dropped; /* as pcap_stats said last; it counts from the start */
	uint32_t used; /* bytes of the arena that the last receive filled */
	uint8_t arena[ARENA_BYTES];
};

static struct capture *capture_of(const struct link *link)
{
	return (struct capture *)link;
}

static uint64_t capture_now(const struct link *link)
{
	(void)link;
	return clock_monotonic_ns();
}

static bool errno_is_closed(void)
{
	return errno == ENETDOWN || errno == ENXIO || errno == ENODEV;
}

static int capture_send(struct link *link, const struct frame *frames, size_t count)
{
	struct capture *capture = capture_of(link);
	for (size_t i = 0; i < count && !capture->file; i++) {
		errno = 0;
		if (pcap_sendpacket(capture->pcap, frames[i].data, (int)frames[i].length) == 0)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS || errno == EINTR) {
			capture->counters->send_waits += errno != EINTR;
			return (int)i;
		}
		if (errno_is_closed()) {
			capture->closed = true;
			return i > 0 ? (int)i : ERR_CLOSED;
		}
		capture->counters->send_errors++;
	}
	return (int)count;
}

static void capture_take(struct capture *capture, const struct pcap_pkthdr *header, const u_char *bytes, uint64_t time_ns,
			 struct frame *out)
{
	uint32_t length = header->caplen < SNAPSHOT_BYTES ? header->caplen : SNAPSHOT_BYTES;
	out->data = capture->arena + capture->used;
	out->length = length;
	out->flags = FRAME_CHECKSUM_UNKNOWN | (length < header->len ? FRAME_TRUNCATED : 0);
	out->time_ns = time_ns;
	memcpy(out->data, bytes, length);
	capture->used += length;
}

/* libpcap stamps live packets with wall-clock time, in nanoseconds because we asked for them. */
static uint64_t capture_time(const struct capture *capture, const struct pcap_pkthdr *header, uint64_t now_ns,
			     uint64_t offset_ns)
{
	if (capture->file)
		return now_ns;
	uint64_t fraction = (uint64_t)header->ts.tv_usec;
	if (pcap_get_tstamp_precision(capture->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		fraction *= 1000;
	return (uint64_t)header->ts.tv_sec * SECOND_NS + fraction - offset_ns;
}

static int capture_receive(struct link *link, struct frame *frames, size_t count)
{
	struct capture *capture = capture_of(link);
	uint64_t now_ns = capture_now(link), offset_ns = clock_wall_ns() - now_ns;
	size_t taken = 0;
	capture->used = 0;
	while (taken < count && !capture->closed && capture->used + SNAPSHOT_BYTES <= ARENA_BYTES) {
		struct pcap_pkthdr *header;
		const u_char *bytes;
		int got = pcap_next_ex(capture->pcap, &header, &bytes);
		if (got == 0)
			break;
		if (got < 0)
			capture->closed = true;
		else
			capture_take(capture, header, bytes, capture_time(capture, header, now_ns, offset_ns), &frames[taken++]);
	}
	return taken == 0 && count > 0 && capture->closed ? ERR_CLOSED : (int)taken;
}

/* libpcap keeps it to itself when the interface goes down, so it is looked at: when the socket has an error, and now and
 * then when nothing comes. */
static void capture_look(struct capture *capture, bool error, uint64_t now_ns)
{
	struct interface interface;
	if (!error && now_ns - capture->looked_ns < LOOK_NS)
		return;
	capture->looked_ns = now_ns;
	capture->closed = interface_read(capture->interface, &interface, NULL) != 0;
}

static int capture_wait(struct link *link, uint64_t until_ns)
{
	struct capture *capture = capture_of(link);
	if (capture->file || capture->closed)
		return 0;
	uint64_t now_ns = capture_now(link), rest_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	/* Some systems' captures cannot be waited for without looking again at this interval. */
	const struct timeval *interval = pcap_get_required_select_timeout(capture->pcap);
	uint64_t interval_ns = interval ? (uint64_t)interval->tv_sec * SECOND_NS + (uint64_t)interval->tv_usec * 1000 : UINT64_MAX;
	rest_ns = interval_ns < rest_ns ? interval_ns : rest_ns;
	struct timespec rest = { (time_t)(rest_ns / SECOND_NS), (long)(rest_ns % SECOND_NS) };
	struct pollfd poll = { .fd = pcap_get_selectable_fd(capture->pcap), .events = POLLIN };
	int ready = ppoll(&poll, 1, until_ns == UINT64_MAX && !interval ? NULL : &rest, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : ERR_SYSTEM;
	if (ready == 0 || poll.revents & (POLLERR | POLLHUP | POLLNVAL))
		capture_look(capture, ready > 0, now_ns);
	return 0;
}

static void capture_count(struct link *link)
{
	struct capture *capture = capture_of(link);
	struct pcap_stat statistics;
	if (capture->file || pcap_stats(capture->pcap, &statistics) != 0)
		return;
	uint32_t dropped = statistics.ps_drop + statistics.ps_ifdrop;
	capture->counters->dropped_kernel += dropped - capture->dropped;
	capture->dropped = dropped;
}

static void capture_close(struct link *link)
{
	struct capture *capture = capture_of(link);
	if (capture->pcap)
		pcap_close(capture->pcap);
	free(capture);
}

static int capture_layer(struct capture *capture, const char *name, struct error *why)
{
	int type = pcap_datalink(capture->pcap);
	const char *text = pcap_datalink_val_to_name(type);
	switch (type) {
	case DLT_EN10MB:
		capture->link.layer = LINK_ETHERNET;
		return 0;
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		capture->link.layer = LINK_RAW_IP;
		return 0;
	case DLT_NULL:
	case DLT_LOOP:
		capture->link.layer = LINK_NULL;
		return 0;
	case DLT_LINUX_SLL:
		capture->link.layer = LINK_COOKED;
		if (capture->file)
			return 0;
		return error_set(why, ERR_UNSUPPORTED, "libpcap cannot send on %s; use the ring link", name);
	default:
		return error_set(why, ERR_UNSUPPORTED, "%s has a link type that is not supported (%s)", name, text ? text : "unknown");
	}
}

static int capture_filter(struct capture *capture, const struct link_config *config, struct error *why)
{
	char text[CAPTURE_FILTER_TEXT_MAX];
	struct bpf_program program;
	if (config->keep_all)
		return 0;
	capture_filter_text(text, config->port_first, config->port_last);
	if (pcap_compile(capture->pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) < 0)
		return error_set(why, ERR_INVALID, "cannot compile the packet filter: %s", pcap_geterr(capture->pcap));
	int failed = pcap_setfilter(capture->pcap, &program);
	pcap_freecode(&program);
	if (failed)
		return error_set(why, ERR_SYSTEM, "cannot attach the packet filter: %s", pcap_geterr(capture->pcap));
	return 0;
}

static int capture_activate(struct capture *capture, const struct link_config *config, struct error *why)
{
	pcap_t *pcap = capture->pcap;
	const char *name = config->interface;
	pcap_set_snaplen(pcap, SNAPSHOT_BYTES);
	pcap_set_immediate_mode(pcap, 1);
	pcap_set_promisc(pcap, config->promiscuous);
	pcap_set_buffer_size(pcap, config->ring_bytes ? (int)config->ring_bytes : BUFFER_BYTES_DEFAULT);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(pcap);
	if (status == PCAP_ERROR_PERM_DENIED)
		return error_set(why, ERR_PERMISSION, "not permitted to capture on %s (root or CAP_NET_RAW is needed)", name);
	if (status < 0)
		return error_set(why, ERR_SYSTEM, "cannot capture on %s: %s (%s)", name, pcap_statustostr(status), pcap_geterr(pcap));
	return 0;
}

static int capture_start_live(struct capture *capture, const struct link_config *config, struct error *why)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct interface interface;
	int error = interface_read(config->interface, &interface, why);
	if (error)
		return error;
	memcpy(capture->link.mac, interface.mac, 6);
	memcpy(capture->interface, interface.name, INTERFACE_NAME_MAX);
	capture->link.mtu = interface.mtu;
	capture->pcap = pcap_create(config->interface, text);
	if (!capture->pcap)
		return error_set(why, ERR_SYSTEM, "cannot capture on %s: %s", config->interface, text);
	error = capture_activate(capture, config, why);
	if (!error)
		error = capture_layer(capture, config->interface, why);
	if (!error)
		error = capture_filter(capture, config, why);
	if (error)
		return error;
	if (pcap_setdirection(capture->pcap, PCAP_D_IN) < 0 || pcap_setnonblock(capture->pcap, 1, text) < 0)
		return error_set(why, ERR_SYSTEM, "cannot capture on %s: %s%s", config->interface, pcap_geterr(capture->pcap), text);
	return 0;
}

static int capture_start_file(struct capture *capture, const struct link_config *config, struct error *why)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	capture->file = true;
	capture->link.mtu = 1500;
	capture->pcap = pcap_open_offline(config->file, text);
	if (!capture->pcap)
		return error_set(why, ERR_INVALID, "cannot read the capture file %s: %s", config->file, text);
	return capture_layer(capture, config->file, why);
}

static int capture_open(struct link **out, const struct link_config *config, struct error *why)
{
	struct capture *capture = calloc(1, sizeof *capture);
	if (!capture)
		return error_set(why, ERR_NO_MEMORY, "cannot open a capture: out of memory");
	capture->link.ops = &link_pcap_ops;
	capture->counters = config->counters;
	int error = config->file ? capture_start_file(capture, config, why) : capture_start_live(capture, config, why);
	if (error) {
		capture_close(&capture->link);
		return error;
	}
	*out = &capture->link;
	return 0;
}

const struct link_ops link_pcap_ops = {
	.name = "pcap",
	.open = capture_open,
	.send = capture_send,
	.receive = capture_receive,
	.wait = capture_wait,
	.now = capture_now,
	.count = capture_count,
	.close = capture_close,
};
