#include "master.h"

#include "crew.h"
#include "privilege.h"
#include "results.h"

#include <stdlib.h>
#include <string.h>

struct master {
	struct scan *scan;
	struct results *results;
	struct crew *crew; /* NULL: this process does it all */
};

/* --- alone ------------------------------------------------------------------------------------------------------------------------ */

static int give_record(void *owner, const char *line, size_t length, struct error *why)
{
	struct master *master = owner;
	return results_record(master->results, line, length, why);
}

static int give_kept(void *owner, const char *line, size_t length, struct error *why)
{
	struct master *master = owner;
	return results_keep(master->results, line, length, why);
}

static bool is_held_up(void *owner)
{
	struct master *master = owner;
	return results_behind(master->results);
}

static int begin_alone(struct master *master, const struct scan_options *options, struct error *why)
{
	struct scan_part all = { .count = 1, .owner = master, .record = give_record, .keep = give_kept, .held_up = is_held_up };
	int error = scan_begin(master->scan, &all, why);
	if (error == 0)
		error = results_open(&master->results, options, scan_seed(master->scan), why);
	if (error == 0 && scan_is_live(master->scan))
		error = privilege_drop(NULL, why);
	return error;
}

/* --- with workers ----------------------------------------------------------------------------------------------------------------- */

/* Files first: what is kept of the privileges opens links, and nothing else. */
static int begin_crew(struct master *master, const struct scan_options *options, struct error *why)
{
	int error = results_open(&master->results, options, scan_seed(master->scan), why);
	if (error == 0)
		error = privilege_drop_to_network(NULL, why);
	return error ? error : crew_create(&master->crew, master->scan, master->results, options->silence_ns, why);
}

/* --- either ----------------------------------------------------------------------------------------------------------------------- */

int master_create(struct master **out, const struct scan_options *options, struct error *why)
{
	struct master *master = calloc(1, sizeof *master);
	if (!master)
		return error_set(why, ERR_NO_MEMORY, "out of memory");
	int error = scan_prepare(&master->scan, options, why);
	if (error == 0)
		error = scan_workers(master->scan) > 1 ? begin_crew(master, options, why) : begin_alone(master, options, why);
	if (error) {
		master_destroy(master, true, NULL);
		return error;
	}
	*out = master;
	return 0;
}

int master_step(struct master *master, uint64_t slice_ns, struct error *why)
{
	if (master->crew)
		return crew_step(master->crew, slice_ns, why);
	int error = scan_step(master->scan, slice_ns, why);
	return error ? error : results_error(master->results, why);
}

enum worker_state master_state(const struct master *master)
{
	return master->crew ? crew_state(master->crew) : scan_state(master->scan);
}

void master_stop(struct master *master)
{
	if (master->crew)
		crew_stop(master->crew);
	else
		scan_stop(master->scan);
}

void master_finish(struct master *master)
{
	results_end(master->results);
	if (master->crew)
		crew_finish(master->crew);
}

const struct counters *master_counters(struct master *master)
{
	return master->crew ? crew_counters(master->crew) : scan_counters(master->scan);
}

uint32_t master_active(const struct master *master)
{
	return master->crew ? crew_active(master->crew) : scan_active(master->scan);
}

uint32_t master_workers(const struct master *master)
{
	return scan_workers(master->scan);
}

struct scan *master_scan(struct master *master)
{
	return master->scan;
}

int master_tally(struct master *master, void (*each)(void *owner, const char *text, size_t length), void *owner,
		 struct error *why)
{
	const char *text;
	size_t length;
	if (!master->crew) {
		text = scan_tally(master->scan, &length, why);
		if (text)
			each(owner, text, length);
		return text ? 0 : ERR_SCRIPT;
	}
	for (size_t i = 0; (text = crew_tally(master->crew, i)); i++)
		each(owner, text, strlen(text));
	return 0;
}

bool master_flush(struct master *master, uint64_t timeout_ns)
{
	return results_flush(master->results, timeout_ns);
}

int master_destroy(struct master *master, bool abandon, struct error *why)
{
	if (!master)
		return 0;
	crew_destroy(master->crew);
	int error = scan_destroy(master->scan, why);
	int later = results_close(master->results, abandon, error ? NULL : why);
	free(master);
	return error ? error : later;
}
