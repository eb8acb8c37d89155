#include "scan_config.h"

#include "rto.h"
#include "units.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define WORKERS_MAX 64
#define FRAME_BYTES 1514 /* a full Ethernet frame without its checksum */

static int read_number(const char *text, const char *fallback, uint64_t *out, struct error *why)
{
	return units_number(text ? text : fallback, out, why);
}

static int read_seed(const char *text, uint64_t *out, struct error *why)
{
	char *end;
	if (!text)
		return getrandom(out, sizeof *out, 0) == sizeof *out ? 0 : error_errno(why, "no random seed");
	*out = strtoull(text, &end, 10);
	if (*end || end == text || *text == '-')
		return error_set(why, ERR_INVALID, "--seed '%s' is not a number", text);
	return 0;
}

/* --transport replay:FILE. What its handshakes drew by chance followed from its seed, so it is this scan's, too. */
static int open_recording(struct scan_config *out, const struct scan_options *options, struct recording **recording,
			  struct error *why)
{
	const char *kind = options->transport;
	if (!kind || strncmp(kind, "replay:", 7) != 0)
		return 0;
	if (options->link || options->seed || (options->input && strcmp(options->input, "list") != 0))
		return error_set(why, ERR_INVALID, "--transport replay goes neither with --link, nor --input, nor --seed");
	int error = recording_open(recording, kind + 7, why);
	if (error == 0)
		out->seed = recording_seed(*recording);
	return error;
}

/* What goes beyond SYN-ACKs, or does not show them. */
static int check_syn_only(const struct scan_options *options, struct error *why)
{
	const char *kind = options->transport ? options->transport : "auto";
	if (!options->syn_only)
		return 0;
	if (options->record || (options->input && strcmp(options->input, "zmap") == 0) || strncmp(kind, "replay:", 7) == 0)
		return error_set(why, ERR_INVALID, "--syn-only goes neither with --record, nor --input zmap, nor --transport replay");
	if (strcmp(kind, "socket") == 0)
		return error_set(why, ERR_INVALID, "--syn-only goes with raw scanning, not with --transport socket");
	return 0;
}

static int read_transport(struct scan_config *out, const struct scan_options *options, struct error *why)
{
	uint64_t retries, streams;
	struct transport_config *config = &out->transport;
	int error = check_syn_only(options, why);
	if (error == 0)
		error = read_number(options->retries, "1", &retries, why);
	if (error == 0 && retries > 15)
		error = error_set(why, ERR_INVALID, "--retries %s is more than 15", options->retries);
	if (error == 0)
		error = read_number(options->rate, "0", &config->rate_pps, why);
	if (error == 0 && options->bandwidth)
		error = units_bandwidth(options->bandwidth, &config->rate_bytes, why);
	if (error == 0)
		error = read_number(options->max_open, "0", &streams, why);
	if (error == 0 && streams > 4000000)
		error = error_set(why, ERR_INVALID, "--max-open %s is more than 4 million", options->max_open);
	if (error)
		return error;
	config->retries = (unsigned)retries;
	config->streams_max = (uint32_t)streams;
	config->seed = out->seed;
	config->track_probes = options->all;
	config->push = options->push;
	config->syn_only = options->syn_only;
	return 0;
}

/* The cores that this process may use, not those of the machine: somebody may have given it fewer. */
static uint32_t count_cores(void)
{
	cpu_set_t cores;
	return sched_getaffinity(0, sizeof cores, &cores) == 0 ? (uint32_t)CPU_COUNT(&cores) : 1;
}

static int read_workers(struct scan_config *out, const struct scan_options *options, struct error *why)
{
	uint64_t workers = count_cores();
	int error = options->workers ? units_number(options->workers, &workers, why) : 0;
	out->workers_named = options->workers != NULL;
	if (error == 0 && out->workers_named && (workers < 1 || workers > WORKERS_MAX))
		error = error_set(why, ERR_INVALID, "--workers %s is not a number from 1 to %d", options->workers, WORKERS_MAX);
	out->workers = (uint32_t)(workers < WORKERS_MAX ? workers : WORKERS_MAX);
	return error;
}

int scan_config_read(struct scan_config *out, const struct scan_options *options, struct recording **recording,
		     struct error *why)
{
	const char *link = options->link ? options->link : "";
	*out = (struct scan_config){ 0 };
	out->world = strncmp(link, "sim:", 4) == 0 ? link + 4 : NULL;
	out->capture_file = strncmp(link, "pcap:", 5) == 0;
	int error = read_seed(options->seed, &out->seed, why);
	if (error == 0)
		error = open_recording(out, options, recording, why);
	if (error == 0)
		error = read_transport(out, options, why);
	if (error == 0)
		error = read_workers(out, options, why);
	if (error == 0)
		error = read_number(options->max_results, "0", &out->results_max, why);
	if (error == 0)
		error = units_duration(options->cooldown ? options->cooldown : "3s", &out->cooldown_ns, why);
	if (error == 0)
		error = units_duration(options->grace ? options->grace : "5s", &out->grace_ns, why);
	return error;
}

uint32_t scan_config_workers(const struct scan_config *config, uint64_t addresses)
{
	const struct transport_config *transport = &config->transport;
	/* Each begins with a whole frame: together no more than 1% of a second's bytes beyond one. */
	uint64_t frames = transport->rate_bytes / FRAME_BYTES;
	uint64_t most[] = { addresses, transport->rate_pps, transport->rate_bytes ? frames / 100 + 1 : 0, transport->streams_max };
	uint64_t workers = config->workers;
	for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
		if (most[i] && most[i] < workers) /* 0: no limit */
			workers = most[i];
	}
	return (uint32_t)workers;
}

uint32_t scan_config_streams(const struct scan_config *config, uint32_t index, uint32_t count)
{
	uint32_t all = config->transport.streams_max;
	return all / count + (index < all % count);
}

uint64_t scan_config_patience_ns(const struct scan_config *config)
{
	uint64_t sum_ns = 0, delay_ns = config->transport.timeout_ns ? config->transport.timeout_ns : RTO_INITIAL_NS;
	for (unsigned i = 0; i <= config->transport.retries; i++, delay_ns *= 2)
		sum_ns += delay_ns < RTO_CAP_NS ? delay_ns : RTO_CAP_NS;
	return sum_ns;
}
