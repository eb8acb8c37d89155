/* What a forked worker does: its part of the scan, telling the master what comes of it, and obeying orders. */
#ifndef SONDE_WORKER_PROCESS_H
#define SONDE_WORKER_PROCESS_H

#include "ledger.h"
#include "scan.h"

/* What the fork hands down. Borrowed: the process's own copies. */
struct worker_process_config {
	struct scan *scan; /* prepared, with this worker's link open */
	const struct ledger *ledger; /* of the workers before this one */
	uint32_t index, count;
	uint64_t rate_pps, rate_bytes; /* its share at first */
	uint32_t share; /* the number of that order */
	uint64_t now_ns; /* of the ledger's clock */
	uint32_t life; /* how many there were before it, which have ended */
	bool enough; /* no new targets: only those that had answered */
};

/* A child_fn: `config` is a struct worker_process_config. The exit status: 0 also where the scan failed, which was then told. */
int worker_process_run(void *config, int pipe, int control);

#endif
