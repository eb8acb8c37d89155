/* The classic pcap format with magic a1b23c4d: a file header, then one record header and the bytes per frame. */
#include "link_trace.h"

#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PCAP_MAGIC_NANOSECONDS 0xa1b23c4du
#define SECOND_NS 1000000000ull
#define SNAPSHOT_BYTES 262144u /* no frame is longer */
/* The inner link's clock is taken for CLOCK_MONOTONIC when it is this close to it. */
#define CLOCK_CLOSE_NS SECOND_NS

enum pcap_link_type { DLT_NULL_ = 0, DLT_ETHERNET_ = 1, DLT_RAW_ = 101, DLT_LINUX_COOKED_ = 113 };

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	int32_t zone;
	uint32_t accuracy, snapshot_length, link_type;
};

struct record_header {
	uint32_t seconds, nanoseconds, captured, length;
};

struct trace {
	struct link link; /* first */
	struct link *inner;
	FILE *stream; /* NULL after a failure */
	uint64_t offset_ns; /* added to the inner link's clock */
	char *name;
	int failure; /* errno of the failed write, until it was reported */
};

static struct trace *trace_of(const struct link *link)
{
	return (struct trace *)link;
}

static void trace_stop(struct trace *trace)
{
	trace->failure = errno;
	fclose(trace->stream);
	trace->stream = NULL;
}

static void trace_write(struct trace *trace, const struct frame *frame, uint64_t time_ns)
{
	if (!trace->stream)
		return;
	uint64_t wall_ns = time_ns + trace->offset_ns;
	struct record_header header = {
		.seconds = (uint32_t)(wall_ns / SECOND_NS),
		.nanoseconds = (uint32_t)(wall_ns % SECOND_NS),
		.captured = frame->length,
		.length = frame->length,
	};
	if (fwrite(&header, sizeof header, 1, trace->stream) != 1 ||
	    (frame->length > 0 && fwrite(frame->data, frame->length, 1, trace->stream) != 1))
		trace_stop(trace);
}

static int trace_send(struct link *link, const struct frame *frames, size_t count)
{
	struct trace *trace = trace_of(link);
	/* Taken before sending, or an answer could seem to come before its question. */
	uint64_t now_ns = trace->inner->ops->now(trace->inner);
	int taken = trace->inner->ops->send(trace->inner, frames, count);
	for (int i = 0; i < taken; i++)
		trace_write(trace, &frames[i], now_ns);
	return taken;
}

static uint32_t trace_in_flight(struct link *link)
{
	struct link *inner = trace_of(link)->inner;
	return inner->ops->in_flight ? inner->ops->in_flight(inner) : 0;
}

static int trace_receive(struct link *link, struct frame *frames, size_t count)
{
	struct trace *trace = trace_of(link);
	int taken = trace->inner->ops->receive(trace->inner, frames, count);
	for (int i = 0; i < taken; i++)
		trace_write(trace, &frames[i], frames[i].time_ns);
	return taken;
}

static void trace_flush(struct trace *trace)
{
	if (trace->stream && fflush(trace->stream) != 0)
		trace_stop(trace);
}

/* Nothing is happening: the time to let the reader of the file see what did. */
static int trace_wait(struct link *link, uint64_t until_ns)
{
	struct trace *trace = trace_of(link);
	trace_flush(trace);
	return trace->inner->ops->wait(trace->inner, until_ns);
}

static uint64_t trace_now(const struct link *link)
{
	const struct link *inner = trace_of(link)->inner;
	return inner->ops->now(inner);
}

static void trace_count(struct link *link)
{
	struct link *inner = trace_of(link)->inner;
	if (inner->ops->count)
		inner->ops->count(inner);
}

static void trace_finish(struct link *link)
{
	struct link *inner = trace_of(link)->inner;
	if (inner->ops->finish)
		inner->ops->finish(inner);
}

static void trace_close(struct link *link)
{
	struct trace *trace = trace_of(link);
	if (trace->stream)
		fclose(trace->stream);
	trace->inner->ops->close(trace->inner);
	free(trace->name);
	free(trace);
}

static const struct link_ops trace_ops = {
	.name = "trace",
	.send = trace_send,
	.in_flight = trace_in_flight,
	.receive = trace_receive,
	.wait = trace_wait,
	.now = trace_now,
	.count = trace_count,
	.finish = trace_finish,
	.close = trace_close,
};

/* What to add to the link's clock to get the wall clock's, or 0 for a virtual clock. Taken once, so that the times in the
 * file never jump. */
static uint64_t wall_offset(const struct link *inner)
{
	uint64_t inner_ns = inner->ops->now(inner), monotonic_ns = clock_monotonic_ns();
	uint64_t apart_ns = inner_ns > monotonic_ns ? inner_ns - monotonic_ns : monotonic_ns - inner_ns;
	return apart_ns < CLOCK_CLOSE_NS ? clock_wall_ns() - monotonic_ns : 0;
}

static int trace_start(struct trace *trace, const char *file, struct error *why)
{
	static const uint32_t types[] = {
		[LINK_ETHERNET] = DLT_ETHERNET_,
		[LINK_RAW_IP] = DLT_RAW_,
		[LINK_NULL] = DLT_NULL_,
		[LINK_COOKED] = DLT_LINUX_COOKED_,
	};
	struct file_header header = {
		.magic = PCAP_MAGIC_NANOSECONDS,
		.major = 2,
		.minor = 4,
		.snapshot_length = SNAPSHOT_BYTES,
		.link_type = types[trace->inner->layer],
	};
	int descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (descriptor < 0)
		return error_errno(why, "cannot write the trace file %s", file);
	trace->stream = fdopen(descriptor, "wb");
	if (!trace->stream) {
		close(descriptor);
		return error_set(why, ERR_NO_MEMORY, "cannot write the trace file %s: out of memory", file);
	}
	if (fwrite(&header, sizeof header, 1, trace->stream) != 1 || fflush(trace->stream) != 0)
		return error_errno(why, "cannot write the trace file %s", file);
	return 0;
}

int link_trace_open(struct link **out, struct link *inner, const char *file, struct error *why)
{
	int error = 0;
	struct trace *trace = calloc(1, sizeof *trace);
	if (trace)
		trace->name = strdup(file);
	if (!trace || !trace->name) {
		error = error_set(why, ERR_NO_MEMORY, "cannot trace to %s: out of memory", file);
		goto cleanup;
	}
	trace->link = *inner;
	trace->link.ops = &trace_ops;
	trace->inner = inner;
	error = trace_start(trace, file, why);
	if (error)
		goto cleanup;
	trace->offset_ns = wall_offset(inner);
	*out = &trace->link;
	return 0;
cleanup:
	if (trace) {
		if (trace->stream)
			fclose(trace->stream);
		free(trace->name);
	}
	free(trace);
	return error;
}

bool link_trace_failed(struct link *link, struct error *why)
{
	struct trace *trace = trace_of(link);
	trace_flush(trace);
	if (!trace->failure)
		return false;
	errno = trace->failure;
	trace->failure = 0;
	error_errno(why, "cannot write the trace file %s any further", trace->name);
	return true;
}
