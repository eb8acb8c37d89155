/* A link that writes every frame another link sends and receives into a capture file. */
#ifndef SONDE_LINK_TRACE_H
#define SONDE_LINK_TRACE_H

#include "error.h"
#include "link.h"

/* Wraps `inner`, which belongs to the trace from now on (on failure it stays the caller's) and is closed with it.
 * Nanosecond pcap, link type by the inner link's layer. Times are wall-clock where the inner link's clock is
 * CLOCK_MONOTONIC, else that clock itself. A truncated frame's full length is not known and is written as its length. */
int link_trace_open(struct link **out, struct link *inner, const char *file, struct error *why);

/* True once, with the sentence in `why`, after writing has failed: the scan goes on, the file ends there. */
bool link_trace_failed(struct link *link, struct error *why);

#endif
