#include "scan_transport.h"

#include "blocklist.h"
#include "lua_world.h"
#include "scan_raw.h"
#include "transport_replay.h"
#include "transport_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIM_SOURCE_V4 "192.0.2.1"
#define SIM_SOURCE_V6 "2001:db8:ffff::1"

struct scan_transport {
	struct scan_transport_config config;
	struct raw_setup *raw; /* NULL: sockets, or a recording */
	struct transport_raw_config raw_config;
	struct transport_socket_config socket_config;
	bool from_file;
	char name[96];
};

/* --- our own TCP ---------------------------------------------------------------------------------------------------------------- */

static bool is_capture_file(const struct scan_options *options)
{
	return options->link && strncmp(options->link, "pcap:", 5) == 0;
}

/* In a simulation we are whoever we like; of two addresses of one family the second is for a target's further connections. */
static int choose_sim_sources(const struct scan_options *options, struct transport_raw_config *config, struct error *why)
{
	for (const char **text = options->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		bool v4 = address.family == ADDRESS_V4;
		struct address *first = v4 ? &config->source_v4 : &config->source_v6;
		*(first->family == ADDRESS_NONE ? first : v4 ? &config->later_v4 : &config->later_v6) = address;
	}
	if (config->source_v4.family == ADDRESS_NONE)
		address_parse(SIM_SOURCE_V4, &config->source_v4);
	if (config->source_v6.family == ADDRESS_NONE)
		address_parse(SIM_SOURCE_V6, &config->source_v6);
	return 0;
}

static int choose_raw(struct scan_transport *self, struct error *why)
{
	const struct scan_options *options = self->config.options;
	struct link *link = NULL;
	struct raw_setup_config setup = { .options = options, .plan = self->config.plan, .counters = self->config.counters,
					  .workers = self->config.workers, .workers_named = self->config.workers_named && self->config.workers > 1 };
	self->from_file = is_capture_file(options);
	int error = self->config.world ? lua_world_open_link(self->config.world, &link, self->config.counters, why) : 0;
	if (error)
		return error;
	setup.link = link;
	error = raw_setup_open(&self->raw, &setup, why);
	if (error) {
		if (link)
			link->ops->close(link);
		return error;
	}
	if (*raw_setup_note(self->raw))
		notes_add(self->config.notes, "%s", raw_setup_note(self->raw));
	snprintf(self->name, sizeof self->name, "raw over %s", raw_setup_name(self->raw));
	return self->config.world ? choose_sim_sources(options, &self->raw_config, why) : 0;
}

static int create_raw(struct scan_transport *self, const struct transport_config *base, struct transport **out, struct error *why)
{
	struct transport_raw_config config = { .base = *base, .permit = blocklist_permits,
					       .permit_owner = plan_blocklist(self->config.plan) };
	raw_setup_fill(self->raw, &config);
	if (self->config.world) {
		config.source_v4 = self->raw_config.source_v4;
		config.source_v6 = self->raw_config.source_v6;
		config.later_v4 = self->raw_config.later_v4;
		config.later_v6 = self->raw_config.later_v6;
	}
	return transport_raw_create(out, &config, why);
}

/* --- the kernel's sockets --------------------------------------------------------------------------------------------------------- */

static int read_source_addresses(const struct scan_options *options, struct transport_socket_config *config,
				 struct error *why)
{
	for (const char **text = options->source_addresses; text && *text; text++) {
		struct address address;
		if (address_parse(*text, &address))
			return error_set(why, ERR_INVALID, "--source-address '%s' is not an address", *text);
		struct address *source = address.family == ADDRESS_V4 ? &config->source_v4 : &config->source_v6;
		if (source->family != ADDRESS_NONE)
			return error_set(why, ERR_INVALID,
					 "the kernel's sockets take one --source-address of a family: two go with --transport raw");
		*source = address;
	}
	return 0;
}

/* What a user asked for and the kernel's sockets cannot give: an error where sockets were asked for too, else a note. */
static int check_socket_options(struct scan_transport *self, struct error *why)
{
	const struct scan_options *options = self->config.options;
	const char *const names[] = { "--trace", "--source-ports", "--gateway-mac", "--link", "--interface" };
	const char *const given[] = { options->trace, options->source_ports, options->gateway_mac, options->link,
				      options->interface };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!given[i])
			continue;
		if (strcmp(options->transport ? options->transport : "auto", "socket") == 0)
			return error_set(why, ERR_INVALID, "%s goes with raw scanning, not with --transport socket", names[i]);
		notes_add(self->config.notes, "%s has no effect on the kernel's sockets", names[i]);
	}
	return 0;
}

static int choose_socket(struct scan_transport *self, struct error *why)
{
	int error = check_socket_options(self, why);
	if (error == 0)
		error = read_source_addresses(self->config.options, &self->socket_config, why);
	snprintf(self->name, sizeof self->name, "socket");
	return error;
}

static int create_socket(struct scan_transport *self, const struct transport_config *base, struct transport **out,
			 struct error *why)
{
	struct transport_socket_config config = self->socket_config;
	config.base = *base;
	config.permit = blocklist_permits;
	config.permit_owner = plan_blocklist(self->config.plan);
	return transport_socket_create(out, &config, why);
}

