#include "signals.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

/* A handler has no argument of ours, hence the file's own state. */
static volatile sig_atomic_t count;

static void signal_counted(int number)
{
	(void)number;
	if (count < SIG_ATOMIC_MAX)
		count = count + 1;
}

int signals_install(struct error *why)
{
	static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	count = 0;
	for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
		struct sigaction action = { .sa_handler = caught[i] == SIGPIPE ? SIG_IGN : signal_counted };
		sigemptyset(&action.sa_mask);
		if (sigaction(caught[i], &action, NULL))
			return error_errno(why, "cannot handle signal %d", caught[i]);
	}
	return 0;
}

int signals_count(void)
{
	return count;
}
