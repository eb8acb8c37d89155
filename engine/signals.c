#include "signals.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
#define CAUGHT_COUNT (sizeof caught / sizeof caught[0])

/* A handler has no argument of ours, hence the file's own state. */
static volatile sig_atomic_t count;
static bool installed;
static struct sigaction before[CAUGHT_COUNT];

static void signal_counted(int number)
{
	(void)number;
	if (count < SIG_ATOMIC_MAX)
		count = count + 1;
}

int signals_install(struct error *why)
{
	count = 0;
	if (installed)
		return 0;
	for (size_t i = 0; i < CAUGHT_COUNT; i++) {
		struct sigaction action = { .sa_handler = caught[i] == SIGPIPE ? SIG_IGN : signal_counted };
		sigemptyset(&action.sa_mask);
		if (sigaction(caught[i], &action, &before[i])) {
			int error = error_errno(why, "cannot handle signal %d", caught[i]);
			while (i-- > 0)
				sigaction(caught[i], &before[i], NULL);
			return error;
		}
	}
	installed = true;
	return 0;
}

int signals_count(void)
{
	return count;
}

void signals_uninstall(void)
{
	if (!installed)
		return;
	for (size_t i = 0; i < CAUGHT_COUNT; i++)
		sigaction(caught[i], &before[i], NULL);
	installed = false;
}