/* --- choosing --------------------------------------------------------------------------------------------------------------------- */

static int choose_replay(struct scan_transport *self)
{
	snprintf(self->name, sizeof self->name, "replay of %.80s", recording_path(self->config.recording));
	return 0;
}

/* Raw where it is asked for or needed; with "auto" the kernel's sockets where raw cannot be, saying why. */
static int choose(struct scan_transport *self, struct error *why)
{
	const struct scan_options *options = self->config.options;
	const char *kind = options->transport ? options->transport : "auto";
	struct error reason;
	if (self->config.recording)
		return choose_replay(self);
	bool needs_raw = self->config.world || is_capture_file(options) || plan_is_stream(self->config.plan);
	if (strcmp(kind, "socket") == 0 && needs_raw)
		return error_set(why, ERR_INVALID, "--transport socket goes neither with --link %s nor with --input zmap",
				 options->link ? options->link : "ring");
	if (strcmp(kind, "socket") == 0)
		return choose_socket(self, why);
	if (strcmp(kind, "raw") == 0 || needs_raw || options->syn_only) /* sockets do not show SYN-ACKs */
		return choose_raw(self, why);
	if (plan_has_own_address(self->config.plan)) {
		notes_add(self->config.notes, "using the kernel's sockets: an address of this machine is among the targets");
		return choose_socket(self, why);
	}
	int error = choose_raw(self, &reason);
	if (error == 0)
		return 0;
	if (error == ERR_INVALID) { /* a wrong option stays wrong */
		*why = reason;
		return error;
	}
	notes_add(self->config.notes, "using the kernel's sockets: %.250s", reason.text);
	return choose_socket(self, why);
}

/* Why one process does it all; NULL: several can. */
static const char *why_one(const struct scan_transport_config *config)
{
	const struct scan_options *options = config->options;
	if (config->world)
		return "a simulated Internet has one clock";
	if (config->recording)
		return "a recording is replayed in one piece";
	if (plan_is_stream(config->plan))
		return "ZMap's lines name the source ports, by which workers are told apart";
	if (is_capture_file(options))
		return "a capture is read in one piece";
	if (options->sink)
		return "its records go to the program itself";
	return options->trace ? "--trace writes one file of all frames" : NULL;
}

/* Fewer workers than somebody asked for. */
static void note_workers(const struct scan_transport *self, const char *one)
{
	uint32_t workers = scan_transport_workers(self);
	if (!self->config.workers_named || workers >= self->config.workers_wanted || (self->raw && raw_setup_is_alone(self->raw)))
		return;
	if (!one && !self->raw)
		one = "the kernel's sockets are this process's";
	if (one)
		notes_add(self->config.notes, "one worker: %s", one);
	else
		notes_add(self->config.notes, "%u worker%s: there are no addresses, rate, connections or source ports for more", workers,
			  workers == 1 ? "" : "s");
}

int scan_transport_choose(struct scan_transport **out, const struct scan_transport_config *config, struct error *why)
{
	struct scan_transport *self = calloc(1, sizeof *self);
	if (!self)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	const char *one = why_one(config);
	self->config = *config;
	if (one)
		self->config.workers = 1;
	int error = choose(self, why);
	self->config.options = NULL;
	if (error) {
		scan_transport_free(self, NULL);
		return error;
	}
	note_workers(self, one);
	*out = self;
	return 0;
}

bool scan_transport_free(struct scan_transport *self, struct error *why)
{
	bool cut = self && self->raw && raw_setup_close(self->raw, why);
	free(self);
	return cut;
}

int scan_transport_create(struct scan_transport *self, const struct transport_config *base, struct transport **out,
			  struct error *why)
{
	struct transport_replay_config replay = { .base = *base, .recording = self->config.recording };
	if (self->config.recording)
		return transport_replay_create(out, &replay, why);
	return self->raw ? create_raw(self, base, out, why) : create_socket(self, base, out, why);
}

/* --- several processes ---------------------------------------------------------------------------------------------------------- */

uint32_t scan_transport_workers(const struct scan_transport *self)
{
	return self->raw ? raw_setup_workers(self->raw) : 1;
}

int scan_transport_open_slice(struct scan_transport *self, uint32_t index, struct error *why)
{
	return raw_setup_open_slice(self->raw, index, why);
}

void scan_transport_close_slice(struct scan_transport *self)
{
	raw_setup_close_link(self->raw);
}

void scan_transport_let_go(struct scan_transport *self)
{
	raw_setup_let_go(self->raw);
}

/* --- what it is --------------------------------------------------------------------------------------------------------------------- */

const char *scan_transport_name(const struct scan_transport *self)
{
	return self->name;
}

bool scan_transport_is_live(const struct scan_transport *self)
{
	return self->raw && !self->config.world;
}

bool scan_transport_ends(const struct scan_transport *self)
{
	return self->from_file;
}

bool scan_transport_is_exact(const struct scan_transport *self)
{
	return !self->raw;
}

void scan_transport_count(struct scan_transport *self)
{
	struct link *link = self->raw ? raw_setup_link(self->raw) : NULL;
	if (link && link->ops->count)
		link->ops->count(link);
}
