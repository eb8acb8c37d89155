/* How fast frames come out of a link when nothing is done with them: the engine's links alone.
 *   ceiling_receive ring|xdp INTERFACE
 * Prints "ready", counts until half a second passes without a frame, and prints frames, seconds and what the kernel dropped. */
#include "link_ring.h"
#include "link_xdp.h"

#include <stdio.h>
#include <string.h>

#define BATCH 64
#define QUIET_NS 500000000ull
#define PATIENCE_NS 20000000000ull

int main(int argc, char **argv)
{
	static struct frame frames[BATCH];
	static struct counters counters;
	struct error why;
	struct link *link;
	if (argc < 3)
		return 2;
	struct link_config config = { .interface = argv[2], .port_first = 61000, .port_last = 65535, .counters = &counters };
	const struct link_ops *ops = strcmp(argv[1], "xdp") == 0 ? &link_xdp_ops : &link_ring_ops;
	if (ops->open(&link, &config, &why)) {
		fprintf(stderr, "%s\n", why.text);
		return 1;
	}
	puts("ready");
	fflush(stdout);
	uint64_t first_ns = 0, last_ns = 0, start_ns = ops->now(link), total = 0, bytes = 0;
	for (;;) {
		int got = ops->receive(link, frames, BATCH);
		uint64_t now_ns = ops->now(link);
		if (got < 0 || now_ns - (last_ns ? last_ns : start_ns) > (last_ns ? QUIET_NS : PATIENCE_NS))
			break;
		for (int i = 0; i < got; i++)
			bytes += frames[i].data[frames[i].length - 1] + frames[i].length; /* touched, as a reader would */
		total += (uint64_t)got;
		if (got > 0) {
			first_ns = first_ns ? first_ns : now_ns;
			last_ns = now_ns;
		} else {
			ops->wait(link, now_ns + QUIET_NS / 5);
		}
	}
	ops->count(link);
	printf("{\"frames\": %llu, \"seconds\": %.6f, \"dropped\": %llu, \"touched\": %llu}\n", (unsigned long long)total,
	       (double)(last_ns - first_ns) / 1e9, (unsigned long long)counters.dropped_kernel, (unsigned long long)bytes);
	ops->close(link);
	return 0;
}
