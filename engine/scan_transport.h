/* Which transport a scan goes over: our own TCP over a link, the kernel's sockets, or a recording. Chosen once, by options,
 * targets and what this machine permits; made in each process. With main and scan_raw this is the only place that names a
 * concrete link or transport. */
#ifndef SONDE_SCAN_TRANSPORT_H
#define SONDE_SCAN_TRANSPORT_H

#include "notes.h"
#include "plan.h"
#include "scan_options.h"
#include "transport.h"

struct scan_transport;
struct lua_world;

struct scan_transport_config {
	const struct scan_options *options; /* borrowed while choosing; all else outlives the transport */
	const struct plan *plan;
	struct lua_world *world; /* simulated; NULL: the real one */
	struct recording *recording; /* to be replayed; NULL: none */
	struct counters *counters;
	struct notes *notes; /* what was chosen, and why */
	uint32_t workers_wanted, workers; /* how many processes are asked for, and how many there is work for */
	bool workers_named; /* somebody asked for so many */
};

/* Opens what takes privileges: with several workers the first one's link, and what keeps the kernel still for all of them. With
 * transport "auto" the kernel's sockets stand in where raw cannot be, and a note says why. */
int scan_transport_choose(struct scan_transport **out, const struct scan_transport_config *config, struct error *why);
/* After the transport made of it was destroyed. NULL is fine. True with a sentence when the trace could not be written. */
bool scan_transport_free(struct scan_transport *self, struct error *why);

/* How many processes can work over it; 1 where it is for one. */
uint32_t scan_transport_workers(const struct scan_transport *self);
/* For worker `index` of those: its own link, in the master before it forks; then the master lets go of it. */
int scan_transport_open_slice(struct scan_transport *self, uint32_t index, struct error *why);
void scan_transport_close_slice(struct scan_transport *self);
/* In a worker: what is the master's stays the master's. */
void scan_transport_let_go(struct scan_transport *self);

/* Makes the transport, in the process that is to use it. */
int scan_transport_create(struct scan_transport *self, const struct transport_config *base, struct transport **out,
			  struct error *why);

const char *scan_transport_name(const struct scan_transport *self); /* "raw over ring on eth0", "socket", ... */
bool scan_transport_is_live(const struct scan_transport *self); /* raw, and not simulated: takes privileges */
bool scan_transport_ends(const struct scan_transport *self); /* frames come from a capture, which ends */
bool scan_transport_is_exact(const struct scan_transport *self); /* idle() knows of every probe: nothing comes late */
void scan_transport_count(struct scan_transport *self); /* brings the link's counters up to date */

#endif
