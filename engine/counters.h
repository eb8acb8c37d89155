/* Every number a scan keeps. Frames add up: frames_received = frames_used + the sum of the dropped_* counters; and
 * frames_sent = what left this machine + send_errors + send_unfinished. */
#ifndef SONDE_COUNTERS_H
#define SONDE_COUNTERS_H

#include <stdint.h>

#define COUNTER_LIST(X)                                                                      \
	X(targets, "targets taken from the target set")                                      \
	X(targets_blocked, "targets skipped because the block list or allow list says so")  \
	X(targets_repeated, "targets taken once more because their worker ended before them; in targets, too") \
	X(input_malformed, "lines of --input zmap that could not be read")                    \
	X(input_unusable, "lines of --input zmap not from our address and ports, or repeated") \
	X(probes, "targets to which a first SYN (or connect) was sent")                      \
	X(probe_retries, "SYNs sent again because nothing came back")                        \
	X(frames_sent, "frames handed to the link")                                          \
	X(bytes_sent, "bytes of those frames, link header included")                         \
	X(send_errors, "frames that the link or the kernel refused for good; in frames_sent, too") \
	X(send_unfinished, "frames that the interface has not taken, at the end or so far; in frames_sent, too") \
	X(outbox_unsent, "frames that wait for the pace or the link, at the end or so far; not in frames_sent") \
	X(send_waits, "times the link was full (ENOBUFS, full ring) and frames had to wait") \
	X(sends_blocked, "frames stopped by the last check against the block list")          \
	X(outbox_full, "frames not sent because the outbox was full")                        \
	X(frames_received, "frames the link handed up")                                      \
	X(frames_used, "frames that belonged to a probe or a connection of ours")            \
	X(dropped_kernel, "frames the kernel or the card dropped before us; not in frames_received") \
	X(dropped_truncated, "dropped: shorter than its own length fields say")              \
	X(dropped_not_ip, "dropped: neither IPv4 nor IPv6")                                  \
	X(dropped_fragment, "dropped: an IP fragment")                                       \
	X(dropped_not_tcp, "dropped: neither TCP nor an ICMP error about TCP")               \
	X(dropped_malformed, "dropped: a header that contradicts itself")                    \
	X(dropped_checksum, "dropped: wrong IP, TCP or ICMP checksum")                       \
	X(dropped_not_ours, "dropped: not addressed to our address and source ports")        \
	X(dropped_cookie, "dropped: acknowledges a sequence number we never sent")           \
	X(dropped_no_flow, "dropped: for a connection that is not open (any more)")          \
	X(dropped_duplicate, "dropped: a repeated answer of a target already taken")         \
	X(dropped_flow_full, "dropped: SYN-ACK while no connection could be opened")         \
	X(dropped_sequence, "dropped: RST or segment outside the window (RFC 5961, RFC 9293)") \
	X(seen_forgotten, "answered targets forgotten early, for too many answered: each may be recorded twice") \
	X(syn_acks, "valid SYN-ACKs that opened a connection")                               \
	X(refused, "targets that answered the SYN with RST")                                 \
	X(unreachable, "targets for which an ICMP error came back")                          \
	X(filtered, "targets that did not answer, as far as they were tracked")              \
	X(connections, "connections opened, first and later ones")                           \
	X(connect_failures, "later connections that did not open")                           \
	X(retransmissions, "data or FIN segments sent again")                                \
	X(out_of_order, "segments held because an earlier one was missing")                  \
	X(out_of_order_lost, "segments dropped because the hold was full")                   \
	X(script_errors, "targets that ended in a script error")                             \
	X(records, "records written")                                                        \
	X(services, "records with verdict service")

struct counters {
#define X(name, text) uint64_t name;
	COUNTER_LIST(X)
#undef X
};

void counters_add(struct counters *to, const struct counters *from);

#endif
