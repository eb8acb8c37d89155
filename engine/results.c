#include "results.h"

#include "json.h"
#include "output.h"
#include "recording_header.h"
#include "signals.h"

#include <stdlib.h>

#define PENDING_PAUSE (64u << 20) /* bytes of unwritten lines above which no target is started */
#define PENDING_WAIT (96u << 20) /* the same above which everything waits; a line may take 16 MiB, and the output's end is near */
#define WAIT_NS 50000000u /* between looks at whether waiting still makes sense */
#define INTERRUPTS_ENOUGH 2 /* whoever interrupts the scan once gets all records; twice: what is written by then */

struct results {
	struct output *output, *recorder; /* NULL: there is none */
	worker_sink_fn sink; /* instead of `output` */
	void *sink_owner;
	bool ending; /* no line waits any more */
};

/* --record FILE, with its first line. */
static int open_recorder(struct results *results, const struct scan_options *options, uint64_t seed, struct error *why)
{
	struct json line;
	if (!options->record)
		return 0;
	json_init(&line, 1u << 20);
	recording_header(&line, options, seed);
	int error = line.error ? error_set(why, line.error, "out of memory") :
				 output_open(&results->recorder, options->record, 0, why);
	if (error == 0)
		error = output_write(results->recorder, line.text, line.length);
	json_free(&line);
	return error;
}

int results_open(struct results **out, const struct scan_options *options, uint64_t seed, struct error *why)
{
	struct results *results = calloc(1, sizeof *results);
	if (!results)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	results->sink = options->sink;
	results->sink_owner = options->sink_owner;
	int error = options->sink ? 0 : output_open(&results->output, options->output ? options->output : "-", 0, why);
	if (error == 0)
		error = open_recorder(results, options, seed, why);
	if (error) {
		results_close(results, true, NULL);
		return error;
	}
	*out = results;
	return 0;
}

/* Output never holds up the packets, but here: targets that are open already may have more to say than is kept for a reader
 * who is slower than they are. Rather than lose what is known, everything waits for the reader, which is the last resort: no new
 * target was started since long before. */
static int put(const struct results *results, struct output *output, const char *line, size_t length)
{
	while (!results->ending && signals_count() < INTERRUPTS_ENOUGH && output_pending(output) > PENDING_WAIT &&
	       output_flush(output, WAIT_NS) == ERR_TIMEOUT)
		continue;
	return output_write(output, line, length);
}

int results_record(void *owner, const char *line, size_t length, struct error *why)
{
	struct results *results = owner;
	if (results->sink)
		return results->sink(results->sink_owner, line, length, why);
	int error = put(results, results->output, line, length);
	if (error && output_error(results->output, why) == 0) /* which says more, where it is the writer's */
		error_set(why, error, "a record could not be written: %s", error_text(error));
	return error;
}

int results_keep(void *owner, const char *line, size_t length, struct error *why)
{
	struct results *results = owner;
	int error = results->recorder ? put(results, results->recorder, line, length) : 0;
	return error ? error_set(why, error, "the recording could not be written: %s", error_text(error)) : 0;
}

bool results_behind(struct results *results)
{
	return (results->output && output_pending(results->output) > PENDING_PAUSE) ||
	       (results->recorder && output_pending(results->recorder) > PENDING_PAUSE);
}

int results_error(struct results *results, struct error *why)
{
	int error = results->output ? output_error(results->output, why) : 0;
	return error == 0 && results->recorder ? output_error(results->recorder, why) : error;
}

bool results_flush(struct results *results, uint64_t timeout_ns)
{
	return !results->output || output_flush(results->output, timeout_ns) != ERR_TIMEOUT;
}

void results_end(struct results *results)
{
	results->ending = true;
}

static int close_output(struct output *output, bool abandon, struct error *why)
{
	if (!output)
		return 0;
	if (abandon)
		output_abandon(output);
	return output_close(output, why);
}

int results_close(struct results *results, bool abandon, struct error *why)
{
	if (!results)
		return 0;
	int error = close_output(results->output, abandon, why);
	int later = close_output(results->recorder, abandon, error ? NULL : why);
	free(results);
	return error ? error : later;
}
